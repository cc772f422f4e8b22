import { compare } from '../../../src/compare/compare.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { isSilent, judgeMutation, mutationsOf } from '../../support/mutate.ts';

const MANIFESTS = `apiVersion: v1
kind: Service
metadata:
  name: carts
spec:
  selector:
    app: carts
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: carts
spec:
  replicas: 3
  template:
    metadata:
      labels:
        app: carts
        version: v1
    spec:
      containers:
        - name: app
          image: carts
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: edge
spec:
  gatewayClassName: envoy
  listeners:
    - name: https
      port: 443
      protocol: HTTPS
      tls:
        certificateRefs:
          - name: cert
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: carts
  labels:
    team: shop
spec:
  parentRefs:
    - name: edge
  hostnames:
    - shop.example
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /cart
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            remove:
              - x-debug
      timeouts:
        request: 9s
      backendRefs:
        - name: carts
          port: 80
          weight: 90
        - name: next
          port: 80
          weight: 10
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: BackendTrafficPolicy
metadata:
  name: carts
spec:
  targetRefs:
    - kind: HTTPRoute
      name: carts
  loadBalancer:
    type: RoundRobin
  circuitBreaker:
    maxConnections: 90
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: mesh
spec:
  hosts:
    - basket
  http:
    - name: beta
      match:
        - headers:
            beta:
              exact: "yes"
      route:
        - destination:
            host: basket
            subset: v2
    - name: main
      timeout: 4s
      route:
        - destination:
            host: basket
            subset: v1
          weight: 60
        - destination:
            host: basket
            subset: v2
          weight: 40
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: mesh
spec:
  host: basket
  trafficPolicy:
    connectionPool:
      http:
        maxRetries: 5
    outlierDetection:
      consecutive5xxErrors: 7
  subsets:
    - name: v1
      labels:
        version: v1
    - name: v2
      labels:
        version: v2
      trafficPolicy:
        loadBalancer:
          simple: RANDOM
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: pay
spec:
  hosts:
    - pay.example
  resolution: STATIC
  exportTo:
    - "."
  ports:
    - name: tls
      number: 443
      protocol: TLS
  endpoints:
    - address: 192.0.2.1
      weight: 3
    - address: 192.0.2.2
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: all
spec:
  host: "*.local"
  trafficPolicy:
    loadBalancer:
      simple: LEAST_REQUEST
`;

const read = (text: string): Config => reader.read('mesh.yaml', new MemoryTree({ 'mesh.yaml': text }), { rootMap: {} });

function changed(from: string, to: string): string[] {
  expect(MANIFESTS).toContain(from);
  const head = read(MANIFESTS.replace(from, to));
  const { explained, harmless, idle, unjudged } = compare([read(MANIFESTS)], [head]).statements;
  return [
    ...(explained > 0 ? ['explained'] : []),
    ...harmless.map(({ statement }) => `harmless ${statement.text}`),
    ...idle.map(({ statement }) => `no effect ${statement.text}`),
    ...unjudged.map(({ kind, statement }) => `${kind} ${statement.text}`),
  ];
}

test.each([
  ['weight: 90', 'weight: 50'],
  ['value: /cart', 'value: /basket'],
  ['- shop.example', '- store.example'],
  ['port: 443', 'port: 8443'],
  ['- x-debug', '- x-trace'],
  ['request: 9s', 'request: 90s'],
  ['name: next', 'name: other'],
  ['type: RoundRobin', 'type: Random'],
  ['maxConnections: 90', 'maxConnections: 9'],
  ['exact: "yes"', 'exact: "no"'],
  ['weight: 60', 'weight: 6'],
  ['timeout: 4s', 'timeout: 40s'],
  ['maxRetries: 5', 'maxRetries: 50'],
  ['consecutive5xxErrors: 7', 'consecutive5xxErrors: 1'],
  ['simple: RANDOM', 'simple: ROUND_ROBIN'],
  ['weight: 3', 'weight: 1'],
  ['address: 192.0.2.2', 'address: 192.0.2.3'],
])('a changed line is explained by the change that it makes: %s', (from, to) => {
  expect(changed(from, to)).toEqual(['explained']);
});

test('a changed line is harmless by table, or not judged', () => {
  expect(changed('team: shop', 'team: web')).toEqual(['harmless metadata.labels.team: web']);
  expect(changed('- name: cert', '- name: cert2')).toEqual([expect.stringMatching(/^harmless .*certificateRefs/)]);
  expect(changed('envoy\n', 'other\n')).toEqual(['unjudged spec.gatewayClassName: other']);
  expect(changed('- "."', '- "*"')).toEqual([expect.stringMatching(/^unjudged spec.exportTo/)]);
  expect(changed('simple: LEAST_REQUEST', 'simple: RANDOM')).toEqual([
    'unjudged spec.trafficPolicy.loadBalancer.simple: RANDOM',
  ]);
});

test('no statement is changed in silence', () => {
  const base = read(MANIFESTS);
  const tried = [...mutationsOf(base)].filter(({ matters }) => matters);
  const silent = tried.filter((mutation) => isSilent(judgeMutation(reader, base, mutation)));
  expect(silent.map(({ operation, statement }) => `${operation} ${statement.text}`)).toEqual([]);
  expect(tried.length).toBeGreaterThan(80);
});
