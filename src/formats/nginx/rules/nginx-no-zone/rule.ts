import { followsLoad } from '../../../../model/algorithm.ts';
import type { Setting } from '../../../../model/span.ts';
import type { Text } from '../../../../model/text.ts';
import { say } from '../../../../text/say.ts';
import { isPrimaryUp } from '../../../../rules/shared/lookups.ts';
import { defineRule } from '../../../../rules/rule.ts';

export const rule = defineRule({
  id: 'nginx-no-zone',
  title: 'All nginx workers share the state of the servers',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, config }) {
    if (pool.options.has('zone') || pool.servers.filter(isPrimaryUp).length < 2) return;
    const limited = pool.servers.find((server) => (server.maxConnections?.value ?? 0) > 0)?.maxConnections?.value;
    const method = pool.algorithm.value;
    const counts = followsLoad(method) || limited !== undefined;
    const workers = workersOf(config.facts.get('worker_processes'));
    const inTurn = method?.kind === 'round-robin';
    // Hashes and draws need no memory. Without the main file the number of workers is open: counts are worth a notice.
    if (workers === 1 || (!counts && (workers === undefined || !inTurn))) return;
    const [kept, why] = followsLoad(method)
      ? [say`connection counts for ${method?.native ?? ''}`, SEES_ITS_OWN]
      : limited !== undefined
        ? [say`count against ${'max_conns'}`, once(limited, workers)]
        : [say`position in the round robin`, BEGINS_AT_FIRST];
    yield {
      at: pool.at,
      pool: pool.name,
      severity: counts && workers !== undefined ? 'warning' : 'notice',
      what: say`${pool.name} has no ${'zone'}, so each worker process keeps its own ${kept}.`,
      why,
      fix: say`Add ${`zone ${pool.name} ${zoneSize(pool.servers.length)};`} to the upstream.`,
    };
  },
});

const SEES_ITS_OWN = say`A worker counts only its own connections: the server that looks idle to it may be the busiest.`;
const BEGINS_AT_FIRST = say`Each worker starts at the first server and detects failures on its own, so after a reload the first servers get more.`;

function once(limit: number, workers: number | undefined): Text {
  const all = workers === undefined || workers === Infinity ? say`` : say`, ${limit * workers} from ${workers} workers`;
  return say`The limit counts once per worker: a server gets up to ${limit} connections from each${all}.`;
}

/** nginx starts one worker unless told; a file without the main part does not tell. `auto` is one per CPU. */
function workersOf(setting: Setting<string> | undefined): number | undefined {
  if (setting?.value === 'auto') return Infinity;
  return setting?.value !== undefined && /^\d{1,5}$/.test(setting.value) ? Number(setting.value) : undefined;
}

/** nginx 1.22 takes between 60 and 80 servers into 64k and refuses the file beyond; a name may have several addresses. */
function zoneSize(servers: number): string {
  return `${64 * Math.max(1, Math.ceil(servers / 32))}k`;
}
