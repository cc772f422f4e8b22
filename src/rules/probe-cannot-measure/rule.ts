import { hashesSource } from '../../model/algorithm.ts';
import { servingMembers } from '../../compare/stages.ts';
import type { Pool } from '../../model/pool.ts';
import { name, say } from '../../text/say.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'probe-cannot-measure',
  title: 'One client can measure the split of the pool',
  severity: 'notice',
  scope: 'pool',
  *check({ pool, prediction, measuring }) {
    if (!measuring || servingMembers(pool).length < 2) return;
    const draft = obstacle(pool, prediction.predictability);
    if (draft) yield draft;
  },
});

function obstacle(pool: Pool, predictability: string): Draft | undefined {
  const { algorithm, stickiness } = pool;
  const native = algorithm.value?.native ?? '';
  const pinned = stickiness?.type === 'source-ip' || stickiness?.type === 'table' || stickiness?.type === 'header';
  if (pinned || hashesSource(algorithm.value)) {
    return {
      at: pinned ? stickiness.at : algorithm.at,
      what: pinned
        ? say`${name(pool.name)} is sticky by a property of the client, so one client reaches one server.`
        : say`${name(pool.name)} picks the server by ${native}, so one client address reaches one server.`,
      why: say`A probe from one place cannot distinguish an even split from all traffic on one server.`,
      fix: say`Add counts files measured from several addresses, or the balancer's own counts, and judge them with ${'observe'}.`,
    };
  }
  if (predictability === 'key-dependent') {
    return {
      at: algorithm.at,
      what: say`${name(pool.name)} picks the server by ${native}, so requests with one key reach one server.`,
      why: say`A probe that requests one URL cannot distinguish an even split from all traffic on one server.`,
      fix: say`Set a different key in each request of the probe, or judge the balancer's own counts with ${'observe'}.`,
    };
  }
  if (algorithm.value?.kind === 'least-time') {
    return {
      at: algorithm.at,
      what: say`${name(pool.name)} picks the server by measured response times, so the config does not determine the split.`,
      why: say`There is no expected share to compare a measurement with.`,
      fix: say`Set the wanted split with ${'expect'}, or use the measured shares as information.`,
    };
  }
  return undefined;
}
