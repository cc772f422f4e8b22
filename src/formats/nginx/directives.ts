import type { Problem } from '../../model/config.ts';
import type { Text } from '../../model/text.ts';
import { say, words as own } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import type { Directive, Word } from './parse.ts';
import { isFilledIn, refused, timeMs, wholeNumber } from './values.ts';

/** What a directive may look like. */
interface Shape {
  readonly min: number;
  readonly max: number;
  /** It opens a block. */
  readonly block?: boolean;
  /** A block may have it only once. */
  readonly once?: boolean;
  /** So many arguments at its beginning may hold variables. */
  readonly free?: number;
  /** What is wrong with its arguments; only asked when their number is right. */
  readonly fault?: (args: readonly string[]) => Text | undefined;
}

const ANY = Number.POSITIVE_INFINITY;
const one: Shape = { min: 1, max: 1 };
const none: Shape = { min: 0, max: 0 };
const many: Shape = { min: 1, max: ANY };
const block = (min: number, max = min): Shape => ({ min, max, block: true });

const time: Shape = {
  min: 1,
  max: 1,
  once: true,
  fault: ([text = '']) => (timeMs(text) === undefined ? say`${text} is no time such as ${'30s'}.` : undefined),
};
const number = (least: number): Shape => ({
  min: 1,
  max: 1,
  once: true,
  fault: ([text = '']) =>
    (wholeNumber(text) ?? -1) < least ? say`${text} is no whole number from ${least} up.` : undefined,
});
const oneOf = (...allowed: readonly string[]): Shape => ({ ...listOf(allowed), max: 1 });
const listOf = (allowed: readonly string[]): Shape => ({
  min: 1,
  max: ANY,
  once: true,
  fault: (args) => {
    const wrong = args.find((arg) => !allowed.includes(arg));
    return wrong === undefined ? undefined : say`${wrong} is none of ${allowed.join(' ')}.`;
  },
});
/** The allowed words of each argument from `from` on. */
const words = (min: number, max: number, from: number, ...allowed: readonly RegExp[]): Shape => ({
  min,
  max,
  free: from,
  fault: (args) => {
    const wrong = args.slice(from).find((arg, i) => allowed[i]?.test(arg) !== true);
    return wrong === undefined ? undefined : say`${wrong} is not known here.`;
  },
});

/** Directives of an `upstream` block, those of NGINX Plus and of common third-party modules included. */
const UPSTREAM: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['server', many],
  ['zone', { min: 1, max: 2, fault: zoneFault }],
  ['state', one],
  ['hash', words(1, 2, 1, /^consistent$/)],
  ['ip_hash', none],
  ['least_conn', none],
  ['least_time', words(1, 2, 0, /^(?:header|last_byte|connect|first_byte)$/, /^inflight$/)],
  ['random', words(0, 2, 0, /^two$/, /^least_(?:conn|time=(?:header|last_byte|connect|first_byte))$/)],
  ['keepalive', { min: 1, max: 2, once: true, fault: keepaliveFault }],
  ['keepalive_requests', number(0)],
  ['keepalive_time', time],
  ['keepalive_timeout', time],
  ['ntlm', none],
  ['queue', { min: 1, max: 2 }],
  ['sticky', { min: 0, max: ANY }],
  ['sticky_cookie_insert', many],
  ['session_sticky', { min: 0, max: ANY }],
  ['jvm_route', many],
  ['resolver', many],
  ['resolver_timeout', one],
  ['check', many],
  ['check_http_send', one],
  ['check_http_expect_alive', many],
  ['fair', { min: 0, max: ANY }],
  ['vnswrr', { min: 0, max: ANY }],
  ['consistent_hash', one],
  ['balancer_by_lua_block', block(0)],
  ['balancer_by_lua_file', one],
]);

/** Whether nginx or a common module has an `upstream` directive of that name. */
export function isKnownInUpstream(name: string): boolean {
  return UPSTREAM.has(name) || /^(?:include|check_|keepalive_|upsync|dynamic_resolve$)/.test(name);
}

