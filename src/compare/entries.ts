import type { Config } from '../model/config.ts';
import type { ChangeKindOfPool } from '../model/diff.ts';
import type { PoolKey } from '../model/keys.ts';
import { nameOfTarget, type Entry, type Listen, type Match } from '../model/route.ts';
import type { Setting, Span } from '../model/span.ts';
import { told, type LocatedChange } from './collector.ts';
import { entryFlow, type ClassFlow, type EntryFlow, type Flow } from './flow.ts';
import { matchBy, type Pair, type PlacedPool } from './match.ts';
import { samePart } from './parts.ts';
import { keyInHead } from './references.ts';

/** What becomes of one class of an entry's requests in both revisions. */
export interface ClassChange {
  /** The condition that names the class; undefined = every request that no condition names. */
  readonly when: string | undefined;
  readonly before: Flow;
  readonly after: Flow;
  /** The line that decides it in head, else the one in base. */
  readonly at: Span;
}

export interface EntryChange {
  readonly change: ChangeKindOfPool;
  readonly base: EntryFlow | undefined;
  readonly head: EntryFlow | undefined;
  /** Listeners, hosts, settings, and matches whose order or line changes. */
  readonly changes: readonly LocatedChange[];
  /** Classes whose requests go elsewhere. */
  readonly classes: readonly ClassChange[];
}

/** An entry with the config that it is in. */
interface Placed {
  readonly entry: Entry;
  readonly config: Config;
}

/**
 * How requests come in and where they go, before and after. Entries are matched by name, then by where they listen, then by
 * where they lead. A pool that is only renamed is the same target.
 */
export function entryChanges(
  base: readonly Config[] | undefined,
  head: readonly Config[],
  pools: readonly Pair<PlacedPool>[],
): EntryChange[] {
  const after = placed(head);
  if (base === undefined)
    return after.map(({ entry }) => ({
      change: 'same',
      base: undefined,
      head: entryFlow(entry, head),
      changes: [],
      classes: [],
    }));
  const inHead = keyInHead(base, pools);
  return matchEntries(base, head).map((pair) => entryChange(pair, base, head, inHead));
}

/** Entries by name, then by where they listen, by where they lead, and by one address that stays. */
function matchEntries(base: readonly Config[], head: readonly Config[]): Pair<Placed>[] {
  const kept = (index: number): ((one: Placed) => string | undefined) => {
    return ({ entry, config }) => {
      const address = entry.listens.at(index)?.address;
      return address && `${config.dialect.format} ${address} ${entry.hosts.join(' ')}`;
    };
  };
  return matchBy(placed(base), placed(head), [
    ({ entry, config }) => `${config.path} ${entry.name}`,
    ({ entry, config }) => `${config.dialect.format} ${entry.name}`,
    ({ entry, config }) => `${config.dialect.format} ${listensText(entry.listens)} ${entry.hosts.join(' ')}`,
    ({ entry, config }) =>
      `${config.path} ${entry.hosts.join(' ')} ${entry.matches.map(({ to }) => nameOfTarget(to)).join(' ')}`,
    kept(0),
    kept(-1),
  ]);
}

/** The name in head of each entry of base that is called otherwise there, by `path name`. */
export function renamedEntries(base: readonly Config[], head: readonly Config[]): ReadonlyMap<string, string> {
  return new Map(
    matchEntries(base, head).flatMap((pair) =>
      pair.base && pair.head && pair.base.entry.name !== pair.head.entry.name
        ? [[`${pair.base.config.path} ${pair.base.entry.name}`, pair.head.entry.name] as const]
        : [],
    ),
  );
}

function placed(configs: readonly Config[]): Placed[] {
  return configs.flatMap((config) => config.entries.map((entry) => ({ entry, config })));
}

function entryChange(
  pair: Pair<Placed>,
  base: readonly Config[],
  head: readonly Config[],
  inHead: (key: PoolKey) => PoolKey,
): EntryChange {
  const before = pair.base && renamedFlow(entryFlow(pair.base.entry, base), inHead);
  const after = pair.head && entryFlow(pair.head.entry, head);
  if (before === undefined || after === undefined)
    return { change: before === undefined ? 'added' : 'removed', base: before, head: after, changes: [], classes: [] };
  const classes = classChanges(before, after);
  const matches = matchBy(before.entry.matches, after.entry.matches, [matchText, ({ when }) => when?.text ?? '']);
  const changes = [
    ...ownChanges(before.entry, after.entry, matches),
    ...orderChanges(before.entry, after.entry),
    ...answerChanges(matches, new Set(classes.map(({ when }) => when))),
  ];
  return {
    change: changes.length + classes.length > 0 ? 'changed' : 'same',
    base: before,
    head: after,
    changes,
    classes,
  };
}

/** Flows of base with pools as head knows them. */
function renamedFlow(flow: EntryFlow, inHead: (key: PoolKey) => PoolKey): EntryFlow {
  const rename = (one: Flow): Flow => ({
    ...one,
    pools: new Map([...one.pools].map(([key, part]) => [inHead(key), part])),
  });
  return {
    entry: flow.entry,
    classes: flow.classes.map((one) => ({ ...one, flow: rename(one.flow) })),
    total: rename(flow.total),
  };
}

