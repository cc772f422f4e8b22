/** Keys of the dynamic configuration (Traefik 3.7), without case. `*` = any name; `any` = whatever is below is not looked at. */
export type Keys = { readonly [key: string]: Keys | 'value' | 'any' };

const STICKY: Keys = {
  cookie: {
    name: 'value',
    secure: 'value',
    httpOnly: 'value',
    sameSite: 'value',
    maxAge: 'value',
    path: 'value',
    domain: 'value',
  },
};
const CHECK: Keys = {
  path: 'value',
  scheme: 'value',
  mode: 'value',
  method: 'value',
  status: 'value',
  port: 'value',
  hostname: 'value',
  interval: 'value',
  unhealthyInterval: 'value',
  timeout: 'value',
  followRedirects: 'value',
  headers: 'any',
};
const CHILDREN: Keys = { name: 'value', weight: 'value' };
const PARENT_CHECK: Keys = {};

/** What Traefik refuses a file for when a key below `http`, `tcp` or `udp` is not among these. */
export const KEYS: Keys = {
  http: {
    routers: {
      '*': {
        entryPoints: 'any',
        middlewares: 'any',
        service: 'value',
        rule: 'value',
        ruleSyntax: 'value',
        priority: 'value',
        parentRefs: 'any',
        tls: 'any',
        observability: 'any',
      },
    },
    services: {
      '*': {
        loadBalancer: {
          servers: { url: 'value', weight: 'value', preservePath: 'value' },
          strategy: 'value',
          sticky: STICKY,
          healthCheck: CHECK,
          passiveHealthCheck: { failureWindow: 'value', maxFailedAttempts: 'value' },
          passHostHeader: 'value',
          responseForwarding: 'any',
          serversTransport: 'value',
        },
        weighted: { services: CHILDREN, sticky: STICKY, healthCheck: PARENT_CHECK },
        highestRandomWeight: { services: CHILDREN, healthCheck: PARENT_CHECK },
        mirroring: {
          service: 'value',
          mirrorBody: 'value',
          maxBodySize: 'value',
          mirrors: { name: 'value', percent: 'value' },
          healthCheck: PARENT_CHECK,
        },
        failover: {
          service: 'value',
          fallback: 'value',
          healthCheck: PARENT_CHECK,
          errors: { status: 'any', maxRequestBodyBytes: 'value' },
        },
        middlewares: 'any',
      },
    },
    middlewares: 'any',
    serversTransports: 'any',
    models: 'any',
  },
  tcp: {
    routers: {
      '*': {
        entryPoints: 'any',
        middlewares: 'any',
        service: 'value',
        rule: 'value',
        ruleSyntax: 'value',
        priority: 'value',
        tls: 'any',
      },
    },
    services: {
      '*': {
        loadBalancer: {
          servers: { address: 'value', tls: 'value' },
          serversTransport: 'value',
          proxyProtocol: 'any',
          terminationDelay: 'value',
          healthCheck: 'any',
        },
        weighted: { services: CHILDREN, healthCheck: PARENT_CHECK },
      },
    },
    middlewares: 'any',
    serversTransports: 'any',
    models: 'any',
  },
  udp: {
    routers: { '*': { entryPoints: 'any', service: 'value' } },
    services: {
      '*': { loadBalancer: { servers: { address: 'value' } }, weighted: { services: CHILDREN } },
    },
  },
  tls: 'any',
};

/** Maps that Traefik refuses when they are empty or null: they cannot be a standalone element. */
export const NEEDS_CONTENT: readonly RegExp[] = [
  /^(?:http|tcp|udp)$/,
  /^(?:http|tcp|udp)\.(?:routers|services|middlewares|serversTransports)$/i,
  /^(?:http|tcp|udp)\.services\.[^.]+$/i,
  /^http\.services\.[^.]+\.loadBalancer\.(?:healthCheck|passiveHealthCheck)$/i,
];