const FAILURES =
  'error timeout denied invalid_header http_500 http_502 http_503 http_504 http_403 http_404 http_429 non_idempotent updating not_found on off';

/** Directives elsewhere that decide where traffic goes, what fails over and what rules look at as evidence. */
const ELSEWHERE: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['http', block(0)],
  ['stream', block(0)],
  ['events', block(0)],
  ['server', block(0)],
  ['upstream', block(1)],
  ['location', block(1, 2)],
  ['map', block(2)],
  ['geo', block(1, 2)],
  ['split_clients', block(2)],
  ['set', { min: 2, max: 2 }],
  ['listen', many],
  ['server_name', many],
  ['worker_processes', one],
  ['real_ip_header', { ...one, once: true }],
  ['real_ip_recursive', oneOf('on', 'off')],
  ['set_real_ip_from', one],
  ['health_check', { min: 0, max: ANY }],
  ['add_header', words(2, 3, 2, /^always$/)],
  ...['proxy', 'grpc', 'fastcgi', 'uwsgi', 'scgi', 'memcached'].flatMap((module): [string, Shape][] => [
    [`${module}_pass`, { ...one, once: true }],
    // Several lines of it add up.
    [`${module}_next_upstream`, { ...listOf(FAILURES.split(' ')), once: false }],
    [`${module}_next_upstream_tries`, number(0)],
    [`${module}_next_upstream_timeout`, time],
    [`${module}_connect_timeout`, time],
    [`${module}_read_timeout`, time],
    [`${module}_send_timeout`, time],
  ]),
  ['proxy_http_version', oneOf('1.0', '1.1', '2')],
  ['proxy_set_header', { min: 2, max: 2 }],
  ['proxy_timeout', time],
  ['proxy_ssl_verify', oneOf('on', 'off')],
  ['proxy_ssl_server_name', oneOf('on', 'off')],
  ['proxy_ssl_name', one],
  ['proxy_ssl_session_reuse', oneOf('on', 'off')],
  ['proxy_redirect', { min: 1, max: 2 }],
  ['proxy_buffering', oneOf('on', 'off')],
  ['root', { ...one, once: true }],
]);

/** nginx needs eight memory pages for a zone. */
const LEAST_ZONE = 32_768;

function zoneFault([, size]: readonly string[]): Text | undefined {
  const match = /^(\d{1,15})([kKmM]?)$/.exec(size ?? `${LEAST_ZONE}`);
  if (match === null) return say`${size ?? ''} is no size such as ${'64k'}.`;
  const bytes = Number(match[1]) * (match[2] === '' ? 1 : /k/i.test(match[2] ?? '') ? 1024 : 1_048_576);
  return bytes < LEAST_ZONE ? say`A zone of ${size ?? ''} is too small; nginx needs 32k.` : undefined;
}

function keepaliveFault([connections = '', more]: readonly string[]): Text | undefined {
  if (more !== undefined && more !== 'local')
    return say`${'keepalive'} takes one number, and ${more} stands behind it.`;
  return (wholeNumber(connections) ?? 0) < 1 ? say`${connections} is no number of connections from 1 up.` : undefined;
}

/** Directives near in spelling to one of ours that are sound themselves. */
const LOOK_ALIKES: ReadonlySet<string> = new Set(
  'include mail mgmt proxy_bind proxy_cache proxy_pass_header proxy_ssl proxy_method env map_hash_max_size user alias return stream type types match states set_md5 set_sha1 proxy_ssl_name geoip_city'.split(
    ' ',
  ),
);

/**
 * Checks the directives of one block against the tables and splits those that swallowed the next line because a semicolon
 * is missing. Gives back what nginx would have read had the file been right.
 */
