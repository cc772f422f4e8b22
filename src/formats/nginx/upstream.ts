import type { Algorithm, AlgorithmKind } from '../../model/algorithm.ts';
import type { Problem } from '../../model/config.ts';
import { poolKey } from '../../model/keys.ts';
import {
  isBackup,
  type HealthCheck,
  type PassiveCheck,
  type Pool,
  type Server,
  type Unknown,
} from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import type { Context } from './contexts.ts';
import { dialect } from './dialect.ts';
import { isForeign } from './foreign.ts';
import { nameCaveats } from './implicit.ts';
import { readMethod, roundRobin, type Method } from './method.ts';
import type { Directive, Word } from './parse.ts';
import { readServer } from './server.ts';
import { readStickiness } from './stickiness.ts';
import { allDefinitions, since, type VersionMask } from './tables.ts';
import { tagStep } from './templates.ts';
import { isFilledIn, joined, refused, timeMs, timeText, wholeNumber } from './values.ts';

/** Algorithms that look at primaries only: once none is up, the backups get weighted round robin. */
const KEEPS_TO_PRIMARIES: ReadonlySet<AlgorithmKind> = new Set(['hash', 'random'] as const);

/** Where an upstream is and what it has to suit. */
export interface UpstreamPlace {
  readonly context: Context;
  /** The root file that it is read for. */
  readonly path: string;
  readonly versions: VersionMask;
}

