import type { Problem } from '../../model/config.ts';
import { entriesOf, headOf, type PEntry } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { textOf } from '../../text/source.ts';
import { at } from './nodes.ts';
import type { KubeObject } from './objects.ts';

/** Labels and annotations that are not texts: the API server refuses the whole object, and a plain `true` or `20` is none. */
export function metadataProblems({ node, name }: KubeObject): Problem[] {
  return ['annotations', 'labels'].flatMap((field) =>
    entriesOf(at(node, 'metadata', field))
      .filter((entry) => !isText(entry))
      .map(({ key, value }) => {
        const written = value.kind === 'scalar' ? textOf(value.at) : 'the value';
        return {
          rule: 'config-unparsable' as const,
          at: headOf(value),
          what: say`${`${key}: ${written}`} of ${name} is not a string.`,
          why: say`The API server rejects the object: labels and annotations are strings only.`,
          fix: say`Set quotes: ${`${key}: "${value.kind === 'scalar' ? written : '…'}"`}.`,
        };
      }),
  );
}

/** YAML 1.1, which Kubernetes reads, takes `yes` and `on` for booleans too. */
function isText({ value }: PEntry): boolean {
  if (value.kind !== 'scalar') return false;
  if (value.value === null || value.computed) return true;
  return typeof value.value === 'string' && value.ambiguous === undefined;
}
