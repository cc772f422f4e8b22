import type { HashKey } from '../../model/algorithm.ts';
import type { Entry, Listen, Match, Reference } from '../../model/route.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Stickiness } from '../../model/traffic.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { readForward, type Sent } from './actions.ts';
import { dialect } from './dialect.ts';
import { use, type World } from './found.ts';
import { at, durationAt, listOf, numberAt, rawAt, textAt, typedAt, type Typed } from './nodes.ts';
import { readHash } from './policy.ts';
import { readVirtualHosts, type Front } from './routes.ts';
import { settingsOf } from './settings.ts';

/** Listeners, their filter chains and what those do with requests and connections, as entries. */
export function readListener(node: PNode, routes: ReadonlyMap<string, PNode>, world: World): void {
  const name = rawAt(at(node, 'name')) ?? addressText(at(node, 'address'));
  const chains = [...listOf(at(node, 'filter_chains')), ...listOf(at(node, 'default_filter_chain'))];
  const proxied = listOf(at(node, 'listener_filters')).some((filter) =>
    /proxy_protocol/.test(rawAt(at(filter, 'name')) ?? ''),
  );
  const addresses = [at(node, 'address'), ...listOf(at(node, 'additional_addresses')).map((one) => at(one, 'address'))];
  const shared = settingsOf(node, 'listener.', [
    'name',
    'address',
    'additional_addresses',
    'filter_chains',
    'default_filter_chain',
  ]);
  const before = world.found.references.length;
  const label = `listener ${name}`;
  for (const chain of chains) {
    const match = at(chain, 'filter_chain_match');
    const chosen = [...settingsOf(match, '')].map(([key, { value }]) => `${key} ${value ?? ''}`).join(', ');
    const tls = at(chain, 'transport_socket') !== undefined;
    const listens = addresses.flatMap((address): Listen[] =>
      address === undefined
        ? []
        : [
            {
              at: headOf(address),
              address: addressText(address),
              ...(tls ? { tls } : {}),
              ...(proxied ? { proxyProtocol: true } : {}),
              ...(chosen === '' ? {} : { options: chosen }),
            },
          ],
    );
    const settings = new Map([
      ...shared,
      ...settingsOf(chain, 'filter_chain.', ['filters', 'filter_chain_match', 'name']),
    ]);
    readChain(chain, { label: chosen === '' ? label : `${label} (${chosen})`, listens, settings }, routes, world);
  }
  const leadsTo = world.found.references.slice(before).flatMap(({ pool }) => pool ?? []);
  const host = rawAt(at(node, 'address', 'socket_address', 'address'));
  const port = numberAt(at(node, 'address', 'socket_address', 'port_value'))?.value;
  if (host === undefined || port === undefined) return;
  world.found.listeners.push({
    at: headOf(at(node, 'address') ?? node),
    host: host === '0.0.0.0' || host === '::' ? '*' : host,
    port,
    acceptsProxyProtocol: proxied,
    from: label,
    leadsTo: [...new Set(leadsTo)],
  });
}

function addressText(node: PNode | undefined): string {
  const path = rawAt(at(node, 'pipe', 'path'));
  if (path !== undefined) return `unix:${path}`;
  const host = rawAt(at(node, 'socket_address', 'address')) ?? '';
  const port = rawAt(at(node, 'socket_address', 'port_value')) ?? '';
  const shown = host === '0.0.0.0' || host === '::' ? '*' : host.includes(':') ? `[${host}]` : host;
  return `${shown}:${port}`;
}

interface Place {
  readonly label: string;
  readonly listens: readonly Listen[];
  readonly settings: Map<string, Setting<string>>;
}

/** The last filter of a chain ends it; only those that pass on to clusters are read. */
function readChain(chain: PNode, place: Place, routes: ReadonlyMap<string, PNode>, world: World): void {
  for (const filter of listOf(at(chain, 'filters'))) {
    const typed = typedAt(at(filter, 'typed_config'));
    if (typed?.type === 'HttpConnectionManager') readManager(typed.body, place, routes, world);
    else if (typed?.type === 'TcpProxy') readTcpProxy(typed, place, world);
    else if (typed !== undefined)
      for (const [key, value] of settingsOf(typed.body, `${typed.type}.`)) place.settings.set(key, value);
  }
}

