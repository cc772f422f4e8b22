import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'checklist-changed',
  title: 'The rules of the check are not changed by what they check',
  severity: 'warning',
  scope: 'external',
});
