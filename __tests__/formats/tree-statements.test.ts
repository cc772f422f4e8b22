import { compare, type EstateChange } from '../../src/compare/compare.ts';
import { reader as keepalived } from '../../src/formats/keepalived/reader.ts';
import type { FormatReader } from '../../src/formats/reader.ts';
import { reader as traefik } from '../../src/formats/traefik/reader.ts';
import { treeStatements } from '../../src/formats/tree-statements.ts';
import { TreeTable } from '../../src/formats/tree-table.ts';
import type { Statement } from '../../src/model/statement.ts';
import { child, headOf, itemsOf } from '../../src/text/positioned.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { SourceFile, textOf } from '../../src/text/source.ts';
import { readYaml } from '../../src/text/yaml-tree.ts';
import { isSilent, judgeMutation, mutationsOf } from '../support/mutate.ts';

const TABLE = new TreeTable({
  elements: { 'Service.spec.ports': ['name'], 'Route.rules': ['*'] },
  ordered: ['Route.rules'],
  rows: [
    { kind: 'read', what: 'services', manual: 'm', words: ['Service'], shows: ['requests'] },
    { kind: 'read', what: 'ports', manual: 'm', words: ['Service.spec.ports'], shows: ['servers'], whole: true },
    { kind: 'harmless', what: 'labels', manual: 'm', words: ['*.metadata.labels', '*.metadata."x.org/*"'] },
    { kind: 'read', what: 'rules', manual: 'm', words: ['Route.rules', 'Map.data.*'] },
  ],
});

const DOCUMENTS = `kind: Service
metadata:
  name: shop
  labels: { team: a, tier: "1" }
  x.org/note: hello
spec:
  ports:
    - { port: 80, name: web }
    - { port: 81, name: web }
    - { port: 82 }
  weird: [1, two, "3"]
  empty: {}
---
kind: Route
rules:
  - { path: /a, to: x }
---
kind: Map
data:
  main: { a: 1, b: "{{ later }}" }
`;

function statementsOf(text: string): Statement[] {
  const { documents } = readYaml(new SourceFile('all.yaml', text));
  return documents.flatMap((root) => {
    const kind = child(root, 'kind');
    const name = kind?.kind === 'scalar' ? String(kind.value) : '';
    const [first] = itemsOf(child(child(root, 'spec'), 'ports'));
    return [
      ...treeStatements(root, TABLE, first ? [{ at: headOf(first) }] : [], { kind: name, label: `${name} here` }),
    ];
  });
}

test('a document is its values by their paths, below blocks for what has a name', () => {
  const found = statementsOf(DOCUMENTS);
  expect(found.map(({ within, text, kind }) => `${within.at(-1)?.label ?? ''} > ${text} = ${kind}`)).toEqual([
    ' > Service here = read',
    'Service here > kind: Service = read',
    'Service here > metadata.name: shop = read',
    'Service here > metadata.labels.team: a = harmless',
    'Service here > metadata.labels.tier: "1" = harmless',
    'Service here > metadata.x.org/note: hello = harmless',
    'Service here > spec.ports: web = read',
    'Service here spec.ports[web] > port: 80 = read',
    'Service here > spec.ports: web #2 = read',
    'Service here spec.ports[web #2] > port: 81 = read',
    'Service here > spec.ports[2].port: 82 = read',
    'Service here > spec.weird: [1, two, "3"] = read',
    'Service here > spec.empty: {} = read',
    ' > Route here = unjudged',
    'Route here > kind: Route = unjudged',
    'Route here > rules: {"path":"/a","to":"x"} = read',
    ' > Map here = unjudged',
    'Map here > kind: Map = unjudged',
    'Map here > data: main = read',
    'Map here data.main > a: 1 = read',
    'Map here data.main > b: {{ later }} = unjudged',
  ]);
  expect(found.find(({ text }) => text.startsWith('spec.weird'))).toMatchObject({ row: { what: 'services' } });
  expect(found.find(({ text }) => text === 'port: 80')).toMatchObject({ row: { what: 'ports' } });
  expect(found.filter(({ ordered }) => ordered !== undefined).map(({ ordered }) => ordered)).toEqual(['rules']);
  // The block of an owner is where that is, so that it keeps its counterpart under any name.
  const ports = found.find(({ text }) => text === 'spec.ports: web');
  expect(ports && textOf(ports.at)).toBe('{ port');
  expect(found.find(({ text }) => text === 'port: 80')?.within.at(-1)?.at).toBe(ports?.at);
});