/** One entry for each virtual host. */
function readManager(body: PNode, place: Place, routes: ReadonlyMap<string, PNode>, world: World): void {
  const filters = listOf(at(body, 'http_filters'));
  const sticky = filters.flatMap((filter) => stickinessOf(filter) ?? [])[0];
  const settings = new Map([
    ...place.settings,
    ...settingsOf(body, '', ['@type', 'route_config', 'rds', 'http_filters']),
    ...filters.flatMap((filter) => filterSettings(filter)),
  ]);
  const named = rawAt(at(body, 'rds', 'route_config_name'));
  const config = at(body, 'route_config') ?? (named === undefined ? undefined : routes.get(named));
  const front: Front = {
    label: place.label,
    listens: place.listens,
    settings,
    before: filters.flatMap((filter) => faultOf(filter)),
    ...(sticky === undefined ? {} : { stickiness: sticky }),
    retries: undefined,
  };
  if (config !== undefined) readVirtualHosts(config, front, world);
  else world.found.entries.push(unknownEntry(front, headOf(body), world));
}

/** Routes that another place gives while Envoy runs. */
function unknownEntry({ label, listens, settings }: Front, place: Span, { found }: World): Entry {
  const to = { kind: 'unknown', why: say`the routes come from the control plane` } as const;
  found.references.push(reference('rds', label, { target: to, cluster: undefined, at: place }, 'http'));
  return {
    key: `${dialect.format} ${label}`,
    name: label,
    at: place,
    listens,
    hosts: [],
    matches: [{ at: place, to }],
    settings,
  };
}

function filterSettings(filter: PNode): readonly (readonly [string, Setting<string>])[] {
  const name = rawAt(at(filter, 'name')) ?? 'filter';
  const short = name.replace(/^envoy\.filters\.http\./, '');
  return [
    ...settingsOf(at(filter, 'typed_config'), `${short}.`, ['@type']),
    ...settingsOf(filter, `${short}.`, ['name', 'typed_config']),
  ];
}

/** A cookie that Envoy sets to the address of the server, so that a client stays with it. */
function stickinessOf(filter: PNode): Stickiness | undefined {
  const typed = typedAt(at(filter, 'typed_config'));
  if (typed?.type !== 'StatefulSession') return undefined;
  const state = typedAt(at(typed.body, 'session_state', 'typed_config'));
  if (state === undefined) return undefined;
  const cookie = at(state.body, 'cookie');
  const name = textAt(at(cookie, 'name') ?? at(state.body, 'name'));
  const ttl = durationAt(at(cookie, 'ttl'));
  return {
    type: cookie === undefined ? 'header' : 'cookie',
    at: headOf(cookie ?? state.body),
    values: 'made',
    ...(name === undefined ? {} : { name }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
  };
}

/** Requests that the fault filter answers with an error by chance. */
function faultOf(filter: PNode): Match[] {
  const typed = typedAt(at(filter, 'typed_config'));
  const abort = typed?.type === 'HTTPFault' ? at(typed.body, 'abort') : undefined;
  const status = numberAt(at(abort, 'http_status'))?.value;
  const conditions = ['headers', 'upstream_cluster', 'downstream_nodes'].some(
    (name) => at(typed?.body, name) !== undefined,
  );
  if (abort === undefined || status === undefined || conditions) return [];
  const place = headOf(abort);
  const percent = numberAt(at(abort, 'percentage', 'numerator'))?.value ?? 0;
  const unit = rawAt(at(abort, 'percentage', 'denominator')) ?? 'HUNDRED';
  const chance = percent / (unit === 'MILLION' ? 1e6 : unit === 'TEN_THOUSAND' ? 1e4 : 100);
  if (chance === 0) return [];
  return [
    { at: place, to: { kind: 'answer', status }, ...(chance >= 1 ? {} : { when: { text: '', at: place, chance } }) },
  ];
}

function readTcpProxy({ body }: Typed, place: Place, world: World): void {
  const { to, sent } = readForward(body, place.label, world);
  const hash: HashKey | 'none' = readHash(listOf(at(body, 'hash_policy')));
  for (const one of sent) {
    world.found.references.push(reference('cluster', place.label, one, 'tcp'));
    if (one.target.kind === 'pool') use(world, one.target.name, { at: one.at, protocol: 'tcp', hash });
  }
  const [first] = sent;
  world.found.entries.push({
    key: `${dialect.format} ${place.label}`,
    name: place.label,
    at: first?.at ?? headOf(body),
    listens: place.listens,
    hosts: [],
    matches: [{ at: first?.at ?? headOf(body), to }],
    settings: new Map([
      ...place.settings,
      ...settingsOf(body, '', ['@type', 'cluster', 'weighted_clusters', 'metadata_match', 'hash_policy']),
    ]),
  });
}

function reference(
  kind: string,
  from: string,
  { target, cluster, at: place, share, isPart }: Sent,
  protocol: 'http' | 'tcp',
): Reference {
  return {
    kind,
    at: place,
    from,
    pool: target.kind === 'pool' ? target.name : target.kind === 'route' ? cluster : undefined,
    protocol,
    timeouts: {},
    options: new Map(),
    ...(share === undefined ? {} : { share }),
    ...(isPart === undefined ? {} : { isPart }),
  };
}
