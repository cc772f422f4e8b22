import type { Listener, Pool, Problem, Reference, Timeouts, Unknown } from '../../model/config.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { readAddress } from './address.ts';
import type { Section } from './sections.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

/** What the sections read so far have given. */
export interface Found {
  readonly pools: Pool[];
  readonly references: Reference[];
  readonly listeners: Listener[];
  readonly facts: Map<string, Setting<string>>;
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** Where a `frontend` or `listen` section takes traffic from and where it leads. */
export function readFront(
  section: Section,
  settings: Settings,
  protocol: Pool['protocol'],
  timeouts: Timeouts,
  found: Found,
): void {
  const references: Reference[] = [];
  const listeners: Listener[] = [];
  const [after] = section.rest;
  if (after !== undefined && after.text !== 'from') listeners.push(...readBind(after, [], section.at));
  for (const { words, at } of settings.own) {
    const [keyword, second] = words;
    if (keyword?.text === 'bind' && second) listeners.push(...readBind(second, words, at));
    if ((keyword?.text === 'use_backend' || keyword?.text === 'default_backend') && second) {
      const target = second.text?.includes('%[') ? undefined : second.text;
      references.push({
        kind: keyword.text,
        at: second.at,
        pool: target,
        protocol,
        timeouts,
        options: new Map(),
      });
    }
  }
  const inherited = settings.last('default_backend');
  const own = settings.own.some(({ words }) => words[0]?.text === 'default_backend');
  if (inherited?.words[1] && !own) {
    references.push({
      kind: 'default_backend',
      at: inherited.words[1].at,
      pool: inherited.words[1].text,
      protocol,
      timeouts,
      options: new Map(),
    });
  }
  const targets = [...(section.kind === 'listen' ? [section.name] : []), ...references.map(({ pool }) => pool)];
  const known = targets.filter((target) => target !== undefined);
  const leadsTo = known.length === targets.length ? { leadsTo: known } : {};
  for (const reference of references) found.references.push(reference);
  for (const listener of listeners) found.listeners.push({ ...listener, ...leadsTo });
}

/** The addresses of a `bind` line, or of a `listen` line before HAProxy 2. */
function readBind(addresses: Word, words: readonly Word[], at: Span): Omit<Listener, 'leadsTo'>[] {
  const acceptsProxyProtocol = words.some((word) => word.text === 'accept-proxy');
  return (addresses.text ?? '').split(',').flatMap((part) => {
    const { host, port } = readAddress({ ...addresses, text: part });
    return host === undefined || port === undefined ? [] : [{ at, host, port, acceptsProxyProtocol }];
  });
}

/** Facts of the whole file that rules look for as evidence. */
export function noteFacts(section: Section, facts: Map<string, Setting<string>>, only?: readonly string[]): void {
  const note = (name: string, value: string, at: Span): void => {
    if (only === undefined || only.includes(name)) facts.set(name, written(value, at));
  };
  for (const { words, at } of section.statements) {
    if (words[0]?.text === 'server') continue;
    const texts = words.map((word) => word.text ?? '');
    const [keyword = '', action = '', header = ''] = texts;
    if (keyword.startsWith('http-') && /^(set|add)-header$/.test(action))
      note(`${keyword} ${action} ${header}`, texts.slice(3).join(' '), at);
    if (keyword === 'http-request' && action === 'set-src') note('set-src', texts.slice(2).join(' '), at);
    if (keyword === 'option' && action === 'forwardfor' && texts.includes('if-none'))
      note('option forwardfor if-none', '', at);
    if (/(req\.)?hdr(_ip)?\(\s*x-forwarded-for/i.test(texts.join(' ')))
      note('reads-forwarded-for', texts.join(' '), at);
  }
}
