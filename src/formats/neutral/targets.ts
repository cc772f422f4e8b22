import { poolKey, routeKey } from '../../model/keys.ts';
import type { Condition, Match, Target } from '../../model/route.ts';
import type { Setting } from '../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import { textAt } from './trouble.ts';
import type { Values } from './values.ts';

/** What reads a part of a file: its values, and the scope of its names, which is the file. */
export interface Scope {
  readonly values: Values;
  readonly scope: string;
}

/** Where a branch or a match leads; undefined where the schema already finds fault. */
export function readTarget(node: PNode | undefined, { values, scope }: Scope): Target | undefined {
  const text = (key: string): string | undefined => values.text(child(node, key))?.value;
  // As written, also when it is a template: the target is then a pool that no file has.
  const pool = textAt(node, 'pool');
  if (pool !== undefined) return { kind: 'pool', pool: poolKey(dialect.format, scope, pool), name: pool };
  const route = textAt(node, 'route');
  if (route !== undefined) return { kind: 'route', route: routeKey(dialect.format, scope, route), name: route };
  const status = values.number(child(node, 'answer'))?.value;
  const word = values.oneOf(child(node, 'answer'), ['refused', 'file'])?.value;
  if (status !== undefined || word !== undefined) return { kind: 'answer', status: status ?? word ?? 'refused' };
  const location = text('redirect');
  if (location !== undefined) return { kind: 'redirect', location };
  if (child(node, 'decidedBy') === undefined && child(node, 'answer') === undefined) return undefined;
  const among = itemsOf(child(node, 'among')).flatMap((item) => values.text(item)?.value ?? []);
  return {
    kind: 'unknown',
    why: say`${text('decidedBy') ?? 'unknown'}`,
    ...(among.length === 0 ? {} : { among: among.map((name) => poolKey(dialect.format, scope, name)) }),
  };
}

/** The place that a person would point at: the key that says where requests go. */
export function targetPlace(node: PNode) {
  const named = ['pool', 'route', 'answer', 'redirect', 'decidedBy'].flatMap((key) => child(node, key) ?? []);
  return headOf(named[0] ?? node);
}

/** Which requests are meant; undefined = all that get here. */
export function readCondition(node: PNode, { values }: Scope): Condition | undefined {
  const when = child(node, 'when');
  const part = child(node, 'chance');
  const chance = values.number(part)?.value;
  const drawnBy = values.text(child(node, 'drawnBy'))?.value;
  const [first] = [when, part].filter((one) => one !== undefined);
  if (first === undefined) return undefined;
  return {
    // A chance that the file does not tell holds for some requests, as a condition does.
    text: values.text(when)?.value ?? (chance === undefined ? 'unknown' : ''),
    at: headOf(first),
    ...(chance === undefined ? {} : { chance }),
    ...(drawnBy === undefined ? {} : { drawnBy }),
  };
}

/** One line of an entry or of what a pool answers itself. */
export function readMatch(node: PNode, scope: Scope): Match | undefined {
  const to = child(node, 'to');
  const target = readTarget(to, scope);
  if (to === undefined || target === undefined) return undefined;
  const when = readCondition(node, scope);
  const changes = readSettings(child(node, 'changes'), scope);
  return {
    ...(when === undefined ? {} : { when }),
    at: when?.at ?? targetPlace(to),
    to: target,
    ...(changes.size === 0 ? {} : { changes }),
  };
}

/** Settings by the product's name. */
export function readSettings(node: PNode | undefined, { values }: Scope): ReadonlyMap<string, Setting<string>> {
  return new Map(
    entriesOf(node).flatMap(({ key, value }) => {
      const setting = values.text(value);
      return setting === undefined ? [] : [[key, setting] as const];
    }),
  );
}
