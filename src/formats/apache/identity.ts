import type { Identity } from '../identity.ts';

export const identity: Identity = {
  product: 'Apache',
  line: 'Header always set X-Served-By "expr=%{env:BALANCER_WORKER_NAME}"',
  where: 'in the virtual host that has ProxyPass, with mod_headers loaded',
  marks: [{ header: 'server', value: /^apache/i }],
  alsoServes: true,
  order: 5,
};
