import type { Problem } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import { lineOf, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { unparsable, type Section, type Statement } from './sections.ts';

/** Names of the sections of a set of files, by kind. */
export class Names {
  readonly #names = new Map<string, Set<string>>();

  add({ kind, name }: Section): void {
    const known = this.#names.get(kind) ?? new Set();
    known.add(name ?? '');
    this.#names.set(kind, known);
  }

  of(kind: string): ReadonlySet<string> {
    return this.#names.get(kind) ?? new Set();
  }
}

/** What servers name and no section or server of the files has; HAProxy refuses each. */
export function serverReferences(pools: readonly Pool[], names: Names): Problem[] {
  const servers = new Map(pools.map((pool) => [pool.name, pool]));
  return pools.flatMap((pool) =>
    pool.servers.flatMap(({ name, options }): Problem[] => {
      const lost: Problem[] = [];
      const resolvers = options.get('resolvers');
      if (resolvers?.value !== undefined && !names.of('resolvers').has(resolvers.value))
        lost.push(undefinedName(resolvers, resolvers.value, 'resolvers', names.of('resolvers')));
      const track = options.get('track');
      const [, proxy = pool.name, tracked] = /^(?:(.*)\/)?([^/]*)$/.exec(track?.value ?? '') ?? [];
      const target = servers.get(proxy);
      if (track?.value !== undefined && (target === undefined || !hasServer(target, tracked ?? '')))
        lost.push(undefinedName(track, track.value, 'server', target?.servers.map((server) => server.name) ?? []));
      return lost.map((problem) => ({ ...problem, pool: pool.name, server: name }));
    }),
  );
}

/** `use-server NAME` of a pool without that server. */
export function useServerFault(pool: Pool, { words }: Statement): Problem | undefined {
  const [keyword, name] = words;
  if (keyword?.text !== 'use-server' || name?.text === undefined || name.text.includes('%[')) return undefined;
  if (hasServer(pool, name.text)) return undefined;
  const known = pool.servers.map((server) => server.name);
  return { ...undefinedName({ at: name.at }, name.text, 'server', known), pool: pool.name };
}

/** A template makes servers of its name and a number. */
function hasServer({ servers, unknowns }: Pool, name: string): boolean {
  return (
    unknowns.length > 0 ||
    servers.some((server) => server.name === name || (server.instances.count.value !== 1 && /\d$/.test(name)))
  );
}

/** Tables of other proxies and groups of peers that a line names. */
export function tableFaults({ statements }: Section, names: Names): Problem[] {
  return statements.flatMap(({ words }): Problem[] => {
    if (words[0]?.text !== 'stick-table') return [];
    const peers = words[words.findIndex(({ text }) => text === 'peers') + 1 || words.length];
    return peers?.text === undefined || names.of('peers').has(peers.text)
      ? []
      : [undefinedName({ at: peers.at }, peers.text, 'peers', names.of('peers'))];
  });
}

function undefinedName(
  { at }: Pick<Setting<unknown>, 'at'>,
  name: string,
  kind: string,
  known: Iterable<string>,
): Problem {
  const meant = didYouMean(name, known);
  return unparsable(
    at,
    meant === undefined
      ? say`No ${kind} has the name ${name}.`
      : say`No ${kind} has the name ${name}; did you mean ${meant}?`,
    meant === undefined ? say`Add it, or set the name of one that exists.` : say`Set ${meant}.`,
  );
}

/** A name that a loop of a template or the environment may still define leads nobody knows where. */
export function undecided(references: readonly Reference[], pools: readonly Pool[]): readonly Reference[] {
  const known = new Set(pools.map(({ name }) => name));
  return references.map((reference) =>
    reference.pool === undefined || known.has(reference.pool) ? reference : { ...reference, pool: undefined },
  );
}

/** HAProxy tells sections that take requests in apart by their name. */
export function fronts(): (section: Section, problems: Problem[]) => void {
  const first = new Map<string, Section>();
  return (section, problems) => {
    const { kind, name, at } = section;
    if (name === undefined || (kind !== 'frontend' && kind !== 'listen')) return;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, section);
    else if (kind === 'frontend' || earlier.kind === 'frontend') {
      const line = String(lineOf(earlier.at));
      const what = say`${name} is already the name of the ${earlier.kind} at line ${line}.`;
      problems.push(unparsable(at, what, say`Rename one of them, or merge the two.`));
    }
  };
}
