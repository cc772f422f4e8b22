import type { Problem } from '../../model/config.ts';
import { child, type PNode } from '../../text/positioned.ts';

/** A problem and the keys from the root to the value that has it. */
export interface Trouble {
  readonly path: readonly string[];
  readonly node: PNode | undefined;
  readonly problem: Problem;
}

/** The text at a key of a map; undefined where there is none. */
export function textAt(node: PNode | undefined, key: string): string | undefined {
  const value = child(node, key);
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}
