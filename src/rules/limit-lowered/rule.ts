import type { LocatedChange } from '../../compare/collector.ts';
import { compared } from '../comparing.ts';
import type { Text } from '../../model/text.ts';
import { defineRule } from '../rule.ts';
import { duration, formatNumber, list, say, words } from '../../text/say.ts';

/** Options that cap connections, as products name them. */
const LIMITS: readonly string[] = ['maxconn', 'fullconn', 'maxqueue'];

export const rule = defineRule({
  id: 'limit-lowered',
  title: 'No connection limit or timeout is cut to half',
  severity: 'warning',
  scope: 'change',
  formats: ['haproxy', 'nginx', 'neutral'],
  covers: { 'mixed-settings-in-pool': 'pool' },
  options: {
    'max-cut': { type: 'percent', default: 0.5, describe: 'Part of a limit or timeout from which a cut is told.' },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const groups = new Map<string, Cut[]>();
    for (const one of change.changes) {
      const cut = cutOf(one, options['max-cut']);
      if (cut === undefined) continue;
      const key = `${one.setting} ${cut.before} ${cut.after}`;
      groups.set(key, [...(groups.get(key) ?? []), cut]);
    }
    const pool = sides.head.pool.name;
    for (const [key, cuts] of groups) {
      const [first, ...others] = cuts;
      if (first === undefined) continue;
      const { change: one, before, after } = first;
      const servers = cuts.flatMap(({ change: { server } }) => (server === null ? [] : [server]));
      const time = one.kind === 'timeout-changed';
      const shown = (value: number): Text => (time ? duration(value) : words(formatNumber(value)));
      yield {
        at: one.at,
        key,
        ...(servers.length === 1 && servers[0] !== undefined ? { server: servers[0] } : {}),
        severity: time ? 'notice' : 'warning',
        what: say`The ${nameOf(one.setting)} of ${servers.length > 0 ? say`${list(servers)} of ${pool}` : say`${pool}`} goes from ${shown(before)} to ${shown(after)}.`,
        why: time
          ? say`Requests that took longer than that are cut off from now on.`
          : say`At the peak, requests wait in the queue or are refused although the servers could take them.`,
        fix: time
          ? say`Compare it with the slowest requests that are meant to succeed.`
          : say`Compare it with the connections at the peak, also when one server is gone, before it is lowered.`,
        related: others.map(({ change: { at, server } }) => ({ at, note: say`${server ?? pool} too` })),
      };
    }
  },
});

interface Cut {
  readonly change: LocatedChange;
  readonly before: number;
  readonly after: number;
}

/** A change that takes at least `part` (0..1) of a limit or a timeout away; 0 means no limit. */
function cutOf(change: LocatedChange, part: number): Cut | undefined {
  const { kind, setting } = change;
  if (
    kind !== 'limit-changed' &&
    kind !== 'timeout-changed' &&
    !(kind === 'option-changed' && LIMITS.includes(setting))
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
function nameOf(setting: string): Text {
  if (LIMITS.includes(setting)) return say`${setting}`;
  return words(setting === 'connection limit' ? 'connection limit' : setting.replace(' (ms)', ''));
}
