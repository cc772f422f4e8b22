import { matchBy } from '../../compare/match.ts';
import type { Config } from '../../model/config.ts';
import { count, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unparsed-before-or-after',
  title: 'The change keeps the file readable',
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
          fix: say`Remove the errors that the other findings about this file report.`,
        };
      } else if (base.pools.length === 0 && unread(base) && head.pools.length > 0) {
        yield {
          at: { source: head.source, start: 0, end: 0 },
          key: 'before',
          severity: 'notice',
          what: say`${head.path} could not be read before this change.`,
          why: say`The effect of the change on traffic is unknown; everything in the file counts as new.`,
          fix: say`Add a review of the whole file, not only of the changed lines.`,
        };
      }
    }
    for (const { base, head } of estate.pools) {
      if (base === undefined || head === undefined) continue;
      if (base.prediction.predictability === 'unknown') continue;
      const lost = head.prediction.predictability === 'unknown';
      const caveat = head.pool.caveats.find(({ bends }) => bends === 'all' || base.pool.caveats.length === 0);
      const unknowns = [...head.pool.unknowns, ...head.config.unknowns];
      const unknown = unknowns.find(({ anything }) => anything === true) ?? unknowns[0];
      const cause = caveat ?? (lost ? unknown : undefined);
      if (cause === undefined) continue;
      yield {
        at: cause.at,
        pool: head.pool.name,
        // A line that may set anything can hide any weight.
        severity: lost && unknown?.anything === true ? 'error' : 'warning',
        what: lost
          ? say`The split of ${head.pool.name} could be predicted before this change and cannot be now: ${head.prediction.reason}.`
          : say`The split of ${head.pool.name} could be predicted for all requests before this change and cannot be now: ${cause.reason}.`,
        why: lost
          ? say`The share of each server is unknown, so rules that depend on it are not checked.`
          : say`The shares apply to the other requests only, and the config does not say how many these are.`,
        fix:
          caveat === undefined
            ? say`Set the value directly, or render the file first and check the rendered one.`
            : say`Remove it, or make sure that it affects few requests and that the servers can handle them.`,
      };
    }
  },
});

function unread({ status }: Config): boolean {
  return status !== 'read';
}
