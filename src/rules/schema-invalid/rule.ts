import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'schema-invalid',
  title: 'The file conforms to the published schema',
  severity: 'error',
  scope: 'external',
});
