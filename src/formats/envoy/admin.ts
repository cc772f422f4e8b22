import type { LoadedPool, LoadedServer, LoadedState } from '../../model/loaded.ts';
import { InputError } from '../../model/tree.ts';
import { LIMITS } from '../../text/limits.ts';
import type { AdminReader } from '../admin-reader.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `/clusters` of Envoy's admin interface as JSON: the servers of every cluster with health, weight and counters. */
export const admin: AdminReader = {
  product: 'envoy',
  commands: [],
  pageName: 'admin interface',
  page(url) {
    const page = new URL(url);
    if (!page.pathname.endsWith('/clusters')) page.pathname = `${page.pathname.replace(/\/$/, '')}/clusters`;
    page.search = '?format=json';
    return page;
  },
  read(source, answers): LoadedState {
    const clusters = listOf(fieldsOf(parse(answers['http'] ?? ''))?.['cluster_statuses']);
    if (clusters === undefined) {
      throw new InputError(
        `${source} does not answer with Envoy's clusters; name the URL of the admin interface, such as envoy:http://127.0.0.1:9901.`,
      );
    }
    return { source, pools: clusters.flatMap((cluster) => poolOf(fieldsOf(cluster)) ?? []) };
  },
};

function poolOf(cluster: Fields | undefined): LoadedPool | undefined {
  const name = cluster?.['name'];
  if (typeof name !== 'string') return undefined;
  const servers = new Map<string, LoadedServer>();
  for (const host of listOf(cluster?.['host_statuses']) ?? []) {
    const server = serverOf(name, fieldsOf(host) ?? {});
    const before = servers.get(server.name);
    // An address that is listed twice is two hosts here and one server of the file.
    servers.set(server.name, before === undefined ? server : sum(before, server));
  }
  return { name, servers: [...servers.values()] };
}

function serverOf(cluster: string, host: Fields): LoadedServer {
  const address = fieldsOf(host['address']);
  const socket = fieldsOf(address?.['socket_address']);
  const pipe = fieldsOf(address?.['pipe'])?.['path'];
  const ip = textOf(socket?.['address']);
  const port = numberOf(socket?.['port_value']);
  const name = typeof pipe === 'string' ? `unix:${pipe}` : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  const named = textOf(host['hostname']);
  const weight = host['weight'] === undefined ? 1 : numberOf(host['weight']);
  const count = counters(host);
  return {
    name,
    row: `${cluster}/${name}`,
    ...(ip === '' ? {} : { address: ip }),
    ...(port === 0 ? {} : { port }),
    ...(named === '' ? {} : { host: named }),
    weight,
    // Nothing sets weights at run time: they are those of the loaded resource.
    fileWeight: weight,
    ...healthOf(fieldsOf(host['health_status']) ?? {}),
    agent: false,
    requests: count('rq_total'),
    errors: count('rq_error'),
  };
}

/** Active checks and outlier detection take a server out; the loaded resource may say that it drains or is down. */
function healthOf(health: Fields): Pick<LoadedServer, 'state' | 'orderedBy' | 'check'> {
  const failed = ['failed_active_health_check', 'failed_outlier_check'].find((field) => health[field] === true);
  if (failed !== undefined) return { state: 'down', check: { ok: false, what: failed } };
  const status = textOf(health['eds_health_status']);
  if (status === 'DRAINING') return { state: 'drain', orderedBy: 'file' };
  return status === 'UNHEALTHY' || status === 'TIMEOUT' ? { state: 'down', orderedBy: 'file' } : { state: 'up' };
}

/** The counters and gauges of a host by name; what is 0 has no value. */
function counters(host: Fields): (name: string) => number {
  const values = new Map(
    (listOf(host['stats']) ?? []).map((stat) => {
      const fields = fieldsOf(stat);
      return [textOf(fields?.['name']), numberOf(fields?.['value'])] as const;
    }),
  );
  return (name) => values.get(name) ?? 0;
}

function sum(one: LoadedServer, other: LoadedServer): LoadedServer {
  const weight = one.weight + other.weight;
  return {
    ...one,
    weight,
    fileWeight: weight,
    requests: one.requests + other.requests,
    errors: one.errors + other.errors,
  };
}

function parse(text: string): unknown {
  if (text.length > LIMITS.fileBytes) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Numbers of 64 bits are texts in JSON. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : 0;
}
