import type { StatementRow } from '../../model/statement.ts';
import { harmless, named, of, read } from './rows.ts';

const GATEWAY_API = 'https://gateway-api.sigs.k8s.io/reference/spec/';
const ISTIO = 'https://istio.io/latest/docs/reference/config/networking/';
const ENVOY_GATEWAY = 'https://gateway.envoyproxy.io/docs/api/extension_types/#backendtrafficpolicy';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map(
  (kind) => `gateway.networking.k8s.io/${kind}`,
);
const GATEWAY = ['gateway.networking.k8s.io/Gateway'];
const GRANT = ['gateway.networking.k8s.io/ReferenceGrant'];
const POLICY = ['gateway.envoyproxy.io/BackendTrafficPolicy'];
const BACKEND = ['gateway.envoyproxy.io/Backend'];
const VIRTUAL = ['networking.istio.io/VirtualService'];
const RULE = ['networking.istio.io/DestinationRule'];
const ENTRY = ['networking.istio.io/ServiceEntry'];
const ISTIO_GATEWAY = ['networking.istio.io/Gateway'];

/** Kinds of Gateway API, Envoy Gateway and Istio that are read. */
export const ROUTING_KINDS: readonly string[] = [
  ...ROUTES,
  ...GATEWAY,
  ...GRANT,
  ...POLICY,
  ...BACKEND,
  ...VIRTUAL,
  ...RULE,
  ...ENTRY,
  ...ISTIO_GATEWAY,
];

export const ROUTING_ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  ...named(ROUTES, { 'spec.rules': ['name'], 'spec.rules.backendRefs': ['name'], 'spec.parentRefs': ['name'] }),
  ...named(GATEWAY, { 'spec.listeners': ['name'] }),
  ...named(VIRTUAL, { 'spec.http': ['name'] }),
  ...named(RULE, { 'spec.subsets': ['name'] }),
  ...named(ENTRY, { 'spec.endpoints': ['address'], 'spec.ports': ['name'] }),
};

/** A VirtualService asks its routes as they are written; matches of Gateway API have an order of their own. */
export const ROUTING_ORDERED: readonly string[] = of(VIRTUAL, 'spec.http', 'spec.tls', 'spec.tcp');

/** A row of what shows in a pool or an entry only if the files have that. */
function inPart(what: string, manual: string, shows: string, words: readonly string[]): StatementRow {
  const { kind, shows: topics = [] } = read(what, manual, shows, words);
  return { kind, what, manual, words, shows: topics };
}

export const ROUTING_ROWS: readonly StatementRow[] = [
  harmless('labels of routes', 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/', [
    ...of([...ROUTES, ...GRANT, ...POLICY, ...BACKEND, ...VIRTUAL, ...RULE, ...ENTRY], 'metadata.labels'),
  ]),
  read('routes', GATEWAY_API, 'requests entry hosts listen options', of(ROUTES, 'spec', 'metadata.annotations')),
  read(
    'listeners',
    `${GATEWAY_API}#listener`,
    'listen requests entry',
    of(GATEWAY, 'spec.listeners.name', 'spec.listeners.port', 'spec.listeners.protocol'),
  ),
  harmless('certificates', `${GATEWAY_API}#gatewaytlsconfig`, [
    ...of(GATEWAY, 'spec.listeners.tls.certificateRefs'),
    ...of(ISTIO_GATEWAY, 'spec.servers.tls.credentialName'),
  ]),
  inPart('grants', `${GATEWAY_API}#referencegrant`, 'requests', of(GRANT, 'spec')),
  inPart(
    'policies for backends',
    ENVOY_GATEWAY,
    'algorithm check stickiness limits timeouts retries servers options',
    of(POLICY, 'spec'),
  ),
  read(
    'backends',
    'https://gateway.envoyproxy.io/docs/api/extension_types/#backend',
    'servers requests options',
    of(BACKEND, 'spec'),
  ),
  read(
    'VirtualServices',
    `${ISTIO}virtual-service/`,
    'requests entry hosts listen options timeouts retries',
    of(VIRTUAL, 'spec.hosts', 'spec.http', 'spec.tls', 'spec.tcp', 'spec.gateways'),
  ),
  read(
    'DestinationRules',
    `${ISTIO}destination-rule/`,
    'algorithm check stickiness limits timeouts servers requests options',
    of(RULE, 'spec.host', 'spec.subsets', 'spec.trafficPolicy'),
  ),
  read(
    'ServiceEntries',
    `${ISTIO}service-entry/`,
    'servers requests options',
    of(ENTRY, 'spec.hosts', 'spec.ports', 'spec.endpoints', 'spec.resolution', 'spec.location', 'spec.subjectAltNames'),
  ),
  read('servers of Gateways', `${ISTIO}gateway/`, 'listen requests entry', of(ISTIO_GATEWAY, 'spec.servers.port')),
];
