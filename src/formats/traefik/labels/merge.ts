import type { Problem } from '../../../model/config.ts';
import { appendTo } from '../../../text/append.ts';
import { entriesOf, itemsOf, type PEntry, type PMap, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { SPACES, type Space } from '../found.ts';
import { at, entryOf, nameAt, rawAt } from '../nodes.ts';
import { conflictsOf } from './conflicts.ts';
import { mapOf, serviceNode, type Part, type Parts, type RouterPart, type ServicePart } from './parts.ts';

/** The containers of a project together, as one tree of dynamic configuration. */
export interface Merged {
  readonly root: PMap;
  /** Routers and services that Traefik drops: their requests get 404. */
  readonly dropped: ReadonlySet<PNode>;
  /** What stands behind the servers of each service, in their order, by the service's tree. */
  readonly members: ReadonlyMap<PNode, readonly ServicePart[]>;
}

/**
 * What Traefik makes of the labels of several containers: one service gets a server from each, and what has one name has to be equal on
 * all of them, or it is dropped.
 */
export function merge(containers: readonly ReadonlyMap<Space, Parts>[], root: PNode, problems: Problem[]): Merged {
  const dropped = new Set<PNode>();
  const members = new Map<PNode, readonly ServicePart[]>();
  const mapFor = (key: string, entries: readonly PEntry[]): PEntry[] =>
    entries.length === 0 ? [] : [{ key, keyAt: root.at, value: mapOf(root.at, entries) }];
  const spaces = SPACES.flatMap((space) => {
    const all = containers.flatMap((parts) => parts.get(space) ?? []);
    const torn = (parts: readonly Part[], kind: 'service' | 'router' | 'middleware' | 'transport'): boolean => {
      const conflicts = conflictsOf(parts, kind, space);
      problems.push(...conflicts);
      return conflicts.length > 0;
    };
    const middlewares = byName(all.flatMap((parts) => parts.middlewares));
    const transports = byName(all.flatMap((parts) => parts.transports));
    const tornMiddlewares = namesOf(middlewares.filter((parts) => torn(parts, 'middleware')));
    const tornTransports = namesOf(transports.filter((parts) => torn(parts, 'transport')));
    const services = byName(all.flatMap((parts) => parts.services)).map((parts) => {
      const [entry, servers] = merged(parts);
      members.set(entry.value, servers);
      const transport = nameAt(at(entry.value, 'loadBalancer', 'serversTransport'), 'docker');
      if (torn(parts, 'service') || (transport !== undefined && tornTransports.has(transport)))
        dropped.add(entry.value);
      return entry;
    });
    const names = new Set(services.map(({ key }) => key));
    const routers = byName(all.flatMap((parts) => parts.routers)).map((parts) => {
      // A container whose router cannot choose a service is one that does not have the router.
      const linked = parts.filter(({ service }) => service !== undefined);
      const { entry } = linked[0] ?? parts[0];
      const faults = linked.flatMap((part) => missing(part, names, space));
      problems.push(...faults);
      const used = itemsOf(at(entry.value, 'middlewares')).map((item) => nameAt(item, 'docker') ?? '');
      if (
        torn(linked, 'router') ||
        linked.length === 0 ||
        faults.length > 0 ||
        used.some((one) => tornMiddlewares.has(one))
      )
        dropped.add(entry.value);
      return entry;
    });
    return mapFor(space, [
      ...mapFor('services', services),
      ...mapFor('routers', routers),
      ...mapFor(
        'middlewares',
        middlewares.map(([{ entry }]) => entry),
      ),
      ...mapFor(
        'serversTransports',
        transports.map(([{ entry }]) => entry),
      ),
    ]);
  });
  return { root: mapOf(root.at, spaces), dropped, members };
}

function namesOf(named: readonly Named<Part>[]): ReadonlySet<string> {
  return new Set(named.map(([{ name }]) => name));
}

type Named<T> = readonly [T, ...T[]];

function byName<T extends Part>(parts: readonly T[]): readonly Named<T>[] {
  const named = new Map<string, T[]>();
  for (const part of parts) appendTo(named, part.name, part);
  return [...named.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}

/** The settings of the first container with the servers of all; a URL that two of them write counts once. */
function merged(parts: Named<ServicePart>): readonly [PEntry, readonly ServicePart[]] {
  const [{ entry }] = parts;
  const given = entryOf(entry.value, 'loadBalancer');
  const byUrl = new Map(parts.map((part) => [part.hasOwnUrl ? rawAt(at(part.server, 'url')) : part, part] as const));
  const servers = [...byUrl.values()];
  if (given === undefined) return [entry, servers];
  const body = entriesOf(given.value).filter(({ key }) => key !== 'servers');
  const node = serviceNode(
    entry.value,
    given,
    body,
    servers.map(({ server }) => server),
  );
  return [{ ...entry, value: node }, servers];
}

/** A router whose own container defines services, and not the one that it names. */
function missing({ name, wants, container }: RouterPart, names: ReadonlySet<string>, space: Space): Problem[] {
  if (wants === undefined || wants.name.includes('@') || names.has(wants.name)) return [];
  return [
    {
      rule: 'config-unparsable',
      at: wants.at,
      what: say`The router ${name} of ${container.name} names the service ${wants.name}, which no container defines.`,
      why: say`Traefik answers the requests of the router with 404.`,
      fix: say`Set the name of a service that labels ${`traefik.${space}.services`} define.`,
    },
  ];
}
