import type { Text } from '../../model/text.ts';
import { say, words } from '../../text/say.ts';

/** The two kinds of traffic that have servers and upstreams. */
export type Context = 'http' | 'stream';

/** Blocks whose lines are not directives: entries of a map, of types, of a list of networks. */
export const FREE_BLOCKS: ReadonlySet<string> = new Set('map geo split_clients types charset_map match'.split(' '));

/** What each block makes of the context that it is in, by `directive-table.ts`'s letters. */
const INNER: ReadonlyMap<string, string> = new Map([
  ['events', 'ME'],
  ['http', 'MH'],
  ['stream', 'Mh'],
  ['mail', 'Mm'],
  ['server', 'HShsmv'],
  ['upstream', 'HUhu'],
  ['location', 'SLLL'],
  ['if', 'SILJ'],
  ['limit_except', 'LX'],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['M', 'at the top level'],
  ['E', 'in events'],
  ['H', 'in http'],
  ['S', 'in server'],
  ['L', 'in location'],
  ['I', 'in if'],
  ['J', 'in if'],
  ['X', 'in limit_except'],
  ['U', 'in upstream'],
  ['h', 'in stream'],
  ['s', 'in a stream server'],
  ['u', 'in a stream upstream'],
  ['m', 'in mail'],
  ['v', 'in a mail server'],
]);

/** Contexts that the top level of a part of a configuration may have: some file includes it there. */
export const PART_OF_HTTP = 'HSLIJXU';
export const PART_OF_STREAM = 'hsu';
export const MAIN = 'M';

/** The contexts inside a block of a name; empty when its content is not nginx's own. */
export function childContexts(name: string, contexts: string): string {
  const steps = INNER.get(name) ?? '';
  let found = '';
  for (let i = 0; i < steps.length; i += 2) {
    const [from = '', to = ''] = steps.slice(i, i + 2);
    if (contexts.includes(from) && !found.includes(to)) found += to;
  }
  return found;
}

/** For messages: `in location`. */
export function contextName(contexts: string): Text {
  const name = contexts.length === 1 ? NAMES.get(contexts) : undefined;
  return name === undefined ? say`here` : say`${words(name)}`;
}
