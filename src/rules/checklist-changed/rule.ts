import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'checklist-changed',
  title: 'A change does not edit the rules that apply to it',
  severity: 'warning',
  scope: 'external',
});