test('statements are the same however the document is written', () => {
  const flow = DOCUMENTS.replace('labels: { team: a, tier: "1" }', "labels:\n    team: 'a'\n    tier: '1' # one");
  const texts = (text: string): string[] => statementsOf(text).map((one) => one.text);
  expect(texts(flow)).toEqual(texts(DOCUMENTS));
  expect(texts(DOCUMENTS.replace('tier: "1"', 'tier: 1'))).not.toEqual(texts(DOCUMENTS));
});

const changeOf = (reader: FormatReader, file: string, base: string, head: string): EstateChange => {
  const read = (text: string) => reader.read(file, new MemoryTree({ [file]: text }), { rootMap: {} });
  return compare([read(base)], [read(head)]);
};

function accounts({ statements }: EstateChange): string[] {
  const { explained, harmless, idle, unjudged, unaccounted } = statements;
  return [
    ...(explained > 0 ? ['explained'] : []),
    ...harmless.map(({ statement }) => `harmless ${statement.text}`),
    ...idle.map(({ statement }) => `no effect ${statement.text}`),
    ...unjudged.map(({ kind, statement }) => `${kind} ${statement.text}`),
    ...unaccounted.map(({ path }) => `unaccounted ${path}`),
  ];
}

const ROUTERS = `http:
  routers:
    shop:
      rule: Host(\`shop.example\`)
      entryPoints: [web]
      service: split
      middlewares: [all]
    api:
      rule: PathPrefix(\`/api\`)
      service: api
      priority: 90
  middlewares:
    all:
      chain: { middlewares: [limit] }
    limit:
      rateLimit:
        average: 100
    unused:
      compress: {}
  services:
    split:
      weighted:
        services:
          - name: api
            weight: 9
          - name: next
            weight: 1
    api:
      loadBalancer:
        strategy: wrr
        passHostHeader: true
        servers:
          - url: http://192.0.2.1:8080
            weight: 1
          - url: http://192.0.2.2:8080
        healthCheck:
          path: /up
          interval: 5s
    next:
      loadBalancer:
        serversTransport: plain
        servers:
          - url: http://192.0.2.9:8080
  serversTransports:
    plain:
      maxIdleConnsPerHost: 7
tls:
  certificates:
    - certFile: a.pem
      keyFile: a.key
`;

