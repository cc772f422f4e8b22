import type { Config } from '../model/config.ts';
import type { PoolKey } from '../model/keys.ts';
import type { Reference } from '../model/route.ts';
import type { Span } from '../model/span.ts';
import { appendTo } from '../text/append.ts';
import type { LocatedChange } from './collector.ts';
import { renamedEntries } from './entries.ts';
import { matchBy, placesOf, type Pair, type PlacedPool } from './match.ts';
import { keyInHead, poolsOf } from './references.ts';

/** One path of requests to a pool, or to an address, in one revision. */
export interface Path {
  readonly config: Config;
  readonly reference: Reference;
  /** Where the requests come in, in a config that is matched between base and head. */
  readonly entry: string;
  /** Which of these requests; undefined = all that nothing else takes. */
  readonly when: string | undefined;
  /** The same for what a variable is when it is nothing that is listed. */
  readonly otherwise: string | undefined;
  /** The pool, the address or the text that a name is made of at run time. */
  readonly target: string;
  /** The pool, as head has it where it has it; undefined for other targets and for a pool that is not read. */
  readonly pool: PoolKey | undefined;
  /** What is meant, whatever it is called: equal in base and head for one pool. */
  readonly meant: string;
}

/**
 * What happened to a path. `retargeted`: other target. `rematched`: other requests, or another part of them. `added`, `removed`: there is none on
 * one side; where head still has the line and nothing reaches it any more, `head` is that line.
 */
export interface PathChange {
  readonly kind: 'retargeted' | 'rematched' | 'added' | 'removed';
  readonly base: Path | undefined;
  readonly head: Path | undefined;
}

/** How requests find their pools in both revisions. */
export interface Routing {
  /** Only paths that requests can take. */
  readonly base: readonly Path[];
  readonly head: readonly Path[];
  readonly changes: readonly PathChange[];
  /** Where requests come in at head, whether or not they lead anywhere. */
  readonly entries: ReadonlySet<string>;
}

/** Follows every path from base to head; a pool or an entry that is only renamed is no change. */
export function routing(base: readonly Config[], head: readonly Config[], pools: readonly Pair<PlacedPool>[]): Routing {
  const places = placesOf(base, head, pools);
  const before = pathsOf(base, keyInHead(base, pools), places, renamedEntries(base, head));
  const after = pathsOf(head, (key) => key, places, new Map());
  const changes = pairs(before, after).flatMap(changeOf);
  const listening = head.flatMap((config) => config.listeners.map(({ from }) => entryOf(config, from, places)));
  const entries = new Set([...after.map(({ entry }) => entry), ...listening]);
  return { base: before.filter(isReached), head: after.filter(isReached), changes, entries };
}

function entryOf(config: Config, from: string | undefined, places: ReadonlyMap<Config, string>): string {
  return `${config.dialect.format} ${places.get(config) ?? config.path} ${from ?? ''}`;
}

function pathsOf(
  configs: readonly Config[],
  inHead: (key: PoolKey) => PoolKey,
  places: ReadonlyMap<Config, string>,
  names: ReadonlyMap<string, string>,
): Path[] {
  const index = poolsOf(configs);
  return configs.flatMap((config) =>
    config.references.flatMap((reference): Path[] => {
      const { pool: name, address, at, when, chosenBy } = reference;
      const target =
        name ?? (address === undefined ? at.source.text.slice(at.start, at.end) : `${address.host}:${address.port}`);
      const key = name === undefined ? undefined : index.named(config, name)?.pool.key;
      const pool = key === undefined ? undefined : inHead(key);
      const from = names.get(`${config.path} ${reference.from ?? ''}`) ?? reference.from;
      const entry = entryOf(config, from, places);
      const path = { config, reference, entry, target, pool, meant: pool ?? `${config.dialect.format} ${target}` };
      if (chosenBy === undefined) return [{ ...path, when, otherwise: undefined }];
      const before = when === undefined ? '' : `${when}, `;
      const choices = chosenBy.length > MOST_CHOICES ? [chosenBy.join(' or ')] : chosenBy;
      return choices.map((choice) => ({
        ...path,
        when: `${before}${choice}`,
        otherwise: `${before}${choice.replace(/ = .*$/s, ' = default')}`,
      }));
    }),
  );
}

