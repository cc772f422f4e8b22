import { nameOfTarget } from '../model/route.ts';
import { entriesSentence } from './entries-sentence.ts';
import { UNKNOWN } from '../compare/texts.ts';
import type { LocatedChange } from '../compare/collector.ts';
import type { EstateChange, PoolChange, RouteChange } from '../compare/compare.ts';
import type { ChangeKind } from '../model/diff.ts';
import type { Text } from '../model/text.ts';
import { count, list, percent, say, sentences, words } from '../text/say.ts';
import { appendTo } from '../text/append.ts';

/**
 * What a change does, the most telling first; undefined when nothing changed or there is nothing to compare with.
 * `review`: the base is what was reviewed last, and the head is in force.
 */
export function changeSentence(change: EstateChange, review = false): Text | undefined {
  if (change.base === undefined) return undefined;
  const shift = largestShift(change.pools);
  if (shift && review) {
    return say`In ${shift.pool}, ${shift.server} takes ${percent(shift.after)} of the traffic (${percent(shift.before)} at the last review).`;
  }
  if (shift) {
    return say`In ${shift.pool}, ${shift.server} would take ${percent(shift.after)} of the traffic (${percent(shift.before)} now).`;
  }
  const routes = routesSentence(change.routes);
  const changed = change.pools.flatMap((pool): PoolChange[] => {
    if (pool.change !== 'changed') return [];
    // A choice between pools tells which way the requests go.
    const changes = routes.length === 0 ? pool.changes : pool.changes.filter((one) => !isWay(one));
    return changes.length === 0 ? [] : [{ ...pool, changes }];
  });
  const [only] = changed;
  const told = [
    ...(only === undefined ? [] : [changed.length === 1 ? poolSentence(only) : poolsSentence(changed)]),
    ...routes,
    // A choice between pools says already where its requests go.
    ...(routes.length === 0 ? entriesSentence(change.entries) : []),
    ...addedSentence(change.pools.filter((pool) => pool.change === 'added')),
    ...removedSentence(change.pools.filter((pool) => pool.change === 'removed')),
  ];
  return told.length === 0 ? undefined : sentences(...told);
}

/** Rises under this many points are no news for the first sentence. */
const NEWS = 0.05;

function largestShift(
  pools: readonly PoolChange[],
): { pool: string; server: string; before: number; after: number } | undefined {
  let most: { pool: string; server: string; before: number; after: number } | undefined;
  for (const pool of pools) {
    if (!pool.base || !pool.head || pool.change === 'same') continue;
    for (const server of pool.servers) {
      const { shareBefore: before, shareAfter: after } = server;
      if (before === null || after === null || !server.head || !server.base) continue;
      if (after - before <= (most ? most.after - most.before : NEWS)) continue;
      most = { pool: pool.head.pool.name, server: server.head.name, before, after };
    }
  }
  return most;
}

/** The first choice between pools that is new, gone or split otherwise. */
function routesSentence(routes: readonly RouteChange[]): Text[] {
  const [first, ...others] = routes.filter((route) => route.change !== 'same');
  if (first === undefined) return [];
  const more = others.length === 0 ? words('') : say`, and ${count(others.length, 'more route')} with it`;
  const { base, head } = first;
  if (head === undefined) return [say`Route ${base?.name ?? ''} is removed${more}.`];
  const pools = list([...new Set(head.to.map((target) => nameOfTarget(target.to)))], 4);
  return base === undefined
    ? [say`Route ${head.name} is new and leads to ${pools}${more}.`]
    : [say`Route ${head.name} is split otherwise over ${pools}${more}.`];
}

function addedSentence(added: readonly PoolChange[]): Text[] {
  const [only] = added;
  if (only === undefined) return [];
  if (added.length > 1) return [say`Pools ${list(added.map(nameOf), 4)} are new.`];
  const servers = only.head?.pool.servers.length ?? 0;
  return [
    say`Pool ${nameOf(only)} is new, ${servers === 0 ? words('without servers') : say`with ${count(servers, 'server')}`}.`,
  ];
}

