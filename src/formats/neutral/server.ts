import type { Caveat, HealthCheck, Instances, Locality, PassiveCheck, Server } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { readActiveCheck } from './checks.ts';
import { orElse, readOrigin, unlessZero, withDefaults, type Values } from './values.ts';

/** What every server of a pool has from its pool. */
export interface Inherited {
  readonly activeCheck?: HealthCheck;
  readonly passiveCheck?: PassiveCheck;
  readonly slowStartMs?: Setting<number>;
  /** What the pool's protocol says of TLS towards every server. */
  readonly tls?: Setting<boolean>;
}

/** The kinds of capacity, the one preferred for comparing servers first. */
const UNITS = ['rps', 'connections', 'cpu', 'units'];

/** A server, and what bends the shares because of it. */
export interface ReadServer {
  readonly server: Server;
  readonly caveat?: Caveat;
}

/** The servers of a pool, each under a name of its own. */
export function readServers(
  pool: PNode,
  defaults: PNode | undefined,
  localities: ReadonlyMap<string, Locality>,
  values: Values,
  inherited: Inherited,
): readonly ReadServer[] {
  const nodes = itemsOf(child(pool, 'servers'));
  const unit = commonUnit(nodes.map((node) => withDefaults(node, defaults)('capacity')));
  const taken = new Set<string>();
  /** Where the search for a free number goes on, by name. */
  const numbered = new Map<string, number>();
  return nodes.map((node, i) => {
    const read = readServer(node, i, defaults, values, inherited, unit);
    const server: Server = { ...read, ...readLocality(child(node, 'locality'), localities, values) };
    let name = server.name;
    if (taken.has(name)) {
      let n = numbered.get(server.name) ?? 2;
      while (taken.has((name = `${server.name}#${n}`))) n++;
      numbered.set(server.name, n + 1);
    }
    taken.add(name);
    return { server: { ...server, name }, ...resolves(child(node, 'resolves'), server, values) };
  });
}

const RESOLVES = ['once', 'one', 'all'] as const;

/** A locality that the pool does not list has no weight. */
function readLocality(
  node: PNode | undefined,
  localities: ReadonlyMap<string, Locality>,
  values: Values,
): Pick<Server, 'locality'> {
  const name = values.text(node)?.value;
  if (node === undefined || name === undefined) return {};
  return { locality: localities.get(name) ?? { name, at: headOf(node) } };
}

/** A name stands for as many servers as it has addresses, and the file does not say how many these are. */
function resolves(node: PNode | undefined, { address, name }: Server, values: Values): Pick<ReadServer, 'caveat'> {
  const setting = values.oneOf(node, RESOLVES);
  if (setting === undefined || setting.value === 'one') return {};
  const reason = say`${address ?? name} may have several addresses, and each becomes a server`;
  return { caveat: { at: setting.at, reason, bends: 'some' } };
}

function readServer(
  node: PNode,
  index: number,
  defaults: PNode | undefined,
  values: Values,
  inherited: Inherited,
  unit: string | undefined,
): Server {
  const key = withDefaults(node, defaults);
  const at = serverPlace(node);
  const { address, port: embedded } = splitAddress(values.text(child(node, 'address'))?.value);
  const unix = address?.startsWith('unix:') === true;
  const port = unix
    ? undefined
    : (values.number(key('port')) ?? (embedded === undefined ? undefined : written(embedded, at)));
  const maxConnections = unlessZero(values.number(key('maxConnections')));
  const slowStartMs = values.duration(child(node, 'slowStart'));
  const zone = values.text(child(node, 'zone'));
  const stickyValue = values.text(child(node, 'stickyValue'));
  const id = values.number(child(node, 'id'));
  const hashedAs = values.text(child(node, 'hashedAs'));
  const tls = values.boolean(child(node, 'tls'));
  const proxyHeader = values.boolean(child(node, 'proxyHeader'));
  const resolved = values.oneOf(child(node, 'resolves'), RESOLVES)?.value;
  const identify = itemsOf(child(node, 'identify')).flatMap((item) => values.text(item)?.value ?? []);
  const capacity = key('capacity');
  const options = new Map<string, Setting<string>>();
  if (unit !== undefined && capacity !== undefined) options.set('capacity.unit', written(unit, headOf(capacity)));
  return {
    ...inheritedBy(child(node, 'healthCheck'), inherited, values),
    name: serverName(node, index, values.number(key('port'))?.value),
    address,
    port,
    at,
    weight: orElse(values.number(key('weight')), 1, at),
    priority: readPriority(node, values, at),
    state: orElse(values.oneOf(child(node, 'state'), ['up', 'drain', 'down', 'degraded']), 'up', at),
    instances: readInstances(node, values, at),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    ...(zone === undefined ? {} : { zone }),
    ...(stickyValue === undefined ? {} : { stickyValue }),
    ...(id === undefined ? {} : { id }),
    ...(hashedAs === undefined ? {} : { hashedAs }),
    ...(tls === undefined ? {} : { tls }),
    ...(proxyHeader === undefined ? {} : { proxyHeader }),
    ...(resolved === undefined ? {} : { resolves: resolved }),
    ...(capacity === undefined ? {} : { capacity: readCapacity(capacity, unit, values) }),
    ...(identify.length === 0 ? {} : { identify }),
    ...readOrigin(child(node, 'source'), values),
    options,
  };
}

