import { movesMostKeys } from '../../model/algorithm.ts';
import { percent, say } from '../../text/say.ts';
import { causeOf, compared } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'hash-remap',
  title: 'Hash keys stay on their server',
  severity: 'warning',
  scope: 'change',
  options: {
    'max-moved': {
      type: 'percent',
      default: 0.3,
      describe: 'Maximum share of keys that may move before it is a warning.',
    },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const moved = change.keysMoved;
    if (moved === null || moved === 0) return;
    const { pool } = sides.head;
    const { consistentHash } = pool.dialect.terms;
    const modulo = movesMostKeys(pool.algorithm.value) && consistentHash !== undefined;
    yield {
      at: causeOf(change, sides.head),
      severity: moved > options['max-moved'] ? 'warning' : 'notice',
      what: say`${percent(moved)} of the keys of ${pool.name} move to a different server.`,
      why: say`The new servers have nothing stored for these keys: caches ask the origin again, and sessions are lost.`,
      fix: modulo
        ? say`Set ${consistentHash}, which moves only the keys of servers that are added or removed; the switch moves most keys once.`
        : say`Add or remove one server at a time, and wait until caches are warm.`,
    };
  },
});
