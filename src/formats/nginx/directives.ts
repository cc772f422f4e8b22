import type { Problem } from '../../model/config.ts';
import { say, words } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import type { Directive, Word } from './parse.ts';
import { refused } from './values.ts';

/** How many arguments a directive takes; `block` when it opens one. */
interface Shape {
  readonly min: number;
  readonly max: number;
  readonly block?: boolean;
}

const ANY = Number.POSITIVE_INFINITY;
const one: Shape = { min: 1, max: 1 };
const many: Shape = { min: 1, max: ANY };

/** Directives of an `upstream` block, those of NGINX Plus and of common third-party modules included. */
const UPSTREAM: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['server', many],
  ['zone', { min: 1, max: 2 }],
  ['state', one],
  ['hash', { min: 1, max: 2 }],
  ['ip_hash', { min: 0, max: 0 }],
  ['least_conn', { min: 0, max: 0 }],
  ['least_time', { min: 1, max: 2 }],
  ['random', { min: 0, max: 2 }],
  ['keepalive', { min: 1, max: 2 }],
  ['keepalive_requests', one],
  ['keepalive_time', one],
  ['keepalive_timeout', one],
  ['ntlm', { min: 0, max: 0 }],
  ['queue', { min: 1, max: 2 }],
  ['sticky', { min: 0, max: ANY }],
  ['sticky_cookie_insert', many],
  ['session_sticky', { min: 0, max: ANY }],
  ['resolver', many],
  ['resolver_timeout', one],
  ['check', many],
  ['check_http_send', one],
  ['check_http_expect_alive', many],
  ['fair', { min: 0, max: ANY }],
  ['consistent_hash', one],
  ['balancer_by_lua_block', { min: 0, max: 0, block: true }],
  ['balancer_by_lua_file', one],
]);

/** Directives elsewhere that decide where traffic goes, what fails over and what rules look at as evidence. */
const ELSEWHERE: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['http', { min: 0, max: 0, block: true }],
  ['stream', { min: 0, max: 0, block: true }],
  ['events', { min: 0, max: 0, block: true }],
  ['server', { min: 0, max: 0, block: true }],
  ['upstream', { min: 1, max: 1, block: true }],
  ['location', { min: 1, max: 2, block: true }],
  ['map', { min: 2, max: 2, block: true }],
  ['geo', { min: 1, max: 2, block: true }],
  ['split_clients', { min: 2, max: 2, block: true }],
  ['set', { min: 2, max: 2 }],
  ['listen', many],
  ['server_name', many],
  ['worker_processes', one],
  ['real_ip_header', one],
  ['real_ip_recursive', one],
  ['set_real_ip_from', one],
  ['health_check', { min: 0, max: ANY }],
  ['add_header', { min: 2, max: 3 }],
  ...['proxy', 'grpc', 'fastcgi', 'uwsgi', 'scgi', 'memcached'].flatMap((module): [string, Shape][] => [
    [`${module}_pass`, one],
    [`${module}_next_upstream`, many],
    [`${module}_next_upstream_tries`, one],
    [`${module}_next_upstream_timeout`, one],
    [`${module}_connect_timeout`, one],
    [`${module}_read_timeout`, one],
    [`${module}_send_timeout`, one],
  ]),
  ['proxy_http_version', one],
  ['proxy_set_header', { min: 2, max: 2 }],
  ['proxy_timeout', one],
  ['proxy_ssl_verify', one],
  ['proxy_ssl_server_name', one],
  ['proxy_ssl_name', one],
  ['proxy_ssl_session_reuse', one],
  ['proxy_redirect', { min: 1, max: 2 }],
  ['proxy_buffering', one],
  ['root', one],
]);

/** Directives near in spelling to one of ours that are sound themselves. */
const LOOK_ALIKES: ReadonlySet<string> = new Set(
  'proxy_bind proxy_cache proxy_pass_header proxy_ssl proxy_method env map_hash_max_size user alias return stream type types match states set_md5 set_sha1 proxy_ssl_name geoip_city'.split(
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
  const check = (directive: Directive): readonly Directive[] => {
    const { name, args, at, block } = directive;
    if (directive.tag !== undefined || args.some((word) => word.template)) return [directive];
    const shape = table.get(name);
    if (shape === undefined) {
      const meant = LOOK_ALIKES.has(name) ? undefined : nearest(name, where === 'elsewhere', block !== undefined);
      if (meant !== undefined)
        report(refused(at, say`${name} is no directive; did you mean ${meant}?`, say`Write ${meant}.`));
      return [directive];
    }
    const split = swallowed(directive, table, shape);
    if (split !== undefined) {
      const next = split.rest.name;
      const what = say`Directive ${name} runs on into ${next} on a later line.`;
      report(refused(split.first.at, what, say`End it with ${';'}.`));
      return [split.first, ...check(split.rest)];
    }
    if ((shape.block === true) !== (block !== undefined)) {
      const what = shape.block === true ? say`${name} opens no block with ${'{'}.` : say`${name} opens a block.`;
      const fix = shape.block === true ? say`Put what belongs to it into ${'{ }'}.` : say`End it with ${';'} instead.`;
      report(refused(at, what, fix));
      return [directive];
    }
    if (args.length < shape.min || args.length > shape.max) report(refused(at, wrongCount(name, args, shape)));
    return [directive];
  };
  return directives.flatMap(check);
}

/** A directive whose later lines begin with the name of another one: the two that were meant. */
function swallowed(
  { name, args, at, block }: Directive,
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
    const rest = { name: word.text, args: args.slice(i + 1), at: { ...at, start: word.at.start }, block };
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
    : say`${name} has ${args.length} arguments; it takes ${words(wanted)}.`;
}

function nearest(name: string, elsewhere: boolean, block: boolean): string | undefined {
  const table = elsewhere ? ELSEWHERE : UPSTREAM;
  return didYouMean(
    name,
    [...table].flatMap(([known, shape]) => ((shape.block === true) === block ? [known] : [])),
  );
}
