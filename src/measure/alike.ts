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

/** Undefined where the earlier file is not known, is the same, or predicts another split: the verdict covers that one. */
export function alikeNote(
  subject: Subject | undefined,
  head: readonly Config[],
  base: NamedRevision | undefined,
): Alike | undefined {
  if (base === undefined) return undefined;
  const now = subjectPools(subject, head);
  const before = subjectPools(subject, base.configs);
  const pairs = now.flatMap((pool) => before.flatMap((other) => (other.name === pool.name ? [{ pool, other }] : [])));
  const same =
    now.length > 0 && pairs.length === now.length && pairs.every(({ pool, other }) => sameShares(pool, other));
  const changed = pairs.some(({ pool, other }) => pool.at.source.text !== other.at.source.text);
  if (!same || !changed) return undefined;
  return {
    note: say`The file before this deploy (${base.revision}) predicts the same split: it would look the same, so this does not show whether the balancer was reloaded. Set ${'version'} to a header that names the deployed file.`,
    moved: pairs.some(({ pool, other }) => movedServers(other, pool).length > 0),
  };
}

function sameShares(pool: Pool, other: Pool): boolean {
  const [a, b] = [sharesOf(pool), sharesOf(other)];
  return a.size === b.size && [...a].every(([name, share]) => b.get(name) === share);
}

function sharesOf(pool: Pool): ReadonlyMap<string, number | null> {
  const { shares } = predict(pool);
  return new Map(pool.servers.map(({ name }, i) => [name, mainShare(shares[i])]));
}
