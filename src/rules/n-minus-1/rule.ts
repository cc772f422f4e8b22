import { formatNumber, percent, say, words } from '../../text/say.ts';
import { carried, peakOf, worstFailure } from '../shared/capacity.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'n-minus-1',
  title: 'The remaining servers can carry the peak when one fails',
  severity: 'warning',
  scope: 'pool',
  *check({ pool, prediction, facts }) {
    const peak = peakOf(pool, facts);
    const whole = carried(pool, facts, prediction);
    if (peak === undefined || whole === undefined || whole.length < 2) return;
    if (pool.surviveLoss?.value === 0) return;
    // With every server up it is too much already: overloaded-share-vs-capacity says so.
    if (whole.some(({ share, capacity }) => share * peak > capacity)) return;
    const worst = worstFailure(pool, facts, whole);
    if (worst === undefined) return;
    const { lost, server } = worst;
    const load = server.share * peak;
    if (load <= server.capacity) return;
    const before = whole.find(({ index }) => index === server.index);
    yield {
      at: pool.at,
      pool: pool.name,
      what: say`If ${lost.name} fails, ${server.name} goes from ${percent(before?.share ?? null)} to ${percent(server.share)} of ${pool.name}: ${amount(load)} at the peak of ${peak}, above its capacity of ${amount(server.capacity)}.`,
      why: say`One failure at peak overloads the next server, and so on until none is left.`,
      fix: say`Add a server or capacity, or set weights in proportion to capacity.`,
    };
  },
});

function amount(load: number): ReturnType<typeof words> {
  return words(formatNumber(Math.round(load)));
}
