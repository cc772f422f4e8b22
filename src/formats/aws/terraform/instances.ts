import type { Span } from '../../../model/span.ts';
import type { Attribute, Block, Step } from '../hcl/syntax.ts';
import type { Value } from '../values.ts';
import { evaluate, membersOf, type Scope } from './evaluate.ts';

/** How often a block is repeated. `all`: one value of `each` and `count` per instance, by its key as Terraform writes it. */
export type Instances =
  | { readonly kind: 'one' }
  | { readonly kind: 'all'; readonly by: 'count' | 'for_each'; readonly members: readonly Instance[] }
  /** Nobody can say how often. */
  | { readonly kind: 'unknown'; readonly at: Span };

export interface Instance {
  /** `[0]`, `["a"]` */
  readonly suffix: string;
  readonly key: Value;
  readonly value: Value;
}

/** More instances of one block are not made one by one. */
const MOST_INSTANCES = 1000;

/** How often a block is repeated, by what it says. */
export function instancesIn(block: Block, scope: Scope): Instances {
  const times = attributeIn(block, 'count');
  if (times !== undefined) {
    const value = evaluate(times.value, scope);
    const n = value.kind === 'scalar' && value.value !== null ? Number(value.value) : Number.NaN;
    if (!Number.isInteger(n) || n > MOST_INSTANCES) return { kind: 'unknown', at: times.value.at };
    const members = Array.from({ length: Math.max(0, n) }, (_, i): Instance => {
      const key: Value = { kind: 'scalar', at: times.value.at, value: i };
      return { suffix: `[${i}]`, key, value: key };
    });
    return { kind: 'all', by: 'count', members };
  }
  const each = attributeIn(block, 'for_each');
  if (each === undefined) return { kind: 'one' };
  const members = forEachMembers(evaluate(each.value, scope));
  if (members === undefined || members.length > MOST_INSTANCES) return { kind: 'unknown', at: each.value.at };
  return { kind: 'all', by: 'for_each', members };
}

/** An index that picks one of unknown instances is used up. */
export function usedBy({ kind }: Instances, next: Step | undefined): number {
  return kind === 'unknown' && next?.kind === 'index' ? 1 : 0;
}

/** The attribute of a block; of several the last. */
export function attributeIn({ body }: Block, name: string): Attribute | undefined {
  return body.findLast((item): item is Attribute => item.kind === 'attribute' && item.name === name);
}

/** A set of texts or a map; a list is no value of `for_each`, but nothing else is meant by one. */
function forEachMembers(value: Value): readonly Instance[] | undefined {
  const members = membersOf(value);
  if (members === undefined) return undefined;
  const found: Instance[] = [];
  for (const member of members) {
    const key = value.kind === 'list' ? member.value : member.key;
    if (key.kind !== 'scalar') return undefined;
    found.push({ suffix: `[${JSON.stringify(String(key.value))}]`, key, value: member.value });
  }
  return found;
}
