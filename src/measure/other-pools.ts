import type { Expectation } from '../evidence/expectation.ts';
import type { Config } from '../model/config.ts';
import type { PoolFacts } from '../model/facts.ts';
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
  const own = new Set(subjectPools(subject, head).map(({ key }) => key));
  const rosters = head
    .flatMap((config) => config.pools)
    .filter((pool) => pool.servers.length > 0 && !own.has(pool.key))
    .map((pool) => ({ pool: pool.name, key: pool.key, roster: makeRoster(serversOf(pool, facts)) }));
  if (rosters.length === 0) return undefined;
  const poolOf = (identity: string): string | undefined =>
    rosters.find(({ roster }) => roster.find(identity) !== undefined)?.pool;
  const drawn: Draw = subject.pool === undefined ? new Map() : drawnBeside(subject.pool, head, asked);
  const found = new Map<string, { pool: string; part: number } | undefined>();
  const besideOf = (identity: string) => {
    const other = rosters.find(({ key, roster }) => drawn.has(key) && roster.find(identity) !== undefined);
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
      const whole = rosters.filter(({ roster }) => identities.every((identity) => roster.find(identity) !== undefined));
      const pools = whole.length > 0 ? whole.map(({ pool }) => pool) : identities.map(poolOf);
      const known = pools.filter((pool) => pool !== undefined);
      if (identities.length === 0 || known.length < pools.length) return undefined;
      const name = (subject.route ?? subject.pool).name;
      return say`the answers come from servers of ${list([...new Set(known)])}, not of ${name}: name the pool that the target serves (${'pool'}). If it should serve ${name}, see where the balancer routes this URL`;
    },
  };
}
