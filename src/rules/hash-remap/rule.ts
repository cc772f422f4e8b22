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
      what: say`${percent(moved)} of the keys of ${pool.name} meet another server than before.`,
      why: say`What those servers keep for their keys is cold or lost: caches ask the origin again, sessions begin anew.`,
      fix: modulo
        ? say`Use consistent hashing (${consistentHash}), which moves only the keys of the servers that come or go; switching to it moves most keys once.`
        : say`Change one server at a time, and wait until the moved keys are warm.`,
    };
  },
});
