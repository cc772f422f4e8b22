import { poolKey, routeKey } from '../../model/keys.ts';
import type { Stickiness } from '../../model/traffic.ts';
import type { Branch, Route, Target } from '../../model/route.ts';
import { implied, written, type Span } from '../../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { namesInCircles } from './circles.ts';
import { dialect } from './dialect.ts';
import type { Found, Provider, Service, Space } from './found.ts';
import { at, durationAt, entryOf, nameAt, numberAt, rawAt, textAt, weightAt, withoutProvider } from './nodes.ts';

const KINDS = ['loadBalancer', 'weighted', 'highestRandomWeight', 'mirroring', 'failover'] as const;

/** Every service of a space by its name. One with no type, or with two, is broken: Traefik drops the routers that use it. */
export function servicesOf(root: PNode, space: Space): ReadonlyMap<string, Service> {
  return new Map(
    entriesOf(at(root, space, 'services')).map(({ key: name, value: node }) => {
      const kinds = KINDS.filter((kind) => at(node, kind) !== undefined);
      const [kind] = kinds;
      const body = kind === undefined ? undefined : at(node, kind);
      const one = kinds.length === 1 && kind !== undefined ? kind : 'broken';
      return [name, { space, name, node, kind: one, body: body ?? node }] as const;
    }),
  );
}

/** The unique name of a service in one file: services of other spaces may have it too. */
export function scopeOf({ path }: Found, space: Space): string {
  return `${path} ${space}`;
}

/**
 * What a service name leads to. `app@file` is `app`; a service of another provider cannot be known from the file; one that is missing
 * makes Traefik drop the router: its requests get 404.
 */
export function targetOf(
  name: string,
  place: Span,
  services: ReadonlyMap<string, Service>,
  space: Space,
  found: Found,
): Target {
  const bare = withoutProvider(name, found.provider);
  const service = services.get(bare);
  if (bare === 'noop@internal') return { kind: 'answer', status: 418 };
  if (service === undefined && /@/.test(bare))
    return { kind: 'unknown', why: say`${bare} belongs to another provider than this file` };
  if (service === undefined && found.sharesNames)
    return { kind: 'unknown', why: say`${bare} is not defined in this file` };
  if (service !== undefined && found.dropped.has(service.node)) return { kind: 'answer', status: 404 };
  if (service === undefined || service.kind === 'broken') {
    found.problems.push({
      rule: 'config-unparsable',
      at: place,
      what:
        service === undefined
          ? say`The service ${bare} is not defined.`
          : say`The service ${bare} has no type, or more than one.`,
      why: say`Traefik drops every router that leads to it, and answers their requests with 404.`,
      fix: say`Set the name of a service that is defined below ${`${space}.services`}.`,
    });
    return { kind: 'answer', status: 404 };
  }
  const scope = scopeOf(found, space);
  return service.kind === 'loadBalancer'
    ? { kind: 'pool', pool: poolKey(dialect.format, scope, bare), name: bare }
    : { kind: 'route', route: routeKey(dialect.format, scope, bare), name: bare };
}

/** A service over services. */
export function readRoute(service: Service, services: ReadonlyMap<string, Service>, found: Found): Route {
  const { space, name, body, kind } = service;
  const scope = scopeOf(found, space);
  const head = nameSpan(service);
  const check = entryOf(body, 'healthCheck');
  const watches = check !== undefined && !(check.value.kind === 'scalar' && isOff(check.value.value));
  const sticky = readSticky(at(body, 'sticky'));
  return {
    key: routeKey(dialect.format, scope, name),
    name,
    at: head,
    kind: kind === 'highestRandomWeight' ? 'hash' : kind === 'failover' ? 'failover' : 'weighted',
    ...(kind === 'highestRandomWeight' ? { drawnBy: `client address by ${name}` } : {}),
    ...(sticky === undefined ? {} : { stickiness: sticky }),
    watchesHealth: check === undefined ? implied(false, head) : written(watches, check.keyAt),
    to: branches(service, services, found),
  };
}

/** Services over services that lead back to themselves: Traefik drops every router that leads to one. */
export function checkCycles(services: ReadonlyMap<string, Service>, found: Found): void {
  const circles = namesInCircles(
    new Map([...services].map(([name, service]) => [name, childNames(service, found.provider)])),
  );
  for (const service of services.values()) {
    if (!circles.has(service.name)) continue;
    found.problems.push({
      rule: 'config-unparsable',
      at: nameSpan(service),
      what: say`The service ${service.name} leads back to itself.`,
      why: say`Traefik drops every router that leads to it, and answers their requests with 404.`,
      fix: say`Set the name of another service.`,
    });
  }
}

function childNames({ kind, body }: Service, provider: Provider): string[] {
  if (kind === 'loadBalancer' || kind === 'broken') return [];
  return [
    at(body, 'service'),
    at(body, 'fallback'),
    ...itemsOf(at(body, 'services')).map((child) => at(child, 'name')),
    ...itemsOf(at(body, 'mirrors')).map((child) => at(child, 'name')),
  ].flatMap((node) => nameAt(node, provider) ?? []);
}

function isOff(value: unknown): boolean {
  return value === null || value === false || value === 'false';
}

/** The place that a person would point at: the service's name. */
export function nameSpan({ node, body }: Service): Span {
  const first = headOf(node);
  return first.start <= headOf(body).start ? first : headOf(body);
}

function branches(service: Service, services: ReadonlyMap<string, Service>, found: Found): Branch[] {
  const { space, node, kind, body } = service;
  const to = (text: PNode | undefined): { to: Target; at: Span } => {
    const place = text === undefined ? headOf(node) : headOf(text);
    const name = rawAt(text);
    if (name === undefined || textAt(text)?.value === undefined)
      return { to: { kind: 'unknown', why: say`the name of a service is filled in by a template` }, at: place };
    return { to: targetOf(name, place, services, space, found), at: place };
  };
  const one = (text: PNode | undefined, role: Branch['role'], part?: number): Branch => {
    const target = to(text);
    return {
      ...target,
      role,
      weight: implied(1, target.at),
      ...(part === undefined ? {} : { part }),
    };
  };
  if (kind === 'failover') {
    const errors = at(body, 'errors', 'status');
    // Answers decide, not the health of the main service.
    const when =
      itemsOf(errors).length === 0 || errors === undefined ? {} : { when: { text: 'errors', at: headOf(errors) } };
    return [one(at(body, 'service'), 'serves'), { ...one(at(body, 'fallback'), 'fallback'), ...when }];
  }
  if (kind === 'mirroring') {
    const copies = itemsOf(at(body, 'mirrors')).map((mirror) =>
      one(at(mirror, 'name'), 'copy', (numberAt(at(mirror, 'percent'))?.value ?? 0) / 100),
    );
    return [one(at(body, 'service'), 'serves'), ...copies];
  }
  return itemsOf(at(body, 'services')).map((child): Branch => ({
    ...to(at(child, 'name')),
    role: 'serves',
    weight: weightAt(child, headOf(at(child, 'name') ?? child)),
  }));
}

/** Stickiness needs the map `cookie`; `sticky: {}` alone does nothing. */
export function readSticky(node: PNode | undefined): Stickiness | undefined {
  const cookie = at(node, 'cookie');
  if (cookie?.kind !== 'map') return undefined;
  const name = textAt(at(cookie, 'name'));
  const ttl = durationAt(at(cookie, 'maxAge'));
  return {
    type: 'cookie',
    at: headOf(cookie.entries.size === 0 && node !== undefined ? node : cookie),
    values: 'made',
    ...(name === undefined ? {} : { name }),
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
  };
}
