import type { Config } from '../model/config.ts';
import { unscoped, type PoolKey } from '../model/keys.ts';
import type { Pool, Server } from '../model/pool.ts';
import { factsOf, type PoolFacts } from '../model/facts.ts';
import type { KnownServer } from '../probe/request.ts';
import { answersAs, movedServers, type NamedRevision } from './candidates.ts';
import { templateOf } from './slots.ts';
import type { Subject } from './subject.ts';

/** Addresses of host names, as far as they were looked up. */
export type Resolved = ReadonlyMap<string, readonly string[]>;

const NOTHING_RESOLVED: Resolved = new Map();

/**
 * The servers that may answer and the set of what an answer may call each: its name, its address and those that its name
 * resolves to, its sticky value, and the patterns of the checklist file. What only earlier files have comes last: servers
 * that are gone, and addresses that a server had. One of them answering means that such a file is still loaded.
 */
export function knownServers(
  subject: Subject | undefined,
  head: readonly Config[],
  earlier: readonly NamedRevision[],
  facts: ReadonlyMap<string, PoolFacts>,
  resolved: Resolved = NOTHING_RESOLVED,
): readonly KnownServer[] {
  const pools = subjectPools(subject, head);
  const known = new Map(
    pools.flatMap((pool) => serversOf(pool, facts, resolved)).map((server) => [server.name, server]),
  );
  const taken = new Set([...known.values()].flatMap((server) => [server.name, ...server.identities]));
  for (const { configs } of earlier) {
    const before = subjectPools(subject, configs);
    const moved = before.flatMap((pool) =>
      pools.flatMap((now) => (unscoped(now.key) === unscoped(pool.key) ? movedServers(pool, now) : [])),
    );
    const gone = before.flatMap((pool) => serversOf(pool, facts, resolved)).filter(({ name }) => !known.has(name));
    const strays = moved.map(({ seenAs, server }) => addressOnly(seenAs, server, resolved));
    for (const { name, identities, ...rest } of [...gone, ...strays]) {
      // What the current file has too is evidence for no other one.
      const own = identities.filter((identity) => !taken.has(identity));
      if (known.has(name) || (own.length === 0 && rest.numbered === undefined)) continue;
      known.set(name, { name, identities: own, ...rest });
    }
    for (const { identities } of known.values()) for (const identity of identities) taken.add(identity);
  }
  return [...known.values()];
}

/** An address that a server of the pool had in another revision, as a server of its own. */
function addressOnly(name: string, server: Server, resolved: Resolved): KnownServer {
  return { name, identities: [name, ...addressesOf(server, resolved)], patterns: [] };
}

/** The subject's pools in the configs of one revision. */
export function subjectPools(subject: Subject | undefined, configs: readonly Config[]): readonly Pool[] {
  const wanted = new Set(subject === undefined ? [] : poolKeys(subject).map(unscoped));
  const own = new Set(subject === undefined ? [] : poolKeys(subject));
  const alike = configs.flatMap((config) => config.pools).filter(({ key }) => wanted.has(unscoped(key)));
  // Another revision may have the pool in another file; in one revision two files may each have a pool of the name.
  return alike.filter(
    ({ key }) => own.has(key) || !alike.some((other) => own.has(other.key) && unscoped(other.key) === unscoped(key)),
  );
}

/** The pools that a subject is about. */
function poolKeys(subject: Subject): readonly PoolKey[] {
  if (subject.route === undefined) return [subject.pool.key];
  return subject.route.to.flatMap(({ to }) => (to.kind === 'pool' ? [to.pool] : []));
}

/** The servers of one pool and what an answer may call each. */
export function serversOf(
  pool: Pool,
  facts: ReadonlyMap<string, PoolFacts>,
  resolved: Resolved = NOTHING_RESOLVED,
): readonly KnownServer[] {
  return pool.servers
    .filter((server) => answersAs(server, pool) === server.name)
    .map((server): KnownServer => {
      const { name } = server;
      const patterns = patternsOf(server, pool, facts);
      const numbered = templateOf(server);
      // The addresses of a template are those of all of its servers, so they mean none of them.
      if (numbered !== undefined) return { name, identities: [], patterns, numbered };
      return { name, identities: identitiesOf(server, pool, resolved), patterns };
    });
}

function identitiesOf(server: Server, pool: Pool, resolved: Resolved): readonly string[] {
  const all = [
    server.name,
    `${pool.name}/${server.name}`,
    ...addressesOf(server, resolved),
    ...(server.stickyValue?.value === undefined ? [] : [server.stickyValue.value]),
    ...(server.identify ?? []).filter((identity) => !identity.includes('*')),
  ];
  return [...new Set(all)];
}

/** The address as written and as it resolves, with the port and without. */
function addressesOf({ address, port }: Server, resolved: Resolved): readonly string[] {
  if (address === undefined) return [];
  return [address, ...(resolved.get(address) ?? [])].flatMap((one) => {
    const host = one.includes(':') && !one.startsWith('unix:') ? `[${one}]` : one;
    return port?.value === undefined ? [one] : [`${host}:${port.value}`, `http://${host}:${port.value}`, one];
  });
}

function patternsOf(server: Server, pool: Pool, facts: ReadonlyMap<string, PoolFacts>): readonly string[] {
  const declared = factsOf(facts, pool)?.identify;
  const own = (server.identify ?? []).filter((identity) => identity.includes('*'));
  const told = [...(declared?.get(server.name) ?? []), ...own];
  if (told.length > 0 || declared !== undefined || templateOf(server) !== undefined) return told;
  // A line that stands for several instances: each adds something of its own to the name.
  return server.instances.count.written && server.instances.named !== 'listed'
    ? [`${server.name}-*`, `${server.name}.*`]
    : hostNames(server);
}

const LABEL = /^(?=.*[a-z])[a-z0-9_-]+$/i;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * What a machine of this name or address calls itself: `web1` is also `web1.example.com`, and cloud machines are named by their address,
 * `ip-10-0-0-11`. Where two servers could be meant, neither is.
 */
function hostNames({ name, address }: Server): readonly string[] {
  const labels = [name, ...(address === undefined ? [] : [address])].flatMap((host) =>
    IPV4.test(host) ? [`ip-${host.replaceAll('.', '-')}`] : [host.replace(/:\d+$/, '').split('.')[0] ?? ''],
  );
  return [...new Set(labels.filter((label) => LABEL.test(label)))].flatMap((label) => [label, `${label}.*`]);
}
