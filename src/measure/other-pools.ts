import { predict } from '../compare/predict.ts';
import type { Expectation } from '../evidence/expectation.ts';
import type { Config } from '../model/config.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { Pool } from '../model/pool.ts';
import { mainShare } from '../model/share.ts';
import { makeRoster } from '../probe/roster.ts';
import { list, say } from '../text/say.ts';
import { serversOf, subjectPools } from './known-servers.ts';
import type { Subject } from './subject.ts';
import { drawnBeside, type Asked, type Draw } from './target-entries.ts';

/** Who answers instead of the subject's servers: those of another pool of the same configs. Undefined where there is none. */
export function otherPools(
  subject: Subject | undefined,
  head: readonly Config[],
  facts: ReadonlyMap<string, PoolFacts>,
  asked: Asked = { target: undefined },
): Expectation['elsewhere'] {
  if (subject === undefined) return undefined;
  const pools = subjectPools(subject, head);
  const own = new Set(pools.map(({ key }) => key));
  const members = makeRoster(pools.flatMap((pool) => serversOf(pool, facts)));
  const rosters = head
    .flatMap((config) => config.pools)
    .filter((pool) => pool.servers.length > 0 && !own.has(pool.key))
    .map((pool) => ({ pool: pool.name, key: pool.key, roster: makeRoster(serversOf(pool, facts)), idle: idle(pool) }));
  if (rosters.length === 0) return undefined;
  const poolOf = (identity: string): string | undefined =>
    rosters.find(({ roster }) => roster.find(identity) !== undefined)?.pool;
  const drawn: Draw = subject.pool === undefined ? new Map() : drawnBeside(subject.pool, head, asked);
  const found = new Map<string, { pool: string; part: number } | undefined>();
  const besideOf = (identity: string) => {
    // A server that the other pool keeps for failures, too, is expected of neither.
    const other = rosters.find(
      ({ key, roster, idle: kept }) => drawn.has(key) && listsWithout(kept, roster.find(identity)),
    );
    return other && { pool: other.pool, part: drawn.get(other.key) ?? 0 };
  };
  const beside = (identity: string) => {
    if (!found.has(identity)) found.set(identity, besideOf(identity));
    return found.get(identity);
  };
  return {
    poolOf,
    ...(drawn.size === 0 ? {} : { beside }),
    wrongPool: (identities) => {
      // Servers of this pool that must not answer, such as its backups, are no sign of another pool that lists them too.
      if (identities.every((identity) => members.claimants(identity).length > 0)) return undefined;
      const whole = rosters.filter(({ roster }) => identities.every((identity) => roster.find(identity) !== undefined));
      const pools = whole.length > 0 ? whole.map(({ pool }) => pool) : identities.map(poolOf);
      const known = pools.filter((pool) => pool !== undefined);
      if (identities.length === 0 || known.length < pools.length) return undefined;
      const name = (subject.route ?? subject.pool).name;
      return say`the answers come from servers of ${list([...new Set(known)])}, not of ${name}: name the pool that the target serves (${'pool'}). If it should serve ${name}, see where the balancer routes this URL`;
    },
  };
}

/** The servers that get nothing while the pool is as written: backups, and those out of rotation. */
function idle(pool: Pool): ReadonlySet<string> {
  const { shares } = predict(pool);
  return new Set(pool.servers.filter((_, i) => mainShare(shares[i]) === 0).map(({ name }) => name));
}

function listsWithout(kept: ReadonlySet<string>, server: string | undefined): boolean {
  return server !== undefined && !kept.has(server);
}
