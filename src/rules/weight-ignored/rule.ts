import { servingMembers } from '../../compare/stages.ts';
import type { Algorithm } from '../../model/algorithm.ts';
import type { Pool } from '../../model/pool.ts';
import { list, name, percent, say } from '../../text/say.ts';
import { mainShare } from '../../model/share.ts';
import { defineRule, type Draft, type PoolCase } from '../rule.ts';

export const rule = defineRule({
  id: 'weight-ignored',
  title: 'The algorithm honors the weights',
  severity: 'warning',
  scope: 'pool',
  *check(subject) {
    const { pool } = subject;
    const weights = new Set(servingMembers(pool).map(({ server }) => server.weight.value));
    if (weights.size < 2 || weights.has(undefined)) return;
    const draft = distortion(subject);
    if (draft) yield draft;
  },
});

function distortion({ pool, prediction }: PoolCase): Draft | undefined {
  const native = pool.algorithm.value?.native ?? '';
  const algorithm = pool.algorithm.value;
  const kind = algorithm?.kind;
  const at = pool.algorithm.at;
  if (kind === 'fill') {
    return {
      at,
      what: say`${native} ignores the weights in ${name(pool.name)}.`,
      why: say`The first server is filled up to its connection limit before the next one gets anything.`,
      fix: say`Set ${roundRobin(pool)}, which honors weights.`,
    };
  }
  if (algorithm !== undefined && ignoresWeights(algorithm)) {
    return {
      at,
      what: say`${native} ignores the weights in ${name(pool.name)}.`,
      why: say`A server of a higher weight is not picked more often than the others.`,
      fix: say`Remove the weights, or set an algorithm that honors them.`,
    };
  }
  if (algorithm?.kind === 'random' && algorithm.idle === 'inverted' && algorithm.choices === 2) {
    const shares = servingMembers(pool).map(
      ({ server, index }) => say`${name(server.name)} ${percent(mainShare(prediction.shares[index]))}`,
    );
    return {
      at,
      what: say`${native} inverts the weights of ${name(pool.name)} while the servers are idle: ${list(shares, 4)}.`,
      why: say`Of two drawn servers the second wins a tie, and the heavier one is usually drawn first.`,
      fix: say`Set ${pool.dialect.terms.leastConnections ?? roundRobin(pool)}, which honors weights.`,
    };
  }
  if (algorithm?.kind === 'random' && algorithm.draw === 'equal' && algorithm.choices === 1) {
    const heaviest = servingMembers(pool).toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
    return {
      at: heaviest?.server.weight.written === true ? heaviest.server.weight.at : at,
      what: say`${native} ignores the weights in ${name(pool.name)}.`,
      why: say`Every server is drawn with the same chance, so each gets an equal share.`,
      fix: say`Set ${roundRobin(pool)}, which honors weights.`,
      related: [{ at, note: say`The algorithm is set here` }],
    };
  }
  if (algorithm?.kind === 'least-connections' && algorithm.idle === 'equal') {
    return {
      at,
      severity: 'notice',
      what: say`${native} honors the weights of ${name(pool.name)} only under load; idle servers get equal shares.`,
      why: say`At low load a small server gets as many requests as a large one, and a measurement shows equal shares.`,
      fix: say`Set ${roundRobin(pool)} if the weights have to apply at all times.`,
    };
  }
  return undefined;
}

/** Whether weights decide nothing, neither among idle servers nor under load; a single equal draw has words of its own. */
function ignoresWeights(algorithm: Algorithm): boolean {
  if (algorithm.kind === 'round-robin') return algorithm.weights === 'ignored';
  if (algorithm.kind === 'random')
    return algorithm.draw === 'equal' && algorithm.choices > 1 && algorithm.loaded === 'equal';
  return algorithm.kind === 'least-connections' && algorithm.idle === 'equal' && algorithm.loaded === 'equal';
}

function roundRobin(pool: Pool): string {
  return pool.dialect.terms.roundRobin;
}
