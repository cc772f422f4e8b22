import type { Setting } from '../../model/span.ts';
import { name, say, words } from '../../text/say.ts';
import { isLoadAware, isPrimaryUp } from '../lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'nginx-no-zone',
  title: 'All workers of nginx share what they know of the servers',
  severity: 'warning',
  formats: ['nginx'],
  scope: 'pool',
  *check({ pool, config }) {
    if (pool.format !== 'nginx' || pool.options.has('zone') || pool.servers.filter(isPrimaryUp).length < 2) return;
    const algorithm = pool.algorithm.value;
    const limited = pool.servers.find((server) => (server.maxConnections?.value ?? 0) > 0);
    const counts = isLoadAware(pool) || limited !== undefined;
    const workers = workersOf(config.facts.get('worker_processes'));
    // Without the main file the number of workers is open: then only what depends on it most is worth a notice.
    if (workers === 'one' || (workers === 'unknown' && !counts)) return;
    yield {
      at: pool.at,
      pool: pool.name,
      severity: counts && workers === 'several' ? 'warning' : 'notice',
      what: say`${pool.name} has no ${'zone'}, so each worker process keeps its own ${counted(algorithm?.native, counts, limited !== undefined)}.`,
      why: counts
        ? say`A worker sees only its own connections: the least busy server is guessed, and every limit counts once per worker.`
        : say`Each worker begins its round at the first server and learns of failures on its own: the first servers get more right after a reload.`,
      fix: say`Write ${`zone ${pool.name} 64k;`} in the upstream.`,
    };
  },
});

function counted(method: string | undefined, counts: boolean, limited: boolean): ReturnType<typeof say> {
  if (limited) return say`count against ${'max_conns'}`;
  return counts && method !== undefined ? say`connection counts for ${name(method)}` : words('place in the round');
}

/** nginx starts one worker unless told; a file without the main part does not tell. */
function workersOf(setting: Setting<string> | undefined): 'one' | 'several' | 'unknown' {
  if (setting?.value === undefined) return 'unknown';
  if (setting.value === 'auto') return 'several';
  return Number(setting.value) > 1 ? 'several' : 'one';
}
