import { tierOf, type Server } from '../model/pool.ts';
import type {
  DiffChange,
  DiffDocument,
  DiffEntry,
  DiffPool,
  DiffPoolState,
  DiffServer,
  DiffServerState,
  DiffSummary,
  FlowDocument,
} from '../model/diff.ts';
import { lineOf, type Span } from '../model/span.ts';
import type { LocatedChange } from './collector.ts';
import { type EstateChange, type PoolChange, type PoolSide, type RouteChange, type ServerChange } from './compare.ts';
import { largestShareAfterLoss } from './loss.ts';
import { exactly, mainShare } from '../model/share.ts';
import type { Flow } from '../model/flow.ts';
import { nameOfKey, type PoolKey, type RouteKey } from '../model/keys.ts';
import type { EntryChange } from './entries.ts';
import { appendTo } from '../text/append.ts';
import { activeServers, instancesOf, servingMembers } from './stages.ts';
import { algorithmText, checkText, stickinessText } from './texts.ts';

/** The document that schema policies are applied to (schemas/diff.schema.json); derived numbers are in it because a schema cannot subtract. */
export function diffDocument(estate: EstateChange): DiffDocument {
  const routed = routeChangesByPool(estate.routes);
  const pools = estate.pools.map((change) => diffPool(change, routed));
  return { version: 1, summary: summary(estate, pools), pools, entries: estate.entries.flatMap(diffEntry) };
}

function diffPool(change: PoolChange, routed: ReadonlyMap<PoolKey, readonly LocatedChange[]>): DiffPool {
  const side = change.head ?? change.base;
  const pool = side?.pool;
  const own = change.changes.map(located);
  const instances = change.head === undefined ? undefined : instancesOf(servingMembers(change.head.pool));
  const byRoute = (pool === undefined ? [] : (routed.get(pool.key) ?? [])).map(located);
  return {
    name: pool?.name ?? '',
    ...(pool ? place(pool.at) : { file: '', line: 1 }),
    change: change.change === 'same' && byRoute.length > 0 ? 'changed' : change.change,
    before: change.base ? poolState(change.base) : null,
    after: change.head ? poolState(change.head) : null,
    changes: [...own, ...byRoute],
    servers: change.servers.map((server) => diffServer(server, instances)),
  };
}

function diffEntry({ change, base, head, changes, classes }: EntryChange): DiffEntry[] {
  const entry = (head ?? base)?.entry;
  if (entry === undefined) return [];
  const [before, after] = [base === undefined ? null : entry.name, head === undefined ? null : entry.name];
  const whole = { server: null, setting: 'entry', before, after, ...place(entry.at) };
  return [
    {
      name: entry.name,
      ...place(entry.at),
      change,
      changes:
        change === 'added'
          ? [{ kind: 'entry-added', ...whole }]
          : change === 'removed'
            ? [{ kind: 'entry-removed', ...whole }]
            : changes.map(located),
      classes: classes.map((one) => ({
        when: one.when ?? null,
        ...place(one.at),
        before: flowDocument(one.before),
        after: flowDocument(one.after),
      })),
    },
  ];
}

/** A flow as documents have it. */
export function flowDocument({ pools, lost, answered, unknown }: Flow): FlowDocument {
  return {
    pools: [...pools].map(([key, share]) => ({ key: keyText(key), name: nameOfKey(key), share })),
    lost,
    answered,
    unknown,
  };
}

/** A key as documents have it: format, scope and name. */
export function keyText(key: PoolKey | RouteKey): string {
  return key.replaceAll('\0', '/');
}

function poolState({ pool, prediction, losses }: PoolSide): DiffPoolState {
  const shares = prediction.shares.map(mainShare);
  const known = shares.filter((share) => share !== null);
  return {
    algorithm: algorithmText(pool),
    stickiness: stickinessText(pool.stickiness),
    activeCheck: checkText(pool.activeCheck ?? pool.servers.find((server) => server.activeCheck)?.activeCheck),
    activeServers: activeServers(pool),
    maxShare: known.length === 0 || known.length < shares.length ? null : known.reduce((a, b) => Math.max(a, b), 0),
    maxShareAfterLoss: largestShareAfterLoss(losses),
  };
}

