import type { RouteKey } from '../../../model/keys.ts';
import { NO_OPTIONS } from '../../../model/pool.ts';
import type { Condition, Listen, Match, Route, Target } from '../../../model/route.ts';
import { implied, type Span } from '../../../model/span.ts';
import { headOf, itemsOf } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { rewritingOf } from '../core/rewrites.ts';
import { annotationsOf } from '../core/services.ts';
import { keyOfPool, keyOfRoute, type Found } from '../found.ts';
import { at, placeOf, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { actionOf, moreConditionsOf } from './actions.ts';
import { poolThrough } from './balancing.ts';
import { isCanary, readCanary } from './canary.ts';
import { claimsByHost, type Claim } from './claims.ts';
import { portOf, portSetting, serviceOf, type IngressPath } from './paths.ts';

/**
 * Ingresses of one class are one server: a host is an entry, its paths are asked in the order of the Ingress API, exact ones first and
 * then the longest prefix. Of two Ingresses that claim one path the older one counts; the order of the files stands for age.
 */
export function readIngresses(ingresses: readonly KubeObject[], cluster: Cluster, found: Found): void {
  for (const [key, claims] of claimsByHost(ingresses)) readHost(key, claims, cluster, found);
}

function readHost(key: string, claims: readonly Claim[], cluster: Cluster, found: Found): void {
  // A canary without a main Ingress of its host and path is ignored.
  const used = claims.flatMap(({ main, claims: own }) => (main === undefined ? [] : [{ main, own }]));
  const sorted = used.toSorted((a, b) => rankOf(a.main) - rankOf(b.main) || lengthOf(b.main) - lengthOf(a.main));
  const [first] = used;
  if (first === undefined) return;
  const { host, hostAt } = first.main;
  const name = `Ingress ${host === '' ? 'for every other host' : host}`;
  found.entries.push({
    key: `${found.path}\0${key}`,
    name,
    at: hostAt,
    listens: listensOf(claims.flatMap(({ claims: own }) => own)),
    hosts: host === '' ? [] : [host],
    matches: sorted.map(({ main, own }) => matchOf(main, own, name, cluster, found)),
    settings: new Map(),
  });
}

function rankOf({ path, pathType }: IngressPath): number {
  if (path === undefined) return 2;
  return pathType === 'Exact' ? 0 : 1;
}

function lengthOf({ path }: IngressPath): number {
  return path?.value?.length ?? 0;
}

/** Controllers listen on 80, and on 443 for hosts with a certificate. */
function listensOf(paths: readonly IngressPath[]): Listen[] {
  const secured = paths.find(({ ingress, host }) =>
    itemsOf(at(ingress.spec, 'tls')).some((tls) => {
      const hosts = itemsOf(at(tls, 'hosts'));
      return hosts.length === 0 || hosts.some((one) => rawAt(one)?.toLowerCase() === host);
    }),
  );
  const place = paths[0]?.ingress.at;
  if (place === undefined) return [];
  const plain: Listen = { address: '*:80', at: place };
  return secured === undefined ? [plain] : [plain, { address: '*:443', at: secured.ingress.at, tls: true }];
}

function matchOf(
  main: IngressPath,
  claims: readonly IngressPath[],
  entry: string,
  cluster: Cluster,
  found: Found,
): Match {
  const when = conditionOf(main);
  const place = serviceOf(main.backend);
  const targets = claims.map((claim) => targetOf(claim, cluster, found));
  claims.forEach((claim, i) => addReference(claim, targets[i], entry, when, claims.length > 1, found));
  const own = targets[claims.indexOf(main)];
  const port = portSetting(main.backend);
  const changes = new Map([...annotationsOf(main.ingress), ...(port === undefined ? [] : [['port', port] as const])]);
  return {
    at: place === undefined ? main.ingress.at : headOf(place),
    to: own === undefined || claims.length > 1 ? splitOf(main, claims, targets, cluster, found) : own,
    ...(when === undefined ? {} : { when }),
    ...(changes.size === 0 ? {} : { changes }),
  };
}

/** The path, and what an action of the AWS Load Balancer Controller asks for besides. */
function conditionOf(claim: IngressPath): Condition | undefined {
  const more = moreConditionsOf(claim.ingress, rawAt(serviceOf(claim.backend)) ?? '');
  const path = pathCondition(claim);
  if (more === undefined) return path;
  return { text: `${path === undefined ? '' : `${path.text} and `}${more.value ?? 'a template'}`, at: more.at };
}

function pathCondition({ path, pathType, ingress }: IngressPath): Condition | undefined {
  if (path === undefined) return undefined;
  const { value, at: place } = path;
  if (value === undefined) return { text: 'path from a template', at: place };
  if (pathType === 'Exact')
    return { text: `path = ${value}`, at: place, all: [{ subject: 'path', how: 'is', values: [value] }] };
  if (value === '/' || value === '/*') return undefined;
  const isPattern =
    ingress.annotations.get('nginx.ingress.kubernetes.io/use-regex')?.value === 'true' || /[()*[\]|\\^$]/.test(value);
  if (isPattern) return { text: `path matches ${value}`, at: place };
  const prefix = value.length > 1 ? value.replace(/\/$/, '') : value;
  return {
    text: `path begins with ${prefix}`,
    at: place,
    all: [{ subject: 'path', how: 'begins', values: [prefix], longest: true }],
  };
}

/** Where a path leads. A Service that is not in the files may be in the cluster. */
function targetOf({ backend, ingress }: IngressPath, cluster: Cluster, found: Found): Target {
  const service = serviceOf(backend);
  const name = rawAt(service);
  if (name === undefined || (service?.kind === 'scalar' && service.computed))
    return { kind: 'unknown', why: say`the backend is not a Service, or its name is filled in by a template` };
  const action = actionOf(ingress, name, found);
  if (action !== undefined) return action;
  const through = poolThrough(ingress, name, cluster, found);
  if (through !== undefined) return { kind: 'pool', pool: through.key, name: through.name };
  return { kind: 'pool', pool: keyOfPool(found, ingress.namespace, name), name };
}

function addReference(
  { backend, ingress }: IngressPath,
  to: Target | undefined,
  from: string,
  when: Condition | undefined,
  isPart: boolean,
  found: Found,
): void {
  const service = serviceOf(backend);
  if (to?.kind === 'route') addParts(to.route, from, when, found);
  if (to?.kind !== 'pool' || service === undefined) return;
  const isHere = found.pools.some(({ key }) => key === to.pool);
  const port = Number(portOf(backend) ?? 80);
  found.references.push({
    kind: 'Ingress',
    at: headOf(service),
    // What is not in the files is named like a host.
    ...(isHere
      ? { pool: to.name }
      : { pool: undefined, address: { host: `${to.name}.${ingress.namespace}`, port: port > 0 ? port : 80 } }),
    from,
    ...(when === undefined ? {} : { when: when.text }),
    ...(isPart ? { isPart: true as const } : {}),
    protocol: 'http',
    timeouts: {},
    options: NO_OPTIONS,
  });
}

/** The pools that an action splits between. */
function addParts(key: RouteKey, from: string, when: Condition | undefined, found: Found): void {
  const route = found.routes.find((one) => one.key === key);
  for (const { to, at: place } of route?.to ?? []) {
    if (to.kind !== 'pool' || !found.pools.some((pool) => pool.key === to.pool)) continue;
    found.references.push({
      kind: 'Ingress',
      at: place,
      pool: to.name,
      from,
      ...(when === undefined ? {} : { when: when.text }),
      isPart: true,
      protocol: 'http',
      timeouts: {},
      options: NO_OPTIONS,
    });
  }
}

/** Several Ingresses claim one path: the main one, its canary, and those that nothing reaches. */
function splitOf(
  main: IngressPath,
  claims: readonly IngressPath[],
  targets: readonly (Target | undefined)[],
  cluster: Cluster,
  found: Found,
): Target {
  const { path, host, ingress } = main;
  const name = `${host}${path?.value ?? ''}`;
  const canary = claims.find((claim) => isCanary(claim.ingress));
  const draw = canary === undefined ? undefined : readCanary(canary.ingress);
  const route: Route = {
    key: keyOfRoute(found, ingress.namespace, name),
    name,
    at: main.ingress.at,
    kind: 'weighted',
    ...rewritingOf(ingress, cluster),
    to: claims.flatMap((claim, i) => {
      const to = targets[i];
      if (to === undefined) return [];
      const place: Span = placeOf(serviceOf(claim.backend), claim.ingress.at);
      const unused = { weight: implied(0, place), role: 'serves' as const, to, at: place };
      if (claim === main) return [{ ...unused, weight: draw?.main ?? implied(1, place) }];
      return [claim === canary && draw !== undefined ? { ...unused, weight: draw.canary } : unused];
    }),
  };
  found.routes.push(route);
  return { kind: 'route', route: route.key, name };
}
