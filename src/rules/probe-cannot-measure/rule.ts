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
        ? say`${name(pool.name)} is sticky by a property of the client, so one client sees one server.`
        : say`${name(pool.name)} picks the server by ${native}, so one client address sees one server.`,
      why: say`A probe from one place cannot tell an even split from all traffic on one server.`,
      fix: say`Measure from several addresses and judge their counts files together with ${'observe'}, or write the balancer's own counts into such a file.`,
    };
  }
  if (predictability === 'key-dependent') {
    return {
      at: algorithm.at,
      what: say`${name(pool.name)} picks the server by ${native}, so requests with one key see one server.`,
      why: say`A probe that asks for one URL cannot tell an even split from all traffic on one server.`,
      fix: say`Probe with a different key in each request, or write the balancer's own counts into a counts file and judge it with ${'observe'}.`,
    };
  }
  if (algorithm.value?.kind === 'least-time') {
    return {
      at: algorithm.at,
      what: say`${name(pool.name)} picks the server by measured response times, so no config tells the split.`,
      why: say`There is no share to hold a measurement to.`,
      fix: say`Read the measured shares as information, or declare the split that is wanted with ${'expect'}.`,
    };
  }
  return undefined;
}
