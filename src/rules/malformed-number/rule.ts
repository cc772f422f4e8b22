import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'malformed-number',
  title: 'Numbers are numbers',
  severity: 'error',
  scope: 'external',
  formats: ['haproxy', 'neutral'],
});
