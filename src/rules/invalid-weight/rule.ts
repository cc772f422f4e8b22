import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'invalid-weight',
  title: "Weights are within the product's range",
  severity: 'error',
  scope: 'external',
});