/** An `upstream` block. */
export function readUpstream(
  upstream: Directive,
  { context, path: scope, versions }: UpstreamPlace,
  problems: Problem[],
): Pool {
  const nameWord = upstream.args[0];
  const name = nameWord?.text ?? 'upstream';
  const { at } = upstream;
  const unknowns: Unknown[] = [];
  const passiveCheck: PassiveCheck = {
    at,
    maxFails: implied(1, at),
    windowMs: implied(10_000, at),
    ejectMs: implied(10_000, at),
  };
  if (nameWord !== undefined && isFilledIn(nameWord))
    unknowns.push({ at: nameWord.at, reason: say`the pool's name is filled in by a template` });
  const directives = upstream.block ?? [];
  const servers: Server[] = [];
  const names = new Map<string, number>();
  let depth = 0;
  let method: Method | undefined;
  let overridden: Setting<string> | undefined;
  // A directive of a module that is not known may well be how servers are picked.
  let strange: Directive | undefined;
  for (const directive of directives) {
    if (directive.tag !== undefined) {
      const step = tagStep(directive.tag);
      depth = Math.max(0, depth + step);
      if (step === 0 && !/^\{#|^\{\{-?\s*(?:!|\/\*|else)|^(?:<%|\{%)-?\s*(?:else|elif|elsif|set)\b/.test(directive.tag))
        unknowns.push({ at: directive.at, reason: say`a template may insert servers or settings here` });
      continue;
    }
    if (directive.name === 'include')
      unknowns.push({ at: directive.at, reason: say`an included file that may list servers is not read` });
    if (directive.name !== 'server') {
      const next = readMethod(directive, depth > 0);
      if (next?.algorithm !== undefined && method?.algorithm !== undefined)
        overridden = written(method.algorithm.native, method.at);
      if (next === undefined && !isKnown(directive.name)) strange ??= directive;
      method = next ?? method;
      continue;
    }
    const withoutBackups = method?.backups === false ? method.algorithm?.native : undefined;
    const owner = { pool: name, context, versions, passiveCheck, conditional: depth > 0, withoutBackups };
    const server = readServer(directive, owner, { problems, unknowns });
    if (server === undefined) continue;
    const seen = (names.get(server.name) ?? 0) + 1;
    names.set(server.name, seen);
    servers.push(seen === 1 ? server : { ...server, name: `${server.name}#${seen}` });
  }
  if (method !== undefined && method.algorithm === undefined)
    unknowns.push({ at: method.line, reason: say`a template decides how servers are picked` });
  const last = (directive: string): Directive | undefined =>
    directives.findLast(({ name: other }) => other === directive);
  const state = last('state');
  if (state) unknowns.push({ at: state.at, reason: say`the servers are in a state file that nginx keeps itself` });
  refuseEmpty(upstream, name, servers, directives, unknowns, problems);
  refuseUnshared(name, servers, directives, versions, problems);
  const stickiness = readStickiness(directives);
  const activeCheck = readCheckDirective(last('check'));
  const queue = last('queue');
  const wait = queue?.args.find((word) => word.text.startsWith('timeout='));
  const algorithm: Setting<Algorithm> =
    strange !== undefined
      ? written({ kind: 'unknown', native: strange.name }, strange.at)
      : method === undefined
        ? implied(roundRobin('round_robin'), at)
        : written(method.algorithm, method.at);
  return {
    name,
    key: poolKey(dialect.format, scope, name),
    dialect,
    at,
    protocol: context === 'http' ? 'http' : 'tcp',
    algorithm,
    servers: activeCheck === undefined ? servers : servers.map((server) => ({ ...server, activeCheck })),
    ...(stickiness ? { stickiness } : {}),
    ...(activeCheck ? { activeCheck } : {}),
    passiveCheck,
    timeouts: queue ? { queueMs: wait ? written(timeMs(wait.text.slice(8)), wait.at) : implied(60_000, queue.at) } : {},
    spill: {
      spare: implied(Infinity, at),
      standby: 'all',
      standbyBy: KEEPS_TO_PRIMARIES.has(algorithm.value?.kind ?? 'unknown') ? 'round-robin' : 'algorithm',
    },
    zones: implied('pooled', at),
    caveats: nameCaveats(servers),
    answers: [],
    dynamic:
      state !== undefined ||
      method?.algorithm?.native.startsWith('balancer_by_lua') === true ||
      servers.some((server) => server.options.has('resolve') || server.options.has('service')),
    unknowns,
    ...(overridden === undefined ? {} : { overridden }),
    options: readPoolOptions(directives),
  };
}

/** Whether a directive of that name does something else in an upstream than picking servers. */
function isKnown(name: string): boolean {
  return (
    name === 'include' ||
    isForeign(name) ||
    allDefinitions()
      .get(name)
      ?.some(({ contexts }) => /[Uu]/.test(contexts)) === true
  );
}

/** The active check of the widespread third-party module: `check interval=3000 rise=2 fall=5 timeout=1000 type=http`, in ms. */
function readCheckDirective(check: Directive | undefined): HealthCheck | undefined {
  if (check === undefined) return undefined;
  const value = (parameter: string): Word | undefined =>
    check.args.find(({ text }) => text.startsWith(`${parameter}=`));
  const number = (parameter: string, otherwise: number): Setting<number> => {
    const word = value(parameter);
    return word === undefined
      ? implied(otherwise, check.at)
      : written(wholeNumber(word.text.slice(parameter.length + 1)), word.at);
  };
  const type = value('type')?.text.slice(5) ?? 'tcp';
  return {
    type: type === 'tcp' || type === 'http' ? type : type === 'ssl_hello' ? 'tcp' : 'other',
    at: check.at,
    intervalMs: number('interval', 30_000),
    timeoutMs: number('timeout', 1000),
    rise: number('rise', 2),
    fall: number('fall', 5),
  };
}

/** Settings whose nginx default is the same as leaving them out. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['keepalive_requests', '1000'],
  ['keepalive_time', '3600s'],
  ['keepalive_timeout', '60s'],
]);

const TIMES: ReadonlySet<string> = new Set(['keepalive_time', 'keepalive_timeout', 'resolver_timeout']);

const READ_ELSEWHERE: ReadonlySet<string> = new Set(
  'server state include hash ip_hash least_conn least_time random fair consistent_hash balancer_by_lua_block balancer_by_lua_file sticky sticky_cookie_insert session_sticky jvm_route check'.split(
    ' ',
  ),
);

function readPoolOptions(directives: readonly Directive[]): ReadonlyMap<string, Setting<string>> {
  const options = new Map<string, Setting<string>>();
  const keepalive = directives.some(({ name }) => name === 'keepalive');
  for (const { name, args, at, tag } of directives) {
    if (tag !== undefined || READ_ELSEWHERE.has(name)) continue;
    // Without `keepalive` no connection is kept that these could apply to.
    if (name.startsWith('keepalive_') && !keepalive) continue;
    const value = TIMES.has(name) ? timeText(joined(args)) : joined(args);
    if (DEFAULTS.get(name) === value) continue;
    options.set(name, written(args.some(isFilledIn) ? undefined : value, at));
  }
  return options;
}

/** Names that are looked up again need a zone, where all workers see the new addresses. */
function refuseUnshared(
  pool: string,
  servers: readonly Server[],
  directives: readonly Directive[],
  versions: VersionMask,
  problems: Problem[],
): void {
  const resolved = servers.find(({ options }) => options.has('resolve'))?.options.get('resolve');
  if (resolved === undefined || (versions & since('1.28')) === 0) return;
  if (directives.some(({ name, tag }) => name === 'zone' || name === 'include' || tag !== undefined)) return;
  const what = say`Parameter ${'resolve'} needs ${'zone'} in the upstream ${pool}.`;
  const fix = say`Add ${`zone ${pool} 64k;`} to the upstream, and a ${'resolver'}.`;
  problems.push({ ...refused(resolved.at, what, fix), pool });
}

/** nginx refuses a pool without a primary server. */
function refuseEmpty(
  { at }: Directive,
  pool: string,
  servers: readonly Server[],
  directives: readonly Directive[],
  unknowns: readonly Unknown[],
  problems: Problem[],
): void {
  const has = (pattern: RegExp): boolean => directives.some(({ name, tag }) => tag !== undefined || pattern.test(name));
  if (unknowns.length > 0 || has(/^state$|upsync/)) return;
  // A shared zone may be filled at run time (NGINX Plus).
  if (servers.length === 0 && has(/^zone$/)) return;
  if (servers.length === 0) {
    problems.push({
      ...refused(at, say`The upstream ${pool} has no server.`, say`List its servers, or remove it.`),
      pool,
    });
  } else if (servers.every((server) => isBackup(server) === true)) {
    const what = say`Every server of ${pool} is a ${'backup'}.`;
    problems.push({ ...refused(at, what, say`Leave ${'backup'} off the servers that take the traffic.`), pool });
  }
}
