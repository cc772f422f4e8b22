import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { networkFault } from './networks.ts';
import type { Directive } from './parse.ts';

/** What is wrong with an entry of a block that holds no directives, and where. */
export interface EntryFault {
  readonly entry: Directive;
  readonly what: Text;
}

/** Checks the entries of `map`, `geo` and `split_clients` as nginx does. */
export function entryFaults({ name, block = [] }: Directive): readonly EntryFault[] {
  const entries = block.filter(({ tag, args }) => tag === undefined && !args.some((word) => word.template));
  if (name === 'map') return mapFaults(entries);
  if (name === 'geo') return geoFaults(entries);
  if (name === 'split_clients') return splitFaults(entries);
  return [];
}

function mapFaults(entries: readonly Directive[]): readonly EntryFault[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const { name, args, block } = entry;
    if (block !== undefined) return [{ entry, what: say`unexpected ${'{'} in a map.` }];
    if (args.length === 0 && /^(?:hostnames|volatile)$/.test(name)) return [];
    if (args.length !== 1) return [{ entry, what: say`an entry of a map has two words, not ${args.length + 1}.` }];
    if (name === 'include') return [];
    const key = name === 'default' ? name : `=${name.replace(/^\\/, '').toLowerCase()}`;
    // Regular expressions may be repeated.
    if (name.startsWith('~')) return [];
    if (seen.has(key)) return [{ entry, what: say`duplicate entry ${name} in a map.` }];
    seen.add(key);
    return [];
  });
}

function geoFaults(entries: readonly Directive[]): readonly EntryFault[] {
  const ranges = entries.some(({ name, args }) => name === 'ranges' && args.length === 0);
  return entries.flatMap((entry) => {
    const { name, args } = entry;
    if (args.length === 0 && /^(?:ranges|proxy_recursive)$/.test(name)) return [];
    if (args.length !== 1) return [{ entry, what: say`an entry of geo has two words, not ${args.length + 1}.` }];
    const network = name === 'delete' || name === 'proxy' ? (args[0]?.text ?? '') : name;
    if (/^(?:default|include)$/.test(name)) return [];
    const what = ranges && name !== 'proxy' ? rangeFault(network) : networkFault(network);
    return what === undefined || network === '255.255.255.255' ? [] : [{ entry, what }];
  });
}

function rangeFault(text: string): Text | undefined {
  const [from = '', to = '', more] = text.split('-');
  const valid = more === undefined && networkFault(from) === undefined && networkFault(to) === undefined;
  return valid ? undefined : say`invalid range ${text}.`;
}

function splitFaults(entries: readonly Directive[]): readonly EntryFault[] {
  const found: EntryFault[] = [];
  let total = 0;
  for (const entry of entries) {
    const { name } = entry;
    if (name === '*') continue;
    if (/\$|%%|\{\{/.test(name)) return found;
    const percent = /^(?:\d+|\d*\.\d{1,2}|\d+\.)%$/.test(name) ? Number(name.slice(0, -1)) : 0;
    if (percent > 0) total += Math.round(percent * 100);
    else found.push({ entry, what: say`${name} is not a percentage from 0.01% up, with at most two decimals.` });
  }
  const [first] = entries;
  if (total > 10_000 && first !== undefined)
    found.push({ entry: first, what: say`The parts add up to ${total / 100}%, which is more than all.` });
  return found;
}
