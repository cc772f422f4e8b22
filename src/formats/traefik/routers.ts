import type { RouteKey } from '../../model/keys.ts';
import type { Problem } from '../../model/config.ts';
import type { Condition, Match, Reference, Route, Target } from '../../model/route.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { appendTo } from '../../text/append.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import type { Found, Provider, Service, Space } from './found.ts';
import { at, nameAt, numberAt, rawAt } from './nodes.ts';
import { conditionsOf } from './rule-text.ts';
import { scopeOf, targetOf } from './services.ts';
import { settingsOf } from './settings.ts';

interface Router {
  readonly points: readonly string[];
  readonly tls: boolean;
  readonly priority: number;
  readonly matches: readonly Match[];
}

/** The entry points of a router that names none. */
const EVERY = '*';

/**
 * Routers by the entry points that they listen on, in the order in which Traefik asks them: the highest priority first, which is the
 * length of the rule where none is written. A tie is decided by chance at each start; here the file's order stands for it.
 * A router with `tls` answers TLS alone, and one without it plain requests alone.
 */
export function readRouters(root: PNode, space: Space, services: ReadonlyMap<string, Service>, found: Found): void {
  const routers = entriesOf(at(root, space, 'routers')).flatMap(({ key, keyAt, value }) =>
    readRouter(key, keyAt, value, root, space, services, found),
  );
  const routes = new Map(found.routes.map((route) => [route.key, route]));
  const byPoints = new Map<string, Router[]>();
  for (const router of routers) appendTo(byPoints, nameOf(space, router.points, router.tls), router);
  for (const [name, own] of byPoints) {
    const sorted = own.toSorted((a, b) => b.priority - a.priority).flatMap(({ matches }) => matches);
    const [first] = own;
    const place = first?.matches[0]?.at;
    if (first === undefined || place === undefined) continue;
    const points = first.points.length === 0 ? [EVERY] : first.points;
    found.entries.push({
      key: `${scopeOf(found, space)}\0${name}`,
      name,
      at: place,
      listens: points.map((address) => ({ address, at: place, ...(first.tls ? { tls: true } : {}) })),
      hosts: [],
      matches: sorted,
      settings: new Map(),
    });
    for (const match of sorted) addReferences(match, name, space, routes, found);
  }
}

function nameOf(space: Space, points: readonly string[], tls: boolean): string {
  return `${space} routers on ${points.length === 0 ? 'all entry points' : points.join(', ')}${tls ? ' with TLS' : ''}`;
}

function readRouter(
  name: string,
  keyAt: Span,
  node: PNode,
  root: PNode,
  space: Space,
  services: ReadonlyMap<string, Service>,
  found: Found,
): Router[] {
  const rule = at(node, 'rule');
  const text = rawAt(rule) ?? '';
  const priority = numberAt(at(node, 'priority'));
  const conditions = readConditions(name, keyAt, node, space, found);
  if (!found.sharesNames) checkNames(name, node, root, space, found);
  if (conditions === undefined) return [];
  const to: Target = found.dropped.has(node)
    ? { kind: 'answer', status: 404 }
    : serviceTarget(name, at(node, 'service'), keyAt, space, services, found);
  const changes = new Map([
    ...changesOf(node, root, space, found.provider),
    ...targetSettings(node, services, found.provider),
  ]);
  return [
    {
      points: itemsOf(at(node, 'entryPoints'))
        .flatMap((item) => rawAt(item) ?? [])
        .toSorted((a, b) => (a < b ? -1 : 1)),
      // `tls: {}` switches it on as well.
      tls: at(node, 'tls') !== undefined,
      priority: isDropped(to)
        ? -Infinity
        : priority?.value === undefined || priority.value === 0
          ? text.length
          : priority.value,
      matches: conditions.map((when) => ({
        at: keyAt,
        to,
        ...(when === undefined ? {} : { when }),
        ...(changes.size === 0 ? {} : { changes }),
      })),
    },
  ];
}

/** Traefik does not ask a router that it drops: its requests get 404 where no other router takes them. */
function isDropped(to: Target): boolean {
  return to.kind === 'answer' && to.status === 404;
}

/** The conditions of a router, any of which is enough; undefined where Traefik drops it for its rule. */
function readConditions(
  name: string,
  keyAt: Span,
  node: PNode,
  space: Space,
  found: Found,
): readonly (Condition | undefined)[] | undefined {
  if (space === 'udp') return [undefined];
  const rule = at(node, 'rule');
  const text = rawAt(rule) ?? '';
  const place = rule === undefined ? keyAt : headOf(rule);
  const syntax = rawAt(at(node, 'ruleSyntax'));
  const isOpaque = (rule?.kind === 'scalar' && rule.computed) || (syntax !== undefined && syntax !== 'v3');
  if (isOpaque) return [{ text, at: place }];
  // A child of other routers takes what they give it.
  if (text === '' && at(node, 'parentRefs') !== undefined) return [undefined];
  const conditions = conditionsOf(text, place);
  if (conditions === undefined)
    found.problems.push(
      dropped(
        place,
        text.trim() === '' ? say`The router ${name} has no rule.` : say`The rule ${text} of ${name} is invalid.`,
        say`Set a rule such as ${'Host(`shop.example`)'}.`,
      ),
    );
  return conditions;
}

