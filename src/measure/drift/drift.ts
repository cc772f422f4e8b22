import type { Config } from '../../model/config.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { LoadedPool, LoadedServer, LoadedState } from '../../model/loaded.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { count, list, say } from '../../text/say.ts';
import type { NamedRevision } from '../candidates.ts';
import { placeOf, type Drift, type DriftKind } from './kinds.ts';
import { runtimeDrifts } from './runtime.ts';
import { expectedServers, type FileServer } from './file-servers.ts';

export interface DriftResult {
  readonly drifts: readonly Drift[];
  readonly notes: readonly Text[];
  /** Servers of the file that were compared. */
  readonly servers: number;
}

/** What differs between a file and what the loaded file gave; the run-time state of a server apart. */
interface Difference {
  readonly kind: Exclude<DriftKind, 'forgotten-reload'>;
  readonly server?: string;
  readonly at: Span;
  readonly row: string;
  readonly what: Text;
}

/**
 * Compares what is loaded with the files, pool by pool. What the loaded file itself must have said otherwise is a forgotten
 * reload where an earlier revision says just that; what was changed since it was loaded is named as that. Pure.
 */
export function driftOf(loaded: LoadedState, head: readonly Config[], earlier: readonly NamedRevision[]): DriftResult {
  const pools = head.flatMap((config) => config.pools).filter((pool) => pool.servers.length > 0);
  const byName = new Map(loaded.pools.map((pool) => [pool.name, pool]));
  const drifts: Drift[] = [];
  let servers = 0;
  for (const pool of pools) {
    const files = expectedServers(pool);
    servers += files.length;
    const now = byName.get(pool.name);
    const differences = now === undefined ? missingPool(pool) : differencesOf(pool, files, now);
    drifts.push(...explained(pool, differences, now, earlier));
    if (now !== undefined) drifts.push(...runtimeDrifts(pool, files, now));
  }
  const notes = [...partly(head), ...unread(pools, byName), ...others(pools, loaded)];
  return { drifts, notes, servers };
}

/** A pool that is switched off as a whole is not shown. */
function missingPool(pool: Pool): readonly Difference[] {
  if (pool.servers.every(({ state }) => state.value === 'down')) return [];
  return [{ kind: 'pool-missing', at: pool.at, row: pool.name, what: say`${pool.name} is not loaded` }];
}

/** What the loaded file must have said otherwise than this one. */
function differencesOf(pool: Pool, files: readonly FileServer[], loaded: LoadedPool): readonly Difference[] {
  const rows = new Map(loaded.servers.map((server) => [server.name, server]));
  const names = new Set(files.map(({ name }) => name));
  const all =
    files.every(({ name }) => !isComputed(name)) &&
    pool.servers.every(({ instances }) => instances.count.value !== undefined);
  const found: Difference[] = [];
  for (const file of files) {
    const row = rows.get(file.name);
    if (row === undefined) {
      // Whether a conditional line is in use, and what a computed name is, only the balancer knows.
      if (pool.dynamic || file.server.state.value === undefined || isComputed(file.name)) continue;
      const what = say`${file.name} is not loaded`;
      found.push({ kind: 'server-missing', server: file.name, at: file.server.at, row: loaded.name, what });
    } else found.push(...serverDifferences(file, row));
  }
  for (const row of loaded.servers.filter(({ name }) => all && !names.has(name))) {
    const what = say`${row.row} is loaded and the file does not list it`;
    found.push({ kind: 'server-added', server: row.name, at: pool.at, row: row.row, what });
  }
  return found;
}

