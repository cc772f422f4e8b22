import { poolKey } from '../../model/keys.ts';
import type { HealthCheck, PassiveCheck, Pool, Server } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { isHostName } from '../../text/hosts.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import { readPolicy, type Choice } from './policy.ts';
import type { Discovery, Proxy, Upstream } from './proxy.ts';
import { atoi, goDuration } from './values.ts';

/** The pool behind a place that passes requests on. `version` as declared, for what depends on it. */
export function poolOf(proxy: Proxy, scope: string, name: string, version?: string): Pool {
  const { at, upstreams, discovery, settings, transport } = proxy;
  const choice = readPolicy(proxy, version);
  const activeCheck = readCheck(proxy);
  const passiveCheck = readPassive(proxy);
  const [only, ...others] = upstreams;
  // The whole of a pool that is one address is its line.
  const place =
    only !== undefined && others.length === 0 && discovery === undefined && proxy.policy === undefined ? only.at : at;
  const checks = {
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
  };
  const unique = uniqueNames();
  const servers = [
    ...(discovery === undefined ? [] : [discoveredServer(discovery, passiveCheck)]),
    ...upstreams.map((upstream, i) => ({
      ...readServer(upstream, i, choice, proxy),
      ...checks,
    })),
  ].map((server) => ({ ...server, name: unique(server.name) }));
  const host = hostHeader(proxy);
  const retries = settings.get('lb_retries');
  const tries = settings.get('lb_try_duration');
  const answers = settings.get('lb_retry_match');
  const connect = transport.settings.get('dial_timeout');
  const wait = transport.settings.get('response_header_timeout') ?? transport.settings.get('read_timeout');
  return {
    key: poolKey(dialect.format, scope, name),
    name,
    dialect,
    at: place,
    protocol: 'http',
    algorithm: choice.algorithm,
    servers,
    ...(choice.stickiness === undefined ? {} : { stickiness: choice.stickiness }),
    ...(discovery === undefined ? checks : passiveCheck === undefined ? {} : { passiveCheck }),
    ...(host === undefined ? {} : { sendsHost: host }),
    timeouts: {
      connectMs: connect === undefined ? implied(3000, at) : mapped(connect, goDuration),
      ...(wait === undefined ? {} : { serverMs: mapped(wait, goDuration) }),
    },
    ...(retries === undefined ? {} : { retries: mapped(retries, atoi) }),
    ...(retries === undefined && tries === undefined ? {} : { retriesElsewhere: implied(true, at) }),
    // A condition that asks for the response repeats requests that were answered.
    ...(answers !== undefined && /\{(?:rp|http\.reverse_proxy)\./.test(answers.value ?? '')
      ? { retriesAnswers: written(true, answers.at) }
      : {}),
    // Their source decides which of them are there.
    ...(discovery === undefined ? {} : { uncheckedOnPurpose: true as const }),
    spill: { spare: implied(Infinity, at), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', at),
    dynamic: discovery !== undefined,
    unknowns: [...proxy.unknowns, ...choice.unknowns],
    caveats: proxy.defaults.map((span) => ({
      at: span,
      bends: 'some' as const,
      reason: say`the environment may replace the default ${span.source.text.slice(span.start, span.end)}`,
    })),
    answers: [],
    options: optionsOf(proxy, { activeCheck: discovery === undefined ? activeCheck : undefined, passiveCheck }),
  };
}

function mapped<T>({ value, ...rest }: Setting<string>, read: (text: string) => T | undefined): Setting<T> {
  return { ...rest, value: value === undefined ? undefined : read(value) };
}

/** Two lines of one address are two servers. */
function uniqueNames(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}#${times}`;
  };
}

