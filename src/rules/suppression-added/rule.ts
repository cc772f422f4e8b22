import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'suppression-added',
  title: 'No finding is silenced by the change that brings it',
  severity: 'notice',
  scope: 'external',
});
