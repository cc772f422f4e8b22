import { keyText } from '../compare/diff-document.ts';
import { namesOf } from '../model/facts.ts';
import type { MeasuredServer, Measurement } from '../model/measurement.ts';
import type { Pool } from '../model/pool.ts';
import type { Report } from '../model/report.ts';
import { mainShare } from '../model/share.ts';

/** Shares by pool and server, 0..1; null where a share is unknown. */
export type Shares = Readonly<Record<string, Readonly<Record<string, number | null>>>>;

/**
 * Measured shares where a pool was measured, else predicted ones. A pool is called by its name; where several pools have the
 * name, as the checklist file calls it (`file#name`), or by its key where one file has several.
 */
export function sharesOf({ pools, measurements }: Pick<Report, 'pools' | 'measurements'>): Shares {
  const all = pools.map(({ pool }) => pool);
  const shares = new Map(
    pools.map(({ pool, prediction }) => [
      unambiguousName(pool, all),
      Object.fromEntries(pool.servers.map((server, i) => [server.name, mainShare(prediction.shares[i])])),
    ]),
  );
  const measured = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const name = measuredName(measurement, all);
    measured.set(name, [...(measured.get(name) ?? []), measurement]);
  }
  for (const [name, ofPool] of measured) shares.set(name, measuredShares(ofPool));
  return Object.fromEntries(shares);
}

function unambiguousName(pool: Pool, all: readonly Pool[]): string {
  const [byFile = pool.name] = namesOf(pool);
  const isOne = (name: string, nameOf: (one: Pool) => string | undefined) =>
    all.every((other) => other.key === pool.key || nameOf(other) !== name);
  if (isOne(pool.name, (other) => other.name)) return pool.name;
  return isOne(byFile, (other) => namesOf(other)[0]) ? byFile : keyText(pool.key);
}

function measuredName({ pool, file, target }: Measurement, all: readonly Pool[]): string {
  const named = all.filter((one) => one.name === pool);
  const meant = named.length === 1 ? named : named.filter(({ at }) => at.source.path === file);
  const [only, ...more] = meant;
  return only === undefined || more.length > 0 ? (pool ?? target ?? 'measured') : unambiguousName(only, all);
}

/** Of several addresses of one target, the shares of all their answers together. */
function measuredShares(measurements: readonly Measurement[]): Record<string, number> {
  const [first, ...more] = measurements;
  if (first !== undefined && more.length === 0)
    return Object.fromEntries(first.servers.map(({ name, share }) => [name, share]));
  const counts = new Map<string, number>();
  for (const { name, count } of measurements.flatMap(({ servers }): readonly MeasuredServer[] => servers))
    counts.set(name, (counts.get(name) ?? 0) + count);
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  return Object.fromEntries([...counts].map(([name, count]) => [name, total === 0 ? 0 : count / total]));
}
