import { count, say } from '../../../../text/say.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'minconn-ramp-starves',
  title: 'Dynamic connection limits grow as fast as the load',
  severity: 'warning',
  options: {
    'min-start': {
      type: 'percent',
      default: 0.25,
      describe: 'Minimum sum of all minconn, as a part of fullconn.',
    },
  },
  scope: 'pool',
  *check({ pool, options }) {
    // Without a written fullconn it is a tenth of all frontends' limits, which this pool does not tell.
    const fullconn = number(pool.options.get('fullconn')?.value);
    if (fullconn === undefined || fullconn === 0) return;
    const ramped = pool.servers.filter((server) => isPrimaryUp(server) && server.options.has('minconn'));
    const [first] = ramped;
    const at = first?.options.get('minconn')?.at;
    if (first === undefined || at === undefined || ramped.length < pool.servers.filter(isPrimaryUp).length) return;
    let lowest = 0;
    let highest = 0;
    for (const server of ramped) {
      const minconn = number(server.options.get('minconn')?.value);
      const maxconn = server.maxConnections?.value;
      if (minconn === undefined || maxconn === undefined) return;
      // maxconn below minconn, 0 too, counts as minconn: no ramp.
      if (maxconn <= minconn) return;
      lowest += minconn;
      highest += maxconn;
    }
    // At load c the servers together allow max(lowest, highest * c / fullconn): with highest >= fullconn nothing ever waits.
    if (highest >= fullconn || lowest >= fullconn * options['min-start']) return;
    yield {
      at,
      pool: pool.name,
      what: say`${count(ramped.length, 'server')} of ${pool.name} allow ${lowest} connections at first and reach ${highest} only at ${fullconn}.`,
      why: say`From ${lowest + 1} connections on, requests wait in the queue although servers are available, and get 503 after ${'timeout queue'}.`,
      fix: say`Remove ${'minconn'}, or set ${`fullconn ${highest}`} or less.`,
    };
  },
});

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