export function checked(
  directives: readonly Directive[],
  where: 'upstream' | 'elsewhere',
  problems: Problem[],
  pool?: string,
): readonly Directive[] {
  const table = where === 'upstream' ? UPSTREAM : ELSEWHERE;
  const owner = pool === undefined ? {} : { pool };
  const report = (problem: Problem): void => void problems.push({ ...problem, ...owner });
  const seen = new Set<string>();
  const check = (directive: Directive, splits: number): readonly Directive[] => {
    const { name, args, at, block: inside } = directive;
    if (directive.tag !== undefined || args.some((word) => word.template)) return [directive];
    const shape = table.get(name);
    if (shape === undefined) {
      const meant = LOOK_ALIKES.has(name) ? undefined : nearest(name, table, inside !== undefined);
      if (meant !== undefined)
        report(refused(at, say`${name} is no directive; did you mean ${meant}?`, say`Write ${meant}.`));
      return [directive];
    }
    const split = splits < MAX_SPLITS ? swallowed(directive, table, shape) : undefined;
    if (split !== undefined) {
      const next = split.rest.name;
      const what = say`Directive ${name} runs on into ${next} on a later line.`;
      report(refused(split.first.at, what, say`End it with ${';'}.`));
      return [split.first, ...check(split.rest, splits + 1)];
    }
    if ((shape.block === true) !== (inside !== undefined)) {
      const what = shape.block === true ? say`${name} opens no block with ${'{'}.` : say`${name} opens a block.`;
      const fix = shape.block === true ? say`Put what belongs to it into ${'{ }'}.` : say`End it with ${';'} instead.`;
      report(refused(at, what, fix));
      return [directive];
    }
    // A word of the environment may be empty.
    const least = where === 'upstream' ? args.filter((word) => !isFilledIn(word)).length : args.length;
    if (args.length < shape.min || least > shape.max) report(refused(at, wrongCount(name, args, shape)));
    else if (!args.slice(shape.free).some(({ text }) => text.includes('$'))) {
      const fault = shape.fault?.(args.map(({ text }) => text));
      if (fault !== undefined) report(refused(at, say`${name}: ${fault}`));
    }
    if (shape.once === true && seen.has(name)) report(refused(at, say`${name} stands twice in one block.`));
    seen.add(name);
    return [directive];
  };
  return directives.flatMap((directive) => check(directive, 0));
}

/** So many directives in a row may lack their semicolon and still be told apart. */
const MAX_SPLITS = 64;

/** A directive whose later lines begin with the name of another one: the two that were meant. */
function swallowed(
  { name, args, at, block: inside }: Directive,
  table: ReadonlyMap<string, Shape>,
  shape: Shape,
): { readonly first: Directive; readonly rest: Directive } | undefined {
  // Where any number of words is right, only a word that cannot be one of them shows that a new directive began.
  const from = shape.max === ANY ? 1 : shape.min;
  for (let i = from; i < args.length; i++) {
    const word = args[i];
    const earlier = args[i - 1]?.at.end ?? at.start + name.length;
    if (word === undefined || !table.has(word.text) || !hasNewline(word, earlier)) continue;
    if (name === 'server_name') continue;
    const first = { name, args: args.slice(0, i), at: { ...at, end: Math.max(earlier, at.start) }, block: undefined };
    const rest = { name: word.text, args: args.slice(i + 1), at: { ...at, start: word.at.start }, block: inside };
    return { first, rest };
  }
  return undefined;
}

function hasNewline(word: Word, earlier: number): boolean {
  const { source, start } = word.at;
  return start > earlier && source.text.slice(earlier, start).includes('\n');
}

function wrongCount(name: string, args: readonly Word[], { min, max }: Shape): Problem['what'] {
  const wanted = max === ANY ? `at least ${min}` : min === max ? String(min) : `${min} to ${max}`;
  return args.length === 0
    ? say`${name} has no argument, and needs one.`
    : say`${name} has ${args.length} arguments; it takes ${own(wanted)}.`;
}

/**
 * The directive that an unknown name most likely stands for. Short names are near to too many words of modules that we do
 * not know (`host` to `root`), so those have to begin alike.
 */
function nearest(name: string, table: ReadonlyMap<string, Shape>, opens: boolean): string | undefined {
  const likely = (known: string): boolean => known.length >= 6 || known[0] === name[0];
  return didYouMean(
    name,
    [...table].flatMap(([known, shape]) => ((shape.block === true) === opens && likely(known) ? [known] : [])),
  );
}
