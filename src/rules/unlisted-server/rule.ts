import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'unlisted-server',
  title: 'Only servers of the config answer',
  severity: 'error',
  scope: 'external',
});
