import type { Config, Reference } from '../model/config.ts';
import type { Span } from '../model/span.ts';
import type { LocatedChange } from './collector.ts';
import { matchBy, type Pair, type PlacedPool } from './match.ts';
import { poolKey } from './references.ts';

/** One way of requests to a pool, or to an address, in one revision. */
export interface Way {
  readonly config: Config;
  readonly reference: Reference;
  /** Where the requests come in, unique for a product: `haproxy frontend web`. */
  readonly entry: string;
  /** Which of these requests; undefined = all that nothing else takes. */
  readonly when: string | undefined;
  /** The same for what a variable is when it is nothing that is listed. */
  readonly otherwise: string | undefined;
  /** The pool, the address or the text that a name is made of at run time. */
  readonly target: string;
  /** The target as head calls it. */
  readonly targetInHead: string;
}

/**
 * What happened to a way. `led`: other target. `taken`: other requests, or another part of them. `added`, `removed`: there is none on
 * one side; where head still has the line and nothing reaches it any more, `head` is that line.
 */
export interface WayChange {
  readonly kind: 'led' | 'taken' | 'added' | 'removed';
  readonly base: Way | undefined;
  readonly head: Way | undefined;
}

/** How requests find their pools in both revisions. */
export interface Routing {
  /** Only ways that requests can take. */
  readonly base: readonly Way[];
  readonly head: readonly Way[];
  readonly changes: readonly WayChange[];
  /** Where requests come in at head, whether or not they lead anywhere. */
  readonly entries: ReadonlySet<string>;
}

/** Follows every way from base to head; a pool or an entry that is only renamed is no change. */
export function routing(base: readonly Config[], head: readonly Config[], pools: readonly Pair<PlacedPool>[]): Routing {
  const renamed = new Map(
    pools.flatMap((pair) =>
      pair.base && pair.head ? [[poolKey(pair.base.pool.format, pair.base.pool.name), pair.head.pool.name]] : [],
    ),
  );
  const before = waysOf(base, renamed);
  const after = waysOf(head, new Map());
  const changes = pairs(before, after).flatMap(changeOf);
  const listening = head.flatMap(({ format, listeners }) => listeners.map(({ from }) => `${format} ${from ?? ''}`));
  const entries = new Set([...after.map(({ entry }) => entry), ...listening]);
  return { base: before.filter(isReached), head: after.filter(isReached), changes, entries };
}

function waysOf(configs: readonly Config[], renamed: ReadonlyMap<string, string>): Way[] {
  return configs.flatMap((config) =>
    config.references.flatMap((reference): Way[] => {
      const { pool, address, at, when, chosenBy } = reference;
      const target =
        pool ?? (address === undefined ? at.source.text.slice(at.start, at.end) : `${address.host}:${address.port}`);
      const way = {
        config,
        reference,
        entry: `${config.format} ${reference.from ?? ''}`,
        target,
        targetInHead: (pool === undefined ? undefined : renamed.get(poolKey(config.format, pool))) ?? target,
      };
      if (chosenBy === undefined) return [{ ...way, when, otherwise: undefined }];
      const before = when === undefined ? '' : `${when}, `;
      const choices = chosenBy.length > MOST_CHOICES ? [chosenBy.join(' or ')] : chosenBy;
      return choices.map((choice) => ({
        ...way,
        when: `${before}${choice}`,
        otherwise: `${before}${choice.replace(/ = .*$/s, ' = default')}`,
      }));
    }),
  );
}

/** Longer lists of values are one way. */
const MOST_CHOICES = 64;

function pairs(base: readonly Way[], head: readonly Way[]): Pair<Way>[] {
  const entries = { base: new Set(base.map(({ entry }) => entry)), head: new Set(head.map(({ entry }) => entry)) };
  // An entry with another name or port is the same one when it sends the same requests to the same pools.
  const moved = ({ entry }: Way): boolean => entries.base.has(entry) !== entries.head.has(entry);
  return matchBy(base, head, [
    (way) => [way.config.path, way.entry, way.when, way.targetInHead].join('\0'),
    (way) => [way.entry, way.when, way.targetInHead].join('\0'),
    (way) => (moved(way) ? [way.config.format, way.when, way.targetInHead].join('\0') : undefined),
    (way) => [way.config.path, way.entry, way.when].join('\0'),
    (way) => [way.entry, way.when].join('\0'),
    (way) => [way.entry, way.targetInHead].join('\0'),
  ]);
}

function changeOf({ base, head }: Pair<Way>): WayChange[] {
  const [was, is] = [base !== undefined && isReached(base), head !== undefined && isReached(head)];
  if (!was && !is) return [];
  if (!was) return [{ kind: 'added', base: undefined, head }];
  if (!is || head === undefined || base === undefined) return [{ kind: 'removed', base, head }];
  if (base.targetInHead !== head.targetInHead) return [{ kind: 'led', base, head }];
  const same = base.when === head.when && (base.reference.share ?? 1) === (head.reference.share ?? 1);
  return same ? [] : [{ kind: 'taken', base, head }];
}

function isReached({ reference }: Way): boolean {
  return reference.unreached !== true;
}

/** Which requests take a way, in words: `if { path_beg /api }`, `5% of all other requests`. */
export function requestsText({ when, reference: { kind, share } }: Way): string {
  const which = when ?? (kind === 'use_backend' ? 'all requests' : 'all other requests');
  const shown = which.length > LONGEST ? `${which.slice(0, LONGEST)}…` : which;
  return share === undefined
    ? shown
    : `${Math.round(share * 1e4) / 100}% of ${when === undefined ? '' : 'requests '}${shown}`;
}

/** A condition of many values is told by its beginning. */
const LONGEST = 200;

/** What a pool gains and loses, by its key. Routes with weights are told by their parts, so `routes.to` is left out. */
export function changesByPool(changes: readonly WayChange[]): ReadonlyMap<string, readonly LocatedChange[]> {
  const found = new Map<string, LocatedChange[]>();
  const note = (pool: string, before: Way | undefined, after: Way | undefined, at: Span): void => {
    const way = after ?? before;
    if (way === undefined || way.reference.kind === 'routes.to') return;
    const { kind, from } = way.reference;
    const setting = from === undefined ? kind : `${kind} in ${from}`;
    const texts = [before, after].map((one) => (one === undefined ? null : requestsText(one)));
    const [was = null, is = null] = texts;
    const key = poolKey(way.config.format, pool);
    const list = found.get(key) ?? [];
    list.push({ kind: 'route-changed', server: null, setting, before: was, after: is, at });
    found.set(key, list);
  };
  for (const { kind, base, head } of changes) {
    const at = (head ?? base)?.reference.at;
    // Parts of a split that both sides have are told as a route.
    const split = kind === 'taken' && base?.when === head?.when && head?.config.format === 'nginx';
    if (at === undefined || (split && base?.reference.share !== undefined && head.reference.share !== undefined))
      continue;
    if (kind === 'taken') note(head?.target ?? '', base, head, at);
    else {
      if (base !== undefined) note(base.targetInHead, base, undefined, at);
      if (head !== undefined && kind !== 'removed') note(head.target, undefined, head, at);
    }
  }
  return found;
}