/** Longer lists of values are one path. */
const MOST_CHOICES = 64;

function pairs(base: readonly Path[], head: readonly Path[]): Pair<Path>[] {
  const entries = { base: new Set(base.map(({ entry }) => entry)), head: new Set(head.map(({ entry }) => entry)) };
  // An entry with another name or port is the same one when it sends the same requests to the same pools.
  const moved = ({ entry }: Path): boolean => entries.base.has(entry) !== entries.head.has(entry);
  return matchBy(base, head, [
    (path) => [path.config.path, path.entry, path.when, path.meant].join('\0'),
    (path) => [path.entry, path.when, path.meant].join('\0'),
    (path) => (moved(path) ? [path.config.dialect.format, path.when, path.meant].join('\0') : undefined),
    (path) => [path.config.path, path.entry, path.when].join('\0'),
    (path) => [path.entry, path.when].join('\0'),
    (path) => [path.entry, path.meant].join('\0'),
  ]);
}

function changeOf({ base, head }: Pair<Path>): PathChange[] {
  const [was, is] = [base !== undefined && isReached(base), head !== undefined && isReached(head)];
  if (!was && !is) return [];
  if (!was) return [{ kind: 'added', base: undefined, head }];
  if (!is || head === undefined || base === undefined) return [{ kind: 'removed', base, head }];
  if (base.meant !== head.meant) return [{ kind: 'retargeted', base, head }];
  const same = base.when === head.when && (base.reference.share ?? 1) === (head.reference.share ?? 1);
  return same ? [] : [{ kind: 'rematched', base, head }];
}

function isReached({ reference }: Path): boolean {
  return reference.unreached !== true;
}

/** Which requests take a path, in words: `if { path_beg /api }`, `5% of all other requests`. */
function requestsText({ when, reference: { takesAll, share } }: Path): string {
  const which = when ?? (takesAll === true ? 'all requests' : 'all other requests');
  const shown = which.length > LONGEST ? `${which.slice(0, LONGEST)}…` : which;
  return share === undefined
    ? shown
    : `${Math.round(share * 1e4) / 100}% of ${when === undefined ? '' : 'requests '}${shown}`;
}

/** A condition of many values is told by its beginning. */
const LONGEST = 200;

/** What a pool gains and loses, by its key. Routes with weights are reported by their parts, so `isPart` is left out. */
export function changesByPool(changes: readonly PathChange[]): ReadonlyMap<PoolKey, readonly LocatedChange[]> {
  const found = new Map<PoolKey, LocatedChange[]>();
  const note = (pool: PoolKey | undefined, before: Path | undefined, after: Path | undefined, at: Span): void => {
    const path = after ?? before;
    if (path === undefined || pool === undefined || path.reference.isPart === true) return;
    const { kind, from } = path.reference;
    const setting = from === undefined ? kind : `${kind} in ${from}`;
    const texts = [before, after].map((one) => (one === undefined ? null : requestsText(one)));
    const [was = null, is = null] = texts;
    appendTo(found, pool, { kind: 'route-changed', server: null, setting, before: was, after: is, at });
  };
  for (const { kind, base, head } of changes) {
    const at = (head ?? base)?.reference.at;
    if (at === undefined) continue;
    if (kind === 'rematched') note(head?.pool, base, head, at);
    else {
      if (base !== undefined) note(base.pool, base, undefined, at);
      if (head !== undefined && kind !== 'removed') note(head.pool, undefined, head, at);
    }
  }
  return found;
}
