import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unresolved-template-or-include',
  title: 'Everything that matters is written in the files',
  severity: 'notice',
  scope: 'external',
});
