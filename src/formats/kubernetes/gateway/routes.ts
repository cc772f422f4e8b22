import type { Problem } from '../../../model/config.ts';
import { NO_OPTIONS } from '../../../model/pool.ts';
import type { Branch, Condition, Listen, Match, Target } from '../../../model/route.ts';
import { implied, type Setting, type Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { rewritingOf } from '../core/rewrites.ts';
import { annotationsOf } from '../core/services.ts';
import { keyOfRoute, type Found } from '../found.ts';
import { at, entryOf, numberAt, rawAt, settingsOf } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { addReference } from '../references.ts';
import { backendOf, backendsOf, isStandby, targetOf, type Backend } from './backends.ts';
import { gatewayOf, listenersOf, listenOf, parentsOf } from './gateways.ts';
import { byRank, grpcMatches, httpMatches, titleOf, type RouteMatch } from './matches.ts';

/** Reads HTTPRoutes and GRPCRoutes: every host of a Gateway is an entry. */
export function readHttpRoutes(routes: readonly KubeObject[], cluster: Cluster, found: Found): void {
  readRoutes(routes, httpMatches, 'http', cluster, found);
}

export function readGrpcRoutes(routes: readonly KubeObject[], cluster: Cluster, found: Found): void {
  readRoutes(routes, grpcMatches, 'http', cluster, found);
}

/** Connections are not looked into: every rule takes what gets to its listener. */
export function readTcpRoutes(routes: readonly KubeObject[], cluster: Cluster, found: Found): void {
  readRoutes(routes, () => [{ condition: undefined, rank: [] }], 'tcp', cluster, found);
}

export function readUdpRoutes(routes: readonly KubeObject[], cluster: Cluster, found: Found): void {
  readRoutes(routes, () => [{ condition: undefined, rank: [] }], 'udp', cluster, found);
}

type Protocol = 'http' | 'tcp' | 'udp';

interface Ranked {
  readonly match: Match;
  readonly rank: readonly number[];
}

/** One entry for each parent and host, with the matches of all its routes in the order of the specification. */
interface Draft {
  readonly name: string;
  readonly at: Span;
  readonly host: string;
  readonly listens: Listen[];
  readonly matches: Ranked[];
}

function readRoutes(
  routes: readonly KubeObject[],
  matchesOf: (rule: PNode) => RouteMatch[],
  protocol: Protocol,
  cluster: Cluster,
  found: Found,
): void {
  const drafts = new Map<string, Draft>();
  for (const route of routes) {
    const excess = excessOf(route);
    if (excess !== undefined) {
      found.problems.push(excess);
      continue;
    }
    const targets = itemsOf(at(route.spec, 'rules')).map((rule, i, rules) => ({
      rule,
      matches: matchesOf(rule),
      to: targetOfRule(rule, nameOfRule(route, rule, i, rules.length), route, cluster, found),
    }));
    for (const { key, draft } of draftsOf(route, cluster)) {
      const entry = drafts.get(key) ?? draft;
      drafts.set(key, entry);
      for (const { rule, matches, to } of targets)
        for (const { condition, rank } of matches) entry.matches.push(matchOf(rule, condition, rank, to, route));
    }
    for (const { rule, matches } of targets) refer(rule, matches[0]?.condition, route, protocol, cluster, found);
  }
  for (const [key, { name, at: place, host, listens, matches }] of drafts)
    found.entries.push({
      key: `${found.path}\0${key}`,
      name,
      at: place,
      listens,
      hosts: host === '' ? [] : [host],
      matches: matches.toSorted(byRank).map(({ match }) => match),
      settings: new Map(),
    });
}

/** More hostnames or rules than these are refused (HTTPRouteSpec: MaxItems). */
const MOST = 16;

function excessOf(route: KubeObject): Problem | undefined {
  const [what, list] = (['hostnames', 'rules'] as const)
    .map((key) => [key, itemsOf(at(route.spec, key))] as const)
    .find(([, items]) => items.length > MOST) ?? ['rules', []];
  const first = list[MOST];
  if (first === undefined) return undefined;
  return {
    rule: 'config-unparsable',
    at: headOf(first),
    what: say`${titleOf(route)} has ${list.length} ${what}; the maximum is ${MOST}.`,
    why: say`The API server rejects the object, and what ran before keeps running.`,
    fix: say`Move some of them to another route.`,
  };
}

/** A rule by its own name, its number among several, or as the route. */
function nameOfRule(route: KubeObject, rule: PNode, index: number, count: number): string {
  const own = rawAt(at(rule, 'name'));
  if (own !== undefined) return `${route.name} ${own}`;
  return count === 1 ? route.name : `${route.name} rule ${index + 1}`;
}

/** The entries that a route is part of. */
function draftsOf(route: KubeObject, cluster: Cluster): { key: string; draft: Draft }[] {
  const named = itemsOf(at(route.spec, 'hostnames')).flatMap((node) => {
    const host = rawAt(node)?.toLowerCase();
    return host === undefined ? [] : [{ host, place: headOf(node) }];
  });
  const kind = titleOf(route).split(' ')[0] ?? '';
  return parentsOf(route).flatMap((parent) => {
    const gateway = gatewayOf(parent, cluster);
    const listeners = gateway === undefined ? [] : listenersOf(gateway, parent);
    const listens = new Map<string, Listen>();
    for (const listen of listeners.map(listenOf)) listens.set(listen.address, listen);
    const section = parent.sectionName ?? (parent.port === undefined ? '' : String(parent.port));
    const own = `${parent.name}${section === '' ? '' : ` ${section}`}`;
    const hosts = named.length === 0 ? [{ host: '', place: route.at }] : named;
    return hosts.map(({ host, place }) => ({
      key: [kind, parent.kind, parent.namespace, own, host].join('\0'),
      draft: {
        name: `${kind}s of ${parent.kind} ${own}${host === '' ? '' : ` for ${host}`}`,
        at: place,
        host,
        listens: [...listens.values()],
        matches: [],
      },
    }));
  });
}

function matchOf(
  rule: PNode,
  condition: Condition | undefined,
  rank: readonly number[],
  to: Target,
  route: KubeObject,
): Ranked {
  const [first] = itemsOf(at(rule, 'backendRefs'));
  const changes = new Map([
    ...filterSettings(rule),
    ...settingsOf(rule, '', ['matches', 'backendRefs', 'filters', 'name']),
    ...annotationsOf(route),
  ]);
  const match = {
    at: headOf(at(first, 'name') ?? first ?? rule),
    to,
    ...(condition === undefined ? {} : { when: condition }),
    ...(changes.size === 0 ? {} : { changes }),
  };
  return { match, rank };
}

/** What filters do on the way, but for mirrors, which are branches. */
function filterSettings(rule: PNode): [string, Setting<string>][] {
  return itemsOf(at(rule, 'filters')).flatMap((filter, i) =>
    rawAt(at(filter, 'type')) === 'RequestMirror' ? [] : [...settingsOf(filter, `filters[${i}].`)],
  );
}

/** Where a rule leads: its only backend, or a choice between several by weight. */
function targetOfRule(rule: PNode, name: string, route: KubeObject, cluster: Cluster, found: Found): Target {
  const filters = itemsOf(at(rule, 'filters'));
  const redirect = filters.find((filter) => rawAt(at(filter, 'type')) === 'RequestRedirect');
  if (redirect !== undefined) return { kind: 'redirect', location: locationOf(at(redirect, 'requestRedirect')) };
  const backends = backendsOf(rule, route, cluster);
  const [only] = backends;
  // Neither a backend nor an answer of its own: 500 (HTTPRouteRule.backendRefs).
  if (only === undefined) return { kind: 'answer', status: 500 };
  const copies = filters
    .map((filter) => at(filter, 'requestMirror'))
    .flatMap((mirror) => copyOf(mirror, route, cluster, found) ?? []);
  if (backends.length === 1 && copies.length === 0 && only.weight.value !== 0) return targetOf(only, cluster, found);
  const key = keyOfRoute(found, route.namespace, `${route.kind} ${name}`);
  found.routes.push({
    key,
    name,
    at: route.at,
    kind: 'weighted',
    ...rewritingOf(route, cluster),
    to: [...backends.map((backend) => branchOf(backend, cluster, found)), ...copies],
  });
  return { kind: 'route', route: key, name };
}

function branchOf(backend: Backend, cluster: Cluster, found: Found): Branch {
  return {
    to: targetOf(backend, cluster, found),
    role: isStandby(backend, cluster) ? 'fallback' : 'serves',
    weight: backend.weight,
    // A branch that gets nothing, or far too much, is changed at its weight.
    at: entryOf(backend.node, 'weight') === undefined ? backend.at : backend.weight.at,
  };
}

/** A mirror gets all requests again, or `percent` or `fraction` of them. */
function copyOf(mirror: PNode | undefined, route: KubeObject, cluster: Cluster, found: Found): Branch | undefined {
  const ref = at(mirror, 'backendRef');
  if (ref === undefined) return undefined;
  const backend = backendOf(ref, route, cluster);
  const percent = numberAt(at(mirror, 'percent'))?.value;
  const numerator = numberAt(at(mirror, 'fraction', 'numerator'))?.value;
  const denominator = numberAt(at(mirror, 'fraction', 'denominator'))?.value ?? 100;
  const part = numerator === undefined ? (percent ?? 100) / 100 : numerator / denominator;
  return { to: targetOf(backend, cluster, found), role: 'copy', part, weight: implied(1, backend.at), at: backend.at };
}

function locationOf(redirect: PNode | undefined): string {
  const part = (key: string): string | undefined => rawAt(at(redirect, key));
  const path = rawAt(at(redirect, 'path', 'replaceFullPath')) ?? rawAt(at(redirect, 'path', 'replacePrefixMatch'));
  const port = part('port');
  return `${part('scheme') ?? '(scheme)'}://${part('hostname') ?? '(host)'}${port === undefined ? '' : `:${port}`}${path ?? ''}`;
}

function refer(
  rule: PNode,
  when: Condition | undefined,
  route: KubeObject,
  protocol: Protocol,
  cluster: Cluster,
  found: Found,
): void {
  const backends = backendsOf(rule, route, cluster);
  for (const backend of backends) {
    const to = targetOf(backend, cluster, found);
    if (to.kind !== 'pool') continue;
    const retry = at(rule, 'retry', 'attempts');
    addReference(
      {
        kind: titleOf(route).split(' ')[0] ?? '',
        at: backend.at,
        from: titleOf(route),
        protocol,
        timeouts: {},
        options: NO_OPTIONS,
        ...(when === undefined ? {} : { when: when.text }),
        ...(backends.length > 1 ? { isPart: true as const } : {}),
        ...(retry === undefined ? {} : { failover: implied(true, headOf(retry)) }),
      },
      { to, namespace: backend.namespace, port: at(backend.node, 'port') },
      found,
    );
  }
}
