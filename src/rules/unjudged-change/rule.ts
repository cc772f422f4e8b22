import { count, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';
import { lineText, unjudgedBlocks } from '../shared/unjudged.ts';

export const rule = defineRule({
  id: 'unjudged-change',
  title: 'Every changed line is judged',
  severity: 'warning',
  scope: 'estate',
  *check({ estate }) {
    for (const { first, where, count: lines, related } of unjudgedBlocks(estate, 'unjudged')) {
      yield {
        at: first.statement.at,
        key: where,
        what:
          lines === 1
            ? say`In ${where}, ${lineText(first)}, which is not judged.`
            : say`In ${where}, ${count(lines, 'changed line')} are not judged; first, ${lineText(first)}.`,
        why: say`Its effect on traffic is not part of the model, so no check covers it.`,
        fix: say`Remove the line, or test that requests still reach the intended servers.`,
        related,
      };
    }
  },
});
