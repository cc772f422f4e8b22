import type { LoadedPool, LoadedServer, LoadedState } from '../../model/loaded.ts';
import { InputError } from '../../model/tree.ts';
import { LIMITS } from '../../text/limits.ts';
import type { AdminReader } from '../admin-reader.ts';

const STATS = 'show stat';
const STATE = 'show servers state';
const INFO = 'show info';

/** Bits of `srv_admin_state` (management guide, "show servers state"). */
const ADMIN = {
  maintenance: 0x01,
  maintenanceTracked: 0x02,
  disabledInFile: 0x04,
  drain: 0x08,
  drainTracked: 0x10,
  dns: 0x20,
};
/** `srv_op_state`. */
const STOPPED = 0;

type Row = ReadonlyMap<string, string>;

/** HAProxy's stats CSV, over its socket together with the state of the servers, or over HTTP alone. */
export const admin: AdminReader = {
  product: 'haproxy',
  commands: [STATS, STATE, INFO],
  pageName: 'statistics (stats uri)',
  page(url) {
    const page = new URL(url);
    if (!page.pathname.endsWith(';csv')) page.pathname += ';csv';
    return page;
  },
  read(source, answers) {
    const stats = readCsv(answers[STATS] ?? answers['http'] ?? '');
    if (stats === undefined) {
      throw new InputError(
        `${source} does not answer with HAProxy's statistics; name the stats URL (stats uri) or an admin socket (stats socket).`,
      );
    }
    const states = readStates(answers[STATE] ?? '');
    return { source, ...infoOf(answers[INFO] ?? ''), pools: poolsOf(stats, states) };
  },
};

function poolsOf(stats: readonly Row[], states: ReadonlyMap<string, Row>): readonly LoadedPool[] {
  const pools = new Map<string, LoadedServer[]>();
  for (const row of stats) {
    const pool = row.get('pxname') ?? '';
    const name = row.get('svname') ?? '';
    // Type 2 = server; 0, 1 and 3 are frontends, backends and listeners.
    if (row.get('type') !== '2') continue;
    const servers = pools.get(pool) ?? [];
    pools.set(pool, servers);
    servers.push(serverOf(`${pool}/${name}`, name, row, states.get(`${pool}/${name}`)));
  }
  return [...pools].map(([name, servers]) => ({ name, servers }));
}

function serverOf(key: string, name: string, stat: Row, state: Row | undefined): LoadedServer {
  const what = checkText(stat);
  const failed = /^(?:DOWN|NOLB)/.test(stat.get('status') ?? '');
  return {
    name,
    row: key,
    ...placeOf(stat, state),
    ...weightOf(stat, state),
    ...(state === undefined ? byStatus(stat.get('status') ?? '') : byState(state)),
    ...(what === '' ? {} : { check: { ok: !failed, what } }),
    ...((stat.get('tracked') ?? '') === '' ? {} : { tracks: stat.get('tracked') ?? '' }),
    agent: (stat.get('agent_status') ?? '') !== '',
    requests: number(stat.get('stot')) ?? 0,
    errors: number(stat.get('hrsp_5xx')) ?? 0,
  };
}

function checkText(stat: Row): string {
  const status = stat.get('check_status') ?? '';
  const said = [stat.get('last_chk'), stat.get('check_desc')].find((text) => text !== undefined && text !== '');
  return said === undefined || status === '' ? status : `${status}: ${said}`;
}

/** `addr` is there for admins and with `stats show-legends`. */
function placeOf(stat: Row, state: Row | undefined): Pick<LoadedServer, 'address' | 'port' | 'host'> {
  const host = state?.get('srv_fqdn');
  const known = host === undefined || host === '-' || host === '' ? {} : { host };
  const [, bracketed, bare, shown] = /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d+)$/i.exec(stat.get('addr') ?? '') ?? [];
  const address = state?.get('srv_addr') ?? bracketed ?? bare;
  const port = number(state?.get('srv_port')) ?? number(shown);
  return {
    ...known,
    ...(address === undefined || address === '-' ? {} : { address }),
    ...(port === undefined || port === 0 ? {} : { port }),
  };
}

