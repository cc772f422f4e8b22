import { count, list, percent, say } from '../../text/say.ts';
import type { PoolChange } from '../../compare/compare.ts';
import { compared, type Compared } from '../shared/comparing.ts';
import { CONSEQUENCES_OF_LOSS, lossSeverity, takenOver } from '../shared/lost-servers.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'server-removed',
  title: 'No server with traffic is removed from a pool',
  severity: 'warning',
  scope: 'change',
  covers: CONSEQUENCES_OF_LOSS,
  options: {
    'max-share': {
      type: 'percent',
      default: 0.5,
      describe: 'Minimum share of the pool that makes a removal an error.',
    },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const removed = change.servers.filter(({ head, shareBefore }) => head === undefined && shareBefore !== 0);
    yield* fewer(change, sides, options['max-share']);
    const names = removed.flatMap(({ base }) => (base === undefined ? [] : [base.name]));
    if (names.length === 0) return;
    const shares = removed.map(({ shareBefore }) => shareBefore);
    const lost = shares.reduce((sum, share) => (sum === null || share === null ? null : sum + share), 0);
    const had = lost === null ? say`` : say`, which had ${percent(lost)} of its traffic`;
    const severity = lossSeverity(change, sides, { share: lost }, options['max-share']);
    const added = change.servers.reduce(
      (sum, { base, head }) =>
        sum +
        Math.max(0, (head?.instances.count.value ?? (head ? 1 : 0)) - (base?.instances.count.value ?? (base ? 1 : 0))),
      0,
    );
    yield {
      at: sides.head.pool.at,
      severity,
      ...(names.length === 1 && names[0] !== undefined ? { server: names[0] } : {}),
      what:
        severity === 'notice'
          ? say`${count(added, 'new server')} ${added === 1 ? say`replaces` : say`replace`} ${list(names)} of ${sides.head.pool.name}${had}.`
          : say`${list(names)} ${names.length === 1 ? say`was` : say`were`} removed from ${sides.head.pool.name}${had}.`,
      why: takenOver(change, sides),
      fix:
        severity === 'notice'
          ? say`Remove the old servers only when the new ones answer and are warm.`
          : say`Add a server, unless the others can handle the peak when one more fails; drain a server before it is removed.`,
    };
  },
});

/** A line that stands for fewer servers than before. */
function* fewer(change: PoolChange, sides: Compared, most: number): Generator<Draft> {
  for (const { base, head, shareBefore } of change.servers) {
    const [before, after] = [base?.instances.count.value, head?.instances.count.value];
    if (head === undefined || before === undefined || after === undefined || after >= before) continue;
    const share = shareBefore === null ? null : shareBefore * (1 - after / before);
    const had = share === null ? say`` : say`, which had ${percent(share)} of its traffic`;
    yield {
      at: head.instances.count.written ? head.instances.count.at : head.at,
      server: head.name,
      key: 'fewer',
      severity: lossSeverity(change, sides, { share }, most),
      what: say`${count(before - after, 'server')} of ${before} behind ${head.name} ${before - after === 1 ? say`was` : say`were`} removed from ${sides.head.pool.name}${had}.`,
      why: takenOver(change, sides),
      fix: say`Set the number of servers to ${before} again, unless the remaining ones can handle the peak when one more fails.`,
    };
  }
}
