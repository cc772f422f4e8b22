import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unresolved-template-or-include',
  title: 'The files are complete',
  severity: 'notice',
  scope: 'external',
});
