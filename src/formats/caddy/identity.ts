import type { Identity } from '../identity.ts';

export const identity: Identity = {
  product: 'Caddy',
  line: 'header_down X-Served-By {http.reverse_proxy.upstream.hostport}',
  where: 'inside the braces of reverse_proxy',
  marks: [
    { header: 'via', value: /caddy/i },
    { header: 'server', value: /^caddy/i },
  ],
  alsoServes: false,
  order: 4,
};
