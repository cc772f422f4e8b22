import type { Product } from './products.ts';

/** A pool as every product can write it, where it can. */
export interface PoolPlan {
  readonly servers: readonly ServerPlan[];
  /** Default: in turn, by weight. */
  readonly method?: 'least-connections' | 'source-hash' | 'random';
  /** A cookie holds a client at its server. */
  readonly sticky?: boolean;
  /** Servers are asked for `/_health`, or, where a product cannot, are left alone for a while after a failure. */
  readonly checked?: boolean;
  /** A refused connection is tried again elsewhere, and the server that refused is tried again next time. */
  readonly retried?: boolean;
  /** No answer says which server gave it. */
  readonly nameless?: boolean;
  /** Address to listen on. */
  readonly host?: string;
  /** Processes of nginx, threads of HAProxy; 2 by default. */
  readonly workers?: number;
  /** nginx: false = every worker takes its own turns. */
  readonly zone?: boolean;
  /** nginx: the kernel hands connections to all workers alike. */
  readonly reuseport?: boolean;
}

export interface ServerPlan {
  readonly name: string;
  readonly port: number;
  readonly weight?: number;
  /** Out of rotation on purpose. */
  readonly drained?: boolean;
}

/** The plan as a product's own config, listening on `port`. */
export function configOf(product: Product, plan: PoolPlan, port: number): string {
  return CONFIGS[product](plan, port);
}

/** The plan in the neutral format, for products whose own format is not read. */
export function neutralOf(plan: PoolPlan): string {
  const weighted = plan.servers.some((server) => server.weight !== undefined);
  const lines = plan.servers.map(({ name, port, weight, drained }) => {
    const more = `${weight === undefined ? '' : `, weight: ${weight}`}${drained ? ', state: drain' : ''}`;
    return `      - { name: ${name}, address: 127.0.0.1, port: ${port}${more} }`;
  });
  return `version: 1
pools:
  - name: app
    algorithm: ${plan.method ?? (weighted ? 'weighted-round-robin' : 'round-robin')}
${plan.sticky ? '    stickiness: { type: cookie }\n' : ''}    servers:
${lines.join('\n')}
`;
}

const lines = <T>(list: readonly T[], line: (item: T) => string): string => list.map(line).join('\n');
const onlyIf = (condition: boolean | undefined, text: string): string => (condition ? text : '');

const CONFIGS: Readonly<Record<Product, (plan: PoolPlan, port: number) => string>> = {
  nginx: (plan, port) => `worker_processes ${plan.workers ?? 2};
events {}
http {
  upstream app {
${onlyIf(plan.zone ?? true, '    zone app 64k;\n')}${onlyIf(plan.method === 'least-connections', '    least_conn;\n')}${onlyIf(plan.method === 'source-hash', '    ip_hash;\n')}${onlyIf(plan.method === 'random', '    random;\n')}${lines(
    plan.servers,
    ({ port: at, weight, drained }) =>
      `    server 127.0.0.1:${at}${onlyIf(weight !== undefined, ` weight=${weight}`)}${onlyIf(plan.retried, ' max_fails=0')}${onlyIf(drained, ' down')};`,
  )}
  }
  server {
    listen ${plan.host ?? '127.0.0.1'}:${port}${onlyIf(plan.reuseport, ' reuseport')};
    location / {
      proxy_pass http://app;
${onlyIf(!plan.nameless, '      add_header X-Served-By $upstream_addr always;\n')}    }
  }
}
`,

  haproxy: (plan, port) => `${onlyIf(plan.workers !== undefined, `global\n  nbthread ${plan.workers}\n`)}defaults
  mode http
  timeout connect 100ms
  timeout client 10s
  timeout server 10s
${onlyIf(plan.checked, '  timeout check 5s\n')}${plan.retried ? '  retries 2\n  option redispatch 1\n' : '  retries 1\n'}frontend in
  bind ${plan.host ?? '127.0.0.1'}:${port}
${onlyIf(!plan.nameless, '  http-response set-header X-Served-By %s\n')}  default_backend app
backend app
  balance ${plan.method === undefined ? 'roundrobin' : { 'least-connections': 'leastconn', 'source-hash': 'source', random: 'random' }[plan.method]}
${onlyIf(plan.checked, '  option httpchk GET /_health\n')}${onlyIf(plan.sticky, '  cookie SRV insert indirect nocache\n')}${lines(
    plan.servers,
    ({ name, port: at, weight, drained }) =>
      `  server ${name} 127.0.0.1:${at}${onlyIf(drained, ' weight 0')}${onlyIf(!drained && weight !== undefined, ` weight ${weight}`)}${onlyIf(plan.checked, ' check inter 100ms fall 1 rise 1')}${onlyIf(plan.sticky, ` cookie ${name}`)}`,
  )}
`,

  apache: (plan, port) => `Listen ${plan.host ?? '127.0.0.1'}:${port}
<Proxy balancer://app>
${lines(
  plan.servers,
  ({ name, port: at, weight, drained }) =>
    `  BalancerMember http://127.0.0.1:${at} route=${name} loadfactor=${weight ?? 1} retry=${plan.retried ? 0 : 60}${onlyIf(drained, ' status=+N')}`,
)}
  ProxySet lbmethod=${plan.method === 'least-connections' ? 'bybusyness' : 'byrequests'}${onlyIf(plan.sticky, ' stickysession=ROUTEID')}
