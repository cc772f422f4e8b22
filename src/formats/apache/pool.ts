import type { Algorithm } from '../../model/algorithm.ts';
import { poolKey } from '../../model/keys.ts';
import type { Caveat, HealthCheck, PassiveCheck, Pool, Server, Unknown } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { ServerState } from '../../model/traffic.ts';
import { isHostName } from '../../text/hosts.ts';
import { say } from '../../text/say.ts';
import type { Balancer, Member } from './balancers.ts';
import { dialect } from './dialect.ts';
import type { Word } from './lines.ts';
import { atoi, factor, statusOf, type Flag, type Parameters } from './parameters.ts';
import { duration } from './values.ts';

/** What the file says of all pools. */
export interface Common {
  readonly path: string;
  readonly templates: ReadonlyMap<string, Parameters>;
  readonly timeout: Setting<number> | undefined;
}

/** A balancer as a pool. */
export function poolOf(balancer: Balancer, common: Common): Pool {
  const { name, host, at, members, parameters } = balancer;
  const unknowns: Unknown[] = [];
  const servers = members.map((member) => readServer(member, parameters, common, unknowns));
  const sticky = parameters.get('stickysession');
  const attempts = parameters.get('maxattempts');
  const failover = parameters.get('nofailover');
  const method = algorithmOf(parameters.get('lbmethod')?.value, at);
  return {
    ...poolBase(common.path, name, at),
    key: poolKey(dialect.format, host === '' ? common.path : `${common.path} ${host}`, name),
    algorithm: method,
    servers,
    ...(sticky === undefined
      ? {}
      : { stickiness: { type: 'cookie' as const, at: sticky.at, values: 'written' as const, name: sticky.value } }),
    timeouts: common.timeout === undefined ? {} : { serverMs: common.timeout },
    ...(attempts === undefined ? {} : { retries: mapped(attempts.value, atoi) }),
    retriesElsewhere:
      failover === undefined ? implied(true, at) : mapped(failover.value, (text) => text.toLowerCase() !== 'on'),
    unknowns,
    caveats: caveatsOf(servers, method, members),
    options: optionsOf(parameters, ['lbmethod', 'stickysession', 'maxattempts', 'nofailover', 'nonce', 'growth']),
  };
}

/** The pool of an address that is passed to without any balancer. */
export function directPool(url: Word, parameters: Parameters, common: Common): Pool {
  const unknowns: Unknown[] = [];
  const member: Member = { url: url.text, word: url, at: url.at, parameters, again: [] };
  // An address that is passed to directly is one upstream, as most files have; when its name is resolved is no matter of balance.
  const { resolves: _, ...server } = readServer(member, new Map(), common, unknowns);
  const base = poolBase(common.path, server.name, url.at);
  return {
    ...base,
    algorithm: algorithmOf(undefined, url.at),
    servers: [server],
    timeouts: common.timeout === undefined ? {} : { serverMs: common.timeout },
    unknowns,
  };
}

