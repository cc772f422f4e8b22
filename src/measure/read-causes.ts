import type { ReadState } from '../evidence/terms.ts';
import type { Config } from '../model/config.ts';
import type { LoadedPool, LoadedState } from '../model/loaded.ts';
import type { Cause } from '../model/measurement.ts';
import { say } from '../text/say.ts';
import { revisionsOf, type NamedRevision } from './candidates.ts';
import { driftOf } from './drift/drift.ts';
import type { Drift, DriftKind } from './drift/kinds.ts';
import { subjectPools } from './known-servers.ts';
import type { Subject } from './subject.ts';

const CAUSE_OF: Readonly<Record<DriftKind, Cause>> = {
  'forgotten-reload': 'old-file-loaded',
  'loaded-differs': 'older-file-loaded',
  'runtime-weight': 'runtime-weight',
  drained: 'server-down',
  maintenance: 'server-down',
  enabled: 'runtime-weight',
  'check-failing': 'server-down',
  'server-added': 'older-file-loaded',
  'server-missing': 'older-file-loaded',
  'pool-missing': 'older-file-loaded',
  'address-changed': 'older-file-loaded',
};

/**
 * What the balancer has loaded of the measured pools, against the file: what differs, each with the line and the row, and the split
 * that the loaded weights of the servers in rotation give where one pool is measured.
 */
export function readCauses(
  loaded: LoadedState,
  subject: Subject,
  head: readonly Config[],
  base: NamedRevision | undefined,
  older: readonly NamedRevision[],
): ReadState {
  const pools = new Set(subjectPools(subject, head));
  const measured = head.map((config) => ({ ...config, pools: config.pools.filter((pool) => pools.has(pool)) }));
  const { drifts } = driftOf(loaded, measured, revisionsOf(base, older));
  const pool = subject.pool === undefined ? undefined : loaded.pools.find(({ name }) => name === subject.pool.name);
  const shares = pool === undefined ? undefined : sharesOf(pool);
  return {
    explanations: drifts.map((drift) => ({
      cause: causeOf(drift, base),
      at: drift.at,
      predicts: Object.fromEntries(shares ?? []),
      fits: true,
      what: say`${drift.what} Read from ${loaded.source}, row ${drift.row}.`,
      next: drift.fix,
    })),
    ...(shares === undefined ? {} : { shares }),
  };
}

function causeOf({ kind, revision }: Drift, base: NamedRevision | undefined): Cause {
  return kind === 'forgotten-reload' && revision !== base?.revision ? 'older-file-loaded' : CAUSE_OF[kind];
}

function sharesOf({ servers }: LoadedPool): ReadonlyMap<string, number> | undefined {
  const serving = servers.map(({ name, weight, state }) => [name, state === 'up' ? weight : 0] as const);
  const total = serving.reduce((sum, [, weight]) => sum + weight, 0);
  return total > 0 ? new Map(serving.map(([name, weight]) => [name, weight / total])) : undefined;
}
