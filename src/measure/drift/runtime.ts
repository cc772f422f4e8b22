import type { Pool } from '../../model/pool.ts';
import type { LoadedPool, LoadedServer } from '../../model/loaded.ts';
import type { Text } from '../../model/text.ts';
import { say, words } from '../../text/say.ts';
import { placeOf, type Drift } from './kinds.ts';
import type { FileServer } from './file-servers.ts';

/** What was changed since the file was loaded, by orders at run time or by checks. */
export function runtimeDrifts(pool: Pool, files: readonly FileServer[], loaded: LoadedPool): readonly Drift[] {
  const rows = new Map(loaded.servers.map((server) => [server.name, server]));
  return files.flatMap((file) => {
    const row = rows.get(file.name);
    return row === undefined
      ? []
      : [weightDrift(pool, file, row), stateDrift(pool, file, row)].filter((d) => d !== undefined);
  });
}

function ordered({ agent }: LoadedServer): Text {
  return agent ? say`set at run time, perhaps by its agent` : say`set at run time`;
}

function weightDrift(pool: Pool, { name, server }: FileServer, row: LoadedServer): Drift | undefined {
  // An agent sets weights all the time.
  if (row.fileWeight === undefined || row.weight === row.fileWeight || row.agent) return undefined;
  return {
    kind: 'runtime-weight',
    pool: pool.name,
    server: name,
    at: placeOf(server.weight, server),
    row: row.row,
    what: say`${row.row} has weight ${row.weight}, set at run time; its file gave ${row.fileWeight}.`,
    fix: say`Reload the balancer${or('set the weight back', pool.dialect.orders?.weight(row.row, row.fileWeight))}. To keep it, set ${pool.dialect.terms.weight(row.weight)} in the file.`,
  };
}

/** A second way, where the product takes orders. */
function or(what: string, order: string | undefined): Text {
  return order === undefined ? say`` : say`, or ${words(what)}: ${order}`;
}

function stateDrift(pool: Pool, { name, server, slot }: FileServer, row: LoadedServer): Drift | undefined {
  const about = { pool: pool.name, server: name, at: server.at, row: row.row };
  const back = (keep: string): Text =>
    say`Reload the balancer${or('set it back', pool.dialect.orders?.state(row.row, 'ready'))}. To keep it, add ${keep} to its line.`;
  const off = server.state.value === 'down';
  // The server that it follows is named itself.
  if (row.orderedBy === 'tracked' || (row.tracks !== undefined && row.state === 'down')) return undefined;
  if (row.state === 'maintenance') {
    // A template has servers to spare: those beyond the records of its name wait in maintenance.
    if (row.orderedBy === 'file' || (row.orderedBy === undefined && off) || (row.orderedBy === 'dns' && slot))
      return undefined;
    if (row.orderedBy === 'dns') {
      return {
        ...about,
        kind: 'check-failing',
        what: say`${row.row} is in maintenance: its name ${row.host ?? ''} does not resolve.`,
        fix: say`Set the address of ${name} to a name that the balancer's resolvers know.`,
      };
    }
    const who = row.orderedBy === 'runtime' ? ordered(row) : say`and the file has it enabled`;
    return { ...about, kind: 'maintenance', what: say`${row.row} is in maintenance, ${who}.`, fix: back('disabled') };
  }
  if (row.orderedBy === 'file' && row.state !== 'up') {
    if (server.state.value === row.state || server.state.value === undefined) return undefined;
    return {
      ...about,
      kind: 'loaded-differs',
      at: placeOf(server.state, server),
      what: say`${row.row} is ${pool.dialect.terms.state(row.state)} as it is loaded, and the file does not say so.`,
      fix: say`Reload the balancer, or set the state of ${name} in the file.`,
    };
  }
  if (row.state === 'drain') {
    // Weight 0 shows as drained too.
    if (server.weight.value === 0 || row.weight === 0) return undefined;
    return {
      ...about,
      kind: 'drained',
      what: say`${row.row} is drained, ${ordered(row)}: it gets no new clients.`,
      fix: back('weight 0'),
    };
  }
  if (row.disabledInFile === true && off) {
    const what = say`${row.row} was enabled at run time, the file has it disabled.`;
    const fix = say`Remove ${'disabled'} from the line of ${name}${or('set it back', pool.dialect.orders?.state(row.row, 'maint'))}.`;
    return { ...about, kind: 'enabled', at: placeOf(server.state, server), what, fix };
  }
  if (row.state !== 'down') return undefined;
  const found = row.check === undefined ? say`` : say`: ${row.check.what}`;
  return {
    ...about,
    kind: 'check-failing',
    what: say`${row.row} is down, its health check fails${found}.`,
    fix: say`Set up ${name} again, or remove it from ${pool.name}. If it answers, set the check to what it serves.`,
  };
}
