import type { Identity } from '../identity.ts';

export const identity: Identity = {
  product: 'Envoy',
  line: 'response_headers_to_add: [{header: {key: x-backend, value: "%UPSTREAM_HOST%"}}]',
  where: 'in route_config, beside virtual_hosts',
  marks: [
    { header: 'server', value: /^envoy/i },
    { header: 'x-envoy-upstream-service-time', value: /./ },
  ],
  alsoServes: false,
  order: 3,
};
