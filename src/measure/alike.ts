import { predict } from '../compare/predict.ts';
import { mainShare } from '../model/share.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import { movedServers, type NamedRevision } from './candidates.ts';
import { subjectPools } from './known-servers.ts';
import type { Subject } from './subject.ts';

/** What to add to "even" where the file before this deploy predicts the same split, so that counts show no reload. */
export interface Alike {
  readonly note: Text;
  /** Servers have other addresses there: answers that show addresses tell the files apart. */
  readonly moved: boolean;
}

/**
 * About the newest earlier file that differs from the current one: undefined where none is known, or it predicts another split, which
 * the verdict covers.
 */
export function alikeNote(
  subject: Subject | undefined,
  head: readonly Config[],
  earlier: readonly NamedRevision[],
): Alike | undefined {
  const now = subjectPools(subject, head);
  for (const { configs, revision } of earlier) {
    const before = subjectPools(subject, configs);
    const pairs = now.flatMap((pool) => before.flatMap((other) => (other.name === pool.name ? [{ pool, other }] : [])));
    if (pairs.length > 0 && pairs.every(({ pool, other }) => pool.at.source.text === other.at.source.text)) continue;
    const same =
      now.length > 0 && pairs.length === now.length && pairs.every(({ pool, other }) => sameShares(pool, other));
    if (!same) return undefined;
    return {
      note: say`The file before this deploy (${revision}) predicts the same split: it would look the same, so this does not show whether the balancer was reloaded. Set ${'version'} to a header that names the deployed file.`,
      moved: pairs.some(({ pool, other }) => movedServers(other, pool).length > 0),
    };
  }
  return undefined;
}

function sameShares(pool: Pool, other: Pool): boolean {
  const [a, b] = [sharesOf(pool), sharesOf(other)];
  return a.size === b.size && [...a].every(([name, share]) => b.get(name) === share);
}

function sharesOf(pool: Pool): ReadonlyMap<string, number | null> {
  const { shares } = predict(pool);
  return new Map(pool.servers.map(({ name }, i) => [name, mainShare(shares[i])]));
}
