import type { Config, Problem } from '../../model/config.ts';
import type { HealthCheck, Pool, Server, Unknown } from '../../model/pool.ts';
import { nameOfTarget, type Entry, type Match, type Reference } from '../../model/route.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { plain, say } from '../../text/say.ts';
import { isSetting, sameValue, shown } from './same.ts';

/** What one reading of a file gives. */
export interface Read {
  readonly config: Config;
  /** Faults that need two statements: they are certain only when every reading has them. */
  readonly relations: readonly Problem[];
}

/**
 * Makes one config of the readings of a file, of which each takes other branches. What all agree on holds; the rest is not known,
 * and its values are named.
 */
export function mergeReadings(readings: readonly Read[]): Config {
  const [first] = readings;
  if (first === undefined) throw new Error('A config is read at least once.');
  const configs = readings.map(({ config }) => config);
  const unknowns: Unknown[] = unique(configs.flatMap((config) => config.unknowns));
  const said = readings.map((one) => new Set(one.relations.map(({ what }) => plain(what))));
  const relations = first.relations.filter(({ what }) => said.every((texts) => texts.has(plain(what))));
  const problems = unique([...configs.flatMap((config) => config.problems), ...relations]);
  if (readings.length === 1) return { ...first.config, problems };
  return {
    ...first.config,
    pools: groups(
      configs.map(({ pools }) => pools),
      ({ name }) => name,
    ).map((pools) => mergePools(pools, configs.length, unknowns)),
    entries: mergeEntries(configs),
    references: mergeReferences(configs, unknowns),
    listeners: byKey(
      configs.flatMap(({ listeners }) => listeners),
      ({ host, port, from }) => `${host} ${port} ${from}`,
    ).map(([one, ...more]) => {
      const { leadsTo, ...listener } = one;
      return leadsTo !== undefined && more.every((other) => sameValue(other.leadsTo, leadsTo)) ? one : listener;
    }),
    facts: mergeMaps(configs.map(({ facts }) => facts)),
    statements: byKey(
      configs.flatMap(({ statements }) => statements ?? []),
      (one) => `${placeOf(one)} ${one.text}`,
    ).map(([statement]) => statement),
    problems,
    unknowns: unique(unknowns),
    ignores: byKey(
      configs.flatMap(({ ignores }) => ignores),
      placeOf,
    ).map(([ignore]) => ignore),
  };
}

function unique<T extends { readonly at: Span; readonly what?: Problem['what']; readonly reason?: Unknown['reason'] }>(
  list: readonly T[],
): T[] {
  return byKey(list, (one) => `${placeOf(one)} ${plain(one.what ?? one.reason ?? say``)}`).map(([one]) => one);
}

function placeOf({ at }: { readonly at: Span }): string {
  return `${at.start} ${at.source.path}`;
}

/** Things of one key, each in the order in which it was first met. */
function byKey<T>(list: readonly T[], keyOf: (one: T) => string): [T, ...T[]][] {
  const found = new Map<string, [T, ...T[]]>();
  for (const one of list) {
    const key = keyOf(one);
    const known = found.get(key);
    if (known === undefined) found.set(key, [one]);
    else known.push(one);
  }
  return [...found.values()];
}

/** Things of one name in several readings; the second of a name in one reading is another thing than the first. */
function groups<T>(readings: readonly (readonly T[])[], nameOf: (one: T) => string): [T, ...T[]][] {
  const numbered = readings.flatMap((list) => {
    const times = new Map<string, number>();
    return list.map((one) => {
      const name = nameOf(one);
      const time = times.get(name) ?? 0;
      times.set(name, time + 1);
      return { one, key: `${time} ${name}` };
    });
  });
  return byKey(numbered, ({ key }) => key).map(([{ one }, ...more]) => [one, ...more.map((other) => other.one)]);
}

/** What only some readings have of an entry holds under a condition that the file does not decide. */
function mergeEntries(configs: readonly Config[]): Entry[] {
  return byKey(
    configs.flatMap(({ entries }) => entries),
    ({ key }) => key,
  ).map((same) => {
    const [first] = same;
    const matches = groups(
      same.map((entry) => entry.matches),
      ({ when, to }) => `${when?.text ?? ''} ${to.kind} ${nameOfTarget(to)}`,
    ).map((list): Match => {
      const [match] = list;
      if (list.length === configs.length) return match;
      const text = [match.when?.text, UNDECIDED].filter(Boolean).join(', ');
      return { ...match, when: { ...match.when, text, at: match.at } };
    });
    const listens = byKey(
      same.flatMap((entry) => entry.listens),
      ({ address, options }) => `${address} ${options ?? ''}`,
    ).map(([listen]) => listen);
    return { ...first, matches, listens, settings: mergeMaps(same.map(({ settings }) => settings)) };
  });
}

const UNDECIDED = 'if a condition holds that the file does not decide';

type Note = (at: Span, reason: Unknown['reason']) => void;

function mergePools(pools: [Pool, ...Pool[]], readings: number, outer: Unknown[]): Pool {
  const [first] = pools;
  const unknowns: Unknown[] = pools.flatMap((pool) => pool.unknowns);
  const note: Note = (at, reason) => {
    unknowns.push({ at, reason });
  };
  if (pools.length < readings) {
    const reason = say`whether there is a pool ${first.name} depends on a condition that the file does not decide`;
    outer.push({ at: first.at, reason });
    note(first.at, reason);
  }
  const merged = mergeFields(pools, first.name, note);
  const servers = groups(
    pools.map((pool) => pool.servers),
    ({ name }) => name,
  ).map((list) => mergeServers(list, pools.length, note));
  return { ...merged, servers, unknowns: unique(unknowns) };
}

