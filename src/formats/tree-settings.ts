import { written, type Setting } from '../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../text/positioned.ts';

/** How a product's keys become names of settings. */
export interface SettingNames {
  /** The name of a key; undefined where it says nothing about requests. */
  nameOf(key: string): string | undefined;
  /** Whether a key without a value is as good as absent. */
  readonly dropsNulls: boolean;
}

/**
 * Every value below a map as a setting of its own, so that a change of what is not read otherwise is reported.
 * `isRead`: the keys of the map itself, by name, that are read otherwise.
 */
export function settingsBelow(
  node: PNode | undefined,
  prefix: string,
  names: SettingNames,
  isRead: (name: string) => boolean,
): Map<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const { key, value } of entriesOf(node)) {
    const name = names.nameOf(key);
    if (name !== undefined && !isRead(name)) add(value, `${prefix}${name}`, names, found);
  }
  return found;
}

function add(node: PNode, name: string, names: SettingNames, found: Map<string, Setting<string>>): void {
  if (node.kind === 'scalar') {
    if (node.value === null && names.dropsNulls) return;
    found.set(name, written(node.computed ? undefined : String(node.value), headOf(node)));
    return;
  }
  const items = itemsOf(node);
  if (items.length > 0 && items.every(({ kind }) => kind === 'scalar')) {
    const values = items.map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
    found.set(name, written(values.join(', '), headOf(node)));
    return;
  }
  items.forEach((item, i) => add(item, `${name}[${i}]`, names, found));
  const entries = entriesOf(node);
  for (const { key, value } of entries) {
    const inner = names.nameOf(key);
    if (inner !== undefined) add(value, `${name}.${inner}`, names, found);
  }
  if (items.length === 0 && entries.length === 0) found.set(name, written('{}', headOf(node)));
}
