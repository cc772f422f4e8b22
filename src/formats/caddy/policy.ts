import type { Algorithm, HashKey } from '../../model/algorithm.ts';
import type { Unknown } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import type { Stickiness } from '../../model/traffic.ts';
import { say } from '../../text/say.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Policy, Proxy } from './proxy.ts';
import { atoi, goDuration } from './values.ts';

/** How a pool picks a server. */
export interface Choice {
  readonly algorithm: Setting<Algorithm>;
  /** One for each upstream, by its position; none = all count as one. */
  readonly weights: readonly Setting<number>[];
  readonly stickiness?: Stickiness;
  readonly unknowns: readonly Unknown[];
}

/** Without a policy Caddy picks at random. */
export function readPolicy({ policy, upstreams, at }: Proxy, version?: string): Choice {
  if (policy === undefined) return { algorithm: implied(random('random'), at), weights: [], unknowns: [] };
  if (policy.name === 'cookie') return sticky(policy, upstreams.length, version);
  const algorithm = algorithmOf(policy, version);
  const unknowns = policy.args
    .filter(({ value }) => value === undefined)
    .map((arg) => ({
      at: arg.at,
      reason: say`${arg.at.source.text.slice(arg.at.start, arg.at.end)} is filled in from the environment`,
    }));
  return {
    algorithm: written(algorithm, policy.at),
    weights: policy.name === 'weighted_round_robin' ? weightsByPosition(policy, upstreams.length) : [],
    unknowns,
  };
}

/** Returning clients stay; the others are spread by the fallback. */
function sticky(policy: Policy, servers: number, version?: string): Choice {
  const { args, at, settings, fallback } = policy;
  const age = settings.get('max_age');
  const [name] = args;
  return {
    algorithm:
      fallback === undefined ? implied(random('random'), at) : written(algorithmOf(fallback, version), fallback.at),
    weights: fallback?.name === 'weighted_round_robin' ? weightsByPosition(fallback, servers) : [],
    stickiness: {
      type: 'cookie',
      at,
      values: 'made',
      name: name ?? implied('lb', at),
      ...(age === undefined ? {} : { ttlMs: { ...age, value: goDuration(age.value ?? '') } }),
    },
    unknowns: [],
  };
}

function algorithmOf(policy: Policy, version?: string): Algorithm {
  const { name, args } = policy;
  const native = [name, ...args.map(({ value = '…' }) => value)].join(' ');
  const [first] = args;
  switch (name) {
    case 'random':
      return random(native);
    case 'random_choose':
      return choose(native, first, version);
    case 'first':
      return { native: name, kind: 'fill', order: 'listed' };
    case 'round_robin':
      return { native: name, kind: 'round-robin', serves: 'in-turn', weights: 'used' };
    case 'weighted_round_robin':
      return { native, kind: 'round-robin', serves: 'in-blocks', weights: 'by-position' };
    case 'least_conn':
      return { native: name, kind: 'least-connections', idle: 'equal', loaded: 'equal' };
    case 'ip_hash':
      return hashed(native, { of: 'source', native: 'client address' }, 'one-key');
    case 'client_ip_hash':
      return hashed(native, { of: 'source', native: 'client address', forwarded: true }, 'one-key');
    case 'uri_hash':
      return hashed(native, { of: 'uri', native: 'URI' }, 'one-key');
    case 'query':
      return hashed(native, { of: 'query', native: `query ${first?.value ?? ''}` }, keyless(policy.fallback));
    case 'header':
      return hashed(native, { of: 'header', native: `header ${first?.value ?? ''}` }, keyless(policy.fallback));
    default:
      return { native, kind: 'unknown' };
  }
}

function random(native: string): Algorithm {
  return { native, kind: 'random', choices: 1, draw: 'equal', idle: 'as-drawn', loaded: 'equal' };
}

/** Since 2.11 the sample keeps the order of the list, and of idle upstreams its first one is taken. */
function choose(native: string, count: Setting<string> | undefined, version?: string): Algorithm {
  const number = count === undefined ? 2 : atoi(count.value ?? '');
  if (number === undefined) return { native, kind: 'unknown' };
  const ordered = version === undefined || compareVersions(version, '2.11') >= 0;
  const choices = number === 0 ? 2 : number;
  return {
    native,
    kind: 'random',
    choices,
    draw: 'equal',
    idle: ordered ? 'listed-first' : 'as-drawn',
    loaded: 'equal',
  };
}

function hashed(native: string, key: HashKey, without: (Algorithm & { kind: 'hash' })['without']): Algorithm {
  return { native, kind: 'hash', key, lookup: { table: 'rendezvous', hash: 'even' }, without };
}

function keyless(fallback: Policy | undefined): 'random' | 'round-robin' | 'unknown' {
  if (fallback === undefined || fallback.name === 'random') return 'random';
  return fallback.name === 'round_robin' ? 'round-robin' : 'unknown';
}

/**
 * The weight that each upstream really has. Weights are taken by position: an upstream without one gets nothing, and what is left
 * over goes round to the first ones again. One weight alone gives everything to the first upstream.
 */
function weightsByPosition({ args, at }: Policy, servers: number): readonly Setting<number>[] {
  const weights = args.map(({ value }) => (value === undefined ? undefined : atoi(value)));
  const place = (i: number): Setting<number>['at'] => args[i]?.at ?? at;
  if (weights.length < 2)
    return Array.from({ length: servers }, (_, i) =>
      i === 0 ? written(weights[0] === 0 ? 1 : weights[0], place(0)) : written(0, at),
    );
  if (weights.includes(undefined))
    return Array.from({ length: servers }, (_, i) => written(i < weights.length ? weights[i] : 0, place(i)));
  const used = weights.flatMap((weight, i) => (i < servers && weight !== 0 ? [i] : []));
  const real = new Map<number, number>();
  weights
    .filter((weight) => weight !== undefined && weight > 0)
    .forEach((weight, turn) => {
      const position = used[turn % Math.max(1, used.length)];
      if (position !== undefined) real.set(position, (real.get(position) ?? 0) + (weight ?? 0));
    });
  return Array.from({ length: servers }, (_, i) => written(real.get(i) ?? 0, place(i)));
}