function poolBase(path: string, name: string, at: Span): Omit<Pool, 'algorithm' | 'servers' | 'timeouts' | 'unknowns'> {
  return {
    key: poolKey(dialect.format, path, name),
    name,
    dialect,
    at,
    protocol: 'http',
    spill: { spare: implied(Infinity, at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', at),
    dynamic: false,
    caveats: [],
    answers: [],
    options: new Map(),
  };
}

function mapped<T>({ value, ...rest }: Setting<string>, read: (text: string) => T | undefined): Setting<T> {
  return { ...rest, value: value === undefined ? undefined : read(value) };
}

/** Load factors are shares of requests, of bytes, or break ties between servers with as few open requests. */
function algorithmOf(method: Setting<string> | undefined, at: Span): Setting<Algorithm> {
  const by = (native: string): Algorithm => ({ native, kind: 'round-robin', serves: 'in-turn', weights: 'used' });
  if (method === undefined) return implied(by('byrequests'), at);
  switch (method.value) {
    case undefined:
      return written<Algorithm>(undefined, method.at);
    case 'byrequests':
    case 'bytraffic':
      return written(by(method.value), method.at);
    case 'bybusyness':
      return written<Algorithm>(
        { native: 'bybusyness', kind: 'least-connections', idle: 'by-weight', loaded: 'equal' },
        method.at,
      );
    default:
      return written<Algorithm>({ native: method.value, kind: 'unknown' }, method.at);
  }
}

function caveatsOf(servers: readonly Server[], algorithm: Setting<Algorithm>, members: readonly Member[]): Caveat[] {
  const caveats: Caveat[] = [];
  if (algorithm.value?.native === 'bytraffic')
    caveats.push({
      at: algorithm.at,
      bends: 'some',
      reason: say`${'bytraffic'} counts bytes, so shares of requests follow only if responses are equally large`,
    });
  const spare = members.findIndex(({ parameters }) => flagsOf(parameters)?.get('R') === true);
  const first = servers[spare];
  if (first !== undefined)
    caveats.push({ at: first.at, bends: 'some', reason: say`a hot spare takes the place of each server that fails` });
  return caveats;
}

function flagsOf(parameters: Parameters): ReadonlyMap<Flag, boolean> | undefined {
  const status = parameters.get('status')?.value.value;
  return status === undefined ? new Map() : statusOf(status);
}

function readServer(member: Member, shared: Parameters, common: Common, unknowns: Unknown[]): Server {
  const { url, at, word, parameters: own } = member;
  const template = common.templates.get(own.get('hctemplate')?.value.value ?? '');
  const parameters: Parameters = template === undefined ? own : new Map([...template, ...own]);
  const { scheme, host, port, isSocket } = urlParts(url);
  if (word.isOpen) unknowns.push({ at: word.at, reason: say`${url} has a variable that no file defines` });
  for (const { value, at: place } of parameters.values())
    if (value.value === undefined)
      unknowns.push({ at: place, reason: say`a variable that no file defines is part of it` });
  const weight = parameters.get('loadfactor')?.value;
  const check = readCheck(parameters);
  const route = parameters.get('route')?.value;
  return {
    name: isSocket ? host : `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`,
    address: word.isOpen || host === '' ? undefined : host,
    port: isSocket
      ? undefined
      : port === undefined
        ? implied(STANDARD.get(scheme) ?? 80, word.at)
        : written(port, word.at),
    at,
    weight: weight === undefined ? implied(1, at) : mapped(weight, factor),
    priority: priorityOf(parameters, at),
    state: stateOf(parameters, at),
    instances: { count: implied(1, at), named: 'listed' },
    ...(isHostName(host) && !isSocket ? { resolves: 'once' as const } : {}),
    ...(check === undefined ? {} : { activeCheck: check }),
    passiveCheck: readPassive(parameters, shared, at),
    ...(route === undefined ? {} : { stickyValue: route }),
    tls: written(/^(?:https|wss|h2)$/.test(scheme), word.at),
    options: new Map([...optionsOf(parameters, READ), ...sameUrl(member)]),
  };
}

/** Lines of one URL are one server; the rule member-merged reports the second. */
function sameUrl({ again: [at] }: Member): readonly (readonly [string, Setting<string>])[] {
  return at === undefined ? [] : [['line of the same URL', written('yes', at)]];
}

/** Fields of the model describe these. */
const READ: readonly string[] = [
  'loadfactor',
  'lbset',
  'status',
  'retry',
  'route',
  'hcmethod',
  'hcinterval',
  'hcpasses',
  'hcfails',
  'hcuri',
  'hcexpr',
  'hctemplate',
];

function optionsOf(parameters: Parameters, except: readonly string[]): Pool['options'] {
  return new Map([...parameters].flatMap(([key, { value }]) => (except.includes(key) ? [] : [[key, value] as const])));
}

const STANDARD: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ajp', 8009],
  ['fcgi', 8000],
  ['scgi', 4000],
  ['h2', 443],
  ['h2c', 80],
]);

