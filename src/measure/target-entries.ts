import { entryFlow, type ClassFlow } from '../compare/flow.ts';
import { poolsOf } from '../compare/references.ts';
import { hostOf, portOf, type Request } from '../compare/request.ts';
import type { Config } from '../model/config.ts';
import { routeKey, type PoolKey } from '../model/keys.ts';
import type { Pool } from '../model/pool.ts';
import type { Branch, Entry, Route } from '../model/route.ts';
import { exactly } from '../model/share.ts';
import { implied } from '../model/span.ts';
import { asAsked } from './asked-entry.ts';
import type { MeasureRequest } from './measure-request.ts';

/** What is asked, as far as a config tells requests apart by it. */
export interface Asked {
  readonly target: URL | undefined;
  /** By lower-case name. */
  readonly headers?: ReadonlyMap<string, string>;
}

/** What a measurement asks; its headers may name another host. */
export function askedOf({ headers }: Pick<MeasureRequest, 'headers'>, target: URL | undefined): Asked {
  return { target, headers: new Map(headers.map(([header, value]) => [header.toLowerCase(), value])) };
}

/** The request that a probe sends; it returns no cookie that was not given to it. */
function requestFor(url: URL, headers: ReadonlyMap<string, string> = new Map()): Request {
  return { url, method: 'GET', headers: new Map([['cookie', ''], ...headers]), address: undefined };
}

/**
 * The entries that take requests for the target: those of its port, and of these the ones that name its host best. Where no entry
 * listens on the port (it is translated on the way) all of them come into question. Each is as a request for the target meets it.
 */
export function entriesFor(configs: readonly Config[], { target, headers }: Asked): readonly Entry[] {
  const all = configs.flatMap(({ entries }) => entries);
  if (target === undefined) return all;
  const request = requestFor(target, headers);
  const port = portOf(target);
  const there = all.filter(({ listens }) => listens.some(({ address }) => portIn(address) === port));
  const possible = there.length > 0 ? there : all;
  const wanted = hostOf(request);
  const best = Math.max(...possible.map((entry) => rank(entry, wanted)));
  const entries = best > 0 ? possible.filter((entry) => rank(entry, wanted) === best) : possible;
  return entries.map((entry) => asAsked(entry, request));
}

function portIn(address: string): string | undefined {
  return /(?:^|:)(\d+)$/.exec(address)?.[1];
}

/** How well an entry's hosts name one: itself, a wildcard, none needed, none of them. */
function rank({ hosts, listens }: Entry, host: string): number {
  if (hosts.some((one) => one.toLowerCase() === host)) return 4;
  if (hosts.some((one) => one.startsWith('*.') && host.endsWith(one.slice(1).toLowerCase()))) return 3;
  if (hosts.length === 0 || listens.some(({ isDefault }) => isDefault === true)) return 2;
  return 0;
}

/** Parts of the requests by pool, 0..1, where chance alone decides between pools. */
export type Draw = ReadonlyMap<PoolKey, number>;

/**
 * What becomes of an entry's requests as one choice between pools. Undefined where a condition on the request decides between
 * pools, so that the entry alone does not say which of them answer.
 */
export function drawOf(entry: Entry, configs: readonly Config[]): Draw | undefined {
  const { classes } = entryFlow(entry, configs);
  const draws = classes.filter(({ flow }) => flow.pools.size > 0).map(drawOfClass);
  const [first] = draws;
  return first !== undefined && draws.every((draw) => draw !== undefined && same(draw, first)) ? first : undefined;
}

function drawOfClass({ flow }: ClassFlow): Draw | undefined {
  const parts = [...flow.pools].map(([key, part]) => [key, exactly(part)] as const);
  const known = parts.flatMap(([key, part]) => (part === null || part <= 0 ? [] : [[key, part] as const]));
  return parts.some(([, part]) => part === null) || known.length === 0 ? undefined : new Map(known);
}

function same(a: Draw, b: Draw): boolean {
  return a.size === b.size && [...a].every(([key, part]) => Math.abs((b.get(key) ?? -1) - part) < 1e-9);
}

/** An entry's draw as a route of its own; undefined where it is none. Branches point at the lines that draw. */
export function routeOfEntry(entry: Entry, configs: readonly Config[]): Route | undefined {
  const draw = drawOf(entry, configs);
  const index = poolsOf(configs);
  const to = [...(draw ?? [])].flatMap(([key, part]): Branch[] => {
    const pool = index.byKey(key)?.pool;
    if (pool === undefined) return [];
    const at = entry.matches.find((match) => match.to.kind === 'pool' && match.to.pool === key)?.at ?? entry.at;
    return [{ to: { kind: 'pool', pool: key, name: pool.name }, weight: implied(part, at), role: 'serves', at }];
  });
  if (draw === undefined || to.length < draw.size) return undefined;
  const drawn = entry.matches.find(({ when }) => when?.chance !== undefined);
  return {
    key: routeKey('entry', entry.key, entry.name),
    name: entry.name,
    at: drawn?.at ?? entry.at,
    kind: 'weighted',
    to,
  };
}

/** The other pools that chance sends requests of the same kind to, with their part of all of these requests, 0..1. */
export function drawnBeside(pool: Pool, configs: readonly Config[], asked: Asked): Draw {
  const beside = new Map<PoolKey, number>();
  for (const entry of entriesFor(configs, asked)) {
    for (const { flow } of entryFlow(entry, configs).classes) {
      if (exactly(flow.pools.get(pool.key) ?? 0) === 0) continue;
      for (const [key, part] of flow.pools) {
        const share = exactly(part);
        if (key !== pool.key && share !== null && share > 0) beside.set(key, share);
      }
    }
  }
  return beside;
}
