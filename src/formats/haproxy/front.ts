import type { Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Timeouts } from '../../model/traffic.ts';
import type { Entry, Listener, Reference } from '../../model/route.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { readAddress } from './address.ts';
import { readsRequests } from './acl.ts';
import { entryOf, readEntry } from './entries.ts';
import type { Section, Statement } from './sections.ts';
import type { Settings } from './settings.ts';
import type { Word } from './words.ts';

/** What the sections read so far have given. */
export interface Found {
  /** What names are unique in: the path of the config. */
  readonly scope: string;
  readonly pools: Pool[];
  readonly references: Reference[];
  readonly listeners: Listener[];
  readonly entries: Entry[];
  readonly facts: Map<string, Setting<string>>;
  readonly problems: Problem[];
  /** Faults that need two statements. */
  readonly relations: Problem[];
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
  found.entries.push(readEntry(section, settings, found.scope));
  const options = frontOptions(settings, found);
  const references = readRoutes(section, settings, { protocol, timeouts, options });
  const listeners: Listener[] = [];
  const [after] = section.rest;
  if (after !== undefined && after.text !== 'from') listeners.push(...readBind(after, [], section.at));
  for (const { words, at } of settings.own) {
    const [keyword, second] = words;
    if (keyword?.text === 'bind' && second) listeners.push(...readBind(second, words, at));
  }
  const targets = [...(section.kind === 'listen' ? [section.name] : []), ...references.map(({ pool }) => pool)];
  const known = targets.filter((target) => target !== undefined);
  const leadsTo = known.length === targets.length ? { leadsTo: known } : {};
  for (const reference of references) found.references.push(reference);
  for (const listener of listeners) found.listeners.push({ ...listener, from: entryOf(section), ...leadsTo });
}

/** `use_backend` lines in the order in which HAProxy asks them, then the default. */
function readRoutes(
  section: Section,
  settings: Settings,
  common: Pick<Reference, 'protocol' | 'timeouts' | 'options'>,
): readonly Reference[] {
  const { acls } = settings;
  const lines = settings.own.filter(({ words }) => words[0]?.text === 'use_backend');
  const fallback = settings.own.findLast(isDefault) ?? settings.last('default_backend');
  if (fallback !== undefined) lines.push(fallback);
  const unread =
    settings.last('mode')?.words[1]?.text === 'tcp' &&
    settings.all('tcp-request').every(({ words }) => words[1]?.text !== 'inspect-delay');
  const answered = answersAll(settings);
  // The part, 0..1, of the requests for which no condition holds that comes as far as this.
  let left = 1;
  return lines.flatMap(({ words }): Reference[] => {
    const [keyword, second] = words;
    if (keyword?.text === undefined || second === undefined) return [];
    const pool = second.text?.includes('%[') ? undefined : second.text;
    const condition = acls.condition(words.slice(2));
    const { text: when } = condition;
    const share = when === undefined ? left * condition.share : condition.share;
    const unreached = answered || left === 0 || share === 0 || (unread && readsRequests(condition));
    // A computed name that is no backend's leads to the default.
    if (when === undefined && pool !== undefined && !unreached) left = Math.max(0, left - share);
    return [
      {
        kind: keyword.text,
        ...(keyword.text === 'use_backend' ? { takesAll: true as const } : {}),
        at: second.at,
        pool,
        ...common,
        from: entryOf(section),
        ...(when === undefined ? {} : { when }),
        ...(share < 1 && share > 0 ? { share: Math.round(share * 1e6) / 1e6 } : {}),
        ...(unreached ? { unreached: true as const } : {}),
      },
    ];
  });
}

/** How many connections come in at most: the proxy's own limit or that of the whole process, whichever is less. */
export function frontOptions(settings: Settings, { facts }: Found): Reference['options'] {
  const word = settings.last('maxconn')?.words[1];
  const own = word && written(word.text, word.at);
  const all = facts.get('global maxconn');
  const least = own && all && Number(all.value) < Number(own.value) ? all : (own ?? all);
  return new Map(least === undefined ? [] : [['frontend maxconn', least]]);
}

function isDefault({ words }: Statement): boolean {
  return words[0]?.text === 'default_backend';
}

/** Whether the proxy answers every request itself, before it chooses a backend. */
function answersAll(settings: Settings): boolean {
  for (const { words } of settings.statements) {
    const [keyword, action] = words;
    const rule = keyword?.text === 'http-request' ? action?.text : keyword?.text;
    // What an earlier rule lets through comes past the later ones.
    if (rule === 'allow') return false;
    const { text, share } = settings.acls.condition(words);
    const always = text === undefined && share === 1;
    if (always && /^(?:return|deny|reject|tarpit|silent-drop|redirect)$/.test(rule ?? '')) return true;
  }
  return false;
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
    if (keyword === 'maxconn' && section.kind === 'global') note('global maxconn', action, at);
    if (keyword === 'ssl-server-verify' && section.kind === 'global' && action === 'none')
      note('ssl-server-verify', action, at);
    if (keyword.startsWith('http-') && /^(set|add)-header$/.test(action))
      note(`${keyword} ${action} ${header}`, texts.slice(3).join(' '), at);
    if (keyword === 'http-request' && action === 'set-src') note('set-src', texts.slice(2).join(' '), at);
    if (keyword === 'option' && action === 'forwardfor' && texts.includes('if-none'))
      note('option forwardfor if-none', '', at);
    if (/(req\.)?hdr(_ip)?\(\s*x-forwarded-for/i.test(texts.join(' ')))
      note('reads-forwarded-for', texts.join(' '), at);
  }
}
