import { addressOf } from '../../compare/match.ts';
import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import { placeKey } from '../../model/span.ts';
import { name, say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { isImplicit } from '../shared/lookups.ts';
import { readsLess } from '../shared/routes.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'undefined-pool-reference',
  title: 'Every referenced pool is defined',
  severity: 'error',
  scope: 'config',
  *check({ config, configs, before }) {
    if (config.status === 'refused') return;
    // Part of the file was not read: the pool may be defined there, unless it was read before this change.
    const whole = config.unknowns.length === 0;
    const gone =
      before === undefined || readsLess(before, configs, config.dialect.format)
        ? new Set<string>()
        : new Set(poolNames(before, config.dialect.format));
    const pools = configs
      .filter(({ dialect }) => dialect.format === config.dialect.format)
      .flatMap((other) => other.pools);
    // A bare name that is resolved as a host may be that of a pool which is missing.
    const isGuess = (pool: Pool): boolean =>
      config.dialect.resolvesUnknownPools && isImplicit(pool) && isLabel(pool.name);
    const defined = new Set(pools.filter((pool) => !isGuess(pool)).map((pool) => pool.name));
    const seen = new Set<string>();
    const own = config.pools.map((pool) => pool.name);
    for (const reference of config.references) {
      const { pool, at } = reference;
      if (pool === undefined || defined.has(pool) || seen.has(placeKey(at))) continue;
      if (!whole && !gone.has(pool)) continue;
      seen.add(placeKey(at));
      const names = seen.size * own.length > MOST_COMPARED ? [] : own;
      const draft = config.dialect.resolvesUnknownPools
        ? ((gone.has(pool) ? lost(reference, pool, config, configs, before ?? []) : undefined) ??
          misspelt(reference, pool, config, configs, names))
        : missing(reference, pool, config, names);
      if (draft) yield draft;
    }
  },
});

/** So many names are compared letter by letter, for all references together. */
const MOST_COMPARED = 500_000;

function missing({ kind, at }: Reference, pool: string, config: Config, names: readonly string[]): Draft {
  const meant = didYouMean(pool, names);
  const place = config.dialect.terms.pool(pool);
  return {
    at,
    key: pool,
    // Without any pool this is one file of several that the balancer loads together.
    ...(config.pools.length === 0 ? { severity: 'notice' as const } : {}),
    what: say`${kind} names ${pool}, which is not defined${meant === undefined ? say`` : say`; did you mean ${meant}?`}`,
    why: config.dialect.missingPool,
    fix: meant === undefined ? say`Add ${place}, or set a pool that exists.` : say`Set ${meant}.`,
  };
}

/** A name that was a pool before this change is meant as one. */
function lost(
  { kind, at }: Reference,
  pool: string,
  { dialect }: Config,
  configs: readonly Config[],
  before: readonly Config[],
): Draft | undefined {
  const was = poolsOf(before, dialect.format).find(({ name: other }) => other === pool);
  if (was === undefined) return undefined;
  const servers = new Set(was.servers.map(addressOf));
  const now = poolsOf(configs, dialect.format).find((other) =>
    other.servers.some((server) => servers.has(addressOf(server))),
  );
  return {
    at,
    key: pool,
    related: [{ at: was.at, note: say`the pool before this change` }],
    what: say`${kind} names ${pool}, which was a pool before this change and is not one now.`,
    why: dialect.missingPool,
    fix:
      now === undefined
        ? say`Add ${dialect.terms.pool(pool)}, or set a pool that exists.`
        : say`Set ${now.name}, which has its servers now.`,
  };
}

function poolsOf(configs: readonly Config[], format: string): readonly Pool[] {
  return configs.flatMap((config) =>
    config.dialect.format === format ? config.pools.filter((pool) => !isImplicit(pool)) : [],
  );
}

function poolNames(configs: readonly Config[], format: string): readonly string[] {
  return poolsOf(configs, format).map((pool) => pool.name);
}

/** A name without a pool is taken for a host, so only one that is nearly a pool's is certainly wrong. */
function misspelt(
  reference: Reference,
  pool: string,
  config: Config,
  configs: readonly Config[],
  names: readonly string[],
): Draft | undefined {
  if (names.length === 0) return undefined;
  const upstreams = poolsOf([config], config.dialect.format).map((other) => other.name);
  const meant = didYouMean(pool, upstreams);
  if (meant === undefined) return unusedNamesake(reference, pool, config, configs);
  // `app2` beside `app1` is another one, not a slip.
  if (withoutDigits(meant) === withoutDigits(pool)) return undefined;
  const { kind, at } = reference;
  const used = isUsed(meant, configs);
  return {
    at,
    key: pool,
    ...(used ? { severity: 'warning' as const } : {}),
    what: say`${kind} names ${pool}, but no pool has that name; did you mean ${name(meant)}${used ? say`` : say`, to which nothing sends`}?`,
    why: config.dialect.missingPool,
    fix: say`Set ${meant}.`,
  };
}

/** A pool that nothing uses is meant by a name that has a word of its name: `api_pool` for `api`. */
function unusedNamesake(
  { kind, at }: Reference,
  pool: string,
  config: Config,
  configs: readonly Config[],
): Draft | undefined {
  const parts = new Set(pool.toLowerCase().split(/[_-]/));
  const sharesWord = (other: string): boolean =>
    other
      .toLowerCase()
      .split(/[_-]/)
      .some((part) => parts.has(part));
  const meant = poolsOf([config], config.dialect.format)
    .map((other) => other.name)
    .find((other) => !isUsed(other, configs) && sharesWord(other));
  if (meant === undefined) return undefined;
  return {
    at,
    key: pool,
    severity: 'warning',
    what: say`${kind} names ${pool}, and no pool has that name, while nothing sends to ${name(meant)}.`,
    why: config.dialect.missingPool,
    fix: say`Rename ${pool} to ${meant}, or remove ${meant}.`,
  };
}

function isUsed(upstream: string, configs: readonly Config[]): boolean {
  return configs.some(({ references }) => references.some(({ pool }) => pool === upstream));
}

/** A name of one label without a port, as upstreams are named. */
function isLabel(text: string): boolean {
  return /^[\w-]+$/.test(text);
}

function withoutDigits(text: string): string {
  return text.replace(/\d+/g, '');
}