/** A class that one side does not name is part of what no condition names there. */
function classChanges(before: EntryFlow, after: EntryFlow): ClassChange[] {
  const byText = (flow: EntryFlow): ReadonlyMap<string | undefined, ClassFlow> =>
    new Map(flow.classes.map((one) => [one.when, one]));
  const [was, is] = [byText(before), byText(after)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((when): ClassChange[] => {
    const [old, now] = [was.get(when) ?? was.get(undefined), is.get(when) ?? is.get(undefined)];
    if (old === undefined || now === undefined || sameFlow(old.flow, now.flow)) return [];
    const match = decider(is.get(when)) ?? decider(was.get(when));
    return [{ when, before: old.flow, after: now.flow, at: match?.at ?? after.entry.at }];
  });
}

/** What answers in place of a pool, else the last match that a class reaches. */
export function decider(found: ClassFlow | undefined): Match | undefined {
  return found?.answer ?? found?.matches.at(-1);
}

function sameFlow(a: Flow, b: Flow): boolean {
  return (
    samePart(a.lost, b.lost) &&
    samePart(a.answered, b.answered) &&
    samePart(a.unknown, b.unknown) &&
    [...new Set([...a.pools.keys(), ...b.pools.keys()])].every((key) =>
      samePart(a.pools.get(key) ?? 0, b.pools.get(key) ?? 0),
    )
  );
}

function ownChanges(before: Entry, after: Entry, matches: readonly Pair<Match>[]): LocatedChange[] {
  const found: LocatedChange[] = [];
  const add = (
    kind: LocatedChange['kind'],
    setting: string,
    was: LocatedChange['before'],
    is: LocatedChange['after'],
    at: Span,
  ): void => {
    if (was !== is) found.push({ kind, server: null, setting, before: was, after: is, at });
  };
  for (const { base, head } of matchBy(before.listens, after.listens, [listenText, ({ address }) => address])) {
    const [was, is] = [base, head].map((one) => (one === undefined ? null : listenText(one)));
    add('listen-changed', 'listen', was ?? null, is ?? null, head?.at ?? after.at);
  }
  const hosts = (entry: Entry): string => [...entry.hosts].toSorted((a, b) => (a < b ? -1 : 1)).join(' ');
  add('hosts-changed', 'hosts', hosts(before) || null, hosts(after) || null, after.at);
  settingChanges(before.settings, after.settings, after.at, add);
  for (const { base, head } of matches)
    if (base !== undefined && head !== undefined)
      settingChanges(base.changes ?? NONE, head.changes ?? NONE, head.at, add);
  return found;
}

/** Conditions that come, go or lead elsewhere where no class of requests tells it: one redirect for another, a part of what went the same way. */
function answerChanges(matches: readonly Pair<Match>[], told: ReadonlySet<string | undefined>): LocatedChange[] {
  const isWay = (match: Match | undefined): boolean => match?.to.kind === 'pool' || match?.to.kind === 'route';
  return matches.flatMap(({ base, head }): LocatedChange[] => {
    const { when, at } = head ?? base ?? {};
    if (at === undefined || told.has(when?.text) || (isWay(base) && isWay(head))) return [];
    const [was, is] = [base, head].map((one) => (one === undefined ? null : nameOfTarget(one.to)));
    if (was === is) return [];
    const setting = when === undefined ? 'what answers other requests' : `what answers ${when.text}`;
    return [{ kind: 'answer-changed', server: null, setting, before: was ?? null, after: is ?? null, at }];
  });
}

const NONE: ReadonlyMap<string, Setting<string>> = new Map();

function settingChanges(
  before: ReadonlyMap<string, Setting<string>>,
  after: ReadonlyMap<string, Setting<string>>,
  at: Span,
  add: (
    kind: LocatedChange['kind'],
    setting: string,
    was: LocatedChange['before'],
    is: LocatedChange['after'],
    at: Span,
  ) => void,
): void {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const now = after.get(name);
    add('entry-setting-changed', name, told(before.get(name)), told(now), now?.at ?? at);
  }
}

/** Conditions whose order changes: a request that both hold for goes elsewhere. */
function orderChanges(before: Entry, after: Entry): LocatedChange[] {
  const position = new Map(before.matches.map((match, i) => [matchText(match), i]));
  let last = -1;
  let previous: Match | undefined;
  for (const match of after.matches) {
    const was = position.get(matchText(match));
    if (was === undefined || match.when === undefined) continue;
    const elsewhere = previous !== undefined && nameOfTarget(previous.to) !== nameOfTarget(match.to);
    if (was < last && elsewhere)
      return [
        {
          kind: 'order-changed',
          server: null,
          setting: `order of ${match.when.text}`,
          before: `before ${previous?.when?.text ?? 'the default'}`,
          after: `after ${previous?.when?.text ?? 'the default'}`,
          at: match.at,
        },
      ];
    if (was > last) previous = match;
    last = Math.max(last, was);
  }
  return [];
}

function matchText({ when, to }: Match): string {
  return `${when?.text ?? ''}\0${when?.chance ?? ''}\0${to.kind} ${nameOfTarget(to)}`;
}

/** A listener in one line. */
export function listenText({ address, tls, proxyProtocol, isDefault, options }: Listen): string {
  return [
    address,
    ...(tls === true ? ['TLS'] : []),
    ...(proxyProtocol === true ? ['PROXY protocol'] : []),
    ...(isDefault === true ? ['default'] : []),
    ...(options === undefined ? [] : [options]),
  ].join(' ');
}

function listensText(listens: readonly Listen[]): string {
  return listens
    .map(({ address }) => address)
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(' ');
}
