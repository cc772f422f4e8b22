import { count, say } from '../../text/say.ts';
import { defineRule } from '../rule.ts';
import { lineText, unjudgedBlocks } from '../shared/unjudged.ts';

export const rule = defineRule({
  id: 'unreadable-change',
  title: 'Every changed line can be read',
  severity: 'error',
  scope: 'estate',
  *check({ estate }) {
    for (const { first, where, count: lines, related } of unjudgedBlocks(estate, 'unreadable')) {
      yield {
        at: first.statement.at,
        key: where,
        what:
          lines === 1
            ? say`In ${where}, ${lineText(first)}, and cannot be read.`
            : say`In ${where}, ${count(lines, 'changed line')} cannot be read; first, ${lineText(first)}.`,
        why: say`Something outside of the file decides what it says, so it may send traffic anywhere.`,
        fix: say`Set the words in the file itself, or render the file first and name the rendered one.`,
        related,
      };
    }
  },
});
