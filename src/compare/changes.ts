import type { HealthCheck, PassiveCheck, Pool, Reference, Server, Stickiness } from '../model/config.ts';
import type { DiffChange, ChangeKind } from '../model/diff.ts';
import type { Setting, Span } from '../model/span.ts';
import { writtenAddress } from './mapping.ts';
import { addressOf, type Pair } from './match.ts';

/** A change with the place that shows it (in head, or in base for what is gone). */
export interface LocatedChange extends Omit<DiffChange, 'file' | 'line'> {
  readonly at: Span;
}

type Value = LocatedChange['before'];

/** What differs between two revisions of a pool, by effective value: how it is written does not count. */
export function poolChanges(
  base: Pool,
  head: Pool,
  servers: readonly Pair<Server>[],
  references: { readonly base: readonly Reference[]; readonly head: readonly Reference[] },
): LocatedChange[] {
  const found = new Collector();
  if (base.name !== head.name) found.add('option-changed', undefined, 'name', base.name, head.name, head.at);
  algorithmChange(found, base, head);
  for (const pair of servers) serverChanges(found, pair, base, head);
  if (orderMatters(head)) orderChange(found, servers, base, head);
  compareText(
    found,
    'stickiness-changed',
    undefined,
    'stickiness',
    stickinessText(base.stickiness),
    stickinessText(head.stickiness),
    head.stickiness?.at ?? head.at,
  );
  passiveChange(found, undefined, base.passiveCheck, head.passiveCheck, head.at);
  for (const setting of ['connectMs', 'serverMs', 'clientMs', 'queueMs'] as const) {
    found.setting(
      'timeout-changed',
      undefined,
      `timeout ${setting.slice(0, -2)} (ms)`,
      base.timeouts[setting],
      head.timeouts[setting],
      head.at,
    );
  }
  found.setting('retries-changed', undefined, 'retries', base.retries, head.retries, head.at);
  found.setting('slow-start-changed', undefined, 'slow start (ms)', base.slowStartMs, head.slowStartMs, head.at);
  if (base.allBackups !== head.allBackups)
    found.add('option-changed', undefined, 'allbackups', base.allBackups, head.allBackups, head.at);
  found.options(undefined, base.options, head.options, head.at);
  referenceChanges(found, references.base, references.head, head.at);
  return found.changes;
}

/** Options that say what an active check asks, where and how often, as HAProxy, nginx's check module and the neutral format name them. */
const OF_A_CHECK = [
  /^(?:port|addr|fastinter|downinter|observe|error-limit|on-error)$/,
  /^(?:check|agent)[-_]/,
  /^(?:http|tcp|external)-check /,
  /^option (?:[a-z-]+-check|httpchk|smtpchk|ssl-hello-chk)$/,
  /^(?:check$|health_check|healthCheck\.)/,
];

class Collector {
  readonly changes: LocatedChange[] = [];

  add(kind: ChangeKind, server: string | undefined, setting: string, before: Value, after: Value, at: Span): void {
    this.changes.push({ kind, server: server ?? null, setting, before, after, at });
  }

  setting<T extends string | number | boolean>(
    kind: ChangeKind,
    server: string | undefined,
    setting: string,
    before: Setting<T> | undefined,
    after: Setting<T> | undefined,
    fallback: Span,
  ): void {
    const a = before?.value ?? null;
    const b = after?.value ?? null;
    if (a !== b) this.add(kind, server, setting, a, b, after?.written === true ? after.at : fallback);
  }

  options(
    server: string | undefined,
    before: ReadonlyMap<string, Setting<string>>,
    after: ReadonlyMap<string, Setting<string>>,
    at: Span,
  ): void {
    if (before.size === 0 && after.size === 0) return;
    for (const option of new Set([...before.keys(), ...after.keys()])) {
      const kind = OF_A_CHECK.some((pattern) => pattern.test(option)) ? 'check-changed' : 'option-changed';
      this.setting(kind, server, option, before.get(option), after.get(option), at);
    }
  }
}

