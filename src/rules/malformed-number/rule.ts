import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'malformed-number',
  title: 'Numbers are well-formed',
  severity: 'error',
  scope: 'external',
  covers: {
    'limit-lowered': 'server',
    'overloaded-share-vs-capacity': 'server',
    'server-disabled': 'server',
    'tiny-connection-limit': 'server',
    'weight-imbalance': 'server',
    'zero-weight-server': 'server',
  },
});