</Proxy>
ProxyPass / balancer://app/
${onlyIf(!plan.nameless, 'Header always set X-Served-By "expr=%{env:BALANCER_WORKER_NAME}"\n')}${onlyIf(
    plan.sticky,
    'Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED\n',
  )}`,

  /** A drained server is left out: Caddy has no word for it. */
  caddy: (plan, port) => {
    const serving = plan.servers.filter((server) => !server.drained);
    const weights = serving.map((server) => server.weight ?? 1);
    const inTurn = weights.some((weight) => weight !== 1) ? `weighted_round_robin ${weights.join(' ')}` : 'round_robin';
    const policy = { 'least-connections': 'least_conn', 'source-hash': 'ip_hash', random: 'random' };
    const method = plan.sticky ? 'cookie SRV' : plan.method === undefined ? inTurn : policy[plan.method];
    return `http://:${port} {
  bind ${plan.host ?? '127.0.0.1'}
  reverse_proxy ${serving.map((server) => `127.0.0.1:${server.port}`).join(' ')} {
    lb_policy ${method}
${onlyIf(plan.checked, '    health_uri /_health\n    health_interval 100ms\n')}${onlyIf(plan.retried, '    lb_try_duration 2s\n    lb_try_interval 1ms\n')}${onlyIf(
      !plan.nameless,
      '    header_down X-Served-By {http.reverse_proxy.upstream.hostport}\n',
    )}  }
}
`;
  },

  envoy: (plan, port) => {
    const endpoints = plan.servers.map((server) => ({
      endpoint: { address: socket('127.0.0.1', server.port) },
      load_balancing_weight: server.weight ?? 1,
      ...(server.drained ? { health_status: 'DRAINING' } : {}),
    }));
    const policy = { 'least-connections': 'LEAST_REQUEST', 'source-hash': 'RING_HASH', random: 'RANDOM' };
    const check = {
      timeout: '1s',
      interval: '0.1s',
      no_traffic_interval: '0.1s',
      unhealthy_threshold: 1,
      healthy_threshold: 1,
      http_health_check: { path: '/_health' },
    };
    const cluster = {
      name: 'app',
      type: 'STATIC',
      connect_timeout: '1s',
      lb_policy: plan.method === undefined ? 'ROUND_ROBIN' : policy[plan.method],
      load_assignment: { cluster_name: 'app', endpoints: [{ lb_endpoints: endpoints }] },
      ...(plan.checked ? { health_checks: [check] } : {}),
    };
    const route = {
      cluster: 'app',
      ...(plan.method === 'source-hash' ? { hash_policy: [{ connection_properties: { source_ip: true } }] } : {}),
      ...(plan.retried
        ? {
            retry_policy: {
              retry_on: 'connect-failure',
              num_retries: 3,
              retry_host_predicate: [
                typed(
                  'envoy.retry_host_predicates.previous_hosts',
                  'retry.host.previous_hosts.v3.PreviousHostsPredicate',
                ),
              ],
              host_selection_retry_max_attempts: 5,
            },
          }
        : {}),
    };
    const header = { key: 'x-served-by', value: '%UPSTREAM_REMOTE_ADDRESS%' };
    const cookie = { name: 'SRV', path: '/' };
    const session = typed(
      'envoy.http.stateful_session.cookie',
      'http.stateful_session.cookie.v3.CookieBasedSessionState',
      {
        cookie,
      },
    );
    const manager = {
      stat_prefix: 'in',
      route_config: {
        virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route }] }],
        ...(plan.nameless ? {} : { response_headers_to_add: [{ header }] }),
      },
      http_filters: [
        ...(plan.sticky
          ? [
              typed('envoy.filters.http.stateful_session', 'filters.http.stateful_session.v3.StatefulSession', {
                session_state: session,
              }),
            ]
          : []),
        typed('envoy.filters.http.router', 'filters.http.router.v3.Router'),
      ],
    };
    const filter = typed(
      'envoy.filters.network.http_connection_manager',
      'filters.network.http_connection_manager.v3.HttpConnectionManager',
      manager,
    );
    const listener = {
      name: 'in',
      address: socket(plan.host ?? '127.0.0.1', port),
      filter_chains: [{ filters: [filter] }],
    };
    return JSON.stringify({ clusters: [cluster], listeners: [listener] });
  },
};

function socket(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}

function typed(name: string, type: string, settings: object = {}): object {
  return { name, typed_config: { '@type': `type.googleapis.com/envoy.extensions.${type}`, ...settings } };
}
