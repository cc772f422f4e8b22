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
      const [unknown] = [...head.pool.unknowns, ...head.config.unknowns];
      if (base.prediction.predictability === 'unknown' || head.prediction.predictability !== 'unknown') continue;
      const forced = head.pool.options.get('use-server');
      const at = (forced ?? unknown)?.at;
      if (at === undefined) continue;
      yield {
        at,
        pool: head.pool.name,
        severity: 'warning',
        what: say`The split of ${head.pool.name} could be predicted before this change and cannot be now: ${head.prediction.reason}.`,
        why: say`Nothing can be said about what each server will get, so nothing that depends on it is checked.`,
        fix:
          forced === undefined
            ? say`Write the value out, or render the file first and name the rendered one.`
            : say`Make sure that the condition catches few requests, and that the server stands them.`,
      };
    }
  },
});

function unread({ status }: Config): boolean {
  return status !== 'read';
}
