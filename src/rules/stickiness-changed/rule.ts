import { stickinessText } from '../../compare/texts.ts';
import type { Text } from '../../model/text.ts';
import { list, say } from '../../text/say.ts';
import { compared } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

/** What lets requests leave the server that they carry, or keeps them there. */
const EXCEPTIONS: ReadonlyMap<string, Text> = new Map([
  [
    'ignore-persist',
    say`Requests that it catches are spread anew each time, so sessions that live on a server are lost.`,
  ],
  ['force-persist', say`Requests that it catches are sent to their server even while that one is down.`],
]);

export const rule = defineRule({
  id: 'stickiness-changed',
  title: 'Clients stay on their server',
  severity: 'warning',
  scope: 'change',
  *check({ change }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const pool = sides.head.pool;
    for (const { setting, before, after, at } of change.changes) {
      const does = EXCEPTIONS.get(setting);
      if (does === undefined || pool.stickiness === undefined) continue;
      yield {
        at,
        key: setting,
        what:
          after === null
            ? say`${setting} of ${pool.name} is gone, which was for the requests ${String(before)}.`
            : say`${setting} of ${pool.name} is for the requests ${String(after)} now.`,
        why: does,
        fix: say`Make sure that the condition catches what is meant, and take it out again when it is not needed.`,
      };
    }
    const found = change.changes.filter(({ kind }) => kind === 'stickiness-changed');
    const whole = found.find(({ server }) => server === null);
    if (whole !== undefined) {
      const before = sides.base.pool.stickiness;
      const after = pool.stickiness;
      const sameKey = before?.type === after?.type && before?.name?.value === after?.name?.value;
      yield {
        at: whole.at,
        severity: sameKey ? 'notice' : 'warning',
        what:
          before === undefined
            ? say`${pool.name} becomes sticky (${stickinessText(after) ?? ''}).`
            : after === undefined
              ? say`${pool.name} is no longer sticky (it was ${stickinessText(before) ?? ''}).`
              : say`Stickiness of ${pool.name} changes from ${stickinessText(before) ?? ''} to ${stickinessText(after) ?? ''}.`,
        why: sameKey
          ? say`Clients stay with their server for another time than before.`
          : before === undefined
            ? say`Clients stay where they are put, so an uneven split lasts and new servers fill slowly.`
            : say`All clients are spread anew at once: sessions that live on a server are lost.`,
        fix: say`Deploy it at a quiet time, and make sure that sessions do not live on one server only.`,
      };
      return;
    }
    const servers = found.flatMap(({ server }) => (server === null ? [] : [server]));
    const first = found[0];
    // A value that a server had before is gone: only then somebody holds it.
    const held = found.some(({ before }) => before !== null);
    if (first === undefined || !held) return;
    yield {
      at: pool.servers.find(({ name }) => name === first.server)?.stickyValue?.at ?? first.at,
      ...(servers.length === 1 && servers[0] !== undefined ? { server: servers[0] } : {}),
      what: say`The value that clients carry for ${list(servers)} of ${pool.name} changes.`,
      why: say`Clients that carry the old value are put on another server: sessions that live on a server are lost.`,
      fix: say`Keep the old value, or deploy it at a quiet time.`,
    };
  },
});
