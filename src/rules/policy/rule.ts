import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'policy',
  title: 'The change complies with the schema policies',
  severity: 'error',
  scope: 'external',
});