/** A share up to this many times the even one still counts as even. */
const EVEN_ENOUGH = 1.1;

function diffServer(change: ServerChange, serving: number | undefined): DiffServer {
  const server = change.head ?? change.base;
  const { shareBefore, shareAfter } = change;
  return {
    name: server?.name ?? '',
    line: server ? place(server.at).line : 1,
    change: change.change,
    before: change.base ? serverState(change.base) : null,
    after: change.head ? serverState(change.head) : null,
    shareBefore,
    shareAfter,
    shareIncrease: shareBefore === null || shareAfter === null ? null : shareAfter - shareBefore,
    riseBeyondEven: riseBeyondEven(change, serving),
    weightFactor: weightFactor(change),
  };
}

/** Only servers that stay can rise; what a new pool or a new server gets is no rise. */
function riseBeyondEven(change: ServerChange, serving: number | undefined): number | null {
  const { base, head, shareBefore, shareAfter } = change;
  if (base === undefined || head === undefined || serving === undefined) return 0;
  if (shareBefore === null || shareAfter === null) return null;
  const even = serving === 0 ? 0 : (head.instances.count.value ?? 1) / serving;
  return shareAfter > even * EVEN_ENOUGH ? Math.max(0, shareAfter - shareBefore) : 0;
}

function weightFactor({ base, head }: ServerChange): number | null {
  const before = base?.weight.value ?? 0;
  const after = head?.weight.value ?? 0;
  return before > 0 && after > 0 ? Math.max(before / after, after / before) : null;
}

function serverState(server: Server): DiffServerState {
  return {
    address: server.address ?? null,
    port: server.port?.value ?? null,
    weight: server.weight.value ?? null,
    priority: server.priority.value ?? null,
    tier: tierOf(server),
    state: server.state.value ?? null,
    checked: server.activeCheck !== undefined,
  };
}

/** Changed route weights, reported at each pool whose part changes. */
function routeChangesByPool(routes: readonly RouteChange[]): ReadonlyMap<PoolKey, readonly LocatedChange[]> {
  const found = new Map<PoolKey, LocatedChange[]>();
  for (const { base, head, parts } of routes) {
    for (const { pool, before, after, at } of parts) {
      const [was, is] = [exactly(before), exactly(after)];
      if (pool === undefined || was === is) continue;
      const setting = `share of route ${(head ?? base)?.name ?? ''}`;
      appendTo(found, pool, { kind: 'route-changed', server: null, setting, before: was, after: is, at });
    }
  }
  return found;
}

function summary(estate: EstateChange, pools: readonly DiffPool[]): DiffSummary {
  const compared = estate.base !== undefined;
  const servers = estate.pools.flatMap((pool) => pool.servers);
  const known = estate.pools.map((pool) => pool.keysMoved).filter((share) => share !== null);
  return {
    poolsAdded: count(pools, (pool) => pool.change === 'added'),
    poolsRemoved: count(pools, (pool) => pool.change === 'removed'),
    poolsChanged: count(pools, (pool) => pool.change === 'changed'),
    serversAdded: count(servers, (server) => server.change === 'added'),
    serversRemoved: count(servers, (server) => server.change === 'removed'),
    checksLost: count(
      pools,
      () => true,
      (pool) => pool.changes.filter((change) => change.kind === 'check-lost').length,
    ),
    maxShareIncrease: compared
      ? servers.reduce(
          (most, s) =>
            s.base && s.head && s.shareBefore !== null && s.shareAfter !== null
              ? Math.max(most, s.shareAfter - s.shareBefore)
              : most,
          0,
        )
      : 0,
    maxKeysMoved: known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b), 0),
  };
}

function count<T>(items: readonly T[], wanted: (item: T) => boolean, worth: (item: T) => number = () => 1): number {
  return items.reduce((sum, item) => (wanted(item) ? sum + worth(item) : sum), 0);
}

function located(change: LocatedChange): DiffChange {
  const { at, ...rest } = change;
  return { ...rest, ...place(at) };
}

function place(span: Span): { file: string; line: number } {
  return { file: span.source.path, line: lineOf(span) };
}
