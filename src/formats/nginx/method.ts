import type { Algorithm } from '../../model/config.ts';
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
      return { algorithm: { kind: 'least-connections', native }, backups: true };
    case 'least_time':
      return { algorithm: { kind: 'least-time', native }, backups: true };
    case 'random':
      return { algorithm: { kind: randomKind(args), native }, backups: false };
    case 'ip_hash':
      // The first three octets of an IPv4 address, the whole of an IPv6 address.
      return {
        algorithm: { kind: 'source-hash', native, key: '$remote_addr/24', mapping: 'modulo' },
        backups: false,
      };
    case 'hash': {
      const key = args[0]?.text ?? '';
      const mapping = args[1]?.text === 'consistent' ? 'ketama' : 'modulo';
      return { algorithm: { kind: hashKind(key), native, key, mapping }, backups: false };
    }
    case 'vnswrr':
      return { algorithm: { kind: 'round-robin', native }, backups: true };
    case 'fair':
    case 'consistent_hash':
    case 'balancer_by_lua_block':
    case 'balancer_by_lua_file':
      return { algorithm: { kind: 'unknown', native }, backups: true };
    default:
      return undefined;
  }
}

function randomKind(args: readonly Word[]): Algorithm['kind'] {
  if (args[0]?.text !== 'two') return 'random';
  return args[1]?.text.startsWith('least_time') === true ? 'least-time' : 'random-two-choices';
}

function hashKind(key: string): Algorithm['kind'] {
  const variables = [...key.matchAll(/\$\{?(\w+)/g)].map((match) => (match[1] ?? '').toLowerCase());
  const any = (pattern: RegExp): boolean => variables.some((variable) => pattern.test(variable));
  const source = /^(?:binary_remote_addr|remote_addr|remote_port|realip_remote_addr|proxy_protocol_addr)$/;
  if (variables.length > 0 && variables.every((variable) => source.test(variable))) return 'source-hash';
  if (any(/^cookie_/)) return 'cookie-hash';
  if (any(/^(?:request_uri|uri|document_uri|args|query_string|is_args|arg_\w+|request)$/)) return 'uri-hash';
  return 'header-hash';
}
