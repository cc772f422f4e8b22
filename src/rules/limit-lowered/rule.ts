import type { LocatedChange } from '../../compare/collector.ts';
import type { EstateChange, PoolChange } from '../../compare/compare.ts';
import type { Pool } from '../../model/pool.ts';
import { placeKey } from '../../model/span.ts';
import { compared } from '../shared/comparing.ts';
import type { Text } from '../../model/text.ts';
import { defineRule } from '../rule.ts';
import { duration, formatNumber, list, say, words } from '../../text/say.ts';
import { appendTo } from '../../text/append.ts';

/** A timeout under this many ms that was a second or more: nothing but a mistaken unit makes that. */
const NO_TIMEOUT = { connect: 10, other: 100 } as const;

/** A timeout that is cut to this part, 0..1, is a warning. */
const DEEP_CUT = 0.1;

export const rule = defineRule({
  id: 'limit-lowered',
  title: 'No connection limit or timeout is halved',
  severity: 'warning',
  scope: 'change',
  covers: { 'mixed-settings-in-pool': 'pool' },
  options: {
    'max-cut': {
      type: 'percent',
      default: 0.5,
      describe: 'A cut of a limit or timeout by at least this part is reported.',
    },
  },
  *check({ change, estate, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const groups = new Map<string, Cut[]>();
    for (const one of change.changes) {
      const cut = cutOf(one, sides.head.pool, options['max-cut']);
      if (cut === undefined || (one.server === null && poolsWith(one, estate)[0] !== change)) continue;
      const key = `${one.setting} ${cut.before} ${cut.after}`;
      appendTo(groups, key, cut);
    }
    const pool = sides.head.pool.name;
    for (const [key, cuts] of groups) {
      const [first, ...others] = cuts;
      if (first === undefined) continue;
      const { change: one, before, after } = first;
      const servers = cuts.flatMap(({ change: { server } }) => (server === null ? [] : [server]));
      const time = one.kind === 'timeout-changed';
      const slip = time && isSlip(one.setting, before, after);
      const shown = (value: number): Text => (time ? duration(value) : words(formatNumber(value)));
      yield {
        at: one.at,
        key,
        ...(servers.length === 1 && servers[0] !== undefined ? { server: servers[0] } : {}),
        severity: slip ? 'error' : time && after > before * DEEP_CUT ? 'notice' : 'warning',
        what: say`The ${nameOf(one)} of ${
          servers.length > 0
            ? say`${list(servers)} of ${pool}`
            : list(
                poolsWith(one, estate).map(({ head }) => head?.pool.name ?? ''),
                3,
              )
        } goes from ${shown(before)} to ${shown(after)}.`,
        why: slip
          ? say`Hardly any request is answered that fast, so nearly all of them fail.`
          : time
            ? say`Requests that take longer are cut off from now on.`
            : say`At peak, requests wait in the queue or are refused although the servers could handle them.`,
        fix: slip
          ? say`Set the value with its unit: a number without one is milliseconds in some products and seconds in others.`
          : time
            ? say`Set it above the duration of the slowest requests that have to succeed.`
            : say`Set it above the number of connections at peak, also when one server is down.`,
        related: others.map(({ change: { at, server } }) => ({ at, note: say`${server ?? pool} too` })),
      };
    }
  },
});

/** The pools that one changed line is for; it is told once, at the first of them. */
function poolsWith(one: LocatedChange, { pools }: EstateChange): readonly PoolChange[] {
  let found = byLine.get(pools);
  if (found === undefined) {
    const lines = new Map<string, PoolChange[]>();
    for (const pool of pools)
      if (pool.base !== undefined && pool.head !== undefined)
        for (const key of new Set(pool.changes.map(lineKey))) appendTo(lines, key, pool);
    byLine.set(pools, (found = lines));
  }
  return found.get(lineKey(one)) ?? [];
}

const byLine = new WeakMap<EstateChange['pools'], ReadonlyMap<string, readonly PoolChange[]>>();

function lineKey({ at, setting, before, after }: LocatedChange): string {
  return `${placeKey(at)}\0${setting}\0${String(before)}\0${String(after)}`;
}

function isSlip(setting: string, before: number, after: number): boolean {
  const floor = setting.includes('connect') ? NO_TIMEOUT.connect : NO_TIMEOUT.other;
  return before >= 1000 && (after < floor || after * 1000 === before);
}

interface Cut {
  readonly change: LocatedChange;
  readonly before: number;
  readonly after: number;
}

/** A change that takes at least `part` (0..1) of a limit or a timeout away; 0 means no limit. */
function cutOf(change: LocatedChange, { dialect }: Pool, part: number): Cut | undefined {
  const { kind, setting } = change;
  if (
    kind !== 'limit-changed' &&
    kind !== 'timeout-changed' &&
    !(kind === 'option-changed' && dialect.limits.has(setting))
  ) {
    return undefined;
  }
  const before = numberOf(change.before);
  const after = numberOf(change.after);
  if (before === undefined || after === undefined || before <= 0 || after <= 0) return undefined;
  return after <= before * (1 - part) ? { change, before, after } : undefined;
}

function numberOf(value: LocatedChange['before']): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The setting in words; `timeout connect (ms)` without its unit, which the value carries. */
function nameOf({ kind, setting }: LocatedChange): Text {
  if (kind === 'option-changed') return say`${setting}`;
  return words(setting === 'connection limit' ? 'connection limit' : setting.replace(' (ms)', ''));
}
