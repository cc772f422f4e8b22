import type { Algorithm } from '../../model/algorithm.ts';
import { poolKey } from '../../model/keys.ts';
import type { HealthCheck, PassiveCheck, Pool, Server } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { isHostName } from '../../text/hosts.ts';
import { headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import type { Found, Service } from './found.ts';
import { at, durationAt, nameAt, numberAt, rawAt, textAt, weightAt } from './nodes.ts';
import { nameSpan, readSticky, scopeOf } from './services.ts';
import { settingsOf } from './settings.ts';

/** A `loadBalancer`: the only kind of service that has servers. */
export function readPool(service: Service, root: PNode, found: Found): Pool {
  const { name, space, body } = service;
  const place = nameSpan(service);
  const unknowns: Pool['unknowns'][number][] = [];
  const activeCheck = readCheck(at(body, 'healthCheck'), space);
  const passiveCheck = readPassive(at(body, 'passiveHealthCheck'));
  const algorithm = readAlgorithm(at(body, 'strategy'), place, name, found);
  const sticky = algorithm.value?.kind === 'hash' ? undefined : readSticky(at(body, 'sticky'));
  const checks = {
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
  };
  const seen = new Map<string, number>();
  const servers = itemsOf(at(body, 'servers')).map((node, i) => {
    if (space === 'http') checkUrl(at(node, 'url'), name, found);
    const server = readServer(node, i, service, unknowns);
    const times = (seen.get(server.name) ?? 0) + 1;
    seen.set(server.name, times);
    return { ...server, ...(times === 1 ? {} : { name: `${server.name}#${times}` }), ...checks };
  });
  return {
    key: poolKey(dialect.format, scopeOf(found, space), name),
    name,
    dialect: found.dialect,
    at: place,
    protocol: space,
    algorithm,
    servers,
    ...(sticky === undefined ? {} : { stickiness: sticky }),
    ...checks,
    timeouts: {},
    spill: { spare: implied(Infinity, place), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', place),
    dynamic: false,
    unknowns,
    caveats: [],
    answers: [],
    options: optionsOf(service, root, found),
  };
}

/** What is not read otherwise, with the transport that the service names; one that is missing makes Traefik drop the routers. */
function optionsOf({ name, space, body }: Service, root: PNode, found: Found): Pool['options'] {
  const transport = at(body, 'serversTransport');
  const wanted = nameAt(transport, found.provider);
  const isOpen = transport?.kind !== 'scalar' || transport.computed || wanted === undefined || wanted.includes('@');
  const given = isOpen ? undefined : at(root, space, 'serversTransports', wanted);
  if (!isOpen && wanted !== '' && given === undefined && !found.sharesNames)
    found.problems.push({
      rule: 'config-unparsable',
      at: headOf(transport),
      pool: name,
      what: say`${wanted} in ${'serversTransport'} of ${name} is not defined.`,
      why: say`Traefik drops every router that leads to ${name}, and answers their requests with 404.`,
      fix: say`Add ${wanted} below ${`${space}.serversTransports`}, or remove its name.`,
    });
  return new Map([
    ...settingsOf(body, '', ['servers', 'strategy', 'sticky', 'healthCheck', 'passiveHealthCheck']),
    ...settingsOf(at(body, 'healthCheck'), 'healthCheck.', CHECK_KEYS),
    ...settingsOf(at(body, 'sticky', 'cookie'), 'sticky.cookie.', ['name', 'maxAge']),
    ...settingsOf(given, 'serversTransport.'),
  ]);
}

const CHECK_KEYS = [
  'path',
  'scheme',
  'port',
  'hostname',
  'method',
  'status',
  'interval',
  'unhealthyInterval',
  'timeout',
];

/** An address that Traefik cannot send requests to. */
function checkUrl(node: PNode | undefined, name: string, found: Found): void {
  if (node?.kind !== 'scalar' || node.computed) return;
  const text = String(node.value);
  const { scheme, host, port } = addressOf(text);
  const isKnown = scheme === 'http' || scheme === 'https' || scheme === 'h2c';
  const isPort = port === undefined ? !/:\d+(?:[/?#]|$)/.test(text) : port >= 1 && port <= 65_535;
  if (text === '' || (isKnown && isPort && host !== undefined)) return;
  found.problems.push({
    rule: 'config-unparsable',
    at: headOf(node),
    pool: name,
    what: isKnown
      ? say`${text} has no valid host and port.`
      : say`${text} does not begin with ${'http://'} or ${'https://'}.`,
    why: say`Traefik cannot send requests there: it drops the router, or answers with an error.`,
    fix: say`Set a ${'url'} such as ${'http://192.0.2.1:8080'}.`,
  });
}

/** `wrr` is exact within one Traefik; `p2c` ignores weights; `hrw` hashes the address of the client with the server's URL. */
function readAlgorithm(node: PNode | undefined, place: Span, name: string, found: Found): Setting<Algorithm> {
  const word = textAt(node);
  if (word === undefined || word.value === '') return implied(roundRobin('wrr'), place);
  switch (word.value) {
    case undefined:
      return written<Algorithm>(undefined, word.at);
    case 'wrr':
      return written(roundRobin('wrr'), word.at);
    case 'p2c':
      return written<Algorithm>(
        { native: 'p2c', kind: 'random', choices: 2, draw: 'equal', idle: 'as-drawn', loaded: 'equal' },
        word.at,
      );
    case 'hrw':
      return written<Algorithm>(
        {
          native: 'hrw',
          kind: 'hash',
          key: { of: 'source', native: 'client address' },
          lookup: { table: 'rendezvous', hash: 'fnv64a-log' },
          without: 'one-key',
        },
        word.at,
      );
    case 'leasttime':
      return written<Algorithm>({ native: 'leasttime', kind: 'least-time' }, word.at);
    default:
      found.problems.push({
        rule: 'config-unparsable',
        at: word.at,
        pool: name,
        what: say`unknown strategy ${word.value}.`,
        why: say`Traefik drops every router that leads to ${name}, and answers their requests with 404.`,
        fix: say`Set ${'wrr'}, ${'p2c'}, ${'hrw'} or ${'leasttime'}.`,
      });
      return written<Algorithm>({ native: word.value, kind: 'unknown' }, word.at);
  }
}

function roundRobin(native: string): Algorithm {
  return { native, kind: 'round-robin', serves: 'in-turn', weights: 'used' };
}

function readServer(
  node: PNode,
  index: number,
  { space, name: service }: Service,
  unknowns: Pool['unknowns'][number][],
): Server {
  const field = at(node, space === 'http' ? 'url' : 'address');
  const place = headOf(field ?? node);
  const text = rawAt(field);
  const { scheme, host, port } = addressOf(text);
  const name = text === undefined ? `servers[${index}]` : text.replace(/^[a-z0-9+.-]+:\/\//i, '').replace(/\/$/, '');
  if (field?.kind === 'scalar' && field.computed)
    unknowns.push({ at: place, reason: say`the address of a server of ${service} is filled in by a template` });
  const weight = space === 'http' ? weightAt(node, place) : implied(1, place);
  const ownWeight = at(node, 'weight');
  if (weight.value === undefined && ownWeight?.kind === 'scalar' && ownWeight.computed)
    unknowns.push({ at: weight.at, reason: say`the weight of ${name} is filled in by a template` });
  const given = port === undefined ? undefined : written(port, place);
  const standard = scheme === 'https' ? 443 : 80;
  return {
    name,
    address: host,
    port: given ?? (space === 'http' && host !== undefined ? implied(standard, place) : undefined),
    at: place,
    weight,
    priority: implied(0, place),
    state: implied('up', place),
    instances: { count: implied(1, place), named: 'listed' },
    ...(isHostName(host) ? { resolves: 'all' as const } : {}),
    ...(space === 'http'
      ? { tls: scheme === undefined ? implied(false, place) : written(scheme === 'https', place) }
      : {}),
    ...(text === undefined ? {} : { hashedAs: written(text, place) }),
    options: settingsOf(node, '', ['url', 'address', 'weight']),
  };
}

/** Host and port as they are written; what a template fills in stays as text. */
function addressOf(text: string | undefined): { scheme?: string; host: string | undefined; port?: number } {
  if (text === undefined) return { host: undefined };
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[^\]]*\]|\{\{.*\}\}|[^/:]*)(?::(\d{1,5}))?(?:[/?#].*)?$/i.exec(text);
  const host = match?.[2]?.replace(/^\[(.*)\]$/, '$1');
  return {
    ...(match?.[1] === undefined ? {} : { scheme: match[1].toLowerCase() }),
    host: host === undefined || host === '' ? undefined : host,
    ...(match?.[3] === undefined ? {} : { port: Number(match[3]) }),
  };
}

/** Defaults of Traefik 3.7: every 30 s, 5 s to answer, one failure takes a server out and one success brings it back. */
function readCheck(node: PNode | undefined, space: Service['space']): HealthCheck | undefined {
  if (node === undefined) return undefined;
  const place = headOf(node);
  const mode = textAt(at(node, 'mode'))?.value;
  const scheme = textAt(at(node, 'scheme'))?.value;
  const path = textAt(at(node, 'path'));
  const port = numberAt(at(node, 'port'));
  const host = textAt(at(node, 'hostname'));
  const method = textAt(at(node, 'method'));
  const expects = textAt(at(node, 'status'));
  const retry = durationAt(at(node, 'unhealthyInterval'));
  return {
    type: space === 'http' ? (mode === 'grpc' ? 'grpc' : scheme === 'https' ? 'https' : 'http') : 'tcp',
    at: place,
    ...(space === 'http' ? { path: path ?? implied('/', place) } : {}),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(method === undefined ? {} : { method }),
    ...(expects === undefined ? {} : { expects }),
    intervalMs: durationAt(at(node, 'interval')) ?? implied(30_000, place),
    ...(retry === undefined ? {} : { retryIntervalMs: retry }),
    timeoutMs: durationAt(at(node, 'timeout')) ?? implied(5000, place),
    rise: implied(1, place),
    fall: implied(1, place),
  };
}

/** Answers with 5xx count as well as connections that fail. */
function readPassive(node: PNode | undefined): PassiveCheck | undefined {
  if (node === undefined) return undefined;
  const place = headOf(node);
  const window = durationAt(at(node, 'failureWindow')) ?? implied(10_000, place);
  return {
    at: place,
    maxFails: numberAt(at(node, 'maxFailedAttempts')) ?? implied(1, place),
    windowMs: window,
    ejectMs: window,
    sees: 'answers',
  };
}
