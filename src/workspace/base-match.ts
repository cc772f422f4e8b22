import { InputError } from '../model/tree.ts';
import { shown } from './listed-tree.ts';

/**
 * Which file of the old folder each new file was: by the longest common end of their paths (whole parts), longest first,
 * each old file used once. A new file without a partner is not in the result. Throws InputError on a tie.
 * `folder`: where the new files lie; its own parts tell which of several old files is meant.
 */
export function matchBases(head: readonly string[], base: readonly string[], folder = ''): ReadonlyMap<string, string> {
  const whole = (path: string): string => `${folder}/${path}`;
  const pairs = new Map<string, string>();
  const left = new Set(base);
  for (let length = longest(head.map(whole)); length > 0; length--) {
    const round: [string, string][] = [];
    for (const path of head) {
      if (pairs.has(path)) continue;
      const alike = [...left].filter((old) => commonEnd(whole(path), old) === length);
      // The very path of the new file is no guess, whatever else ends so.
      const same = alike.filter((old) => old.split('/').length === length);
      for (const old of same.length > 0 ? same : alike) round.push([path, old]);
    }
    refuseTies(round);
    for (const [path, old] of round) {
      pairs.set(path, old);
      left.delete(old);
    }
  }
  return pairs;
}

function refuseTies(round: readonly (readonly [string, string])[]): void {
  for (const [i, [path, old]] of round.entries()) {
    for (const [otherPath, otherOld] of round.slice(i + 1)) {
      if (path === otherPath) {
        throw new InputError(
          `${shown(path)} could be ${shown(old)} or ${shown(otherOld)} of the base folder; name the base file itself, or a folder laid out the same way.`,
        );
      }
      if (old === otherOld) {
        throw new InputError(
          `${shown(old)} of the base folder could be the old version of ${shown(path)} or of ${shown(otherPath)}. Check one config at a time, or set base to a folder with the same layout.`,
        );
      }
    }
  }
}

function longest(paths: readonly string[]): number {
  return Math.max(0, ...paths.map((path) => path.split('/').length));
}

/** How many parts, counted from the end, two paths share. */
function commonEnd(a: string, b: string): number {
  const left = a.split('/').toReversed();
  const right = b.split('/').toReversed();
  let n = 0;
  while (n < left.length && n < right.length && left[n] === right[n]) n++;
  return n;
}
