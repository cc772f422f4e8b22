import type { HumanItem } from './settings-file.ts';

/** What no program can know; asked only when the change touches it. */
export const DEFAULT_ITEMS: readonly HumanItem[] = [
  {
    id: 'capacity',
    ask: 'The other servers can carry the load if one fails',
    when: ['server-removed', 'server-disabled', 'share-shift', 'n-1-worse', 'weight-imbalance', 'limit-lowered'],
    required: false,
  },
  {
    id: 'health-endpoint',
    ask: 'The health check fails if this server cannot serve, and not if a shared dependency is down',
    when: ['check-added', 'check-changed', 'check-lost', 'health-check-removed-or-weakened'],
    required: false,
  },
  {
    id: 'sessions',
    ask: 'Sessions are kept and caches stay warm, or losing them is acceptable',
    when: ['algorithm-changed', 'stickiness-changed', 'hash-remap', 'hash-identity-shift'],
    required: false,
  },
  {
    id: 'new-servers',
    ask: 'The new servers run the current release and are reachable from the load balancer',
    when: ['server-added', 'address-changed', 'retargeted-route'],
    required: false,
  },
  {
    id: 'way-back',
    ask: 'Someone knows how to roll back this change, and watches each server during the deploy',
    when: ['share-shift', 'blast-radius', 'canary-jump', 'algorithm-changed', 'server-removed'],
    required: false,
  },
];
