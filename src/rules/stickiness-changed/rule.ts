import { stickinessText } from '../../compare/texts.ts';
import { list, say } from '../../text/say.ts';
import { compared } from '../shared/comparing.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'stickiness-changed',
  title: 'Clients stay on their server',
  severity: 'warning',
  scope: 'change',
  *check({ change }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const pool = sides.head.pool;
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
          ? say`Clients stay on their server for a different time than before.`
          : before === undefined
            ? say`Clients stay where they are put, so an uneven split lasts and new servers fill slowly.`
            : say`All clients are distributed again at once: sessions kept on a server are lost.`,
        fix: say`Move the change to a quiet time, and make sure that no session depends on one server.`,
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
      what: say`The sticky value of ${list(servers)} of ${pool.name} changes.`,
      why: say`Clients with the old value go to a different server: sessions kept on a server are lost.`,
      fix: say`Set the old value again, or move the change to a quiet time.`,
    };
  },
});
