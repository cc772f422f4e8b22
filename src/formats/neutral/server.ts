import type { HealthCheck, PassiveCheck, Server } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { orElse, readOrigin, unlessZero, withDefaults, type Values } from './values.ts';

/** What every server of a pool has from its pool. */
export interface Inherited {
  readonly activeCheck?: HealthCheck;
  readonly passiveCheck?: PassiveCheck;
  readonly slowStartMs?: Setting<number>;
}

/** The kinds of capacity, the one preferred for comparing servers first. */
const UNITS = ['rps', 'connections', 'cpu', 'units'];

/** The servers of a pool, each under a name of its own. */
export function readServers(
  pool: PNode,
  defaults: PNode | undefined,
  values: Values,
  inherited: Inherited,
): readonly Server[] {
  const nodes = itemsOf(child(pool, 'servers'));
  const unit = commonUnit(nodes.map((node) => withDefaults(node, defaults)('capacity')));
  const taken = new Set<string>();
  /** Where the search for a free number goes on, by name. */
  const numbered = new Map<string, number>();
  return nodes.map((node, i) => {
    const server = readServer(node, i, defaults, values, inherited, unit);
    let name = server.name;
    if (taken.has(name)) {
      let n = numbered.get(server.name) ?? 2;
      while (taken.has((name = `${server.name}#${n}`))) n++;
      numbered.set(server.name, n + 1);
    }
    taken.add(name);
    return { ...server, name };
  });
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
  const identify = itemsOf(child(node, 'identify')).flatMap((item) => values.text(item)?.value ?? []);
  const capacity = key('capacity');
  const options = new Map<string, Setting<string>>();
  if (unit !== undefined && capacity !== undefined) options.set('capacity.unit', written(unit, headOf(capacity)));
  return {
    ...inherited,
    name: serverName(node, index, values.number(key('port'))?.value),
    address,
    port,
    at,
    weight: orElse(values.number(key('weight')), 1, at),
    priority: readPriority(node, values, at),
    state: orElse(values.oneOf(child(node, 'state'), ['up', 'drain', 'down']), 'up', at),
    instances: { count: orElse(values.number(child(node, 'count')), 1, at), named: 'unknown' },
    ...(maxConnections === undefined ? {} : { maxConnections }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    ...(zone === undefined ? {} : { zone }),
    ...(capacity === undefined ? {} : { capacity: readCapacity(capacity, unit, values) }),
    ...(identify.length === 0 ? {} : { identify }),
    ...readOrigin(child(node, 'source'), values),
    options,
  };
}

function readPriority(node: PNode, values: Values, at: Span): Server['priority'] {
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
