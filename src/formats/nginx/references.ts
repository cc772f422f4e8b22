import type { Problem } from '../../model/config.ts';
import type { HealthCheck, Pool, Unknown } from '../../model/pool.ts';
import type { Listener, Reference } from '../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import type { ImplicitTarget } from './implicit.ts';
import { readListen } from './listen.ts';
import { isIPv6 } from './networks.ts';
import type { Directive, Word } from './parse.ts';
import { Scope } from './scope.ts';
import { settingsOf } from './settings.ts';
import type { Context } from './contexts.ts';
import { isPlaceholder, refused, timeMs, wholeNumber } from './values.ts';
import { choiceOf, entryOf, type Entry } from './entry.ts';
import type { Variables } from './variables.ts';

export interface Found {
  readonly references: Reference[];
  readonly listeners: Listener[];
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
  /** Active checks by the pool that they ask. */
  readonly checks: Map<string, HealthCheck>;
  /** Pools that datagrams are passed to. */
  readonly udp: Set<string>;
  /** Addresses that passes name without an upstream, each once. */
  readonly implicit: Map<string, ImplicitTarget>;
}

/** What is the same for all blocks of one `http` or `stream`. */
export interface Surroundings {
  readonly context: Context;
  readonly variables: Variables;
  /** Declared names of the pools by their name in lower case: nginx compares them without case. */
  readonly pools: ReadonlyMap<string, string>;
  /** Nothing is missing that may define a pool. */
  readonly whole: boolean;
  readonly version: string | undefined;
  /** `worker_connections`, where the file that says it is read. */
  readonly connections: Setting<string> | undefined;
}

/** Blocks that hold no places where traffic is passed on. */
const OTHER_BLOCKS: ReadonlySet<string> = new Set(
  'upstream map geo split_clients types match events mail log_format'.split(' '),
);

/** Goes through servers and locations and notes where traffic comes in and where it is passed on. */
export function walk(scope: Scope, around: Surroundings, found: Found, entry: Entry = {}): void {
  for (const directive of scope.directives) {
    const module = /^(proxy|grpc|fastcgi|uwsgi|scgi|memcached)_pass$/.exec(directive.name)?.[1];
    if (module !== undefined && directive.block === undefined)
      readPass(directive, module, scope, { around, entry }, found);
    if (directive.block === undefined || OTHER_BLOCKS.has(directive.name)) continue;
    const first = found.references.length;
    const inner = entryOf(directive, entry);
    walk(new Scope(directive.block, scope), around, found, inner);
    if (directive.name !== 'server') continue;
    const leadsTo = poolsBehind(directive, found.references.slice(first));
    const from = inner.from === undefined ? {} : { from: inner.from };
    for (const listener of readListen(directive, around.context, found.listeners.length))
      found.listeners.push({ ...listener, ...from, ...(leadsTo === undefined ? {} : { leadsTo }) });
  }
}

/** The pools that a `server` block passes requests to as they came; undefined when they may be turned into others. */
function poolsBehind(server: Directive, references: readonly Reference[]): readonly string[] | undefined {
  const changed = ({ name, block }: Directive): boolean =>
    /^(?:rewrite|if|.*_by_lua.*|js_.*)$/.test(name) || (block?.some(changed) ?? false);
  const withUri = ({ at: { source, start, end } }: Reference): boolean =>
    /^\w+:\/\/[^/]+\//.test(source.text.slice(start, end));
  if (changed(server) || references.some(withUri)) return undefined;
  const pools = references.map(({ pool }) => pool);
  const known = pools.filter((pool) => pool !== undefined);
  return known.length === pools.length ? known : undefined;
}

/** Where one pass leads. */
type Target =
  | { readonly kind: 'pool'; readonly pool: string; readonly host?: string; readonly port?: number }
  | { readonly kind: 'address'; readonly host: string; readonly port: number };

