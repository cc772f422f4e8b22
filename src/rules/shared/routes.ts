import type { Routing, Way, WayChange } from '../../compare/routing.ts';
import type { Config } from '../../model/config.ts';
import type { Severity } from '../../model/finding.ts';
import type { Text } from '../../model/text.ts';
import { percent, say, words } from '../../text/say.ts';
import { groupBy } from './lookups.ts';

/** A way that requests no longer take, and what becomes of them. */
export interface Lost {
  readonly base: Way;
  /** The line in head that still names the pool and that nothing reaches. */
  readonly left: Way | undefined;
  /** The way that takes the requests in head. */
  readonly taker: Way | undefined;
  readonly severity: Severity;
  readonly what: Text;
  readonly why: Text;
}

/**
 * What becomes of the requests of a way that head has not got. An error when everything that nothing else takes still comes in and
 * has no pool; undefined for other changes, and when the requests reach the same pool by another way.
 */
export function lostWay({ kind, base, head }: WayChange, routing: Routing): Lost | undefined {
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
      ? say`${requests}, and nothing else takes them.`
      : say`${base.reference.from ?? base.reference.kind}, which led ${requestsOf(base)} to ${target}, is gone.`,
    why: stays ? config.dialect.unrouted : say`Whoever still comes there is refused, or is answered by something else.`,
  };
}

/** The way in `ways` that takes the requests of another one: the same requests, else all that nothing else takes. */
export function takerOf(way: Way, ways: readonly Way[]): Way | undefined {
  const [same] = alike(way, ways);
  if (same !== undefined) return same;
  const [otherwise] = way.otherwise === undefined ? [] : alike({ entry: way.entry, when: way.otherwise }, ways);
  return otherwise ?? alike({ entry: way.entry, when: undefined }, ways)[0];
}

/** Whether chance splits the requests of a way on either side; how large a step that is belongs to `canary-jump`. */
export function isSplit(way: Way, { base, head }: Routing): boolean {
  const both = [alike(way, base), alike(way, head)];
  return both.every((ways) => ways.length > 0) && both.flat().some(({ reference }) => reference.share !== undefined);
}

/** Ways for the same requests. */
export function alike(way: Pick<Way, 'entry' | 'when'>, ways: readonly Way[]): readonly Way[] {
  let index = indexes.get(ways);
  if (index === undefined) indexes.set(ways, (index = groupBy(ways, keyOf)));
  return index.get(keyOf(way)) ?? [];
}

/** Asked for every way of a revision. */
const indexes = new WeakMap<readonly Way[], ReadonlyMap<string, readonly Way[]>>();

function keyOf({ entry, when }: Pick<Way, 'entry' | 'when'>): string {
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
export function inEntry({ reference: { from } }: Way): Text {
  return from === undefined ? words('') : say`in ${from}, `;
}

/** Which requests take a way. */
export function requestsOf({ when, reference: { takesAll, share } }: Way, part = true): Text {
  const which =
    when === undefined
      ? words(takesAll === true ? 'all requests' : 'all other requests')
      : say`the requests ${when.length > LONGEST ? `${when.slice(0, LONGEST)}…` : when}`;
  return share === undefined || !part ? which : say`${percent(share)} of ${which}`;
}

/** A condition of many values is told by its beginning. */
const LONGEST = 120;
