import type { Algorithm, HashKey, Lookup, SlotLookup } from '../../model/algorithm.ts';
import type { Span } from '../../model/span.ts';
import type { Directive, Word } from './parse.ts';
import { FILLED, isFilledIn, joined } from './values.ts';

/** How an upstream picks a server. */
export interface Method {
  /** Undefined when a template decides it. */
  readonly algorithm: Algorithm | undefined;
  readonly at: Span;
  /** The whole directive; after a name that is filled in it may hold another one. */
  readonly line: Span;
  /** Whether servers after it may be `backup`. */
  readonly backups: boolean;
}

/**
 * The balancing method that a directive sets, perhaps in a `branch` of a template; undefined when it sets none. The last one in
 * a block wins.
 */
export function readMethod(directive: Directive, branch: boolean): Method | undefined {
  const { name, at } = directive;
  if (FILLED.test(name)) return { ...NOT_TOLD, at: { ...at, end: at.start + name.length }, line: at };
  const method = methodOf(directive);
  return method && { ...(branch || isFilled(directive) ? NOT_TOLD : method), at, line: at };
}

const NOT_TOLD = { algorithm: undefined, backups: true };

/** nginx knows variables in the key of `hash` only; those of the environment are in capitals by custom. */
function isFilled({ name, args }: Directive): boolean {
  const key = name === 'hash' ? args[0] : undefined;
  const keyIsFilled = key !== undefined && (key.template || /\$\{?[A-Z]/.test(key.text));
  return keyIsFilled || (/^(?:hash|random)$/.test(name) && args.some((word) => word !== key && isFilledIn(word)));
}

function methodOf({ name, args }: Directive): Omit<Method, 'at' | 'line'> | undefined {
  const native = [name, joined(args)].filter((text) => text !== '').join(' ');
  switch (name) {
    case 'least_conn':
      return {
        algorithm: { kind: 'least-connections', native, idle: 'by-weight', loaded: 'by-weight' },
        backups: true,
      };
    case 'least_time':
      return { algorithm: { kind: 'least-time', native }, backups: true };
    case 'random':
      return { algorithm: randomDraw(args, native), backups: false };
    case 'ip_hash':
      // The first three octets of an IPv4 address, the whole of an IPv6 address.
      return {
        algorithm: hashBy({ of: 'source', native: '$remote_addr/24' }, native, { ...SLOTS, hash: 'octets' }),
        backups: false,
      };
    case 'hash': {
      const key = args[0]?.text ?? '';
      const lookup = args[1]?.text === 'consistent' ? RING : SLOTS;
      return { algorithm: hashBy(hashKey(key), native, lookup), backups: false };
    }
    case 'vnswrr':
      return { algorithm: roundRobin(native), backups: true };
    case 'fair':
    case 'consistent_hash':
    case 'balancer_by_lua_block':
    case 'balancer_by_lua_file':
      return { algorithm: { kind: 'unknown', native }, backups: true };
    default:
      return undefined;
  }
}

/** Weighted round robin, which is also what happens without a method. */
export function roundRobin(native: string): Algorithm {
  return { kind: 'round-robin', native, serves: 'in-turn', weights: 'used' };
}

/** `random [two [method]]`: of two different draws the less loaded one, and the second one of two that are idle. */
function randomDraw(args: readonly Word[], native: string): Algorithm {
  if (args[0]?.text === 'two' && args[1]?.text.startsWith('least_time') === true) return { kind: 'least-time', native };
  const choices = args[0]?.text === 'two' ? 2 : 1;
  return { kind: 'random', native, choices, draw: 'by-weight', idle: 'inverted', loaded: 'by-weight' };
}

function hashBy(key: HashKey, native: string, lookup: Lookup): Algorithm {
  return { kind: 'hash', native, key, lookup, without: 'round-robin' };
}

/** 160 points per unit of weight, each the CRC-32 of host, port and the previous point. */
const RING: Lookup = {
  table: 'ring',
  points: { perWeight: 160 },
  place: 'address',
  hash: 'crc32-chain',
  owner: 'next',
};
const SLOTS: SlotLookup = { table: 'slots', order: 'consecutive', down: 'retry', hash: 'crc32-15' };

function hashKey(native: string): HashKey {
  const of = keyKind(native);
  // The PROXY protocol brings the address of the client itself.
  return {
    of,
    native,
    ...(of === 'source' && /proxy_protocol_addr/i.test(native) ? { forwarded: true as const } : {}),
  };
}

function keyKind(key: string): HashKey['of'] {
  const variables = [...key.matchAll(/\$\{?(\w+)/g)].map((match) => (match[1] ?? '').toLowerCase());
  const any = (pattern: RegExp): boolean => variables.some((variable) => pattern.test(variable));
  const source = /^(?:binary_remote_addr|remote_addr|remote_port|realip_remote_addr|proxy_protocol_addr)$/;
  if (variables.length > 0 && variables.every((variable) => source.test(variable))) return 'source';
  if (any(/^cookie_/)) return 'cookie';
  if (any(/^(?:request_uri|uri|document_uri|args|query_string|is_args|arg_\w+|request)$/)) return 'uri';
  return 'header';
}