function serverChanges(found: Collector, { base, head }: Pair<Server>, basePool: Pool, headPool: Pool): void {
  if (head === undefined) {
    if (base !== undefined) found.add('server-removed', base.name, 'server', addressOf(base), null, base.at);
    return;
  }
  if (base === undefined) {
    found.add('server-added', head.name, 'server', null, addressOf(head), head.at);
    return;
  }
  const name = head.name;
  const addressMoved = addressOf(base) !== addressOf(head);
  if (addressMoved) found.add('address-changed', name, 'address', addressOf(base), addressOf(head), head.at);
  else if (onKetama(basePool) && onKetama(headPool) && writtenAddress(base) !== writtenAddress(head)) {
    // nginx places a server on its ring by its address as it is written.
    found.add('address-changed', name, 'written address', writtenAddress(base), writtenAddress(head), head.at);
  } else if (base.name !== head.name) found.add('server-renamed', name, 'name', base.name, head.name, head.at);
  found.setting('weight-changed', name, 'weight', base.weight, head.weight, head.at);
  found.setting('state-changed', name, 'state', base.state, head.state, head.at);
  found.setting('tier-changed', name, 'tier', base.tier, head.tier, head.at);
  found.setting('count-changed', name, 'count', base.count, head.count, head.at);
  checkChange(found, name, base.activeCheck, head.activeCheck, head.at);
  if (base.passiveCheck !== basePool.passiveCheck || head.passiveCheck !== headPool.passiveCheck) {
    passiveChange(found, name, base.passiveCheck, head.passiveCheck, head.at);
  }
  const limit = (server: Server): number | null => server.maxConnections?.value ?? 0;
  if (limit(base) !== limit(head)) {
    found.add('limit-changed', name, 'connection limit', limit(base), limit(head), head.maxConnections?.at ?? head.at);
  }
  found.setting('slow-start-changed', name, 'slow start (ms)', base.slowStartMs, head.slowStartMs, head.at);
  found.setting('stickiness-changed', name, 'sticky value', base.stickyValue, head.stickyValue, head.at);
  found.setting('option-changed', name, 'id', base.id, head.id, head.at);
  found.options(name, base.options, head.options, head.at);
}

function onKetama(pool: Pool): boolean {
  return pool.algorithm.value?.mapping === 'ketama';
}

function checkChange(
  found: Collector,
  server: string,
  base: HealthCheck | undefined,
  head: HealthCheck | undefined,
  at: Span,
): void {
  if (base === undefined && head === undefined) return;
  const before = checkText(base);
  const after = checkText(head);
  if (before === after) return;
  const kind = head === undefined ? 'check-lost' : base === undefined ? 'check-added' : 'check-changed';
  found.add(kind, server, 'health check', before, after, kind === 'check-changed' ? (head?.at ?? at) : at);
}

/** An active check in one line: what it asks and how fast it decides. */
export function checkText(check: HealthCheck | undefined): string | null {
  if (check === undefined) return null;
  const told = (label: string, setting: Setting<string | number> | undefined, unit = ''): string =>
    setting?.value === undefined ? '' : ` ${label}${setting.value}${unit}`;
  return (
    check.type +
    told('', check.path) +
    told('every ', check.intervalMs, ' ms') +
    told('timeout ', check.timeoutMs, ' ms') +
    told('rise ', check.rise) +
    told('fall ', check.fall)
  );
}

function passiveChange(
  found: Collector,
  server: string | undefined,
  base: PassiveCheck | undefined,
  head: PassiveCheck | undefined,
  at: Span,
): void {
  compareText(
    found,
    'passive-check-changed',
    server,
    'passive check',
    passiveText(base),
    passiveText(head),
    head?.at ?? at,
  );
}

function passiveText(check: PassiveCheck | undefined): string | null {
  if (check === undefined) return null;
  return `${check.maxFails.value ?? '?'} fails in ${check.windowMs?.value ?? '?'} ms, out for ${check.ejectMs?.value ?? '?'} ms`;
}

/** Stickiness in one line, for documents and for comparing. */
export function stickinessText(stickiness: Stickiness | undefined): string | null {
  if (stickiness === undefined) return null;
  const name = stickiness.name?.value;
  const ttl = stickiness.ttlMs?.value;
  return [stickiness.type, ...(name === undefined ? [] : [name]), ...(ttl === undefined ? [] : [`for ${ttl} ms`])].join(
    ' ',
  );
}

function compareText(
  found: Collector,
  kind: ChangeKind,
  server: string | undefined,
  setting: string,
  before: string | null,
  after: string | null,
  at: Span,
): void {
  if (before !== after) found.add(kind, server, setting, before, after, at);
}