/** A check of its own takes the place of the pool's; one that is switched off leaves none. */
function inheritedBy(own: PNode | undefined, inherited: Inherited, values: Values): Inherited {
  if (own === undefined) return inherited;
  const { activeCheck: _, ...rest } = inherited;
  const activeCheck = readActiveCheck(own, values);
  return { ...rest, ...(activeCheck === undefined ? {} : { activeCheck }) };
}

/** One server is called as its line says. */
function readInstances(node: PNode, values: Values, at: Span): Instances {
  const count = orElse(values.number(child(node, 'count')), 1, at);
  const word = values.oneOf(child(node, 'named'), ['listed', 'numbered', 'prefix', 'unknown'])?.value;
  return { count, named: word ?? (count.value === 1 ? 'listed' : 'unknown') };
}

function readPriority(node: PNode, values: Values, at: Span): Server['priority'] {
  const priority = values.number(child(node, 'priority'));
  if (priority !== undefined) return priority;
  const tier = values.oneOf(child(node, 'tier'), ['primary', 'backup']);
  if (tier === undefined) return implied(0, at);
  return written(tier.value === undefined ? undefined : tier.value === 'backup' ? 1 : 0, tier.at);
}

/** The line that names the server. */
function serverPlace(node: PNode): Span {
  return headOf(child(node, 'name') ?? child(node, 'address') ?? node);
}

/** The name as written (also when it is a template), else address:port, else the place in the list. */
function serverName(node: PNode, index: number, port: number | undefined): string {
  const name = child(node, 'name') ?? child(node, 'address');
  if (name?.kind !== 'scalar' || typeof name.value !== 'string') return `servers[${index}]`;
  if (child(node, 'name') !== undefined) return name.value;
  const { address, port: embedded } = splitAddress(name.value);
  const number = port ?? embedded;
  if (address === undefined || number === undefined || address.startsWith('unix:')) return name.value;
  return `${address.includes(':') ? `[${address}]` : address}:${number}`;
}

/** Takes an address apart that has brackets or, against the schema's word, a port. */
export function splitAddress(text: string | undefined): { address: string | undefined; port?: number } {
  if (text === undefined || text.startsWith('unix:')) return { address: text };
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  const match = bracketed ?? /^([^:]+):(\d{1,5})$/.exec(text);
  if (match === null) return { address: text };
  return { address: match[1] ?? text, ...(match[2] === undefined ? {} : { port: Number(match[2]) }) };
}

/** The unit in which every server with a capacity states it: other capacities cannot be compared. */
function commonUnit(capacities: readonly (PNode | undefined)[]): string | undefined {
  const stated = capacities.filter((node) => node !== undefined);
  if (stated.length === 0) return undefined;
  return UNITS.find((unit) => stated.every((node) => entriesOf(node).some((entry) => entry.key === unit)));
}

function readCapacity(node: PNode, unit: string | undefined, values: Values): Setting<number> {
  const value = unit === undefined ? undefined : values.number(child(node, unit));
  return value ?? written<number>(undefined, headOf(node));
}
