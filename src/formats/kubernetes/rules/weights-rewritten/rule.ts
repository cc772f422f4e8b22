import { defineRule } from '../../../../rules/rule.ts';
import { say } from '../../../../text/say.ts';

export const rule = defineRule({
  id: 'weights-rewritten',
  title: 'Weights in the files are those that hold',
  severity: 'notice',
  scope: 'config',
  *check({ config }) {
    for (const { name, at, rewritten } of config.routes) {
      if (rewritten === undefined) continue;
      yield {
        at,
        key: name,
        what: say`The weights of ${name} are not judged: ${rewritten.reason}.`,
        why: say`The file has the weights between releases; the split during a release follows the steps of the controller.`,
        fix: say`Set the steps of the release in the controller's object, and leave the weights as they are.`,
        related: [{ at: rewritten.at, note: say`the object that rewrites them` }],
      };
    }
  },
});