/** An algorithm in one line; spellings that mean the same give the same text. */
export function algorithmText(pool: Pool): string {
  const algorithm = pool.algorithm.value;
  if (algorithm === undefined) return 'unknown';
  if (algorithm.kind === 'unknown' || algorithm.kind === 'least-time') return algorithm.native;
  return [
    algorithm.kind,
    ...(algorithm.key === undefined ? [] : [algorithm.key]),
    ...(algorithm.mapping === undefined ? [] : [`(${algorithm.mapping})`]),
  ].join(' ');
}

function algorithmChange(found: Collector, base: Pool, head: Pool): void {
  const before = algorithmText(base);
  const after = algorithmText(head);
  if (before !== after) found.add('algorithm-changed', undefined, 'algorithm', before, after, head.algorithm.at);
}

/** Where the order of servers decides who gets what: positions are ring keys, map slots or the order of filling. */
function orderMatters(pool: Pool): boolean {
  const algorithm = pool.algorithm.value;
  if (algorithm === undefined) return false;
  if (algorithm.kind === 'first' || algorithm.mapping === 'modulo' || algorithm.mapping === 'chash') return true;
  return pool.format === 'haproxy' && (algorithm.kind === 'random' || algorithm.kind === 'random-two-choices');
}

function orderChange(found: Collector, servers: readonly Pair<Server>[], base: Pool, head: Pool): void {
  const stayed = servers.filter(
    (pair) => pair.base !== undefined && pair.head !== undefined && pair.head.id === undefined,
  );
  const positions = stayed.map((pair) => (pair.base === undefined ? -1 : base.servers.indexOf(pair.base)));
  const moved = stayed.find((_, i) => i > 0 && (positions[i] ?? 0) < (positions[i - 1] ?? 0));
  if (moved?.head === undefined || moved.base === undefined) return;
  found.add(
    'order-changed',
    moved.head.name,
    'position',
    base.servers.indexOf(moved.base) + 1,
    head.servers.indexOf(moved.head) + 1,
    moved.head.at,
  );
}

/** Proxy settings in force where traffic enters the pool; more places with the same settings are no change. */
function referenceChanges(found: Collector, base: readonly Reference[], head: readonly Reference[], at: Span): void {
  if ((base.length === 0) !== (head.length === 0)) {
    found.add('route-changed', undefined, 'references', base.length, head.length, head[0]?.at ?? at);
    return;
  }
  const settings = new Map<string, { before: string; after: string; at: Span }>();
  const names = new Set([...base, ...head].flatMap((reference) => [...reference.options.keys(), ...TIMEOUTS]));
  for (const name of names) {
    const before = valuesOf(base, name);
    const after = valuesOf(head, name);
    if (before.join('\n') === after.join('\n')) continue;
    const place = head.find(
      (reference) => after.includes(settingText(reference, name)) && !before.includes(settingText(reference, name)),
    );
    settings.set(name, {
      before: before.join(', '),
      after: after.join(', '),
      at: placeOf(place, name) ?? head[0]?.at ?? at,
    });
  }
  for (const [name, change] of settings) {
    const timeout = TIMEOUTS.includes(name);
    found.add(
      timeout ? 'timeout-changed' : 'option-changed',
      undefined,
      timeout ? `timeout ${name.slice(0, -2)} (ms)` : name,
      change.before,
      change.after,
      change.at,
    );
  }
}

const TIMEOUTS: readonly string[] = ['connectMs', 'serverMs', 'clientMs', 'queueMs'];

function settingOf(reference: Reference, name: string): Setting<string> | Setting<number> | undefined {
  if (!TIMEOUTS.includes(name)) return reference.options.get(name);
  return reference.timeouts[name as keyof Reference['timeouts']];
}

function settingText(reference: Reference, name: string): string {
  const value = settingOf(reference, name)?.value;
  return value === undefined ? 'not set' : String(value);
}

function placeOf(reference: Reference | undefined, name: string): Span | undefined {
  if (reference === undefined) return undefined;
  const setting = settingOf(reference, name);
  return setting?.written === true ? setting.at : reference.at;
}

function valuesOf(references: readonly Reference[], name: string): string[] {
  return [...new Set(references.map((reference) => settingText(reference, name)))].toSorted();
}
