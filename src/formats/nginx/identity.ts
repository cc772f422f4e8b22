import type { Identity } from '../identity.ts';

export const identity: Identity = {
  product: 'nginx',
  line: 'add_header X-Served-By $upstream_addr always;',
  where: 'in the server or location block that has proxy_pass, beside any other add_header',
  marks: [{ header: 'server', value: /^(?:nginx|openresty)/i }],
  alsoServes: true,
  order: 2,
};