function readServer({ dial, at, isOpen, options }: Upstream, index: number, choice: Choice, proxy: Proxy): Server {
  const { host, port, network, hasPort } = dial;
  const isSocket = network.startsWith('unix');
  const address = isSocket ? `unix:${host.startsWith('/') ? '' : '/'}${host}` : host;
  const number = atoi(port);
  const full = proxy.settings.get('unhealthy_request_count');
  const max = options.get('max_requests') ?? full;
  return {
    name: isSocket
      ? address
      : `${host.includes(':') && !host.startsWith('{') ? `[${host}]` : host}${port === '' ? '' : `:${port}`}`,
    address: isOpen || /\{/.test(host) ? (isOpen ? undefined : host) : address,
    port: isSocket ? undefined : hasPort ? written(number, at) : implied(number, at),
    at,
    weight: choice.weights[index] ?? implied(1, at),
    // What is looked up comes first; what is listed too serves when the lookup fails.
    priority: implied(proxy.discovery === undefined ? 0 : 1, at),
    state: implied('up', at),
    instances: { count: implied(isOpen ? undefined : 1, at), named: isOpen ? 'unknown' : 'listed' },
    ...(isHostName(host) && !isSocket ? { resolves: 'one' as const } : {}),
    ...(max === undefined ? {} : { maxConnections: mapped(max, atoi) }),
    tls: dial.scheme === '' ? implied(proxy.transport.tls, at) : written(proxy.transport.tls, at),
    options: new Map([...options].filter(([key]) => key !== 'max_requests')),
  };
}

/** As many servers as the name has addresses or records. Active checks do not reach them. */
function discoveredServer({ source, at, settings }: Discovery, passiveCheck: PassiveCheck | undefined): Server {
  const name = settings.get('name');
  const port = settings.get('port');
  const service = settings.get('service')?.value;
  const host =
    service === undefined ? name?.value : `_${service}._${settings.get('proto')?.value ?? ''}.${name?.value ?? ''}`;
  const place = name?.at ?? at;
  return {
    name: `${source} ${host ?? ''}${port?.value === undefined ? '' : `:${port.value}`}`.trim(),
    address: host,
    port: port === undefined ? undefined : mapped(port, atoi),
    at: place,
    weight: implied(1, place),
    priority: implied(0, place),
    state: implied('up', place),
    instances: { count: implied<number>(undefined, place), named: 'unknown' },
    ...(isHostName(host) ? { resolves: 'all' as const } : {}),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
    options: new Map(),
  };
}

/** The Host header that is sent on: the client's own, or that of the upstream where TLS is spoken, unless it is set. */
function hostHeader({ settings }: Proxy): Setting<string> | undefined {
  for (const [key, setting] of settings) if (/^header_up host$/i.test(key)) return setting;
  return undefined;
}

/** On only with a URI, a path or a port: every 30 s, 5 s to answer, one failure and one pass. */
function readCheck({ settings, transport }: Proxy): HealthCheck | undefined {
  const path = settings.get('health_uri') ?? settings.get('health_path');
  const port = settings.get('health_port');
  const on = path ?? port;
  if (on === undefined || on.value === '' || (path === undefined && port?.value === '0')) return undefined;
  const { at } = on;
  const duration = (key: string, ms: number): Setting<number> => {
    const setting = settings.get(key);
    return setting === undefined ? implied(ms, at) : mapped(setting, goDuration);
  };
  const times = (key: string): Setting<number> => {
    const setting = settings.get(key);
    return setting === undefined ? implied(1, at) : mapped(setting, (text) => Math.max(1, atoi(text) ?? 1));
  };
  const status = settings.get('health_status');
  const body = settings.get('health_body');
  const method = settings.get('health_method');
  const statuses = status === undefined ? ([200, 299] as const) : statusRange(status.value);
  return {
    type: transport.tls ? 'https' : 'http',
    at,
    path: path ?? implied('/', at),
    ...(port === undefined ? {} : { port: mapped(port, atoi) }),
    ...(method === undefined ? {} : { method }),
    ...(status === undefined && body === undefined ? {} : { expects: joined([status, body]) }),
    ...(statuses === undefined ? {} : { statuses: [statuses] }),
    intervalMs: duration('health_interval', 30_000),
    timeoutMs: duration('health_timeout', 5000),
    rise: times('health_passes'),
    fall: times('health_fails'),
  };
}

/** `200`, `2xx`, or `2` as in JSON. */
function statusRange(text: string | undefined): readonly [number, number] | undefined {
  const match = /^(\d)(?:xx)?$|^(\d{3})$/.exec(text ?? '');
  if (match === null) return undefined;
  const low = match[1] === undefined ? Number(match[2]) : Number(match[1]) * 100;
  return [low, match[1] === undefined ? low : low + 99];
}

function joined(settings: readonly (Setting<string> | undefined)[]): Setting<string> {
  const known = settings.filter((one) => one !== undefined);
  const [first] = known;
  const isOpen = known.some(({ value }) => value === undefined);
  const place = first?.at as Span;
  return written(isOpen ? undefined : known.map(({ value = '' }) => value).join('; '), place);
}

/** On only with `fail_duration` above 0: so long each failure counts, and one is enough where `max_fails` is not set. */
function readPassive({ settings }: Proxy): PassiveCheck | undefined {
  const window = settings.get('fail_duration');
  if (window === undefined) return undefined;
  const ms = mapped(window, goDuration);
  if (ms.value === 0) return undefined;
  const fails = settings.get('max_fails');
  const sees = settings.has('unhealthy_status') || settings.has('unhealthy_latency');
  return {
    at: window.at,
    maxFails: fails === undefined ? implied(1, window.at) : mapped(fails, (text) => Math.max(1, atoi(text) ?? 1)),
    sees: sees ? 'answers' : 'connections',
    windowMs: ms,
    ejectMs: ms,
  };
}

/** Settings that a field of the model describes, while what they are part of is on. */
const READ: readonly (readonly [part: 'always' | 'activeCheck' | 'passiveCheck', key: string])[] = [
  ['always', 'lb_retries'],
  ['always', 'unhealthy_request_count'],
  ...'uri port status body method interval timeout passes fails'
    .split(' ')
    .map((key) => ['activeCheck', `health_${key}`] as const),
  ['passiveCheck', 'max_fails'],
  ['passiveCheck', 'fail_duration'],
];

/** Everything else: a change of it is reported by its name. */
function optionsOf(
  { settings, transport, discovery, policy, directive }: Proxy,
  checks: { readonly activeCheck: HealthCheck | undefined; readonly passiveCheck: PassiveCheck | undefined },
): Pool['options'] {
  const read = new Set(READ.flatMap(([part, key]) => (part === 'always' || checks[part] !== undefined ? [key] : [])));
  const found = new Map<string, Setting<string>>();
  for (const [key, setting] of settings) {
    const isAnswer =
      key.startsWith('header_down') && !/\{(?:http\.reverse_proxy\.|rp\.)?upstream/.test(setting.value ?? '');
    if (!read.has(key) && !isAnswer && !/^header_up host$/i.test(key)) found.set(key, setting);
  }
  for (const [key, setting] of transport.settings)
    if (!/^(?:dial_timeout|response_header_timeout)$/.test(key)) found.set(`transport ${key}`, setting);
  for (const [key, setting] of discovery?.settings ?? [])
    if (key !== 'name' && key !== 'port') found.set(`dynamic ${key}`, setting);
  for (const [key, setting] of policy?.settings ?? []) if (key !== 'max_age') found.set(`lb_policy ${key}`, setting);
  if (transport.protocol !== 'http' && directive === 'reverse_proxy') {
    const at = [...transport.settings.values()][0]?.at;
    if (at !== undefined) found.set('transport', written(transport.protocol, at));
  }
  return found;
}
