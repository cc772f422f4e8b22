import { written, type Setting } from '../../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';

type Settings = Map<string, Setting<string>>;

/** Every value below a map as a setting of its own, so that a change of what is not read otherwise is reported. */
export function settingsOf(node: PNode | undefined, prefix: string, except: readonly string[] = []): Settings {
  const found: Settings = new Map();
  for (const { key, value } of entriesOf(node))
    if (!except.some((name) => name.toLowerCase() === key.toLowerCase())) add(value, `${prefix}${key}`, found);
  return found;
}

function add(node: PNode, name: string, found: Settings): void {
  if (node.kind === 'scalar') {
    found.set(name, written(node.computed ? undefined : String(node.value), headOf(node)));
    return;
  }
  const items = itemsOf(node);
  if (items.length > 0 && items.every(({ kind }) => kind === 'scalar')) {
    const values = items.map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
    found.set(name, written(values.join(', '), headOf(node)));
    return;
  }
  items.forEach((item, i) => add(item, `${name}[${i}]`, found));
  const entries = entriesOf(node);
  for (const { key, value } of entries) add(value, `${name}.${key}`, found);
  if (items.length === 0 && entries.length === 0) found.set(name, written('{}', headOf(node)));
}
