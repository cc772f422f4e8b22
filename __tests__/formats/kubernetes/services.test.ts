import { predict } from '../../../src/compare/predict.ts';
import { FORMATS } from '../../../src/formats/list.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { mainPart } from '../../../src/model/share.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: carts
spec:
  selector:
    app: carts
  ports:
    - port: 80
      targetPort: web
`;

const deployment = (name: string, replicas: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  ${replicas}
  selector: { matchLabels: { app: carts, track: ${name} } }
  template:
    metadata:
      labels: { app: carts, track: ${name} }
    spec:
      ${more}
      containers:
        - name: app
          image: registry.example/carts:1
          ports: [{ name: web, containerPort: 8081 }]
          readinessProbe:
            httpGet: { path: /ready, port: web }
            periodSeconds: 5
`;

const read = (files: Readonly<Record<string, string>>): Config =>
  reader.readSet?.(Object.keys(files), new MemoryTree(files), { rootMap: {} }) ?? fail();

function fail(): never {
  throw new Error('no readSet');
}

function poolOf(...documents: readonly string[]): Pool {
  const [pool] = read({ 'k8s/app.yaml': documents.join('---\n') }).pools;
  return pool ?? fail();
}

const split = (pool: Pool): unknown => predict(pool).shares.map(mainPart);