function mergeServers(servers: [Server, ...Server[]], readings: number, note: Note): Server {
  const [first] = servers;
  const merged = mergeFields(servers, first.name, note);
  if (servers.length === readings) return merged;
  note(first.at, say`whether ${first.name} is in use depends on a condition that the file does not decide`);
  return { ...merged, state: written<'up'>(undefined, first.at) };
}

/** What the fields of the model are called in a configuration. */
const NAMES: Readonly<Record<string, string>> = {
  maxConnections: 'maxconn',
  slowStartMs: 'slowstart',
  stickyValue: 'cookie',
  algorithm: 'balance',
  stickiness: 'cookie',
  protocol: 'mode',
  priority: 'tier',
  activeCheck: 'check',
  connectMs: 'timeout connect',
  serverMs: 'timeout server',
  clientMs: 'timeout client',
  queueMs: 'timeout queue',
  intervalMs: 'inter',
};

/** What is merged elsewhere, or differs without a meaning. */
const APART: ReadonlySet<string> = new Set(['at', 'servers', 'unknowns', 'unreached']);

/** Fields in which readings differ lose their value, and `note` hears of all values. */
function mergeFields<T extends { readonly at: Span }>(
  [first, ...more]: readonly [T, ...T[]],
  owner: string,
  note: Note,
): T {
  const merged: Record<string, unknown> = { ...first };
  const all = [first, ...more].map((one) => new Map<string, unknown>(Object.entries(one)));
  for (const field of new Set(all.flatMap((fields) => [...fields.keys()]))) {
    if (APART.has(field)) continue;
    const values = all.map((fields) => fields.get(field));
    if (!values.every((value) => sameValue(value, values[0])))
      merged[field] = mergeValues(field, values, { owner, at: first.at, note });
  }
  // Built from the fields of T alone.
  return merged as unknown as T;
}

interface Place {
  readonly owner: string;
  readonly at: Span;
  readonly note: Note;
}

function mergeValues(field: string, values: readonly unknown[], place: Place): unknown {
  const found = values.find((value) => value !== undefined);
  if (field === 'options' || field === 'timeouts') {
    const maps = values.map((one) => settingsIn(one));
    const merged = mergeMaps(maps, (option, settings) => tellApart(NAMES[option] ?? option, settings, place));
    return field === 'options' ? merged : Object.fromEntries(merged);
  }
  if (field === 'dynamic') return values.some(Boolean);
  tellApart(NAMES[field] ?? field, field === 'priority' ? values.map(asTier) : values, place);
  if (isSetting(found)) return written(undefined, found.at);
  if (field === 'protocol') return 'unknown';
  if (field === 'activeCheck') return mergeChecks(values.filter(isCheck));
  if (field === 'stickiness' && typeof found === 'object') return { ...found, name: written(undefined, place.at) };
  return field === 'address' ? undefined : found;
}

/** Priorities of this product are its primaries and backups. */
function asTier(value: unknown): unknown {
  return isSetting(value) && value.value !== undefined
    ? { ...value, value: value.value === 0 ? 'primary' : 'backup' }
    : value;
}

function tellApart(setting: string, values: readonly unknown[], { owner, at, note }: Place): void {
  const found = values.find((value) => isSetting(value) && value.written);
  const [one = '', ...more] = new Set(values.map(shown));
  const texts = more.reduce((text, other) => say`${text} or ${other}`, say`${one}`);
  note(isSetting(found) ? found.at : at, say`${setting} of ${owner} is ${texts}, which a condition decides`);
}

function settingsIn(values: unknown): ReadonlyMap<string, Setting<unknown>> {
  const entries: [string, unknown][] = values instanceof Map ? [...values] : Object.entries(values ?? {});
  return new Map(entries.filter((entry): entry is [string, Setting<unknown>] => isSetting(entry[1])));
}

function mergeMaps<T>(
  maps: readonly ReadonlyMap<string, Setting<T>>[],
  differs: (key: string, settings: readonly (Setting<T> | undefined)[]) => void = () => undefined,
): Map<string, Setting<T>> {
  const merged = new Map<string, Setting<T>>();
  for (const [key, setting] of maps.flatMap((map) => [...map])) {
    if (merged.has(key)) continue;
    const settings = maps.map((map) => map.get(key));
    const same = settings.every((other) => sameValue(other, setting));
    if (!same) differs(key, settings);
    merged.set(key, same ? setting : written<T>(undefined, setting.at));
  }
  return merged;
}

function isCheck(value: unknown): value is HealthCheck {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** A check that may be another one, or none, is not taken for a mere connection. */
function mergeChecks([first, ...more]: readonly HealthCheck[]): HealthCheck | undefined {
  if (first === undefined) return undefined;
  const merged = mergeFields([first, ...more], '', () => undefined);
  return { ...merged, type: more.length > 0 && more.every(({ type }) => type === first.type) ? first.type : 'other' };
}

/** Where traffic is sent in some readings only is a target that nobody knows. */
function mergeReferences(configs: readonly Config[], unknowns: Unknown[]): readonly Reference[] {
  return groups(
    configs.map(({ references }) => references),
    ({ from, kind, pool, when, share }) => JSON.stringify([from, kind, pool, when, share]),
  ).map((references): Reference => {
    const merged = mergeFields(references, '', () => undefined);
    if (references.length === configs.length) return merged;
    const { kind, at } = merged;
    unknowns.push({ at, reason: say`whether ${kind} counts depends on a condition that the file does not decide` });
    return { ...merged, pool: undefined };
  });
}
