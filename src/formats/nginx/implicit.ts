import { poolKey } from '../../model/keys.ts';
import { NO_OPTIONS, type Caveat, type Pool, type Server } from '../../model/pool.ts';
import { implied, written, type Span } from '../../model/span.ts';
import { isHostName } from '../../text/hosts.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import { roundRobin } from './method.ts';
import type { Word } from './parse.ts';
import type { Context } from './contexts.ts';

/** An address that a pass names without any upstream. */
export interface ImplicitTarget {
  /** As the file writes it: `api:5001`. */
  readonly name: string;
  readonly host: string;
  /** 0 for a unix socket. */
  readonly port: number;
  /** Whether the port is written. */
  readonly hasPort: boolean;
  readonly word: Word;
  readonly context: Context;
  readonly udp: boolean;
}

/**
 * The pool that nginx makes of an address in a pass: all addresses that the name has when nginx starts, in turn. The span of the
 * pool is that of its server, by which it is told from an upstream.
 */
export function implicitPool(
  { name, host, port, hasPort, word: { at }, context, udp }: ImplicitTarget,
  scope: string,
): Pool {
  const passiveCheck = { at, maxFails: implied(1, at), windowMs: implied(10_000, at), ejectMs: implied(10_000, at) };
  const server: Server = {
    name,
    address: host,
    port: port === 0 ? undefined : hasPort ? written(port, at) : implied(port, at),
    at,
    weight: implied(1, at),
    priority: implied(0, at),
    state: implied('up', at),
    instances: instancesOf(host, at),
    ...(isHostName(host) ? { resolves: 'once' as const } : {}),
    passiveCheck,
    options: NO_OPTIONS,
  };
  return {
    key: poolKey(dialect.format, scope, name),
    name,
    dialect,
    at,
    protocol: context === 'http' ? 'http' : udp ? 'udp' : 'tcp',
    algorithm: implied(roundRobin('round_robin'), at),
    servers: [server],
    passiveCheck,
    timeouts: {},
    spill: { spare: implied(Infinity, at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', at),
    caveats: [],
    answers: [],
    dynamic: false,
    unknowns: [],
    options: new Map(),
  };
}

/**
 * nginx makes a peer of every address that a name has when it starts. `localhost` usually is 127.0.0.1, and ::1 too where the
 * hosts file says so.
 */
export function instancesOf(host: string | undefined, at: Span): Server['instances'] {
  return { count: implied(1, at), named: isSeveral(host) ? 'unknown' : 'listed' };
}

/** Why the split of an upstream is not known for sure: some of its lines may stand for several addresses. */
export function nameCaveats(servers: readonly Server[]): readonly Caveat[] {
  return servers.flatMap(({ address, at, options }) =>
    isSeveral(address) && !options.has('resolve')
      ? [{ at, bends: 'some' as const, reason: say`${address} gets a part for each of its addresses` }]
      : [],
  );
}

function isSeveral(host: string | undefined): host is string {
  return host === 'localhost' || isHostName(host);
}
