import { tierOf, type HealthCheck, type PassiveCheck, type Pool, type Server } from '../model/pool.ts';
import type { Reference } from '../model/route.ts';
import type { ChangeKind } from '../model/diff.ts';
import type { Span } from '../model/span.ts';
import { Collector, told, type LocatedChange } from './collector.ts';
import { writtenAddress } from './mapping.ts';
import { addressOf, matchBy, type Pair } from './match.ts';
import { nameOfTarget, type Match } from '../model/route.ts';
import { referenceChanges } from './reference-changes.ts';
import { algorithmTexts, checkDetails, checkText, passiveText, stickinessText, UNKNOWN } from './texts.ts';

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
  // Servers that are registered elsewhere have the check of their pool.
  if (base.servers.length === 0 && head.servers.length === 0)
    checkChange(found, undefined, base.activeCheck, head.activeCheck, head.at);
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
  spillChange(found, base, head);
  answerChanges(found, base, head);
  found.setting('option-changed', undefined, 'zones', base.zones, head.zones, head.at);
  found.setting('retries-changed', undefined, 'retry budget', base.retryBudget, head.retryBudget, head.at);
  if (base.dynamic !== head.dynamic)
    found.add('option-changed', undefined, 'members from discovery', base.dynamic, head.dynamic, head.at);
  found.setting('option-changed', undefined, 'peak', base.peak, head.peak, head.at);
  found.setting('option-changed', undefined, 'survive loss', base.surviveLoss, head.surviveLoss, head.at);
  const before = found.changes.length;
  found.options(undefined, base, head, head.at);
  // Where an option says it, that is the change.
  if (found.changes.length === before) {
    const [was, is] = [base.retriesAnswers, head.retriesAnswers];
    found.setting('retries-changed', undefined, 'retries after answers', was, is, head.at);
  }
  referenceChanges(found, references.base, references.head, head.at);
  return found.changes;
}

/** An address for people: parts that the file does not say are called unknown. */
function addressText(server: Server): string {
  const { address, port } = server;
  if (address !== undefined && (port === undefined || port.value !== undefined)) return addressOf(server);
  return port === undefined ? UNKNOWN : `${address ?? UNKNOWN}:${port.value ?? UNKNOWN}`;
}

function serverChanges(found: Collector, { base, head }: Pair<Server>, basePool: Pool, headPool: Pool): void {
  if (head === undefined) {
    if (base !== undefined) found.add('server-removed', base.name, 'server', addressText(base), null, base.at);
    return;
  }
  if (base === undefined) {
    found.add('server-added', head.name, 'server', null, addressText(head), head.at);
    return;
  }
  const name = head.name;
  const addressMoved = addressOf(base) !== addressOf(head);
  if (addressMoved) found.add('address-changed', name, 'address', addressText(base), addressText(head), head.at);
  else if (ringByAddress(basePool) && ringByAddress(headPool) && writtenAddress(base) !== writtenAddress(head)) {
    // The address as it is written names the server's points on the ring.
    found.add('address-changed', name, 'written address', writtenAddress(base), writtenAddress(head), head.at);
  } else if (base.name !== head.name) found.add('server-renamed', name, 'name', base.name, head.name, head.at);
  found.setting('weight-changed', name, 'weight', base.weight, head.weight, head.at);
  found.setting('state-changed', name, 'state', base.state, head.state, head.at);
  priorityChange(found, name, base, head);
  found.setting('count-changed', name, 'count', base.instances.count, head.instances.count, head.at);
  found.setting('option-changed', name, 'zone', base.zone, head.zone, head.at);
  localityChange(found, name, base, head);
  checkChange(found, name, base.activeCheck, head.activeCheck, head.at);
  checkDetailChange(found, [base, basePool], [head, headPool]);
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
  found.setting('option-changed', name, 'hashed as', base.hashedAs, head.hashedAs, head.at);
  const names = [base, head].map(({ instances }) => instances.named);
  if (names[0] !== names[1] && base.instances.count.value === head.instances.count.value)
    found.add('option-changed', name, 'names of instances', names[0] ?? null, names[1] ?? null, head.at);
  compareText(found, 'option-changed', name, 'identities', identities(base), identities(head), head.at);
  found.setting('option-changed', name, 'capacity', base.capacity, head.capacity, head.at);
  found.setting('option-changed', name, 'PROXY protocol', base.proxyHeader, head.proxyHeader, head.at);
  const before = found.changes.length;
  found.options(name, { ...basePool, options: base.options }, { ...headPool, options: head.options }, head.at);
  // Where an option says it, that is the change.
  if (found.changes.length === before) found.setting('option-changed', name, 'TLS', base.tls, head.tls, head.at);
}

