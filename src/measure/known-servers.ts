import type { Config, Pool, Server } from '../model/config.ts';
import { factsOf, type PoolFacts } from '../model/facts.ts';
import type { KnownServer } from '../probe/request.ts';
import type { NamedRevision } from './candidates.ts';
import type { Subject } from './subject.ts';

/**
 * The servers that may answer and what an answer may call each: its name, its address, its sticky value, and the
 * patterns of the checklist file. Servers that only earlier files have come last: one of them answering means that such
 * a file is still loaded.
 */
export function knownServers(
  subject: Subject | undefined,
  head: readonly Config[],
  earlier: readonly NamedRevision[],
  facts: ReadonlyMap<string, PoolFacts>,
): readonly KnownServer[] {
  const names = subject === undefined ? [] : poolNames(subject);
  const known = new Map<string, KnownServer>();
  const taken = new Set<string>();
  for (const configs of [head, ...earlier.map((revision) => revision.configs)]) {
    for (const pool of configs.flatMap((config) => config.pools).filter((item) => names.includes(item.name))) {
      for (const server of pool.servers) {
        if (known.has(server.name)) continue;
        const identities = identitiesOf(server).filter((identity) => !taken.has(identity));
        for (const identity of identities) taken.add(identity);
        known.set(server.name, { name: server.name, identities, patterns: patternsOf(server, pool, facts) });
      }
    }
  }
  return [...known.values()];
}

/** The pools that a subject is about. */
export function poolNames(subject: Subject): readonly string[] {
  return subject.route === undefined ? [subject.pool.name] : subject.route.to.map((target) => target.pool);
}

/** The servers of one pool and what an answer may call each. */
export function serversOf(pool: Pool, facts: ReadonlyMap<string, PoolFacts>): readonly KnownServer[] {
  return pool.servers.map((server) => ({
    name: server.name,
    identities: identitiesOf(server),
    patterns: patternsOf(server, pool, facts),
  }));
}

function identitiesOf(server: Server): readonly string[] {
  const { address, port } = server;
  const host = address?.includes(':') && !address.startsWith('unix:') ? `[${address}]` : address;
  return [
    server.name,
    ...(host !== undefined && port?.value !== undefined
      ? [`${host}:${port.value}`, `http://${host}:${port.value}`]
      : []),
    ...(address === undefined ? [] : [address]),
    ...(server.stickyValue?.value === undefined ? [] : [server.stickyValue.value]),
    ...(server.identify ?? []).filter((identity) => !identity.includes('*')),
  ].filter((identity, i, all) => all.indexOf(identity) === i);
}

function patternsOf(server: Server, pool: Pool, facts: ReadonlyMap<string, PoolFacts>): readonly string[] {
  const declared = factsOf(facts, pool)?.identify;
  const own = (server.identify ?? []).filter((identity) => identity.includes('*'));
  // `server-template web 1-3` makes web1, web2 and web3 out of one line.
  const template = server.count.written ? [`${server.name.replace(/[\d-]+$/, '')}*`] : [];
  const told = [...(declared?.get(server.name) ?? []), ...own, ...template];
  return told.length > 0 || declared !== undefined ? told : hostNames(server);
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
