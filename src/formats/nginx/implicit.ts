import { NO_OPTIONS, type Pool, type Server } from '../../model/config.ts';
import { implied, written } from '../../model/span.ts';
import type { Word } from './parse.ts';
import type { Context } from './upstream.ts';

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
export function implicitPool({ name, host, port, hasPort, word: { at }, context, udp }: ImplicitTarget): Pool {
  const passiveCheck = { at, maxFails: implied(1, at), windowMs: implied(10_000, at), ejectMs: implied(10_000, at) };
  const server: Server = {
    name,
    address: host,
    port: port === 0 ? undefined : hasPort ? written(port, at) : implied(port, at),
    at,
    weight: implied(1, at),
    tier: implied('primary', at),
    state: implied('up', at),
    count: implied(1, at),
    passiveCheck,
    options: NO_OPTIONS,
  };
  return {
    name,
    format: 'nginx',
    at,
    protocol: context === 'http' ? 'http' : udp ? 'udp' : 'tcp',
    algorithm: implied({ kind: 'round-robin', native: 'round_robin' }, at),
    servers: [server],
    passiveCheck,
    timeouts: {},
    allBackups: true,
    dynamic: false,
    unknowns: [],
    options: new Map(),
  };
}
