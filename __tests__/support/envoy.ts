import { stringify } from 'yaml';

/** What a bootstrap of Envoy is made of: its clusters, and what its one route does. */
export interface Parts {
  readonly clusters: readonly object[];
  /** The `route` of the requests, as YAML in braces. */
  readonly route?: string;
}

/** An endpoint on loopback. */
export function endpoint(port: number | undefined, weight = 1, more: object = {}): object {
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  return { endpoint: { address }, ...(weight === 1 ? {} : { load_balancing_weight: weight }), ...more };
}

/** A cluster of endpoints, of lists of them by priority, or of groups as Envoy writes them. */
export function cluster(name: string, members: readonly object[], more: object = {}, policy?: object): object {
  const endpoints = members.every((member) => Array.isArray(member))
    ? members.map((lb_endpoints, priority) => ({ priority, lb_endpoints }))
    : members.every((member) => 'lb_endpoints' in member)
      ? members
      : [{ lb_endpoints: members }];
  const assignment = { cluster_name: name, ...(policy === undefined ? {} : { policy }), endpoints };
  return { name, connect_timeout: '1s', load_assignment: assignment, ...more };
}

const HTTP = 'type.googleapis.com/envoy.extensions.filters';

/** A bootstrap with one listener, whose requests all take one route. */
export function bootstrap(port: number, { clusters, route = 'cluster: app' }: Parts): string {
  return `static_resources:
  listeners:
    - name: web
      address: { socket_address: { address: 127.0.0.1, port_value: ${port} } }
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": ${HTTP}.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: web
                route_config:
                  virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                        - match: { prefix: / }
                          route: { ${route} }
                http_filters:
                  - name: envoy.filters.http.router
                    typed_config: { "@type": ${HTTP}.http.router.v3.Router }
  clusters:
${stringify(clusters).replace(/^/gm, '    ')}`;
}
