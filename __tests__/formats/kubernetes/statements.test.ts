import { compare } from '../../../src/compare/compare.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { isSilent, judgeMutation, mutationsOf } from '../../support/mutate.ts';

const MANIFESTS = `apiVersion: v1
kind: Service
metadata:
  name: carts
  labels:
    team: shop
  annotations:
    prometheus.io/scrape: "true"
    service.beta.kubernetes.io/aws-load-balancer-type: nlb
spec:
  type: LoadBalancer
  externalTrafficPolicy: Cluster
  sessionAffinity: ClientIP
  sessionAffinityConfig:
    clientIP:
      timeoutSeconds: 600
  selector:
    app: carts
  ports:
    - name: http
      port: 80
      targetPort: web
    - name: metrics
      port: 9090
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: carts
spec:
  replicas: 3
  selector:
    matchLabels:
      app: carts
  strategy:
    rollingUpdate:
      maxUnavailable: 1
  template:
    metadata:
      labels:
        app: carts
    spec:
      serviceAccountName: carts
      containers:
        - name: app
          image: registry.example/carts:1
          env:
            - name: LEVEL
              value: info
          ports:
            - name: web
              containerPort: 8081
          readinessProbe:
            httpGet:
              path: /ready
              port: web
            periodSeconds: 5
          livenessProbe:
            httpGet:
              path: /live
              port: web
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: carts
  annotations:
    nginx.ingress.kubernetes.io/affinity: cookie
    nginx.ingress.kubernetes.io/proxy-read-timeout: "60"
spec:
  ingressClassName: nginx
  tls:
    - secretName: carts-tls
      hosts:
        - carts.example
  rules:
    - host: carts.example
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: carts
                port:
                  number: 80
          - path: /api
            pathType: Prefix
            backend:
              service:
                name: api
                port:
                  number: 80
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: other
spec:
  minReplicas: 2
  scaleTargetRef:
    kind: Deployment
    name: other
`;

const read = (text: string): Config => reader.read('app.yaml', new MemoryTree({ 'app.yaml': text }), { rootMap: {} });

function accounts(head: string): string[] {
  const { explained, harmless, idle, unjudged } = compare([read(MANIFESTS)], [read(head)]).statements;
  return [
    ...(explained > 0 ? ['explained'] : []),
    ...harmless.map(({ statement }) => `harmless ${statement.text}`),
    ...idle.map(({ statement }) => `no effect ${statement.text}`),
    ...unjudged.map(({ kind, statement }) => `${kind} ${statement.text}`),
  ];
}

const changed = (from: string, to: string): string[] => {
  expect(MANIFESTS).toContain(from);
  return accounts(MANIFESTS.replace(from, to));
};

test.each([
  ['replicas: 3', 'replicas: 5'],
  ['    app: carts\n  ports', '    app: cart\n  ports'],
  ['port: 9090', 'port: 9091'],
  ['externalTrafficPolicy: Cluster', 'externalTrafficPolicy: Local'],
  ['timeoutSeconds: 600', 'timeoutSeconds: 60'],
  ['type: nlb', 'type: external'],
  ['path: /ready', 'path: /up'],
  ['periodSeconds: 5', 'periodSeconds: 50'],
  ['affinity: cookie', 'load-balance: ewma'],
  ['timeout: "60"', 'timeout: "600"'],
  ['host: carts.example', 'host: basket.example'],
  ['path: /api', 'path: /v2'],
  ['name: api', 'name: api-v2'],
  [
    'pathType: Prefix\n            backend:\n              service:\n                name: api',
    'pathType: Exact\n            backend:\n              service:\n                name: api',
  ],
])('a changed line is explained by the change that it makes: %s', (from, to) => {
  expect(changed(from, to)).toEqual(['explained']);
});

test('a changed line is harmless by table, or not judged', () => {
  expect(changed('carts:1', 'carts:2')).toEqual(['harmless image: registry.example/carts:2']);
  expect(changed('value: info', 'value: debug')).toEqual(['harmless value: debug']);
  expect(changed('team: shop', 'team: web')).toEqual(['harmless metadata.labels.team: web']);
  expect(changed('scrape: "true"', 'scrape: "false"')).toEqual([
    'harmless metadata.annotations.prometheus.io/scrape: "false"',
  ]);
  expect(changed('maxUnavailable: 1', 'maxUnavailable: 2')).toEqual([
    'unjudged spec.strategy.rollingUpdate.maxUnavailable: 2',
  ]);
  expect(changed('path: /live', 'path: /alive')).toEqual(['unjudged livenessProbe.httpGet.path: /alive']);
  expect(changed('minReplicas: 2', 'minReplicas: 3')).toEqual(['unjudged spec.minReplicas: 3']);
});

test('a second workload behind a Service is explained by its share', () => {
  const [, deployment = ''] = MANIFESTS.split('---\n');
  expect(accounts(`${MANIFESTS}---\n${deployment.replace('name: carts', 'name: next')}`)).toEqual(['explained']);
});

test('no statement is changed in silence', () => {
  const base = read(MANIFESTS);
  const tried = [...mutationsOf(base)].filter(({ matters }) => matters);
  const silent = tried.filter((mutation) => isSilent(judgeMutation(reader, base, mutation)));
  expect(silent.map(({ operation, statement }) => `${operation} ${statement.text}`)).toEqual([]);
  expect(tried.length).toBeGreaterThan(80);
});
