import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'config-unparsable',
  title: 'The file can be read',
  severity: 'error',
  scope: 'external',
  formats: ['haproxy', 'nginx', 'neutral'],
  covers: { 'unparsed-before-or-after': 'pool' },
});
