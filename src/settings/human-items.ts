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
    ask: 'The health check fails when this server cannot serve, and not when something that all servers share is down',
    when: ['check-added', 'check-changed', 'check-lost', 'health-check-removed-or-weakened'],
    required: false,
  },
  {
    id: 'sessions',
    ask: 'Users keep their sessions and caches stay warm, or losing them is acceptable',
    when: ['algorithm-changed', 'stickiness-changed', 'hash-remap', 'hash-identity-shift'],
    required: false,
  },
  {
    id: 'new-servers',
    ask: 'The new servers run the current release and answer from where the balancer stands',
    when: ['server-added', 'address-changed', 'retargeted-route'],
    required: false,
  },
  {
    id: 'way-back',
    ask: 'Somebody knows how to take this change back, and watches each server while it ships',
    when: ['share-shift', 'blast-radius', 'canary-jump', 'algorithm-changed', 'server-removed'],
    required: false,
  },
];
