import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'invalid-weight',
  title: 'Weights are in the range that the product accepts',
  severity: 'error',
  scope: 'external',
});