/** Made of variables or template tags. */
function isComputed(name: string): boolean {
  return /["'$%{}<>]/.test(name);
}

function serverDifferences({ name, server }: FileServer, row: LoadedServer): Difference[] {
  const found: Difference[] = [];
  const about = { server: name, row: row.row };
  const weight = server.weight.value;
  const fileWeight = row.fileWeight ?? (row.agent ? undefined : row.weight);
  if (weight !== undefined && fileWeight !== undefined && weight !== fileWeight) {
    const what = say`weight ${fileWeight} is loaded for ${row.row}, the file has ${weight}`;
    const kind = row.fileWeight === undefined ? 'runtime-weight' : 'loaded-differs';
    found.push({ ...about, kind, at: placeOf(server.weight, server), what });
  }
  const place = addressDifference(server, row);
  if (place !== undefined) found.push({ ...about, kind: 'address-changed', at: server.at, what: place });
  const disabled = server.state.value === undefined ? undefined : server.state.value === 'down';
  if (row.disabledInFile !== undefined && disabled !== undefined && disabled !== row.disabledInFile) {
    const what = disabled
      ? say`${row.row} was loaded enabled, the file has it disabled`
      : say`${row.row} was loaded as disabled, the file has it enabled`;
    found.push({ ...about, kind: 'loaded-differs', at: placeOf(server.state, server), what });
  }
  return found;
}

/** Of a name only itself is compared: what it resolves to changes without anybody's doing. */
function addressDifference({ address, port }: Server, row: LoadedServer): Text | undefined {
  const literal = address !== undefined && /^[\d.]+$|:/.test(address) && !address.startsWith('unix:');
  const otherHost = literal && row.address !== undefined && canonical(row.address) !== canonical(address);
  const otherPort = port?.value !== undefined && row.port !== undefined && row.port !== port.value;
  const otherName =
    !literal && address !== undefined && row.host !== undefined && row.host.toLowerCase() !== address.toLowerCase();
  if (otherName) return say`${row.row} is at ${row.host ?? ''}, the file has ${address}`;
  if (!otherHost && !otherPort) return undefined;
  const shown = `${row.address ?? address ?? ''}:${row.port ?? ''}`;
  return say`${row.row} is at ${shown}, the file has ${`${address ?? ''}:${port?.value ?? ''}`}`;
}

/** IPv6 as URLs write it. */
function canonical(address: string): string {
  return address.includes(':') && URL.canParse(`http://[${address}]`)
    ? new URL(`http://[${address}]`).hostname
    : address;
}

/** The differences of a pool as a forgotten reload, where an earlier file has none of them; else one by one. */
function explained(
  pool: Pool,
  differences: readonly Difference[],
  now: LoadedPool | undefined,
  earlier: readonly NamedRevision[],
): readonly Drift[] {
  const [first] = differences;
  if (first === undefined) return [];
  const older = earlier.find(({ configs }) => isLoaded(pool.name, configs, now));
  if (older === undefined) return differences.map((difference) => single(pool, difference));
  const more = differences.length === 1 ? say`` : say` (and ${count(differences.length - 1, 'more difference')})`;
  return [
    {
      ...first,
      kind: 'forgotten-reload',
      pool: pool.name,
      revision: older.revision,
      what: say`${pool.name} runs with the file of ${older.revision}: ${first.what}${more}.`,
      fix: say`Reload the balancer with the current file. Do not roll back the application.${unsure(differences)}`,
    },
  ];
}

/** Statistics over HTTP have one weight only. */
function unsure(differences: readonly Difference[]): Text {
  if (differences.some(({ kind }) => kind !== 'runtime-weight')) return say``;
  return say` The weights may also have been set at run time: the admin socket shows which, the statistics do not.`;
}

/** Whether the pool is loaded as this revision has it. */
function isLoaded(name: string, configs: readonly Config[], now: LoadedPool | undefined): boolean {
  const pool = configs.flatMap((config) => config.pools).find((other) => other.name === name);
  if (pool === undefined || now === undefined) return pool === undefined && now === undefined;
  return differencesOf(pool, expectedServers(pool), now).length === 0;
}

function single(pool: Pool, { what, ...difference }: Difference): Drift {
  return { ...difference, pool: pool.name, what: say`${what}.`, fix: fixOf(pool, difference) };
}

function fixOf(pool: Pool, { kind, server = '', row }: Omit<Difference, 'what'>): Text {
  if (kind === 'server-added') {
    return pool.dialect.orders === undefined
      ? say`Add ${server} to ${pool.name} in the file. If an older file added it, reload.`
      : say`Add ${server} to ${pool.name} in the file, or remove it at run time: ${pool.dialect.orders.remove(row)}. If an older file added it, reload.`;
  }
  if (kind === 'address-changed') {
    return say`Reload the balancer to use the address of the file, or set the new address in the file.`;
  }
  if (kind === 'runtime-weight') {
    const { orders } = pool.dialect;
    return orders === undefined
      ? say`Reload the balancer to use the weight of the file.`
      : say`Reload the balancer, or set the weight of the file at run time: ${orders.ownWeight(row)}.`;
  }
  return say`Reload the balancer with the current file: no known earlier file is loaded either.`;
}

function partly(head: readonly Config[]): Text[] {
  const files = head.filter(({ status }) => status !== 'read').map(({ path }) => path);
  return files.length === 0 ? [] : [say`Not all of ${list(files)} could be read: what was not is not compared.`];
}

function unread(pools: readonly Pool[], rows: ReadonlyMap<string, LoadedPool>): Text[] {
  const weights = pools.flatMap(({ name, servers }) =>
    servers.filter(({ weight }) => weight.value === undefined).map((server) => `${name}/${server.name}`),
  );
  const hidden = pools.filter(({ name }) => rows.get(name)?.servers.every(({ address }) => address === undefined));
  return [
    ...(weights.length === 0 ? [] : [say`The file does not say the weights of ${list(weights)}: not compared.`]),
    ...(hidden.length === 0
      ? []
      : [
          say`The statistics show no addresses for ${list(hidden.map(({ name }) => name))}: not compared. Add ${'stats show-legends'}, or use the admin socket.`,
        ]),
  ];
}

function others(pools: readonly Pool[], loaded: LoadedState): Text[] {
  const known = new Set(pools.map(({ name }) => name));
  const rest = loaded.pools
    .filter(({ name, servers }) => !known.has(name) && servers.length > 0)
    .map(({ name }) => name);
  return rest.length === 0 ? [] : [say`Loaded and not in the given files, so not compared: ${list(rest)}.`];
}
