import type { Config, Pool } from '../../model/config.ts';
import type { Setting, Span } from '../../model/span.ts';
import { list, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'missing-timeouts',
  title: 'Every wait has an end',
  severity: 'warning',
  formats: ['haproxy'],
  scope: 'config',
  *check({ config }) {
    if (config.format !== 'haproxy') return;
    const fronts = frontsWithoutClient(config);
    for (const pool of config.pools) {
      const own = missingInPool(pool);
      const front = fronts.get(pool.name);
      const missing = [...own, ...(front ? ['timeout client'] : [])];
      if (missing.length === 0) continue;
      yield {
        at: own.length > 0 ? pool.at : (front ?? pool.at),
        pool: pool.name,
        what: say`${pool.name} is used without ${list(missing)}.`,
        why: say`Connections that hang are never closed, so one server that stops answering fills the balancer until nothing else gets through.`,
        fix: say`Write ${missing.map((timeout) => `${timeout} ${SUGGESTION[timeout] ?? '30s'}`).join('; ')} in ${'defaults'}, one a line.`,
      };
    }
  },
});

const SUGGESTION: Readonly<Record<string, string>> = {
  'timeout connect': '5s',
  'timeout server': '30s',
  'timeout client': '30s',
};

/** As HAProxy itself warns: a tunnel timeout can stand for the server's in TCP. 0 is no timeout. */
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
  return timeout === undefined || timeout.value === 0;
}
