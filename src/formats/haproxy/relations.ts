import type { Problem } from '../../model/config.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { Reference } from '../../model/route.ts';
import { lineOf, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { isLiteral } from './address.ts';
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
  const found = new Map(pools.map((pool) => [pool.name, new Servers(pool)]));
  const tracking = new Tracking(found);
  return pools.flatMap((pool) =>
    pool.servers.flatMap((server): Problem[] => {
      const lost: Problem[] = [];
      const resolvers = server.options.get('resolvers');
      if (resolvers?.value !== undefined && !names.of('resolvers').has(resolvers.value))
        lost.push(undefinedName(resolvers, resolvers.value, 'resolvers', names.of('resolvers')));
      const track = server.options.get('track');
      if (track?.value !== undefined) {
        const [proxy, tracked] = targetOf(track.value, pool.name);
        const target = found.get(proxy);
        if (target?.has(tracked) !== true)
          lost.push(undefinedName(track, track.value, 'server', target?.names() ?? []));
      }
      const chain = track === undefined || lost.length > 0 ? undefined : tracking.fault(pool.name, server);
      if (chain !== undefined) lost.push(chain);
      return lost.map((problem) => ({ ...problem, pool: pool.name, server: server.name }));
    }),
  );
}

/** The servers of a pool by name. */
class Servers {
  readonly #byName = new Map<string, Server>();
  readonly #open: boolean;
  readonly #templates: boolean;

  constructor({ servers, unknowns }: Pool) {
    for (const server of servers) if (!this.#byName.has(server.name)) this.#byName.set(server.name, server);
    this.#open = unknowns.length > 0;
    this.#templates = servers.some(({ instances }) => instances.count.value !== 1);
  }

  get(name: string): Server | undefined {
    return this.#byName.get(name);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  /** Whether one of them may have the name. A template makes servers of its name and a number. */
  has(name: string): boolean {
    return this.#open || this.#byName.has(name) || (this.#templates && /\d$/.test(name));
  }
}

/** Proxy and server of `track [PROXY/]SERVER`. */
function targetOf(track: string, own: string): readonly [proxy: string, server: string] {
  const [, proxy = own, server = ''] = /^(?:(.*)\/)?([^/]*)$/.exec(track) ?? [];
  return [proxy, server];
}

/** What a server tracks must lead to one that is checked, and never back to itself. Each server is looked at once. */
class Tracking {
  readonly #pools: ReadonlyMap<string, Servers>;
  readonly #faults = new Map<Server, Problem | undefined>();

  constructor(pools: ReadonlyMap<string, Servers>) {
    this.#pools = pools;
  }

  fault(pool: string, start: Server): Problem | undefined {
    const path = new Set<Server>();
    let own = pool;
    let server: Server | undefined = start;
    while (server !== undefined && !this.#faults.has(server) && !path.has(server)) {
      path.add(server);
      const track: string | undefined = server.options.get('track')?.value;
      if (track === undefined) {
        server = undefined;
        break;
      }
      const [proxy, name] = targetOf(track, own);
      own = proxy;
      server = this.#pools.get(proxy)?.get(name);
    }
    const servers = [...path];
    if (server !== undefined && path.has(server))
      for (const one of servers.slice(servers.indexOf(server))) this.#faults.set(one, leadsBack(one));
    const end = server && this.#faults.get(server);
    for (const one of servers) if (!this.#faults.has(one)) this.#faults.set(one, end);
    return this.#faults.get(start);
  }
}

function leadsBack({ options }: Server): Problem | undefined {
  const track = options.get('track');
  return (
    track &&
    unparsable(
      track.at,
      say`${`track ${track.value ?? ''}`} leads back to the server itself.`,
      say`Track a server that has a ${'check'} of its own.`,
    )
  );
}

/** Servers with a check and no port to check: neither their own nor one of the check. HAProxy refuses each. */
export function checkPortFaults(pool: Pool): Problem[] {
  const { options, unknowns, servers } = pool;
  const connects = ['tcp-check connect', 'http-check connect'].some((key) => options.has(key));
  // A proxy that is switched off is not looked at.
  if (connects || unknowns.length > 0 || servers.every(({ state }) => state.value === 'down')) return [];
  return servers.flatMap(({ name, at, address = '', port, activeCheck, options: own }): Problem[] => {
    const elsewhere = ['addr', 'healthcheck', 'track'].some((key) => own.has(key)) || activeCheck?.port !== undefined;
    const literal = isLiteral(address) && !/^(?:unix:|0\.0\.0\.0$|::$)/.test(address);
    const none = port === undefined || port.value === 0;
    if (activeCheck === undefined || /^(?:agent|exec)$/.test(activeCheck.type ?? '') || elsewhere || !literal || !none)
      return [];
    const fault = unparsable(
      at,
      say`${name} has a ${'check'} and no port to check.`,
      say`Add a port to its address, or set ${'port'}.`,
    );
    return [{ ...fault, pool: pool.name, server: name }];
  });
}

/** `use-server NAME` of a pool without that server. */
export function useServerFaults(pool: Pool, statements: readonly Statement[]): Problem[] {
  const servers = new Servers(pool);
  return statements.flatMap(({ words: [keyword, name] }): Problem[] => {
    if (keyword?.text !== 'use-server' || name?.text === undefined || name.text.includes('%[')) return [];
    if (servers.has(name.text)) return [];
    return [{ ...undefinedName({ at: name.at }, name.text, 'server', servers.names()), pool: pool.name }];
  });
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