function identities({ identify }: Server): string | null {
  return identify === undefined ? null : identify.join(' ');
}

function ringByAddress(pool: Pool): boolean {
  const algorithm = pool.algorithm.value;
  return algorithm?.kind === 'hash' && algorithm.lookup?.table === 'ring' && algorithm.lookup.place === 'address';
}

/** Primary and backup are every product's words; the number says more only where that stays as it is. */
function priorityChange(found: Collector, name: string, base: Server, head: Server): void {
  const [was, is] = [tierOf(base), tierOf(head)];
  if (was === is) found.setting('tier-changed', name, 'priority', base.priority, head.priority, head.at);
  else found.add('tier-changed', name, 'tier', was ?? UNKNOWN, is ?? UNKNOWN, head.priority.at);
}

/** What answers instead of the servers: lines that come or go, by their condition. */
function answerChanges(found: Collector, base: Pool, head: Pool): void {
  const text = ({ when, to }: Match): string => `${nameOfTarget(to)} ${when?.text ?? ''}`.trim();
  for (const pair of matchBy(base.answers, head.answers, [text, ({ when }) => when?.text ?? ''])) {
    const [was, is] = [pair.base && text(pair.base), pair.head && text(pair.head)];
    compareText(found, 'answer-changed', undefined, 'answer', was ?? null, is ?? null, pair.head?.at ?? head.at);
  }
}

function spillChange(found: Collector, base: Pool, head: Pool): void {
  const [before, after] = [base.spill, head.spill];
  found.setting('option-changed', undefined, 'spare', before.spare, after.spare, head.at);
  const limit = ({ panicBelow }: Pool['spill']): string | null =>
    panicBelow === undefined ? null : JSON.stringify(panicBelow.value ?? UNKNOWN);
  const panic = [limit(before), limit(after)] as const;
  compareText(found, 'option-changed', undefined, 'panic threshold', ...panic, after.panicBelow?.at ?? head.at);
  compareText(found, 'option-changed', undefined, 'serving backups', before.standby, after.standby, head.at);
  const picked = [before.standbyBy, after.standbyBy] as const;
  compareText(found, 'option-changed', undefined, 'algorithm of backups', ...picked, head.at);
  const purpose = [base, head].map(({ uncheckedOnPurpose }) => (uncheckedOnPurpose === true ? 'on purpose' : null));
  compareText(found, 'option-changed', undefined, 'no health check', purpose[0] ?? null, purpose[1] ?? null, head.at);
}

function localityChange(found: Collector, name: string, base: Server, head: Server): void {
  const at = head.locality?.at ?? head.at;
  const places = [base.locality?.name ?? null, head.locality?.name ?? null] as const;
  compareText(found, 'option-changed', name, 'locality', ...places, at);
  found.setting('weight-changed', name, 'locality weight', base.locality?.weight, head.locality?.weight, at);
}

function checkChange(
  found: Collector,
  server: string | undefined,
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

/** Of a check that asks something else; where an option says it, that is the change. */
function checkDetailChange(found: Collector, base: readonly [Server, Pool], head: readonly [Server, Pool]): void {
  const [{ activeCheck: before }, basePool] = base;
  const [{ name, activeCheck: after, at }, headPool] = head;
  if (before === undefined || after === undefined) return;
  const optionsOf = (side: readonly [Server, Pool]): string =>
    JSON.stringify(
      side.map(({ options }) =>
        [...options].flatMap(([key, { value }]) => (headPool.dialect.isOfCheck(key) ? [[key, value]] : [])),
      ),
    );
  if (optionsOf(base) !== optionsOf(head) || basePool.dialect !== headPool.dialect) return;
  const texts = [checkDetails(before), checkDetails(after)] as const;
  compareText(
    found,
    'check-changed',
    name,
    'request of the health check',
    texts[0] || null,
    texts[1] || null,
    after.at ?? at,
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
  const [before, after] = algorithmTexts(base, head);
  if (before !== after) found.add('algorithm-changed', undefined, 'algorithm', before, after, head.algorithm.at);
}

/** Where the order of servers decides who gets what: positions are ring keys, map slots or the order of filling. */
function orderMatters(pool: Pool): boolean {
  const algorithm = pool.algorithm.value;
  if (algorithm?.kind === 'fill') return true;
  if (algorithm?.kind === 'random') return typeof algorithm.draw === 'object' && algorithm.draw.place === 'id';
  const lookup = algorithm?.kind === 'hash' ? algorithm.lookup : undefined;
  return lookup?.table === 'slots' || (lookup?.table === 'ring' && lookup.place !== 'address');
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
