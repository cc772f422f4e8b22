import type { Identity } from '../identity.ts';

export const identity: Identity = {
  product: 'HAProxy',
  line: 'http-response set-header X-Served-By %s',
  where: 'in the backend section',
  marks: [],
  alsoServes: false,
  order: 1,
};
