import type { Pool, Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import { list, name, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

/** Names whose addresses change by design while nobody edits a file. */
const MOVING = /(?:\.elb(?:\.[a-z0-9-]+)?\.amazonaws\.com|\.consul|\.cloudapp\.azure\.com|\.rds\.amazonaws\.com)\.?$/i;

export const rule = defineRule({
  id: 'stale-dns',
  title: 'Server names are re-resolved when their addresses change',
  severity: 'warning',
  scope: 'config',
  *check({ config }) {
    const fix = config.dialect.advice.resolveAgain;
    if (fix === undefined) return;
    for (const pool of config.pools) {
      const fixed = pool.servers.filter((server) => isResolvedOnce(pool, server));
      const moving = fixed.filter(({ address }) => MOVING.test(address ?? ''));
      const shown = moving.length > 0 ? moving : fixed;
      const [first] = shown;
      if (first === undefined) continue;
      yield {
        at: first.at,
        pool: pool.name,
        ...(moving.length > 0 ? {} : { severity: 'notice' as const }),
        what: say`${list([...new Set(shown.map(({ address }) => address ?? ''))], 3)} of ${name(pool.name)} ${shown.length === 1 ? say`is` : say`are`} resolved only when the balancer starts or reloads.`,
        why:
          moving.length > 0
            ? MOVED
            : say`If an address changes, traffic keeps going to the old one until the next reload.`,
        fix,
      };
    }
    const seen = new Set<string>();
    const pools = new Set(config.pools.map((pool) => pool.name));
    for (const { kind, at, address, pool } of config.references) {
      if (pool !== undefined && pools.has(pool)) continue;
      if (address === undefined || !MOVING.test(address.host) || seen.has(address.host) || isComputed(at)) continue;
      seen.add(address.host);
      yield {
        at,
        key: address.host,
        what: say`${kind} names ${address.host}, which is resolved only when the balancer starts or reloads.`,
        why: MOVED,
        fix,
      };
    }
  },
});

const MOVED = say`The addresses behind such a name change by themselves, and traffic then goes to machines that no longer exist.`;

function isResolvedOnce(pool: Pool, server: Server): boolean {
  return !pool.dynamic && server.resolves === 'once';
}

/** A name that comes out of a variable is looked up as requests come. */
function isComputed({ source, start, end }: Span): boolean {
  return source.text.slice(start, end).includes('$');
}
