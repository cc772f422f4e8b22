import { nameOfKey } from '../../model/keys.ts';
import { nameOfTarget, type Entry, type Match, type Reference, type Route, type Target } from '../../model/route.ts';
import { written, type Setting } from '../../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import type { Found, Service, Space } from './found.ts';
import { at, numberAt, rawAt, textAt } from './nodes.ts';
import { scopeOf, targetOf } from './services.ts';

interface Router {
  readonly name: string;
  readonly points: string;
  readonly priority: number;
  readonly match: Match;
}

/**
 * Routers by the entry points that they listen on, in the order in which Traefik asks them: the highest priority first, which is the
 * length of the rule where none is written. A tie is decided by chance at each start; here the file's order stands for it.
 */
export function readRouters(root: PNode, space: Space, services: ReadonlyMap<string, Service>, found: Found): void {
  const routers = entriesOf(at(root, space, 'routers')).flatMap(({ key, keyAt, value }) =>
    readRouter(key, keyAt, value, space, services, found),
  );
  const byPoints = new Map<string, Router[]>();
  for (const router of routers) {
    const list = byPoints.get(router.points);
    if (list) list.push(router);
    else byPoints.set(router.points, [router]);
  }
  for (const [points, own] of byPoints) {
    const sorted = own.toSorted((a, b) => b.priority - a.priority);
    const [first] = own;
    if (first === undefined) continue;
    const name = `${space} routers on ${points}`;
    const entry: Entry = {
      key: `${scopeOf(found, space)}\0${name}`,
      name,
      at: first.match.at,
      listens: points
        .split(', ')
        .filter((point) => point !== ALL)
        .map((address) => ({ address, at: first.match.at })),
      hosts: [],
      matches: sorted.map(({ match }) => match),
      settings: new Map(),
    };
    found.entries.push(entry);
    for (const { match } of sorted) addReferences(match, name, space, found);
  }
}

const ALL = 'all entry points';

function readRouter(
  name: string,
  keyAt: Match['at'],
  node: PNode,
  space: Space,
  services: ReadonlyMap<string, Service>,
  found: Found,
): Router[] {
  const service = at(node, 'service');
  const rule = textAt(at(node, 'rule'));
  const points = itemsOf(at(node, 'entryPoints')).flatMap((item) => rawAt(item) ?? []);
  const priority = numberAt(at(node, 'priority'));
  const middlewares = itemsOf(at(node, 'middlewares')).flatMap((item) => rawAt(item) ?? []);
  const text = rule?.value ?? rawAt(at(node, 'rule')) ?? '';
  const changes = new Map<string, Setting<string>>();
  if (middlewares.length > 0)
    changes.set('middlewares', written(middlewares.join(', '), headOf(at(node, 'middlewares') ?? node)));
  if (priority !== undefined)
    changes.set('priority', { ...priority, value: priority.value === undefined ? undefined : String(priority.value) });
  const match: Match = {
    at: keyAt,
    to: serviceTarget(name, service, keyAt, space, services, found),
    ...(space === 'udp' || isCatchAll(text) ? {} : { when: { text, at: rule?.at ?? keyAt } }),
    ...(changes.size === 0 ? {} : { changes }),
  };
  return [
    {
      name,
      points: points.length === 0 ? ALL : points.toSorted((a, b) => (a < b ? -1 : 1)).join(', '),
      priority: priority?.value === undefined || priority.value === 0 ? text.length : priority.value,
      match,
    },
  ];
}

/** A rule that every request matches. */
function isCatchAll(rule: string): boolean {
  return /^\s*(?:PathPrefix\(`\/`\)|HostSNI\(`\*`\))\s*$/.test(rule);
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
function addReferences({ at: place, to, when }: Match, from: string, space: Space, found: Found): void {
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
  if (to.kind !== 'route') return;
  for (const pool of poolsBehind(to.name, found.routes, new Set()))
    found.references.push({ ...base, pool, isPart: true });
}

function poolsBehind(name: string, routes: readonly Route[], seen: Set<string>): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const route = routes.find(({ key }) => nameOfKey(key) === name);
  return (route?.to ?? []).flatMap(({ to, role }) => {
    if (role === 'copy') return [];
    return to.kind === 'pool' ? [to.name] : to.kind === 'route' ? poolsBehind(nameOfTarget(to), routes, seen) : [];
  });
}
