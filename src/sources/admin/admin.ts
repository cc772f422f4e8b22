import { ADMINS } from '../../formats/admins.ts';
import type { AdminReader } from '../../formats/admin-reader.ts';
import type { Counts } from '../../model/counts.ts';
import type { LoadedState } from '../../model/loaded.ts';
import type { Text } from '../../model/text.ts';
import { InputError } from '../../model/tree.ts';
import { name, say, words } from '../../text/say.ts';

/** How an admin interface is named: the product, and the place of its socket or of its page. */
export const ADMIN_FORMS = ADMINS.map(({ product, commands }) =>
  commands.length === 0 ? `${product}:URL` : `${product}:SOCKET, ${product}:tcp://HOST:PORT or ${product}:URL`,
).join(', ');

/** The same in one word, for the usage lines of commands. */
export const ADMIN_USAGE = ADMINS.map(({ product, commands }) =>
  commands.length === 0 ? `${product}:URL` : `${product}:SOCKET|URL`,
).join('|');

/** The outside that an admin interface is read through. Both reject when it does not answer. */
export interface AdminPorts {
  /** Sends one line to a socket and gives all that it answers until it closes. */
  socket(place: SocketPlace, command: string): Promise<string>;
  get(url: URL, headers: Headers): Promise<{ readonly status: number; readonly body: string }>;
}

type Headers = readonly (readonly [name: string, value: string])[];

export type SocketPlace = { readonly path: string } | { readonly host: string; readonly port: number };

/** Where an admin interface is. */
export interface AdminPlace {
  /** As it was given: `haproxy:/run/haproxy.sock`. */
  readonly source: string;
  readonly reader: AdminReader;
  readonly at: URL | SocketPlace;
}

/** The state, or why it could not be read: that says nothing about the balancer. */
export type Loaded = { readonly state: LoadedState } | { readonly unreachable: Text };

/** Whether a source is `PRODUCT:PLACE` of a product whose admin interface can be read; its place may still be none. */
export function isAdminSource(source: string): boolean {
  return ADMINS.some(({ product }) => source.startsWith(`${product}:`) && source.length > product.length + 1);
}

/** `haproxy:URL`, `haproxy:PATH` or `haproxy:tcp://HOST:PORT`; undefined when it is none of them. */
export function readAdminPlace(source: string): AdminPlace | undefined {
  const colon = source.indexOf(':');
  const reader = ADMINS.find(({ product }) => product === source.slice(0, colon));
  const rest = source.slice(colon + 1);
  if (reader === undefined || rest === '') return undefined;
  const hasSocket = reader.commands.length > 0;
  if (hasSocket && /^(?:unix:)?[/.]/.test(rest)) return { source, reader, at: { path: rest.replace(/^unix:/, '') } };
  const url = URL.canParse(rest) ? new URL(rest) : undefined;
  if (hasSocket && url?.protocol === 'tcp:' && url.port !== '') {
    return { source, reader, at: { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) } };
  }
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  return url !== undefined && web && url.username === '' ? { source, reader, at: url } : undefined;
}

/** Reads what is loaded, once. */
export async function readLoaded(place: AdminPlace, ports: AdminPorts, headers: Headers): Promise<Loaded> {
  const { source, reader, at } = place;
  try {
    if (at instanceof URL) {
      const { status, body } = await ports.get(reader.page(at), headers);
      if (status !== 200) return { unreachable: refusedText(source, status, reader.pageName) };
      return { state: reader.read(source, { http: body }) };
    }
    const answers = await Promise.all(
      reader.commands.map(async (command) => [command, await ports.socket(at, command)] as const),
    );
    return { state: reader.read(source, Object.fromEntries(answers)) };
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : 'no reason given';
    return {
      unreachable: say`${source} cannot be read: ${reason}. Set the path or URL of an admin interface that this machine can reach.`,
    };
  }
}

function refusedText(source: string, status: number, page: string): Text {
  const fix =
    status === 401 || status === 403
      ? say` Add its credentials with ${'headers'}.`
      : say` Set the URL of the ${words(page)}.`;
  return say`${name(source)} answers with status ${status}.${fix}`;
}

/**
 * What servers of a pool were given between two readings `seconds` apart, as counts.
 * @returns why not, when the counters began anew in between
 */
export function countsBetween(
  pool: string,
  earlier: LoadedState,
  later: LoadedState,
  seconds: number,
): { readonly counts: Counts } | { readonly refused: Text } {
  const servers: [string, number][] = [];
  const errors: [string, number][] = [];
  const before = new Map(serversIn(pool, earlier).map((server) => [server.name, server]));
  for (const now of serversIn(pool, later)) {
    const then = before.get(now.name) ?? { requests: 0, errors: 0 };
    if (now.requests < then.requests || (later.uptimeSeconds ?? Infinity) + 1 < seconds) {
      return {
        refused: say`${later.source} was reloaded between the two readings, which sets its counters to 0. Start again when no reload is under way.`,
      };
    }
    const requests = now.requests - then.requests;
    servers.push([now.name, requests]);
    // An error that answers a request from before the window is none of its own.
    errors.push([now.name, Math.min(now.errors - then.errors, requests)]);
  }
  if (servers.length === 0) return { refused: say`${later.source} has no pool ${pool}, or no server in it.` };
  return {
    counts: {
      version: 1,
      pool,
      seconds,
      servers: Object.fromEntries(servers),
      errors: Object.fromEntries(errors.filter(([, n]) => n > 0)),
    },
  };
}

function serversIn(pool: string, { pools }: LoadedState) {
  return pools.find(({ name: own }) => own === pool)?.servers ?? [];
}