function removedSentence(removed: readonly PoolChange[]): Text[] {
  const [only] = removed;
  if (only === undefined) return [];
  return [
    removed.length === 1
      ? say`Pool ${nameOf(only)} is removed.`
      : say`Pools ${list(removed.map(nameOf), 4)} are removed.`,
  ];
}

/** What happens to servers, in words that follow their number. */
const SERVER_EVENTS: readonly (readonly [ChangeKind, string])[] = [
  ['server-added', 'added'],
  ['server-removed', 'removed'],
  ['address-changed', 'moved'],
  ['state-changed', 'switched on or off'],
  ['weight-changed', 'weighted differently'],
  ['check-lost', 'no longer checked'],
  ['server-renamed', 'renamed'],
];

/** One sentence for several pools: how many servers are touched and how, then which settings. */
function poolsSentence(pools: readonly PoolChange[]): Text {
  const changes = pools.flatMap((pool) => pool.changes);
  const events = SERVER_EVENTS.flatMap(([kind, said]) => {
    const n = changes.filter((change) => change.kind === kind).length;
    return n === 0 ? [] : [say`${count(n, 'server')} ${words(said)}${exampleOf(changes, kind)}`];
  });
  const others = changes.filter((change) => !SERVER_EVENTS.some(([kind]) => kind === change.kind));
  const settings = [...new Set(others.map(settingOf))];
  const told = [...events, ...(settings.length === 0 ? [] : [say`${list(settings, 3)} changed`])];
  return say`In ${list(pools.map(nameOf), 4)}: ${list(told)}.`;
}

/** `, the first from 10.0.0.1:80 to 10.1.0.1:80`, where values tell more than a number. */
function exampleOf(changes: readonly LocatedChange[], kind: ChangeKind): Text {
  const first = changes.find((change) => change.kind === kind);
  return first === undefined || first.before === null || first.after === null
    ? words('')
    : say`, the first ${fromTo(first)}`;
}

/** One pool: its first kind of change with the values, then what else changes by name. */
function poolSentence(pool: PoolChange): Text {
  const name = nameOf(pool);
  const [renamed] = pool.changes.filter(isRename);
  const groups = groupsOf(pool.changes.filter((change) => !isRename(change)));
  const servers = serversSentence(groups);
  const [first] = groups;
  const main = servers ?? (first && valuesOf(first));
  if (renamed) {
    const subject = say`Pool ${String(renamed.before)} is now called ${name}`;
    return main === undefined
      ? say`${subject}.`
      : sentences(say`${subject}.`, say`In it, ${main}${rest(groups, servers)}.`);
  }
  return main === undefined ? say`Pool ${name} changes.` : say`In ${name}, ${main}${rest(groups, servers)}.`;
}

function isRename(change: LocatedChange): boolean {
  return change.kind === 'option-changed' && change.server === null && change.setting === 'name';
}

/** Changes of one kind and setting, which differ in their server. */
type Group = readonly [LocatedChange, ...LocatedChange[]];

/** Grouped in their order; servers that come and go are the news, so they are first. */
function groupsOf(changes: readonly LocatedChange[]): readonly Group[] {
  const groups = new Map<string, [LocatedChange, ...LocatedChange[]]>();
  for (const change of changes) {
    const key = `${change.kind} ${change.setting}`;
    appendTo(groups, key, change);
  }
  const all = [...groups.values()];
  return [...all.filter(comesOrGoes), ...all.filter((group) => !comesOrGoes(group))];
}

function comesOrGoes([{ kind }]: Group): boolean {
  return kind === 'server-added' || kind === 'server-removed';
}