describe('statements of Traefik that differ', () => {
  const changed = (from: string, to: string): string[] => {
    expect(ROUTERS).toContain(from);
    return accounts(changeOf(traefik, 'dynamic.yml', ROUTERS, ROUTERS.replace(from, to)));
  };

  test.each([
    ['weight: 9', 'weight: 90'],
    ['            weight: 1\n          - url', '            weight: 5\n          - url'],
    ['192.0.2.2', '192.0.2.3'],
    ['strategy: wrr', 'strategy: p2c'],
    ['passHostHeader: true', 'passHostHeader: false'],
    ['path: /up', 'path: /down'],
    ['interval: 5s', 'interval: 50s'],
    ['shop.example', 'store.example'],
    ['entryPoints: [web]', 'entryPoints: [web, other]'],
    ['service: split', 'service: next'],
    ['priority: 90', 'priority: 9'],
    ['average: 100', 'average: 1'],
    ['maxIdleConnsPerHost: 7', 'maxIdleConnsPerHost: 8'],
    ['      - name: next\n            weight: 1\n', ''],
    ['    api:\n      rule', '    more: { rule: PathPrefix(`/more`), service: next }\n    api:\n      rule'],
  ])('are explained by the change that they make: %s', (from, to) => {
    expect(changed(from, to)).toEqual(['explained']);
  });

  test('are harmless by table, without effect, or not judged', () => {
    expect(changed('keyFile: a.key', 'keyFile: b.key')).toEqual(['harmless tls.certificates[0].keyFile: b.key']);
    expect(changed('compress: {}', 'compress: { minResponseBodyBytes: 9 }')).toEqual([
      'no effect compress: {}',
      'no effect compress.minResponseBodyBytes: 9',
    ]);
    expect(changed('tls:\n', 'telemetry: { on: true }\ntls:\n')).toEqual(['unjudged telemetry.on: true']);
    const template = ROUTERS.replace('maxIdleConnsPerHost: 7', 'maxIdleConnsPerHost: "{{ .a }}"');
    expect(accounts(changeOf(traefik, 'dynamic.yml', template, template.replace('.a', '.b')))).toEqual([
      'unjudged maxIdleConnsPerHost: {{ .b }}',
    ]);
  });

  test('are none where only the layout changes', () => {
    expect(changed('{ middlewares: [limit] }', '\n        middlewares:\n          - limit')).toEqual([]);
  });

  test('are those of a service under its new name', () => {
    const renamed = ROUTERS.replaceAll('api', 'core').replace('`/core`', '`/api`');
    expect(accounts(changeOf(traefik, 'dynamic.yml', ROUTERS, renamed))).toEqual(['explained']);
  });
});

const DIRECTOR = `global_defs {
    router_id lb1
}
vrrp_instance outside {
    priority 100
}
virtual_server_group web {
    198.51.100.1 80
}
virtual_server group web {
    lb_algo wrr
    persistence_timeout 50
    sorry_server 192.0.2.9 80
    real_server 192.0.2.1 80 {
        weight 2
        HTTP_GET {
            connect_timeout 3
            url {
                path /up
            }
        }
    }
    real_server 192.0.2.2 80 {
        weight 2
    }
}
`;

describe('statements of keepalived that differ', () => {
  const changed = (from: string, to: string): string[] => {
    expect(DIRECTOR).toContain(from);
    return accounts(changeOf(keepalived, 'keepalived.conf', DIRECTOR, DIRECTOR.replace(from, to)));
  };

  test.each([
    ['weight 2', 'weight 20'],
    ['lb_algo wrr', 'lb_algo sh'],
    ['persistence_timeout 50', ''],
    ['sorry_server 192.0.2.9 80', ''],
    ['connect_timeout 3', 'connect_timeout 9'],
    ['path /up', 'path /down'],
    ['198.51.100.1 80', '198.51.100.1 81'],
    ['lb_algo wrr', 'lb_algo wrr\n    quorum 2'],
  ])('are explained by the change that they make: %s', (from, to) => {
    expect(changed(from, to)).toEqual(['explained']);
  });

  test('are harmless by table, or not judged', () => {
    expect(changed('router_id lb1', 'router_id lb2')).toEqual(['harmless router_id lb2']);
    expect(changed('priority 100', 'priority 101')).toEqual(['unjudged priority 101']);
    expect(changed('global_defs', 'include more.conf\nglobal_defs')).toEqual(['unjudged include more.conf']);
  });
});

test.each([
  ['dynamic.yml', traefik, ROUTERS],
  ['keepalived.conf', keepalived, DIRECTOR],
] as const)('no statement of %s is changed in silence', (file, reader, text) => {
  const base = reader.read(file, new MemoryTree({ [file]: text }), { rootMap: {} });
  const tried = [...mutationsOf(base)].filter(({ matters }) => matters);
  const silent = tried.filter((mutation) => isSilent(judgeMutation(reader, base, mutation)));
  expect(silent.map(({ operation, statement }) => `${operation} ${statement.text}`)).toEqual([]);
  expect(tried.length).toBeGreaterThan(25);
});
