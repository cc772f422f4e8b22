import { predict } from '../../../src/compare/predict.ts';
import { compare } from '../../../src/compare/compare.ts';
import { reader } from '../../../src/formats/kubernetes/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { InputError } from '../../../src/model/tree.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { random } from '../../support/random.ts';

const read = (text: string): Config => reader.read('app.yaml', new MemoryTree({ 'app.yaml': text }), { rootMap: {} });

const MANIFESTS = `# The shop.
apiVersion: v1
kind: Service
metadata: { name: carts, namespace: größe }
spec:
  sessionAffinity: ClientIP
  selector: &labels { app: carts }
  ports: [{ name: http, port: 80, targetPort: web }]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: carts
  namespace: größe
spec:
  replicas: &count 3
  template:
    metadata: { labels: *labels }
    spec:
      containers:
        - name: app
          ports: [{ name: web, containerPort: 8081 }]
          readinessProbe: { httpGet: { path: >-
            /ready
            , port: web }, periodSeconds: 5 }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: carts
  namespace: größe
  annotations:
    nginx.ingress.kubernetes.io/upstream-hash-by: "$arg_id"
spec:
  rules:
    - host: "carts.example"
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: carts, port: { number: 80 } } } }] }
`
  .replace(/path: >-\n\s+\/ready\n\s+, port/, 'path: "/r\\x65ady", port')
  .replace('*labels', '{ app: carts }');

function places({ pools, entries }: Config): (string | undefined)[] {
  const [service, through] = pools;
  const [server] = service?.servers ?? [];
  const [entry] = entries;
  return [
    service?.at,
    service?.stickiness?.at,
    server?.at,
    server?.port?.at,
    server?.instances.count.at,
    server?.activeCheck?.path?.at,
    server?.activeCheck?.intervalMs?.at,
    through?.algorithm.at,
    entry?.at,
    entry?.matches[0]?.at,
  ].map((span) => span && textOf(span));
}

const WRITTEN = [
  'carts',
  'ClientIP',
  'carts',
  'web',
  '3',
  '"/r\\x65ady"',
  '5',
  '"$arg_id"',
  '"carts.example"',
  'carts',
];

test.each([
  ['as it is', MANIFESTS],
  ['with CRLF', MANIFESTS.replaceAll('\n', '\r\n')],
  ['with a BOM', `\uFEFF${MANIFESTS}`],
  [
    'behind a document of another kind',
    `apiVersion: v1\nkind: Secret\nmetadata: { name: größe, x: [ }\n---\n${MANIFESTS}`,
  ],
])('every value is where it is written, %s', (_, text) => {
  const config = read(text);
  expect(config.problems.map(({ what }) => plain(what))).toEqual([]);
  expect(places(config)).toEqual(WRITTEN);
});

test.each([
  ['merged keys', MANIFESTS.replace('spec:\n  replicas', 'spec:\n  <<: { replicas: 9 }\n  paused: false\n  replicas')],
  ['an alias', MANIFESTS.replace('periodSeconds: 5', 'periodSeconds: 5, failureThreshold: *count')],
])('%s keep their values', (_, text) => {
  expect(read(text).pools[0]?.servers[0]?.instances.count.value).toBe(3);
});

test('a folded path is found in its scalar', () => {
  const text = MANIFESTS.replace('path: "/r\\x65ady", port: web', 'path: /ready').replace(
    'name: carts\n  namespace: größe\nspec:',
    'name: >-\n    carts\n  namespace: größe\nspec:',
  );
  const [pool] = read(text).pools;
  expect(pool?.servers.map(({ name, at }) => [name, textOf(at)])).toEqual([['carts', '>-\n    carts']]);
});

test.each([
  ['nested too deep', `apiVersion: v1\nkind: Service\nmetadata: ${'{ a: '.repeat(80)}1${' }'.repeat(80)}\n`],
  ['that stands for too many values', bomb()],
  ['with a key given twice', MANIFESTS.replace('replicas: &count 3', 'replicas: 3\n  replicas: 4')],
])('a document %s is one fault at its line, and the others are read', (_, text) => {
  const { problems, pools } = read(`${text}---\n${MANIFESTS.replaceAll('carts', 'other')}`);
  expect(problems.map(({ rule }) => rule)).toEqual(['config-unparsable']);
  expect(pools.some(({ name }) => name === 'other')).toBe(true);
});

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `  a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}1]\n`);
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: bomb\nspec:\n  a0: &a0 [1]\n${levels.join('')}`;
}

test('a binary file is refused', () => {
  expect(() => read(`${MANIFESTS}\0`)).toThrow(InputError);
});

test('keys that JavaScript knows are keys like any other', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const labels = names.map((name) => `${name}: polluted`).join(', ');
  const config = read(
    MANIFESTS.replaceAll('{ app: carts }', `{ ${labels} }`).replace(
      'annotations:',
      `annotations:\n    __proto__: { polluted: yes }\n    ${names.slice(1).join(': a\n    ')}: a`,
    ),
  );
  expect(config.pools[0]?.servers.map(({ name }) => name)).toEqual(['carts']);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('any text at all is read without an exception, and never changes itself (400 seeded texts)', () => {
  const next = random(11);
  const signs = [
    '{',
    '}',
    '[',
    ']',
    ': ',
    '- ',
    '\n',
    '---\n',
    '"',
    "'",
    '&a ',
    '*a',
    '|\n',
    '{{ .Values.x }}',
    '  ',
    '#',
  ];
  const words = [
    'kind: List\n',
    'spec: null\n',
    '9'.repeat(30),
    '__proto__: ',
    'replicas: -1\n',
    'type: ExternalName\n',
  ];
  const pieces = [...signs, ...words, '\uFEFF'];
  for (let i = 0; i < 400; i++) {
    let text = MANIFESTS;
    for (let n = 1 + Math.floor(next() * 8); n > 0; n--) {
      const at = Math.floor(next() * text.length);
      text = `${text.slice(0, at)}${pieces[Math.floor(next() * pieces.length)] ?? ''}${text.slice(at + Math.floor(next() * 20))}`;
    }
    const config = read(text);
    for (const { at } of [...config.pools, ...config.problems]) expect(at.end).toBeLessThanOrEqual(text.length);
    for (const pool of config.pools) expect(predict(pool).shares).toHaveLength(pool.servers.length);
    expect(compare([config], [read(text)]).statements.unjudged).toEqual([]);
  }
});