function urlParts(url: string): {
  readonly scheme: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly isSocket: boolean;
} {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(.*)$/is.exec(url) ?? [];
  if (scheme.toLowerCase() === 'unix') {
    const [path = ''] = rest.split('|');
    return { scheme: /\|(\w+):/.exec(rest)?.[1] ?? '', host: `unix:${path}`, port: undefined, isSocket: true };
  }
  const authority = (rest.split(/[/?#]/)[0] ?? '').replace(/^.*@/, '');
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?/.exec(authority) ?? [];
  return {
    scheme: scheme.toLowerCase(),
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: port === undefined ? undefined : Number(port),
    isSocket: false,
  };
}

/** Within a set spares come after the servers, and hot standbys after spares; then the next set. */
function priorityOf(parameters: Parameters, at: Span): Setting<number> {
  const set = parameters.get('lbset');
  const flags = flagsOf(parameters);
  const status = parameters.get('status');
  if (set?.value.value === undefined && set !== undefined) return written<number>(undefined, set.value.at);
  const level = atoi(set?.value.value ?? '0') * 3;
  const step = flags?.get('H') === true ? 2 : flags?.get('R') === true ? 1 : 0;
  const place = step > 0 ? status : set;
  return place === undefined ? implied(level, at) : written(level + step, place.value.at);
}

/** Disabled and stopped servers get nothing; one that drains keeps its sessions; an error or a failed check may be over by now. */
function stateOf(parameters: Parameters, at: Span): Setting<ServerState> {
  const status = parameters.get('status');
  const flags = flagsOf(parameters);
  if (status === undefined) return implied('up', at);
  const place = status.value.at;
  if (flags === undefined || status.value.value === undefined) return written<ServerState>(undefined, place);
  const is = (flag: Flag): boolean => flags.get(flag) === true;
  if (is('D') || is('S')) return written('down', place);
  if (is('N')) return written('drain', place);
  if (is('E') || is('C')) return written<ServerState>(undefined, place);
  return written('up', place);
}

/** A connection that fails takes a server out for 60 s; `retry=0` brings it back at once. */
function readPassive(parameters: Parameters, shared: Parameters, at: Span): PassiveCheck {
  const retry = parameters.get('retry')?.value;
  const statuses = shared.get('failonstatus');
  return {
    at: retry?.at ?? at,
    maxFails: implied(flagsOf(parameters)?.get('I') === true ? 0 : 1, at),
    ejectMs: retry === undefined ? implied(60_000, at) : mapped(retry, (text) => atoi(text) * 1000),
    sees: statuses === undefined ? 'connections' : 'answers',
  };
}

/** On only with `hcmethod`: every 30 s, one failure and one pass. */
function readCheck(parameters: Parameters): HealthCheck | undefined {
  const method = parameters.get('hcmethod');
  if (method === undefined || method.value.value?.toLowerCase() === 'none') return undefined;
  const { at } = method;
  const of = (key: string): Setting<string> | undefined => parameters.get(key)?.value;
  const word = method.value.value?.toUpperCase() ?? '';
  const isTcp = word === 'TCP' || word === 'CPING';
  const [interval, rise, fall] = [of('hcinterval'), of('hcpasses'), of('hcfails')];
  const [path, expects] = [of('hcuri'), of('hcexpr')];
  return {
    type: word === 'CPING' ? 'other' : isTcp ? 'tcp' : 'http',
    at,
    ...(isTcp
      ? {}
      : {
          path: path ?? implied('/', at),
          method: mapped(method.value, (text) => text.toUpperCase().replace(/11$/, '')),
        }),
    ...(expects === undefined ? {} : { expects }),
    intervalMs: interval === undefined ? implied(30_000, at) : mapped(interval, duration),
    rise: rise === undefined ? implied(1, at) : mapped(rise, (text) => Math.max(1, atoi(text))),
    fall: fall === undefined ? implied(1, at) : mapped(fall, (text) => Math.max(1, atoi(text))),
  };
}