/** `c is added`, `a and b are removed`, `c is in the place of a`; undefined when none comes or goes. */
function serversSentence(groups: readonly Group[]): Text | undefined {
  const named = (kind: ChangeKind): string[] =>
    groups.flatMap((group) => group.flatMap((one) => (one.kind === kind && one.server !== null ? [one.server] : [])));
  const [added, removed] = [named('server-added'), named('server-removed')];
  const are = (names: readonly string[]): Text => words(names.length === 1 ? 'is' : 'are');
  if (added.length > 0 && removed.length > 0)
    return say`${list(added, 3)} ${are(added)} in the place of ${list(removed, 3)}`;
  if (added.length > 0) return say`${list(added, 3)} ${are(added)} added`;
  return removed.length > 0 ? say`${list(removed, 3)} ${are(removed)} removed` : undefined;
}

/** `a: weight goes from 1 to 2`; of several servers all of them, and the values of the first where they differ. */
function valuesOf(group: Group): Text {
  const [first] = group;
  const servers = group.flatMap(({ server }) => (server === null ? [] : [server]));
  const same = group.every(({ before, after }) => before === first.before && after === first.after);
  const setting = settingOf(first);
  if (isWay(first)) return wayOf(first, setting);
  if (servers.length < 2)
    return say`${first.server === null ? say`${setting}` : say`${first.server}: ${setting}`} ${step(first)}`;
  const subject = say`${setting} of ${list(servers, 3)}`;
  return same ? say`${subject} ${step(first)}` : say`${subject} changes, of ${servers[0] ?? ''} ${fromTo(first)}`;
}

/** Whether a change is one of the requests that reach the pool, not of its part of a route with weights. */
function isWay({ kind, before, after }: LocatedChange): boolean {
  return kind === 'route-changed' && typeof (before ?? after) === 'string';
}

/** `default_backend in frontend web no longer sends it all other requests`. */
function wayOf({ before, after }: LocatedChange, setting: string): Text {
  if (after === null) return say`${setting} no longer sends it ${String(before)}`;
  const instead = before === null ? words('') : say` in place of ${String(before)}`;
  return say`${setting} sends it ${String(after)}${instead}`;
}

function step({ kind, before, after }: LocatedChange): Text {
  if (before === null)
    return after === UNKNOWN ? words('is added with an unknown value') : say`${String(after)} is added`;
  if (after === null) return before === UNKNOWN ? words('is removed') : say`${String(before)} is removed`;
  return say`goes ${fromTo({ kind, before, after })}`;
}

function fromTo({ kind, before, after }: Pick<LocatedChange, 'kind' | 'before' | 'after'>): Text {
  const shown = (value: LocatedChange['before']): Text | string =>
    value === UNKNOWN ? words(UNKNOWN) : kind === 'limit-changed' && value === 0 ? words('none') : String(value);
  const [old, now] = kind === 'check-changed' ? differing(String(before), String(after)) : [before, after];
  return say`from ${shown(old)} to ${shown(now)}`;
}

/** The parts of two checks (`http /`, `every 2000 ms`, `fall 3`) that differ. */
function differing(before: string, after: string): [string, string] {
  const parts = (text: string): string[] => text.split(/ (?=(?:every|timeout|rise|fall) )/);
  const without = (text: string, other: string): string =>
    parts(text)
      .filter((part) => !parts(other).includes(part))
      .join(' ');
  const [old, now] = [without(before, after), without(after, before)];
  return old === '' || now === '' ? [before, after] : [old, now];
}

/** What a setting is called where nothing around it says what it belongs to. */
function settingOf({ kind, setting }: LocatedChange): string {
  return kind === 'check-changed' && /^(?:port|addr)$/.test(setting) ? `check ${setting}` : setting;
}

/** What changes beside that which was told. */
function rest(groups: readonly Group[], servers: Text | undefined): Text {
  const others = servers === undefined ? groups.slice(1) : groups.filter((group) => !comesOrGoes(group));
  const settings = [...new Set(others.map(([first]) => settingOf(first)))];
  if (settings.length === 0) return words('');
  return say`; ${list(settings, 3)} ${words(settings.length === 1 ? 'changes' : 'change')} too`;
}

function nameOf(change: PoolChange): string {
  return (change.head ?? change.base)?.pool.name ?? '';
}
