import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'suppression-added',
  title: 'No change suppresses its own findings',
  severity: 'notice',
  scope: 'external',
});
