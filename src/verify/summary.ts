import type { EstateChange, PoolChange } from '../compare/compare.ts';
import type { ChangeKind } from '../model/diff.ts';
import type { Finding, Outcome } from '../model/finding.ts';
import type { Measurement } from '../model/measurement.ts';
import type { ReportInput } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { count, list, percent, say, sentences, words } from '../text/say.ts';

/** The one sentence that stands first everywhere: what was measured, else what the change does, else what was found. */
export function summaryOf(
  outcome: Outcome,
  change: EstateChange,
  findings: readonly Finding[],
  measurements: readonly Measurement[],
  inputs: readonly ReportInput[],
): Text {
  const refused = inputs.filter((input) => input.status === 'refused' && input.format === null);
  const first = refused[0];
  if (outcome === 'error' && first?.reason) {
    return refused.length === 1
      ? say`${first.reason}.`
      : say`${count(refused.length, 'input')} cannot be used: ${first.reason}.`;
  }
  const worst = worstMeasurement(measurements);
  if (worst) return worst.reason;
  const told = findings.filter((finding) => finding.ignored === undefined);
  const found = foundSentence(told);
  const changed = changeSentence(change);
  return changed === undefined
    ? (found ?? quietSentence(change))
    : found === undefined
      ? changed
      : sentences(changed, found);
}

function worstMeasurement(measurements: readonly Measurement[]): Measurement | undefined {
  const order: readonly Outcome[] = ['error', 'fail', 'inconclusive', 'pass'];
  return measurements.toSorted((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome))[0];
}

/** The change that matters most, in words; undefined when nothing changed. */
function changeSentence(change: EstateChange): Text | undefined {
  if (change.base === undefined) return undefined;
  const touched = change.pools.filter((pool) => pool.change !== 'same');
  const routes = change.routes.filter((route) => route.change !== 'same');
  const shift = largestShift(touched);
  if (shift) {
    return say`In ${shift.pool}, ${shift.server} would take ${percent(shift.after)} of the traffic (${percent(shift.before)} now).`;
  }
  const [only] = touched;
  if (touched.length === 1 && only) return poolSentence(only);
  if (touched.length > 1) return poolsSentence(touched);
  const route = routes[0]?.head ?? routes[0]?.base;
  return route ? say`The split of route ${route.name} changes.` : undefined;
}

/** Rises under this many points are no news for the first sentence. */
const NEWS = 0.05;

function largestShift(
  pools: readonly PoolChange[],
): { pool: string; server: string; before: number; after: number } | undefined {
  let most: { pool: string; server: string; before: number; after: number } | undefined;
  for (const pool of pools) {
    if (!pool.base || !pool.head) continue;
    for (const server of pool.servers) {
      const { shareBefore: before, shareAfter: after } = server;
      if (before === null || after === null || !server.head || !server.base) continue;
      if (after - before <= (most ? most.after - most.before : NEWS)) continue;
      most = { pool: pool.head.pool.name, server: server.head.name, before, after };
    }
  }
  return most;
}

/** One sentence for several pools: what happens, most telling first, and where. */
function poolsSentence(touched: readonly PoolChange[]): Text {
  const names = touched.map((change) => nameOf(change));
  if (touched.every((change) => change.change === 'added')) return say`Pools ${list(names, 4)} are new.`;
  if (touched.every((change) => change.change === 'removed')) return say`Pools ${list(names, 4)} are removed.`;
  const events = [
    ...(['added', 'removed'] as const).map(
      (kind) => [touched.filter((change) => change.change === kind).length, 'pool', kind] as const,
    ),
    ...SERVER_EVENTS.map(
      ([kind, said]) =>
        [
          touched.flatMap((change) => change.changes).filter((change) => change.kind === kind).length,
          'server',
          said,
        ] as const,
    ),
  ].filter(([n]) => n > 0);
  const others = touched
    .flatMap((change) => change.changes)
    .filter((change) => !SERVER_EVENTS.some(([kind]) => kind === change.kind));
  const settings = [...new Set(others.map((change) => change.setting))];
  const told = [
    ...events.map(([n, noun, kind]) => say`${count(n, noun)} ${words(kind)}`),
    ...(settings.length === 0 ? [] : [say`${list(settings, 3)} changed`]),
  ];
  return say`In ${list(names, 4)}: ${list(told)}.`;
}

/** What happens to servers, in words that follow their number. */
const SERVER_EVENTS: readonly (readonly [ChangeKind, string])[] = [
  ['server-added', 'added'],
  ['server-removed', 'removed'],
  ['address-changed', 'moved'],
  ['state-changed', 'switched on or off'],
  ['weight-changed', 'weighted differently'],
  ['check-lost', 'no longer checked'],
  ['server-renamed', 'renamed'],
];

function nameOf(change: PoolChange): string {
  return (change.head ?? change.base)?.pool.name ?? '';
}

function poolSentence(change: PoolChange): Text {
  const pool = (change.head ?? change.base)?.pool;
  const name = nameOf(change);
  if (change.change === 'added') return say`Pool ${name} is new, with ${count(pool?.servers.length ?? 0, 'server')}.`;
  if (change.change === 'removed') return say`Pool ${name} is removed.`;
  const [first] = change.changes;
  if (first === undefined) return say`Pool ${name} changes.`;
  const named = (kind: ChangeKind): string[] =>
    change.changes.flatMap((item) => (item.kind === kind && item.server !== null ? [item.server] : []));
  const [added, removed] = [named('server-added'), named('server-removed')];
  if (added.length > 0 && added.length + removed.length === change.changes.length) {
    const subject = say`In ${name}, ${list(added, 3)} ${words(added.length === 1 ? 'is' : 'are')}`;
    return removed.length === 0 ? say`${subject} added.` : say`${subject} in the place of ${list(removed, 3)}.`;
  }
  const more = change.changes.length - 1;
  const subject = first.server === null ? say`${first.setting}` : say`${first.server}: ${first.setting}`;
  const detail =
    first.before === null
      ? say`${subject} ${String(first.after)} is added`
      : first.after === null
        ? say`${subject} ${String(first.before)} is removed`
        : say`${subject} goes from ${String(first.before)} to ${String(first.after)}`;
  return more === 0 ? say`In ${name}, ${detail}.` : say`In ${name}, ${detail}, with ${count(more, 'more change')}.`;
}

function foundSentence(findings: readonly Finding[]): Text | undefined {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const n = findings.filter((finding) => finding.severity === severity).length;
    return n === 0 ? [] : [count(n, severity)];
  });
  return counts.length === 0 ? undefined : say`The checklist has ${list(counts)}.`;
}

function quietSentence(change: EstateChange): Text {
  const pools = change.pools.filter((pool) => pool.head !== undefined);
  const servers = pools.reduce((sum, pool) => sum + (pool.head?.pool.servers.length ?? 0), 0);
  const looked = say`${count(pools.length, 'pool')} with ${count(servers, 'server')}`;
  return change.base === undefined
    ? say`${looked} read; the checklist finds nothing wrong.`
    : say`Nothing changes for ${looked}.`;
}