/** User and initial weight; without them the weight in force, which slow start and throttling change. */
function weightOf(stat: Row, state: Row | undefined): Pick<LoadedServer, 'weight' | 'fileWeight'> {
  const weight = number(state?.get('srv_uweight')) ?? number(stat.get('uweight')) ?? number(stat.get('weight')) ?? 0;
  const fileWeight = number(state?.get('srv_iweight'));
  return { weight, ...(fileWeight === undefined ? {} : { fileWeight }) };
}

type Ordered = Pick<LoadedServer, 'state' | 'orderedBy' | 'disabledInFile'>;

function byState(state: Row): Ordered {
  const bits = number(state.get('srv_admin_state')) ?? 0;
  const has = (bit: number): boolean => (bits & bit) !== 0;
  const disabledInFile = has(ADMIN.disabledInFile);
  if (has(ADMIN.maintenance)) {
    return { state: 'maintenance', orderedBy: disabledInFile ? 'file' : 'runtime', disabledInFile };
  }
  if (has(ADMIN.maintenanceTracked)) return { state: 'maintenance', orderedBy: 'tracked', disabledInFile };
  if (has(ADMIN.dns)) return { state: 'maintenance', orderedBy: 'dns', disabledInFile };
  if (has(ADMIN.drain)) return { state: 'drain', orderedBy: 'runtime', disabledInFile };
  if (has(ADMIN.drainTracked)) return { state: 'drain', orderedBy: 'tracked', disabledInFile };
  return { state: number(state.get('srv_op_state')) === STOPPED ? 'down' : 'up', disabledInFile };
}

/** From the statistics alone: who ordered maintenance is not shown. */
function byStatus(status: string): Ordered {
  if (status.startsWith('MAINT')) {
    if (status.includes('resolution')) return { state: 'maintenance', orderedBy: 'dns' };
    return status.includes('via') ? { state: 'maintenance', orderedBy: 'tracked' } : { state: 'maintenance' };
  }
  if (status.startsWith('DRAIN')) return { state: 'drain' };
  return { state: status.startsWith('DOWN') || status.startsWith('NOLB') ? 'down' : 'up' };
}

function infoOf(text: string): Pick<LoadedState, 'product' | 'uptimeSeconds'> {
  const field = (name: string): string | undefined => new RegExp(`^${name}: *(.+)$`, 'm').exec(text)?.[1]?.trim();
  const version = field('Version');
  const uptime = number(field('Uptime_sec'));
  return {
    ...(version === undefined ? {} : { product: `HAProxy ${version}` }),
    ...(uptime === undefined ? {} : { uptimeSeconds: uptime }),
  };
}

/** The rows of `show stat` by column name; undefined when the text is something else. */
function readCsv(text: string): Row[] | undefined {
  if (text.length > LIMITS.fileBytes) return undefined;
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const start = lines.findIndex((line) => line.startsWith('# pxname,'));
  const header = lines[start];
  if (header === undefined) return undefined;
  const columns = cells(header.slice(2));
  return lines.slice(start + 1).map((line) => {
    const values = cells(line);
    return new Map(columns.map((column, i) => [column, values[i] ?? '']));
  });
}

/** One line of RFC 4180: HAProxy quotes cells that hold commas or quotes. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

/** `show servers state` by `pool/server`. The first line is the version of the table, the next names the columns. */
function readStates(text: string): ReadonlyMap<string, Row> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const start = lines.findIndex((line) => line.startsWith('# be_id '));
  const columns = (lines[start] ?? '').slice(2).split(' ');
  const rows = start < 0 ? [] : lines.slice(start + 1);
  return new Map(
    rows.map((line) => {
      const values = line.split(' ');
      const row: Row = new Map(columns.map((column, i) => [column, values[i] ?? '']));
      return [`${row.get('be_name') ?? ''}/${row.get('srv_name') ?? ''}`, row];
    }),
  );
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
