import type { Problem } from '../../../model/config.ts';
import { NO_OPTIONS } from '../../../model/pool.ts';
import type { Setting, Span } from '../../../model/span.ts';
import type { Text } from '../../../model/text.ts';
import { entriesOf, headOf, type PEntry, type PMap, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { faultsOf } from '../faults.ts';
import { SPACES, type Space } from '../found.ts';
import { at, entryOf, rawAt, withoutProvider } from '../nodes.ts';
import { settingsOf } from '../settings.ts';
import type { Container, Provider } from './container.ts';
import { treeOf } from './tree.ts';

/** What a container says of one router, service or other thing with a name. */
export interface Part {
  readonly name: string;
  readonly container: Container;
  /** Its place, and its tree as the file provider would have it. */
  readonly entry: PEntry;
  /** What has to be equal on every container that has it. */
  readonly settings: ReadonlyMap<string, Setting<string>>;
}

/** The one server that a container adds to a service. */
export interface ServicePart extends Part {
  readonly server: PMap;
  /** `server.port` as it is written. */
  readonly port?: PNode;
  /** Its address is written, not that of the container. */
  readonly hasOwnUrl: boolean;
}

export interface RouterPart extends Part {
  /** The service that it leads to; undefined = it cannot choose one, and Traefik drops it. */
  readonly service: string | undefined;
  /** It gets the only service that its container has. */
  readonly isLinked: boolean;
  /** The service that it names, where its container defines services: the name has to be among those of all containers. */
  readonly wants?: { readonly name: string; readonly at: Span };
}

/** What the labels of one container give in one space of names. */
export interface Parts {
  readonly services: readonly ServicePart[];
  readonly routers: readonly RouterPart[];
  readonly middlewares: readonly Part[];
  readonly transports: readonly Part[];
}

/** What a container's labels give; undefined where Traefik ignores all of them, with the problem that says why. */
export function partsOf(
  container: Container,
  provider: Provider,
  problems: Problem[],
): ReadonlyMap<Space, Parts> | undefined {
  if (!isTaken(container, provider, problems)) return undefined;
  const root = treeOf(container.labels.values(), container.at);
  const drafts = SPACES.map((space) => [space, servicesOf(root, space, container)] as const);
  const faults = [...decodeFaults(root, drafts), ...drafts.flatMap(([, services]) => services.flatMap(withoutServers))];
  problems.push(...faults.map((fault) => ({ ...fault, why: ignoredWhy(container) })));
  if (faults.length > 0) return undefined;
  const isBare = SPACES.every((space) => at(root, space) === undefined);
  return new Map(
    drafts.map(([space, services]) => {
      const routers = routersOf(root, space, services, { container, provider, isBare, problems });
      const linked = services.length === 0 && routers.some(({ isLinked }) => isLinked);
      return [
        space,
        {
          services: linked ? [defaultService(container, space)] : services,
          routers,
          middlewares: plainParts(at(root, space, 'middlewares'), container),
          transports: plainParts(at(root, space, 'serversTransports'), container),
        },
      ];
    }),
  );
}

function ignoredWhy({ name }: Container): Text {
  return say`Traefik ignores every label of ${name}: its routers answer 404, and the others lose its server.`;
}

/** `traefik.enable`, or what Traefik does without it. */
function isTaken({ labels, name }: Container, { exposedByDefault }: Provider, problems: Problem[]): boolean {
  const enable = labels.get('traefik.enable');
  if (enable?.computed === true) return true;
  if (enable !== undefined) return /^(?:true|1|t)$/i.test(enable.value);
  const first = [...labels.values()].find(({ key }) => /^traefik\.(?:http|tcp|udp)\./i.test(key));
  if (exposedByDefault !== false) return first !== undefined || exposedByDefault === true;
  if (first !== undefined)
    problems.push({
      rule: 'config-unparsable',
      at: first.keyAt,
      what: say`${name} has labels for Traefik and is not enabled.`,
      why: say`Traefik runs with ${'exposedbydefault=false'}: it ignores containers without ${'traefik.enable=true'}.`,
      fix: say`Add the label ${'traefik.enable=true'} to ${name}.`,
    });
  return false;
}

/** Services by labels, their server in the form that the file provider has. */
function servicesOf(root: PMap, space: Space, container: Container): ServicePart[] {
  return entriesOf(at(root, space, 'services')).map((entry) => {
    const given = entryOf(entry.value, 'loadBalancer');
    const body = entriesOf(given?.value).filter(({ key }) => key.toLowerCase() !== 'server');
    const server = entryOf(given?.value, 'server');
    const port = at(server?.value, 'port');
    const servers = serverOf(server?.value, space, container, server?.keyAt ?? entry.keyAt);
    return {
      name: entry.key,
      container,
      entry: given === undefined ? entry : { ...entry, value: serviceNode(entry.value, given, body, [servers]) },
      settings: given === undefined ? NO_OPTIONS : settingsOf(given.value, '', ['server']),
      server: servers,
      hasOwnUrl: at(server?.value, 'url') !== undefined,
      ...(port === undefined ? {} : { port }),
    };
  });
}

function defaultService(container: Container, space: Space): ServicePart {
  const server = serverOf(undefined, space, container, container.at);
  const at = container.at;
  const body: PEntry = { key: 'loadBalancer', keyAt: at, value: mapOf(at, []) };
  const entry: PEntry = { key: container.name, keyAt: at, value: mapOf(at, [body]) };
  return {
    name: container.name,
    container,
    entry: { ...entry, value: serviceNode(entry.value, body, [], [server]) },
    settings: NO_OPTIONS,
    server,
    hasOwnUrl: false,
  };
}

/** A service as the file provider has it. */
export function serviceNode(node: PNode, given: PEntry, body: readonly PEntry[], servers: readonly PMap[]): PMap {
  const list: PEntry = { key: 'servers', keyAt: given.keyAt, value: { kind: 'seq', at: given.keyAt, items: servers } };
  return mapOf(node.at, [
    ...entriesOf(node).filter(({ key }) => key !== given.key),
    { ...given, value: mapOf(given.value.at, [...body, list]) },
  ]);
}

/** `server.port` and `server.scheme` make the address; a container without a port has the lowest one that its image exposes. */
function serverOf(node: PNode | undefined, space: Space, container: Container, place: Span): PMap {
  const port = entryOf(node, 'port');
  const url = entryOf(node, 'url');
  const portText = rawAt(port?.value);
  const address = `${container.name}${portText === undefined ? '' : `:${portText}`}`;
  const computed = port?.value.kind === 'scalar' && port.value.computed;
  const span = port === undefined ? place : headOf(port.value);
  const scheme = rawAt(at(node, 'scheme')) ?? 'http';
  const key = space === 'http' ? 'url' : 'address';
  const made: PEntry = {
    key,
    keyAt: port?.keyAt ?? place,
    value: { kind: 'scalar', at: span, value: space === 'http' ? `${scheme}://${address}` : address, computed },
  };
  const rest = entriesOf(node).filter(({ key: name }) => !/^(?:port|scheme|url)$/i.test(name));
  return mapOf(node?.at ?? place, [url ?? made, ...rest]);
}

export function mapOf(at: Span, entries: readonly PEntry[]): PMap {
  return { kind: 'map', at, entries: new Map(entries.map((entry) => [entry.key, entry])) };
}

/** What keeps Traefik from decoding the labels of a container. */
function decodeFaults(root: PMap, drafts: readonly (readonly [Space, readonly ServicePart[]])[]): Problem[] {
  const spaces = entriesOf(root).map((space): PEntry => {
    const services = drafts.find(([name]) => name === space.key.toLowerCase())?.[1] ?? [];
    const rest = entriesOf(space.value).filter(({ key }) => key.toLowerCase() !== 'services');
    if (services.length === 0 || space.value.kind !== 'map') return space;
    const map = mapOf(
      space.value.at,
      services.map(({ entry }) => entry),
    );
    const list: PEntry = { key: 'services', keyAt: space.keyAt, value: map };
    return { ...space, value: mapOf(space.value.at, [...rest, list]) };
  });
  return faultsOf(mapOf(root.at, spaces));
}

/** Services over services cannot be made of labels. */
function withoutServers({ name, entry }: ServicePart): Problem[] {
  if (entryOf(entry.value, 'loadBalancer') !== undefined) return [];
  const [kind = entry] = entriesOf(entry.value);
  return [
    {
      rule: 'config-unparsable',
      at: kind.keyAt,
      what: say`The service ${name} has no ${'loadbalancer'}.`,
      why: say`Labels can only define services with servers.`,
      fix: say`Move ${name} to a file of the file provider, with ${'@docker'} after the names of its services.`,
    },
  ];
}

interface Around {
  readonly container: Container;
  readonly provider: Provider;
  /** No label defines anything: Traefik makes a router and a service of its own. */
  readonly isBare: boolean;
  readonly problems: Problem[];
}

function routersOf(root: PMap, space: Space, services: readonly ServicePart[], around: Around): RouterPart[] {
  const { container, isBare } = around;
  const written = entriesOf(at(root, space, 'routers'));
  const makesOwn = space === 'http' && written.length === 0 && (isBare || services.length === 1);
  const own: PEntry = { key: container.name, keyAt: container.at, value: mapOf(container.at, []) };
  return (makesOwn ? [own] : written).map((entry) => routerOf(entry, space, services, around));
}

function routerOf(
  entry: PEntry,
  space: Space,
  services: readonly ServicePart[],
  { container, provider, problems }: Around,
): RouterPart {
  const { key: name, keyAt, value } = entry;
  const written = at(value, 'service');
  const given = withoutProvider(rawAt(written) ?? '', 'docker');
  const [only, another] = services;
  const linked = another === undefined ? (only?.name ?? container.name) : undefined;
  const service = given === '' ? linked : given;
  if (service === undefined)
    problems.push({
      rule: 'config-unparsable',
      at: keyAt,
      what: say`The router ${name} cannot choose between the services of ${container.name}: ${services.map((one) => one.name).join(', ')}.`,
      why: say`Traefik drops the router, and answers its requests with 404.`,
      fix: say`Add the label ${`traefik.${space}.routers.${name}.service=${only?.name ?? ''}`}.`,
    });
  const isOwn = given !== '' && written?.kind === 'scalar' && !written.computed && only !== undefined;
  return {
    name,
    container,
    entry: { ...entry, value: withDefaults(value, keyAt, service, space, container, provider) },
    settings: settingsOf(value, '', ['service']),
    service,
    isLinked: given === '',
    ...(isOwn ? { wants: { name: given, at: written.at } } : {}),
  };
}

/** A router with the service that it gets, and with the rule that it gets where it has none. */
function withDefaults(
  node: PNode,
  keyAt: Span,
  service: string | undefined,
  space: Space,
  { name }: Container,
  { defaultRule }: Provider,
): PMap {
  const scalar = (key: string, value: string, computed: boolean): PEntry => ({
    key,
    keyAt,
    value: { kind: 'scalar', at: keyAt, value, computed },
  });
  const isAsked = space !== 'http' || rawAt(at(node, 'rule')) !== undefined;
  const rule =
    defaultRule !== undefined && !defaultRule.includes('{{') ? scalar('rule', defaultRule, false) : undefined;
  return mapOf(node.at, [
    ...entriesOf(node),
    ...(isAsked ? [] : [rule ?? scalar('rule', `the default rule of ${name}`, true)]),
    ...(service === undefined || at(node, 'service') !== undefined ? [] : [scalar('service', service, false)]),
  ]);
}

function plainParts(node: PNode | undefined, container: Container): Part[] {
  return entriesOf(node).map((entry) => ({
    name: entry.key,
    container,
    entry,
    settings: settingsOf(entry.value, ''),
  }));
}