describe('a Service', () => {
  test('splits by the replicas of the workloads that it selects', () => {
    const pool = poolOf(SERVICE, deployment('stable', 'replicas: 3'), deployment('next', 'replicas: 1'));
    expect(pool.servers.map(({ name }) => name)).toEqual(['stable', 'next']);
    expect(split(pool)).toEqual([0.75, 0.25]);
    expect(pool.servers.map(({ port }) => port?.value)).toEqual([8081, 8081]);
  });

  test('finds its workload in another file of the folder', () => {
    const files = { 'k8s/deploy.yaml': deployment('stable', 'replicas: 2'), 'k8s/svc.yaml': SERVICE };
    const sets = reader.sets?.(Object.entries(files).map(([path, text]) => ({ path, text })));
    expect(sets).toEqual([['k8s/deploy.yaml', 'k8s/svc.yaml']]);
    const [pool] = read(files).pools;
    expect(pool?.servers.map(({ name, at }) => [name, at.source.path])).toEqual([['stable', 'k8s/deploy.yaml']]);
  });

  test('files that define the same object are read alone', () => {
    const one = { path: 'k8s/a.yaml', text: SERVICE };
    const other = { path: 'k8s/b.yaml', text: SERVICE };
    expect(reader.sets?.([one, other, { path: 'k8s/c.yaml', text: deployment('x', '') }])).toEqual([
      ['k8s/c.yaml'],
      ['k8s/a.yaml'],
      ['k8s/b.yaml'],
    ]);
  });

  test('takes the readiness probe for its health check, with the defaults of the API', () => {
    const check = poolOf(SERVICE, deployment('stable', 'replicas: 2')).activeCheck;
    expect([check?.type, check?.path?.value, check?.port?.value]).toEqual(['http', '/ready', 8081]);
    expect([check?.intervalMs?.value, check?.timeoutMs?.value, check?.fall?.value, check?.rise?.value]).toEqual([
      5000, 1000, 3, 1,
    ]);
    expect([check?.intervalMs?.written, check?.timeoutMs?.written]).toEqual([true, false]);
  });

  test('does not know its servers when no workload in the files has its labels', () => {
    const pool = poolOf(SERVICE);
    expect([pool.dynamic, pool.servers]).toEqual([true, []]);
  });

  test.each([
    ['an autoscaler', deployment('stable', 'replicas: 2') + scaler('stable')],
    ['a DaemonSet', deployment('stable', '').replace('kind: Deployment', 'kind: DaemonSet')],
    ['a template', deployment('stable', "replicas: '{{ N }}'")],
  ])('has an unknown number of pods with %s, and bounds as shares', (_, text) => {
    const pool = poolOf(SERVICE, text, deployment('next', 'replicas: 1'));
    expect(pool.servers[0]?.instances.count.value).toBeUndefined();
    expect(split(pool)).toEqual([
      { low: expect.any(Number), high: 1 },
      { low: 0, high: expect.any(Number) },
    ]);
  });

  test('in front of one pod for each node is even under a local traffic policy, and unknown otherwise', () => {
    const local = SERVICE.replace('spec:', 'spec:\n  type: LoadBalancer\n  externalTrafficPolicy: Local');
    expect(poolOf(local, deployment('stable', 'replicas: 3')).caveats.map(({ bends }) => bends)).toEqual(['all']);
    const each = deployment('stable', '').replace('kind: Deployment', 'kind: DaemonSet');
    expect(poolOf(local, each).caveats).toEqual([]);
  });

  test('without selector has the endpoints that are written by hand', () => {
    const service = SERVICE.replace('  selector:\n    app: carts\n', '');
    const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: carts-1, labels: { kubernetes.io/service-name: carts } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints:
  - { addresses: [192.0.2.11], conditions: { ready: true }, zone: a }
  - { addresses: [192.0.2.12], conditions: { ready: false } }
`;
    const { servers } = poolOf(service, slice);
    expect(servers.map(({ name, state, zone }) => [name, state.value, zone?.value])).toEqual([
      ['192.0.2.11:8080', 'up', 'a'],
      ['192.0.2.12:8080', 'down', undefined],
    ]);
  });

  test('keeps client addresses on a pod for three hours by default', () => {
    const pool = poolOf(`${SERVICE}  sessionAffinity: ClientIP\n`);
    expect([pool.stickiness?.type, pool.stickiness?.ttlMs?.value]).toEqual(['source-ip', 10_800_000]);
  });
});

describe('files', () => {
  test('are recognized by their content, more certainly than by every other format', () => {
    for (const text of [SERVICE, deployment('a', ''), '{"apiVersion": "v1", "kind": "List", "items": []}']) {
      const sure = FORMATS.map((one) => [one.dialect.format, one.recognise('app.yaml', text)] as const);
      expect(sure.toSorted((a, b) => b[1] - a[1])[0]?.[0]).toBe('kubernetes');
    }
  });

  test('with lists are read as the objects in them', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } }],
    };
    expect(read({ 'a.json': JSON.stringify(list) }).pools.map(({ name }) => name)).toEqual(['a']);
  });

  test('of other kinds are ignored in silence, also with faults', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: 1, a: 2 }\n---\n${SERVICE}`;
    const { status, problems, pools } = read({ 'a.yaml': text });
    expect([status, problems, pools.length]).toEqual(['read', [], 1]);
  });

  test.each([
    [
      'a Helm template',
      'templates/svc.yaml',
      SERVICE.replace('carts', '{{ .Values.name }}'),
      'The file is a Helm template.',
    ],
    ['a Kustomization', 'kustomization.yaml', 'resources:\n  - svc.yaml\n', 'The file is a Kustomize source.'],
  ])('that are %s are refused: they have to be rendered first', (_, path, text, what) => {
    const { status, problems } = read({ [path]: text });
    expect([status, problems.map((one) => plain(one.what))]).toEqual(['refused', [what]]);
  });

  test('that Helm rendered name the template that a pool comes from', () => {
    expect(poolOf(`# Source: shop/templates/svc.yaml\n${SERVICE}`).origin).toEqual({ file: 'shop/templates/svc.yaml' });
  });

  test('show every value where it is written', () => {
    const pool = poolOf(SERVICE, deployment('stable', 'replicas: 3'));
    const [server] = pool.servers;
    const spans = [pool.at, server?.at, server?.instances.count.at, server?.activeCheck?.path?.at];
    expect(spans.map((span) => span && textOf(span))).toEqual(['carts', 'stable', '3', '/ready']);
  });
});

function scaler(name: string): string {
  return `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name} }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  minReplicas: 2
  maxReplicas: 9
`;
}
