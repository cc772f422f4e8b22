import type { Config } from '../../../../model/config.ts';
import type { Pool } from '../../../../model/pool.ts';
import type { Setting, Span } from '../../../../model/span.ts';
import { list, say } from '../../../../text/say.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'missing-timeouts',
  title: 'All timeouts are set',
  severity: 'warning',
  scope: 'config',
  *check({ config, configs }) {
    if (isPart(config, configs)) return;
    const fronts = frontsWithoutClient(config);
    // Backends alone are a part of something that is loaded with them.
    const severity = config.references.length === 0 ? { severity: 'notice' as const } : {};
    for (const pool of config.pools) {
      const own = missingInPool(pool);
      const front = fronts.get(pool.name);
      const missing = [...own, ...(front ? ['timeout client'] : [])];
      if (missing.length === 0) continue;
      yield {
        at: own.length > 0 ? pool.at : (front ?? pool.at),
        ...severity,
        pool: pool.name,
        what: say`${pool.name} has no ${list(missing)}.`,
        why: say`Connections that hang are never closed, so one server that stops answering uses up all connections of the balancer.`,
        fix: say`Add ${missing.map((timeout) => `${timeout} ${SUGGESTION[timeout] ?? '30s'}`).join('; ')} to ${'defaults'}, one per line.`,
      };
    }
  },
});

const SUGGESTION: Readonly<Record<string, string>> = {
  'timeout connect': '5s',
  'timeout server': '30s',
  'timeout client': '30s',
};

/** HAProxy reads the files of a folder as one: where this one sets no timeout, a neighbour's `defaults` may hold for it. */
function isPart(config: Config, configs: readonly Config[]): boolean {
  const folder = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  const beside = (other: Config): boolean => other !== config && folder(other.path) === folder(config.path);
  return !setsTimeouts(config) && configs.some((other) => beside(other) && setsTimeouts(other));
}

function setsTimeouts({ dialect, pools, references }: Config): boolean {
  return (
    dialect.format === 'haproxy' && [...pools, ...references].some(({ timeouts }) => Object.keys(timeouts).length > 0)
  );
}

/** A tunnel timeout can stand for the server's in TCP. A timeout of 0 is written on purpose, for streams. */
function missingInPool(pool: Pool): string[] {
  if (pool.servers.length === 0) return [];
  const { connectMs, serverMs } = pool.timeouts;
  const tunnel = pool.protocol === 'tcp' && pool.options.has('timeout tunnel');
  return [
    ...(absent(connectMs) ? ['timeout connect'] : []),
    ...(absent(serverMs) && !tunnel ? ['timeout server'] : []),
  ];
}

/** By pool, the first line of a frontend that leads to it and has no client timeout. */
function frontsWithoutClient({ references }: Config): ReadonlyMap<string | undefined, Span> {
  const without = references.filter(({ timeouts }) => absent(timeouts.clientMs));
  return new Map(without.toReversed().map(({ pool, at }) => [pool, at]));
}

function absent(timeout: Setting<number> | undefined): boolean {
  return timeout === undefined;
}
