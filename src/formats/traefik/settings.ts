import type { Setting } from '../../model/span.ts';
import type { PNode } from '../../text/positioned.ts';
import { settingsBelow } from '../tree-settings.ts';

const NAMES = { nameOf: (key: string): string => key, dropsNulls: false } as const;

/** The settings below a map. `except`: keys of the map itself, in any case of letters. */
export function settingsOf(
  node: PNode | undefined,
  prefix: string,
  except: readonly string[] = [],
): Map<string, Setting<string>> {
  const read = new Set(except.map((name) => name.toLowerCase()));
  return settingsBelow(node, prefix, NAMES, (name) => read.has(name.toLowerCase()));
}
