import { matchBy } from '../../compare/match.ts';
import type { Config } from '../../model/config.ts';
import { count, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unparsed-before-or-after',
  title: 'What could be read before can be read after',
  severity: 'error',
  scope: 'estate',
  covers: { 'unresolved-template-or-include': 'pool' },
  *check({ estate }) {
    // One file may be compared with one of another name.
    const only = estate.base?.length === 1 && estate.head.length === 1 ? 'only' : undefined;
    for (const { base, head } of matchBy(estate.base ?? [], estate.head, [({ path }) => path, () => only])) {
      if (base === undefined || head === undefined) continue;
      if (head.pools.length === 0 && unread(head) && base.pools.length > 0) {
        yield {
          at: head.problems[0]?.at ?? { source: head.source, start: 0, end: 0 },
          key: 'after',
          what: say`${head.path} could be read before this change and cannot be read now.`,
          why: say`None of the ${count(base.pools.length, 'pool')} that it had is checked, and the balancer may refuse the file or run without them.`,
          fix: say`Look at what else is said about the file, and restore what is missing.`,
        };
      } else if (base.pools.length === 0 && unread(base) && head.pools.length > 0) {
        yield {
          at: { source: head.source, start: 0, end: 0 },
          key: 'before',
          severity: 'notice',
          what: say`${head.path} could not be read before this change.`,
          why: say`What the change does to traffic cannot be told; everything in the file counts as new.`,
          fix: say`Look at the whole file, not at the difference only.`,
        };
      }
    }
    for (const { base, head } of estate.pools) {
      if (base === undefined || head === undefined) continue;
      if (base.prediction.predictability === 'unknown') continue;
      const lost = head.prediction.predictability === 'unknown';
      const caveat = head.pool.caveats.find(({ bends }) => bends === 'all' || base.pool.caveats.length === 0);
      const [unknown] = [...head.pool.unknowns, ...head.config.unknowns];
      const cause = caveat ?? (lost ? unknown : undefined);
      if (cause === undefined) continue;
      yield {
        at: cause.at,
        pool: head.pool.name,
        severity: 'warning',
        what: lost
          ? say`The split of ${head.pool.name} could be predicted before this change and cannot be now: ${head.prediction.reason}.`
          : say`The split of ${head.pool.name} could be predicted for all requests before this change and cannot be now: ${cause.reason}.`,
        why: lost
          ? say`Nothing can be said about what each server will get, so nothing that depends on it is checked.`
          : say`The shares hold for the other requests only, and no config says how many these are.`,
        fix:
          caveat === undefined
            ? say`Write the value out, or render the file first and name the rendered one.`
            : say`Remove it, or make sure that it concerns few requests, and that the servers stand them.`,
      };
    }
  },
});

function unread({ status }: Config): boolean {
  return status !== 'read';
}
