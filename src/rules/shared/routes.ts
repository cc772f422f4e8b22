import { classText } from '../../compare/flow-text.ts';
import type { Routing, Path, PathChange } from '../../compare/routing.ts';
import type { Config } from '../../model/config.ts';
import type { Severity } from '../../model/finding.ts';
import type { Text } from '../../model/text.ts';
import { percent, say, words } from '../../text/say.ts';
import { groupBy } from './lookups.ts';

/** A path that requests no longer take, and what becomes of them. */
export interface Lost {
  readonly base: Path;
  /** The line in head that still names the pool and that nothing reaches. */
  readonly left: Path | undefined;
  /** The path that takes the requests in head. */
  readonly taker: Path | undefined;
  readonly severity: Severity;
  readonly what: Text;
  readonly why: Text;
}

/**
 * What becomes of the requests of a path that head has not got. An error when everything that nothing else takes still comes in and
 * has no pool; undefined for other changes, and when the requests reach the same pool by another path.
 */
export function lostPath({ kind, base, head }: PathChange, routing: Routing): Lost | undefined {
  if (kind !== 'removed' || base === undefined) return undefined;
  const taker = takerOf(base, routing.head);
  if (taker?.meant === base.meant) return undefined;
  const { target, entry, config } = base;
  const requests = say`${inEntry(base)}${requestsOf(base)} no longer go to ${target}`;
  if (taker !== undefined) {
    const what = say`${requests}; ${taker.reference.kind} sends them to ${taker.target}.`;
    return { base, left: head, taker, severity: 'warning', what, why: say`All that traffic moves at once.` };
  }
  const stays = routing.entries.has(entry);
  return {
    base,
    left: head,
    taker,
    severity: stays && base.when === undefined ? 'error' : 'warning',
    what: stays
      ? say`${requests}, and no other route handles them.`
      : say`${base.reference.from ?? base.reference.kind}, which led ${requestsOf(base)} to ${target}, is gone.`,
    why: stays
      ? config.dialect.unrouted
      : say`Clients that still connect there are refused, or answered by something else.`,
  };
}

/** The path in `paths` that takes the requests of another one: the same requests, else all that nothing else takes. */
export function takerOf(path: Path, paths: readonly Path[]): Path | undefined {
  const [same] = alike(path, paths);
  if (same !== undefined) return same;
  const [otherwise] = path.otherwise === undefined ? [] : alike({ entry: path.entry, when: path.otherwise }, paths);
  return otherwise ?? alike({ entry: path.entry, when: undefined }, paths)[0];
}

/** Whether chance splits the requests of a path on either side; how large a step that is belongs to `canary-jump`. */
export function isSplit(path: Path, { base, head }: Routing): boolean {
  const both = [alike(path, base), alike(path, head)];
  return both.every((paths) => paths.length > 0) && both.flat().some(({ reference }) => reference.share !== undefined);
}

/** Ways for the same requests. */
export function alike(path: Pick<Path, 'entry' | 'when'>, paths: readonly Path[]): readonly Path[] {
  let index = indexes.get(paths);
  if (index === undefined) indexes.set(paths, (index = groupBy(paths, keyOf)));
  return index.get(keyOf(path)) ?? [];
}

/** Asked for every path of a revision. */
const indexes = new WeakMap<readonly Path[], ReadonlyMap<string, readonly Path[]>>();

function keyOf({ entry, when }: Pick<Path, 'entry' | 'when'>): string {
  return JSON.stringify([entry, when]);
}

/** Whether one revision has parts that could not be read and an earlier one had not: what is missing may stand there. */
export function readsLess(before: readonly Config[] = [], after: readonly Config[], format: string): boolean {
  const unread = (configs: readonly Config[]): number =>
    configs
      .filter((config) => config.dialect.format === format)
      .reduce((sum, { unknowns }) => sum + unknowns.length, 0);
  return unread(after) > unread(before);
}

/** `in frontend web, `, or nothing where the file does not tell. */
export function inEntry({ reference: { from } }: Path): Text {
  return from === undefined ? words('') : say`in ${from}, `;
}

/** Which requests take a path. */
export function requestsOf({ when, reference: { takesAll, share } }: Path, part = true): Text {
  const which = classText({ when }, takesAll === true);
  return share === undefined || !part ? which : say`${percent(share)} of ${which}`;
}
