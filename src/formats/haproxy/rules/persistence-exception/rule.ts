import type { Text } from '../../../../model/text.ts';
import { say } from '../../../../text/say.ts';
import { compared } from '../../../../rules/shared/comparing.ts';
import { defineRule } from '../../../../rules/rule.ts';

/** Lines that let requests leave the server that they stick to, or keep them there. */
const EXCEPTIONS: ReadonlyMap<string, Text> = new Map([
  ['ignore-persist', say`Requests that match it are balanced again each time, so sessions kept on a server are lost.`],
  ['force-persist', say`Requests that match it are sent to their server even while it is down.`],
]);

export const rule = defineRule({
  id: 'persistence-exception',
  title: 'Exceptions from stickiness are unchanged',
  severity: 'warning',
  scope: 'change',
  *check({ change }) {
    const pool = compared(change)?.head.pool;
    if (pool?.stickiness === undefined) return;
    for (const { setting, before, after, at } of change.changes) {
      const effect = EXCEPTIONS.get(setting);
      if (effect === undefined) continue;
      yield {
        at,
        key: setting,
        what:
          after === null
            ? say`${pool.name} no longer has ${setting} ${String(before)}.`
            : say`${pool.name} now has ${setting} ${String(after)}.`,
        why: effect,
        fix:
          after === null
            ? say`Add ${setting} again, unless no request needs the exception.`
            : say`Set the condition to match only the intended requests, and remove it when it is no longer needed.`,
      };
    }
  },
});
