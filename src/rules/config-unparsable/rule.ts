import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'config-unparsable',
  title: 'The file can be parsed',
  severity: 'error',
  scope: 'external',
  covers: {
    'algorithm-changed': 'pool',
    'hash-remap': 'pool',
    'health-check-removed-or-weakened': 'server',
    'limit-lowered': 'server',
    'n-1-worse': 'pool',
    'share-shift': 'pool',
    'unparsed-before-or-after': 'pool',
    'weight-imbalance': 'pool',
  },
});
