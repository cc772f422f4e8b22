import type { HealthCheck, PassiveCheck, Pool, Reference, Server } from '../model/config.ts';
import type { ChangeKind } from '../model/diff.ts';
import type { Span } from '../model/span.ts';
import { Collector, told, type LocatedChange } from './collector.ts';
import { writtenAddress } from './mapping.ts';
import { addressOf, type Pair } from './match.ts';
import { referenceChanges } from './reference-changes.ts';
import { algorithmText, checkText, passiveText, stickinessText } from './texts.ts';

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
  if (base.protocol !== head.protocol && base.protocol !== 'unknown' && head.protocol !== 'unknown')
    found.add('option-changed', undefined, 'protocol', base.protocol, head.protocol, head.at);
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
  // None is 0, no limit.
  const limit = (server: Server): number | string => told(server.maxConnections) ?? 0;
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
  const before = new Map(base.servers.map((server, i) => [server, i]));
  const positions = stayed.map((pair) => (pair.base === undefined ? -1 : (before.get(pair.base) ?? -1)));
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
