import { rowMakers } from '../rows.ts';
import { TreeTable, type TreeShape } from '../tree-table.ts';

const REFERENCE = 'https://doc.traefik.io/traefik/reference/routing-configuration/';

const { read, harmless } = rowMakers((page) => `${REFERENCE}${page}/`, { whole: true });

const each = (spaces: string, path: string): readonly string[] => spaces.split(' ').map((space) => `${space}.${path}`);

const SERVICES = 'http/load-balancing/service';
const KINDS = ['weighted', 'highestRandomWeight', 'mirroring', 'failover'];

/** Every value that is read is in the model: as a field, or as a setting of the pool or router that uses it. */
export const SHAPE: TreeShape = {
  anyCase: true,
  elements: {
    ...Object.fromEntries(
      ['http', 'tcp', 'udp'].map((space) => [`${space}.services.*.loadBalancer.servers`, ['url', 'address']]),
    ),
    ...Object.fromEntries(
      ['http', 'tcp', 'udp'].flatMap((space) =>
        ['weighted.services', 'highestRandomWeight.services', 'mirroring.mirrors'].map((list) => [
          `${space}.services.*.${list}`,
          ['name'],
        ]),
      ),
    ),
  },
  rows: [
    read('services', SERVICES, 'requests servers options', each('http tcp udp', 'services.*')),
    read('servers', SERVICES, 'servers options', each('http tcp udp', 'services.*.loadBalancer.servers')),
    read('strategy', SERVICES, 'algorithm', each('http', 'services.*.loadBalancer.strategy')),
    read('stickiness', SERVICES, 'stickiness options', each('http', 'services.*.loadBalancer.sticky')),
    read('health checks', SERVICES, 'check options', [
      ...each('http tcp', 'services.*.loadBalancer.healthCheck'),
      ...each('http', 'services.*.loadBalancer.passiveHealthCheck'),
    ]),
    read(
      'services over services',
      SERVICES,
      'requests entry stickiness options',
      KINDS.flatMap((kind) => each('http tcp udp', `services.*.${kind}`)),
    ),
    read('routers', 'http/routing/router', 'requests entry listen', each('http tcp udp', 'routers.*')),
    read('middlewares', 'http/middlewares/overview', 'entry requests', each('http tcp', 'middlewares.*')),
    read(
      'transports towards servers',
      'http/load-balancing/serverstransport',
      'options',
      each('http tcp', 'serversTransports.*'),
    ),
    read('TLS options', 'http/tls/tls-options', 'entry', ['tls.options.*']),
    harmless('TLS certificates', 'http/tls/tls-certificates', ['tls.certificates', 'tls.stores']),
    harmless('logging', 'http/routing/observability', each('http', 'routers.*.observability')),
  ],
};

export const TABLE = new TreeTable(SHAPE);
