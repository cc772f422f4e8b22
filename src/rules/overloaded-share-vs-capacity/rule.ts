import { exactly } from '../../model/share.ts';
import { servingMembers } from '../../compare/stages.ts';
import type { Pool } from '../../model/pool.ts';
import type { Prediction } from '../../model/share.ts';
import { formatNumber, percent, say, words } from '../../text/say.ts';
import { carried, peakOf, type Carried } from '../shared/capacity.ts';
import { defineRule, type Draft } from '../rule.ts';

/** A connection limit is no capacity: only a large disagreement is worth a word. */
const LIMIT_RATIO = 2;

export const rule = defineRule({
  id: 'overloaded-share-vs-capacity',
  title: 'No server gets more than its capacity',
  severity: 'error',
  options: {
    'max-ratio': {
      type: 'number',
      default: 1.5,
      describe: "Maximum ratio of a server's share of traffic to its share of capacity.",
    },
  },
  scope: 'pool',
  *check({ pool, prediction, facts, options }) {
    const servers = carried(pool, facts, prediction);
    if (servers === undefined) {
      yield* limitsDisagree(pool, prediction);
      return;
    }
    const peak = peakOf(pool, facts);
    const maxRatio = options['max-ratio'];
    const total = servers.reduce((sum, { capacity }) => sum + capacity, 0);
    for (const server of servers) {
      const fair = server.capacity / total;
      if (peak !== undefined && server.share * peak > server.capacity) yield beyondPeak(pool, server, peak);
      else if (server.share > fair * maxRatio) yield outOfProportion(pool, server, fair);
    }
  },
});

function beyondPeak(pool: Pool, { index, name, share, capacity }: Carried, peak: number): Draft {
  return {
    at: placeOf(pool, index),
    pool: pool.name,
    server: name,
    what: say`${name} gets ${percent(share)} of ${pool.name}: ${words(formatNumber(Math.round(share * peak)))} at the peak of ${peak}, above its capacity of ${capacity}.`,
    why: say`At peak it is overloaded even when every server is up.`,
    fix: say`Set a lower weight, so that its share is at most ${percent(capacity / peak)}, or add servers.`,
  };
}

function outOfProportion(pool: Pool, { index, name, share }: Carried, fair: number): Draft {
  return {
    at: placeOf(pool, index),
    pool: pool.name,
    server: name,
    what: say`${name} gets ${percent(share)} of ${pool.name} and has ${percent(fair)} of its capacity.`,
    why: say`It reaches its capacity when the pool as a whole is at ${percent(fair / share)} of its own.`,
    fix: say`Set weights in proportion to the capacities.`,
  };
}

/** Without declared capacities, connection limits hint at them when every server has one. */
function* limitsDisagree(pool: Pool, prediction: Prediction): Generator<Draft> {
  const members = servingMembers(pool).map(({ index, server }) => ({
    index,
    server,
    limit: server.maxConnections?.value ?? 0,
    share: exactly(prediction.shares[index]?.loaded),
  }));
  const total = members.reduce((sum, { limit }) => sum + limit, 0);
  if (members.length < 2 || members.some(({ limit, share }) => limit === 0 || share === null)) return;
  for (const { index, server, limit, share } of members) {
    if (share === null || share <= (limit / total) * LIMIT_RATIO) continue;
    yield {
      at: server.maxConnections?.at ?? placeOf(pool, index),
      pool: pool.name,
      server: server.name,
      severity: 'notice',
      what: say`${server.name} gets ${percent(share)} of ${pool.name}, with ${percent(limit / total)} of the connections that its servers allow.`,
      why: say`It reaches its limit long before the others; its share then waits or goes to them.`,
      fix: say`Set weights and connection limits in the same proportion.`,
    };
  }
}

function placeOf(pool: Pool, index: number): Pool['at'] {
  const server = pool.servers[index];
  if (server === undefined) return pool.at;
  return server.weight.written ? server.weight.at : server.at;
}