/** Middlewares and parents that a router names have to be in the file; those of other providers cannot be known. */
function checkNames(name: string, node: PNode, root: PNode, space: Space, found: Found): void {
  for (const [key, where] of [
    ['middlewares', 'middlewares'],
    ['parentRefs', 'routers'],
  ] as const)
    for (const item of itemsOf(at(node, key))) {
      const wanted = nameAt(item, found.provider);
      const isOpen = wanted === undefined || wanted.includes('@') || (item.kind === 'scalar' && item.computed);
      if (isOpen || at(root, space, where, wanted) !== undefined) continue;
      found.problems.push(
        dropped(
          headOf(item),
          say`${wanted} in ${key} of ${name} is not defined.`,
          say`Add ${wanted} below ${`${space}.${where}`}, or remove its name.`,
        ),
      );
    }
}

function dropped(place: Span, what: Text, fix: Text): Problem {
  return {
    rule: 'config-unparsable',
    at: place,
    what,
    why: say`Traefik drops the router, and answers its requests with 404.`,
    fix,
  };
}

/** Everything else that is written of a router, with what its middlewares and TLS options do. */
function changesOf(node: PNode, root: PNode, space: Space, provider: Provider): ReadonlyMap<string, Setting<string>> {
  const own = settingsOf(node, '', ['entryPoints', 'rule', 'service', 'tls', 'observability']);
  const options = nameAt(at(node, 'tls', 'options'), provider) ?? 'default';
  return new Map([
    ...own,
    ...settingsOf(at(node, 'tls'), 'tls.'),
    ...(at(node, 'tls') === undefined
      ? []
      : settingsOf(at(root, 'tls', 'options', options), `tls.options.${options}.`)),
    ...[...middlewaresOf(node, root, space, provider)].flatMap((name) => [
      ...settingsOf(at(root, space, 'middlewares', name), `middlewares.${name}.`),
    ]),
  ]);
}

/** The middlewares of a router, with those that their chains name. */
function middlewaresOf(router: PNode, root: PNode, space: Space, provider: Provider): ReadonlySet<string> {
  const namesIn = (list: PNode | undefined): string[] => itemsOf(list).flatMap((item) => nameAt(item, provider) ?? []);
  const used = new Set(namesIn(at(router, 'middlewares')));
  // A set goes on to what is added to it meanwhile.
  for (const name of used)
    for (const other of namesIn(at(root, space, 'middlewares', name, 'chain', 'middlewares'))) used.add(other);
  return used;
}

/** What a service over services says beside its children; it has no options of its own. */
function targetSettings(
  node: PNode,
  services: ReadonlyMap<string, Service>,
  provider: Provider,
): ReadonlyMap<string, Setting<string>> {
  const name = nameAt(at(node, 'service'), provider) ?? '';
  const service = services.get(name);
  if (service === undefined || service.kind === 'loadBalancer' || service.kind === 'broken') return new Map();
  const { kind, body } = service;
  return new Map([
    ...settingsOf(body, `${kind}.`, ['services', 'service', 'fallback', 'mirrors', 'sticky', 'healthCheck']),
    ...settingsOf(at(body, 'sticky', 'cookie'), `${kind}.sticky.cookie.`, ['name', 'maxAge']),
  ]);
}

function serviceTarget(
  router: string,
  service: PNode | undefined,
  place: Match['at'],
  space: Space,
  services: ReadonlyMap<string, Service>,
  found: Found,
): Target {
  const name = rawAt(service);
  if (service === undefined || name === undefined || name === '') {
    found.problems.push({
      rule: 'config-unparsable',
      at: place,
      what: say`The router ${router} has no service.`,
      why: say`Traefik drops it, and answers its requests with 404.`,
      fix: say`Add ${'service'} with the name of a service.`,
    });
    return { kind: 'answer', status: 404 };
  }
  if (service.kind === 'scalar' && service.computed)
    return { kind: 'unknown', why: say`the service of ${router} is filled in by a template` };
  return targetOf(name, headOf(service), services, space, found);
}

/** The router's service, and every pool that a service over services reaches. */
function addReferences(
  { at: place, to, when }: Match,
  from: string,
  space: Space,
  routes: ReadonlyMap<RouteKey, Route>,
  found: Found,
): void {
  const base = {
    kind: 'router',
    at: place,
    from,
    protocol: space,
    timeouts: {},
    options: new Map<string, never>(),
    ...(when === undefined ? {} : { when: when.text }),
  } satisfies Omit<Reference, 'pool'>;
  if (to.kind === 'pool') found.references.push({ ...base, pool: to.name });
  else for (const pool of poolsBehind(to, routes)) found.references.push({ ...base, pool, isPart: true });
}

/** In depth, each route once. Without recursion: a chain may be as long as the file. */
function poolsBehind(start: Target, routes: ReadonlyMap<RouteKey, Route>): string[] {
  const pools: string[] = [];
  const seen = new Set<RouteKey>();
  const open = [start];
  for (let target = open.pop(); target !== undefined; target = open.pop()) {
    if (target.kind === 'pool') pools.push(target.name);
    if (target.kind !== 'route' || seen.has(target.route)) continue;
    seen.add(target.route);
    const branches = routes.get(target.route)?.to.toReversed() ?? [];
    for (const { to, role } of branches) if (role !== 'copy') open.push(to);
  }
  return pools;
}
