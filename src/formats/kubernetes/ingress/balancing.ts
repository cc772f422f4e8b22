import type { Algorithm, HashKey } from '../../../model/algorithm.ts';
import type { HealthCheck, Pool } from '../../../model/pool.ts';
import { implied, written, type Setting } from '../../../model/span.ts';
import type { Stickiness } from '../../../model/traffic.ts';
import type { Cluster } from '../cluster.ts';
import { originOf, serversOf } from '../core/services.ts';
import { dialect } from '../dialect.ts';
import { keyOfPool, type Found } from '../found.ts';
import { wholeNumber } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { annotation } from './canary.ts';
import { isAlb, isIngressNginx } from './controllers.ts';

/** How a controller splits what an Ingress sends to a Service, where that differs from the Service's own way. */
interface Balancing {
  readonly algorithm: Setting<Algorithm>;
  readonly stickiness?: Stickiness;
  readonly check?: HealthCheck;
  readonly slowStartMs?: Setting<number>;
}

/**
 * The pool of a Service as an Ingress balances it: a controller sends requests to the pods itself and not through the Service. Undefined where
 * the annotations set nothing of it: shares are then those of the Service.
 */
export function poolThrough(ingress: KubeObject, name: string, cluster: Cluster, found: Found): Pool | undefined {
  const balancing = balancingOf(ingress, cluster);
  if (balancing === undefined) return undefined;
  const service = cluster.find('Service', ingress.namespace, name);
  const own = `${name} through Ingress ${ingress.name}`;
  const key = keyOfPool(found, ingress.namespace, own);
  const known = found.pools.find((pool) => pool.key === key);
  if (known !== undefined) return known;
  const { servers, dynamic } = service === undefined ? { servers: [], dynamic: true } : serversOf(service, cluster);
  const { algorithm, stickiness, check, slowStartMs } = balancing;
  const probed = servers.flatMap(({ activeCheck }) => activeCheck ?? [])[0];
  const activeCheck = check ?? probed;
  const pool: Pool = {
    key,
    name: own,
    dialect,
    at: ingress.at,
    protocol: 'http',
    algorithm,
    servers: check === undefined ? servers : servers.map((server) => ({ ...server, activeCheck: check })),
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    timeouts: {},
    spill: { spare: implied(Infinity, ingress.at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', ingress.at),
    dynamic,
    unknowns: [],
    caveats: [],
    answers: [],
    ...originOf(ingress),
    options: new Map(),
  };
  found.pools.push(pool);
  return pool;
}

function balancingOf(ingress: KubeObject, cluster: Cluster): Balancing | undefined {
  if (isAlb(ingress, cluster)) return ofAlb(ingress);
  return isIngressNginx(ingress, cluster) ? ofNginx(ingress) : undefined;
}

/** The Lua balancer of ingress-nginx: round robin, a ring by a key, or the lower of two moving averages; stickiness by a cookie comes first. */
function ofNginx(ingress: KubeObject): Balancing | undefined {
  const affinity = annotation(ingress, 'affinity');
  const hash = annotation(ingress, 'upstream-hash-by');
  const how = annotation(ingress, 'load-balance');
  const isSticky = affinity?.value === 'cookie';
  if (!isSticky && hash === undefined && how === undefined) return undefined;
  const algorithm: Setting<Algorithm> =
    !isSticky && hash !== undefined ? { ...hash, value: ringBy(hash.value) } : named(how, ingress);
  return { algorithm, ...(isSticky ? { stickiness: cookieOf(ingress, affinity) } : {}) };
}

function named(how: Setting<string> | undefined, ingress: KubeObject): Setting<Algorithm> {
  const roundRobin: Algorithm = { native: 'round_robin', kind: 'round-robin', serves: 'in-turn', weights: 'ignored' };
  if (how === undefined) return implied(roundRobin, ingress.at);
  if (how.value === 'ewma') return written<Algorithm>({ native: 'ewma', kind: 'least-time' }, how.at);
  // What it does not know is round robin.
  return written<Algorithm>(how.value === undefined ? undefined : roundRobin, how.at);
}

/** `resty.chash`: 160 points for each pod, named by its address, which is not in any file. */
function ringBy(text: string | undefined): Algorithm | undefined {
  if (text === undefined) return undefined;
  return {
    native: `upstream-hash-by ${text}`,
    kind: 'hash',
    key: keyOf(text),
    lookup: { table: 'ring', points: { perWeight: 160 }, place: 'unknown', hash: 'unknown', owner: 'next' },
    without: 'one-key',
  };
}

function keyOf(text: string): HashKey {
  const name = text.replace(/[${}]/g, '').toLowerCase();
  const of: HashKey['of'] =
    name === 'remote_addr' || name === 'binary_remote_addr'
      ? 'source'
      : name === 'request_uri' || name === 'uri'
        ? 'uri'
        : name.startsWith('arg_')
          ? 'query'
          : name.startsWith('cookie_')
            ? 'cookie'
            : name.startsWith('http_') || name === 'host'
              ? 'header'
              : 'other';
  return { of, native: text };
}

function cookieOf(ingress: KubeObject, affinity: Setting<string>): Stickiness {
  const seconds = annotation(ingress, 'session-cookie-max-age');
  const number = seconds?.value === undefined ? undefined : wholeNumber(seconds.value);
  return {
    type: 'cookie',
    at: affinity.at,
    values: 'made',
    name: annotation(ingress, 'session-cookie-name') ?? implied('INGRESSCOOKIE', affinity.at),
    ...(seconds === undefined ? {} : { ttlMs: written(number === undefined ? undefined : number * 1000, seconds.at) }),
  };
}

const ALB = 'alb.ingress.kubernetes.io/';

/** Target groups of the AWS Load Balancer Controller: round robin, a health check always, and what `target-group-attributes` sets. */
function ofAlb(ingress: KubeObject): Balancing | undefined {
  const attributes = ingress.annotations.get(`${ALB}target-group-attributes`);
  const path = ingress.annotations.get(`${ALB}healthcheck-path`);
  if (attributes === undefined && path === undefined) return undefined;
  const value = attributeReader(attributes);
  const sticky = value('stickiness.enabled');
  const seconds = value('stickiness.lb_cookie.duration_seconds') ?? value('stickiness.app_cookie.duration_seconds');
  const slow = value('slow_start.duration_seconds');
  return {
    algorithm: albAlgorithm(value('load_balancing.algorithm.type'), ingress),
    ...(sticky?.value === 'true'
      ? {
          stickiness: {
            type: 'cookie' as const,
            at: sticky.at,
            values: 'made' as const,
            ttlMs: milliseconds(seconds) ?? implied(86_400_000, sticky.at),
          },
        }
      : {}),
    ...(slow === undefined || slow.value === '0' ? {} : { slowStartMs: milliseconds(slow) ?? implied(0, slow.at) }),
    check: albCheck(ingress),
  };
}

function albAlgorithm(type: Setting<string> | undefined, ingress: KubeObject): Setting<Algorithm> {
  const roundRobin: Algorithm = { native: 'round_robin', kind: 'round-robin', serves: 'in-turn', weights: 'ignored' };
  if (type === undefined) return implied(roundRobin, ingress.at);
  switch (type.value) {
    case 'round_robin':
      return { ...type, value: roundRobin };
    case 'least_outstanding_requests':
      return {
        ...type,
        value: { native: type.value, kind: 'least-connections', idle: 'equal', loaded: 'equal' },
      };
    case 'weighted_random':
      return {
        ...type,
        value: { native: type.value, kind: 'random', choices: 1, draw: 'equal', idle: 'as-drawn', loaded: 'equal' },
      };
    case undefined:
      return written<Algorithm>(undefined, type.at);
    default:
      return { ...type, value: { native: type.value, kind: 'unknown' } };
  }
}

/** Defaults of the controller: `/`, every 15 s, 5 s to answer, 2 successes, 2 failures. */
function albCheck(ingress: KubeObject): HealthCheck {
  const get = (name: string): Setting<string> | undefined => ingress.annotations.get(`${ALB}${name}`);
  const number = (name: string, otherwise: number): Setting<number> => {
    const given = get(name);
    return given === undefined
      ? implied(otherwise, ingress.at)
      : { ...given, value: given.value === undefined ? undefined : wholeNumber(given.value) };
  };
  const path = get('healthcheck-path');
  const codes = get('success-codes');
  return {
    type: get('healthcheck-protocol')?.value?.toUpperCase() === 'HTTPS' ? 'https' : 'http',
    at: path?.at ?? ingress.at,
    path: path ?? implied('/', ingress.at),
    ...(codes === undefined ? {} : { expects: codes }),
    intervalMs: inMs(number('healthcheck-interval-seconds', 15)),
    timeoutMs: inMs(number('healthcheck-timeout-seconds', 5)),
    rise: number('healthy-threshold-count', 2),
    fall: number('unhealthy-threshold-count', 2),
  };
}

function inMs(seconds: Setting<number>): Setting<number> {
  return { ...seconds, value: seconds.value === undefined ? undefined : seconds.value * 1000 };
}

function milliseconds(seconds: Setting<string> | undefined): Setting<number> | undefined {
  if (seconds === undefined) return undefined;
  const number = seconds.value === undefined ? undefined : wholeNumber(seconds.value);
  return { ...seconds, value: number === undefined ? undefined : number * 1000 };
}

/** `key=value,key=value`: each value at its own place where the annotation is written on one line. */
function attributeReader(attributes: Setting<string> | undefined): (name: string) => Setting<string> | undefined {
  const text = attributes?.value ?? '';
  const values = new Map(
    text.split(',').flatMap((pair) => {
      const cut = pair.indexOf('=');
      return cut < 0 ? [] : [[pair.slice(0, cut).trim(), pair.slice(cut + 1).trim()] as const];
    }),
  );
  return (name) => {
    const value = values.get(name);
    if (value === undefined || attributes === undefined) return undefined;
    const { source, start, end } = attributes.at;
    const from = source.text.slice(start, end).indexOf(`${name}=${value}`);
    if (from < 0) return written(value, attributes.at);
    const begin = start + from + name.length + 1;
    return written(value, { source, start: begin, end: begin + value.length });
  };
}