function readPass(
  directive: Directive,
  module: string,
  scope: Scope,
  { around, entry }: { readonly around: Surroundings; readonly entry: Entry },
  found: Found,
): void {
  const [word] = directive.args;
  if (word === undefined) return;
  const { context } = around;
  const { timeouts, options } = settingsOf(module, context, scope, directive.at, around.version);
  if (around.connections !== undefined) options.set('worker_connections', around.connections);
  const udp = context === 'stream' && scope.chain().some((block) => block.own('listen').some(isUdp));
  const protocol: Reference['protocol'] = context === 'http' ? 'http' : udp ? 'udp' : 'tcp';
  const { authority, scheme } = splitUrl(word.text, module, context);
  if (context === 'http' && scheme !== undefined) options.set('scheme', written(scheme, word.at));
  const tls = context === 'http' && scheme !== undefined ? { tls: scheme === 'https' || scheme === 'grpcs' } : {};
  const base = {
    kind: directive.name,
    at: word.at,
    protocol,
    timeouts,
    options,
    ...tls,
    ...failing(module, options),
    ...(upgrades(options) ? { upgrades: true as const } : {}),
    ...entry,
  };
  if (module === 'proxy' && context === 'http' && !word.template && !/^https?:\/\/|\$/i.test(word.text)) {
    const what = say`${word.text} does not begin with ${'http://'} or ${'https://'}.`;
    found.problems.push(refused(word.at, what, say`Set the scheme: ${`http://${word.text}`}.`));
  }
  if (authority === '' && !word.text.includes('$'))
    found.problems.push(
      refused(word.at, say`${word.text} names no host.`, say`Add the host: ${`${word.text}host:port`}.`),
    );
  const alternatives = word.template ? undefined : around.variables.expand(authority, word.at, scope);
  if (alternatives === undefined) {
    found.references.push({ ...base, pool: undefined });
    if (word.template || /\$\{?[A-Z][A-Z0-9_]*\b/.test(authority))
      found.unknowns.push({ at: word.at, reason: say`where ${directive.name} leads is filled in by a template` });
    return;
  }
  const check = readHealthCheck(scope.own('health_check')[0], context, scheme);
  for (const alternative of alternatives) {
    const url = splitUrl(alternative.text, module, context);
    if (url.authority === '') continue;
    const target = targetOf(url.authority, url.scheme ?? scheme, module, around, word, found.problems);
    const chosen = { ...base, ...choiceOf(alternative, alternatives.length) };
    // With a variable nginx looks the name up as requests come.
    const fixed = !word.text.includes('$') && target.host !== undefined && target.port !== undefined;
    if (target.kind === 'address' && !fixed) {
      found.references.push({ ...chosen, pool: undefined, address: { host: target.host, port: target.port } });
      continue;
    }
    const { host, port } = target;
    const pool = target.kind === 'pool' ? target.pool : url.authority;
    if (fixed && !found.implicit.has(pool)) {
      const hasPort = /:\d+$/.test(url.authority);
      found.implicit.set(pool, { name: pool, host: target.host, port: target.port, hasPort, word, context, udp });
    }
    found.references.push({
      ...chosen,
      pool,
      ...(host === undefined || port === undefined ? {} : { address: { host, port } }),
    });
    if (check) found.checks.set(pool, check);
    if (udp) found.udp.add(pool);
  }
}

/** Whether WebSocket upgrades are passed on. */
function upgrades(options: ReadonlyMap<string, Setting<string>>): boolean {
  return [...options].some(
    ([option, { value }]) => option.startsWith('proxy_set_header') && /upgrade/i.test(`${option} ${value ?? ''}`),
  );
}

/** What becomes of a request that fails here, by `proxy_next_upstream` and its siblings. */
function failing(
  module: string,
  options: ReadonlyMap<string, Setting<string>>,
): Pick<Reference, 'failover' | 'repeats'> {
  const on = options.get(`${module}_next_upstream`);
  if (on === undefined) return {};
  const failover: Setting<boolean> = { ...on, value: on.value === undefined ? undefined : on.value !== 'off' };
  if (on.value?.split(/\s+/).includes('non_idempotent') !== true) return { failover };
  const limited = ['tries', 'timeout'].some((what) => {
    const limit = options.get(`${module}_next_upstream_${what}`);
    return limit !== undefined && (limit.value === undefined || !/^0\D*$/.test(limit.value));
  });
  return limited ? { failover } : { failover, repeats: { ...on, value: Infinity } };
}

function isUdp({ args }: Directive): boolean {
  return args.some((word) => word.text === 'udp');
}

/** The part of a pass that names who gets it: without scheme and URI. */
function splitUrl(
  text: string,
  module: string,
  context: Context,
): { readonly authority: string; readonly scheme: string | undefined } {
  if (
    context === 'stream' ||
    module === 'fastcgi' ||
    module === 'uwsgi' ||
    module === 'scgi' ||
    module === 'memcached'
  ) {
    return { authority: text.replace(/^suwsgi:\/\/|^uwsgi:\/\//, ''), scheme: undefined };
  }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(text);
  const rest = text.slice(scheme?.[0].length ?? 0);
  if (rest.startsWith('unix:')) {
    const end = rest.indexOf(':', 5);
    return { authority: end < 0 ? rest : rest.slice(0, end), scheme: scheme?.[1]?.toLowerCase() };
  }
  // These variables begin with a slash, a question mark or nothing.
  const end = rest.search(/[/?]|\$\{?(?:request_uri|uri|document_uri|is_args)\b/);
  const implicit = module === 'grpc' ? 'grpc' : undefined;
  return { authority: end < 0 ? rest : rest.slice(0, end), scheme: scheme?.[1]?.toLowerCase() ?? implicit };
}

/** A pool of this file, else the address that nginx looks up itself. */
function targetOf(
  authority: string,
  scheme: string | undefined,
  module: string,
  around: Surroundings,
  word: Word,
  problems: Problem[],
): Target {
  const { context, pools } = around;
  const declared = pools.get(authority.toLowerCase());
  if (declared !== undefined) return { kind: 'pool', pool: declared };
  if (authority.startsWith('unix:')) return { kind: 'address', host: authority, port: 0 };
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority);
  const host = (match?.[1] ?? authority).replace(/^\[(.*)\]$/, '$1');
  const standard = scheme === 'https' || scheme === 'grpcs' ? 443 : 80;
  const port = match?.[2] === undefined ? standard : Number(match[2]);
  const literal = !word.text.includes('$') && !isPlaceholder(word);
  const fault = literal ? authorityFault(authority, port, match !== null) : undefined;
  if (fault !== undefined) problems.push(refused(word.at, fault, say`Set ${'host:port'} with a port from 1 to 65535.`));
  const named = pools.get(host.toLowerCase());
  // With a variable nginx looks the name up at run time, and a port keeps it from finding the pool.
  if (named !== undefined && match?.[2] !== undefined && !word.text.includes('$')) {
    const what = say`${authority} has a port, but ${named} is an upstream, which has its own.`;
    problems.push(refused(word.at, what, say`Set ${named} without a port.`));
    return { kind: 'pool', pool: named };
  }
  // One label without a port is how a pool is named; nginx takes it for a host when there is none of the name.
  const label = match?.[2] === undefined && /^[\w-]+$/.test(host) && !/^\d+$/.test(host) && host !== 'localhost';
  const portless = match?.[2] === undefined && (context === 'stream' || !/^(?:proxy|grpc)$/.test(module));
  if (around.whole && portless && literal && fault === undefined) {
    const what = say`${authority} has no port, and no upstream has that name.`;
    problems.push(refused(word.at, what, say`Add the port, or ${`upstream ${authority}`}.`));
  }
  if (!label) return { kind: 'address', host, port };
  return context === 'http' && (module === 'proxy' || module === 'grpc')
    ? { kind: 'pool', pool: host, host, port }
    : { kind: 'pool', pool: host };
}

/** What is wrong with an address that holds no variable. */
function authorityFault(authority: string, port: number, hasForm: boolean): Text | undefined {
  if (isIPv6(authority)) return say`${authority} needs brackets: ${`[${authority}]`}.`;
  if (authority.startsWith(':')) return say`${authority} has no host.`;
  const [, inner] = /^\[([^\]]*)\]/.exec(authority) ?? [];
  if (authority.startsWith('[') && (inner === undefined || !isIPv6(inner))) return say`${authority} is not an address.`;
  if (hasForm) return port < 1 || port > 65_535 ? say`${String(port)} is an invalid port.` : undefined;
  const text = authority.slice(authority.indexOf(':', authority.indexOf(']') + 1) + 1);
  return say`${text} is an invalid port.`;
}

/** `health_check` of NGINX Plus: it asks the servers of the pool that its location passes to. */
function readHealthCheck(
  directive: Directive | undefined,
  context: Context,
  scheme: string | undefined,
): HealthCheck | undefined {
  if (directive === undefined) return undefined;
  const { at, args } = directive;
  const parameter = (name: string): { readonly text: string; readonly at: Span } | undefined => {
    const word = args.find(({ text }) => text.startsWith(`${name}=`));
    return word && { text: word.text.slice(name.length + 1), at: word.at };
  };
  const read = <T>(name: string, from: (text: string) => T | undefined, otherwise: T): Setting<T> => {
    const given = parameter(name);
    return given === undefined ? implied(otherwise, at) : written(from(given.text), given.at);
  };
  const type = parameter('type')?.text === 'grpc' ? 'grpc' : scheme === 'https' ? 'https' : 'http';
  return {
    type: context === 'http' ? type : args.some(({ text }) => text === 'udp') ? 'other' : 'tcp',
    at,
    ...(context === 'http' ? { path: read('uri', (text) => text, '/') } : {}),
    intervalMs: read('interval', timeMs, 5000),
    rise: read('passes', wholeNumber, 1),
    fall: read('fails', wholeNumber, 1),
  };
}

/** A pool with the checks and the protocol that its references give it. */
export function withReferences(pool: Pool, { checks, udp }: Found): Pool {
  const activeCheck = checks.get(pool.name) ?? pool.activeCheck;
  return {
    ...pool,
    ...(udp.has(pool.name) ? { protocol: 'udp' as const } : {}),
    ...(activeCheck ? { activeCheck, servers: pool.servers.map((server) => ({ ...server, activeCheck })) } : {}),
  };
}
