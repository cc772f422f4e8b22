import { entryFlow } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/traefik/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { mainShare } from '../../../src/model/share.ts';
import { lineOf, type Span } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { isSilent, judgeMutation, mutationsOf } from '../../support/mutate.ts';

type Files = Readonly<Record<string, string>>;

function read(files: string | Files, path = 'compose.yaml'): Config {
  const tree = new MemoryTree(typeof files === 'string' ? { [path]: files } : files);
  return reader.read(path, tree, { rootMap: {} });
}

const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);
const shares = ({ pools }: Config): Record<string, Record<string, number | null>> =>
  Object.fromEntries(
    pools.map((pool) => [
      pool.name,
      Object.fromEntries(predict(pool).shares.map((share, i) => [pool.servers[i]?.name, mainShare(share)])),
    ]),
  );
const flows = (config: Config): unknown[] =>
  config.entries.map((entry) => {
    const { pools, lost, unknown } = entryFlow(entry, [config]).total;
    return {
      pools: Object.fromEntries([...pools].map(([key, part]) => [key.split('\0').at(-1), part])),
      lost,
      unknown,
    };
  });
const written = (at: Span | undefined): string | undefined => at && textOf(at);

const SHOP = `name: demo
x-labels: &labels
  traefik.enable: "true"
  traefik.http.routers.shop.rule: Host(\`shop.example\`)
  traefik.http.services.shop.loadbalancer.server.port: "8080"
services:
  one:
    image: shop
    deploy: { replicas: 3 }
    labels:
      <<: *labels
      traefik.http.services.shop.loadbalancer.server.weight: 5
  two:
    image: shop
    healthcheck: { test: [CMD, up], interval: 5s, retries: 2 }
    labels: *labels
`;

describe('labels of containers', () => {
  test('give one service a server from each container, with its weight, replicas and health check', () => {
    const config = read(SHOP);
    expect([says(config), config.status]).toEqual([[], 'read']);
    const [pool] = config.pools;
    expect(
      pool?.servers.map(({ name, address, port, weight, instances }) => [
        name,
        address,
        port?.value,
        weight.value,
        instances.count.value,
      ]),
    ).toEqual([
      ['one', 'one', 8080, 5, 3],
      ['two', 'two', 8080, 1, 1],
    ]);
    expect(pool?.servers[1]?.activeCheck).toMatchObject({
      type: 'exec',
      intervalMs: { value: 5000 },
      fall: { value: 2 },
    });
    expect(pool?.activeCheck).toBeUndefined();
    expect(shares(config)['shop']?.['two']).toBeCloseTo(1 / 16);
    expect(config.entries[0]?.matches.map(({ when }) => when?.text)).toEqual(['Host(`shop.example`)']);
  });

  test.each([
    [
      'a list',
      'labels: ["traefik.http.services.app.loadbalancer.server.weight=7", traefik.http.services.app.loadbalancer.server.port=80]',
    ],
    [
      'a list with quotes',
      'labels: [\'traefik.http.services.app.loadbalancer.server.weight=7\', "traefik.http.services.app.loadbalancer.server.port=80"]',
    ],
    [
      'a map',
      'labels: { traefik.http.services.app.loadbalancer.server.weight: 7, traefik.http.services.app.loadbalancer.server.port: "80" }',
    ],
    [
      'another letter case',
      'labels: ["traefik.HTTP.Services.app.loadBalancer.server.Weight=7", "traefik.http.services.app.loadbalancer.server.port=80"]',
    ],
    [
      'a swarm',
      'deploy: { labels: ["traefik.http.services.app.loadbalancer.server.weight=7", "traefik.http.services.app.loadbalancer.server.port=80"] }',
    ],
  ])('every value is at its place in %s', (_name, labels) => {
    for (const text of [
      `services:\n  web:\n    ${labels}\n`,
      `\uFEFF# größer\r\nservices:\r\n\r\n  web:\r\n    ${labels}\r\n`,
    ]) {
      const [pool] = read(text).pools;
      const [server] = pool?.servers ?? [];
      expect([server?.weight.value, written(server?.weight.at)]).toEqual([7, '7']);
      expect(server?.port?.value).toBe(80);
      expect(written(server?.port?.at)?.replaceAll('"', '')).toBe('80');
      expect(written(server?.at)).toBe('web');
    }
  });

  test('a folded or escaped label is placed as a whole', () => {
    const [pool] = read(
      'services:\n  web:\n    labels:\n      - >-\n        traefik.http.services.app.loadbalancer.server.weight=7\n',
    ).pools;
    expect(pool?.servers[0]?.weight.value).toBe(7);
    expect(written(pool?.servers[0]?.weight.at)).toContain('server.weight=7');
  });

  test('variables have the value of .env, else their default; others are unknown', () => {
    const text = `services:
  web:
    scale: \${N:-4}
    labels:
      - traefik.http.routers.app.rule=Host(\`\${NAME:?set it}\`) && PathPrefix(\`/$$x\`)
      - traefik.http.services.app.loadbalancer.server.weight=\${W-\${V:-6}}
      - traefik.http.services.app.loadbalancer.server.port=\${PORT}
`;
    const [server] = read(text).pools[0]?.servers ?? [];
    expect([server?.weight.value, server?.instances.count.value, server?.port?.value]).toEqual([6, 4, undefined]);
    const config = read({ 'compose.yaml': text, '.env': 'W="9" # nine\nexport PORT=81\n' });
    const [other] = config.pools[0]?.servers ?? [];
    expect([other?.weight.value, other?.port?.value]).toEqual([9, 81]);
    expect(config.entries[0]?.matches[0]?.when?.text).toContain('/$x');
  });

  test('an override, an extended service and an included file are read with the file', () => {
    const config = read({
      'compose.yaml': `include: [more/c.yaml]
services:
  web:
    extends: { file: base.yaml, service: base }
    labels: [traefik.http.services.app.loadbalancer.server.port=80]
`,
      'compose.override.yaml':
        'services: { web: { labels: { traefik.http.services.app.loadbalancer.server.weight: 2 }, scale: 3 } }',
      'base.yaml':
        'services: { base: { labels: ["traefik.http.routers.app.rule=Path(`/`)", traefik.http.services.app.loadbalancer.server.weight=9] } }',
      'more/c.yaml': 'services: { other: { labels: [traefik.http.services.app.loadbalancer.server.port=80] } }',
    });
    expect(config.files).toEqual(['compose.yaml', 'compose.override.yaml', 'more/c.yaml', 'base.yaml']);
    expect(says(config)).toEqual([]);
    expect(
      config.pools[0]?.servers.map(({ name, weight, instances }) => [name, weight.value, instances.count.value]),
    ).toEqual([
      ['web', 2, 3],
      ['other', 1, 1],
    ]);
    expect(config.entries).toHaveLength(1);
  });
});

const RULE = 'traefik.http.routers.app.rule=PathPrefix(`/`)';
const PORT = 'traefik.http.services.app.loadbalancer.server.port=80';
const TWO = (one: readonly string[], two: readonly string[]): string =>
  `services:\n  one:\n    labels: ${JSON.stringify(one)}\n  two:\n    labels: ${JSON.stringify(two)}\n`;

describe('what Traefik drops', () => {
  test.each<[string, string, readonly string[]]>([
    [
      'a service with different settings',
      TWO([RULE, PORT], [RULE, PORT, 'traefik.http.services.app.loadbalancer.sticky.cookie.name=x']),
      ['5: The containers one and two define the service app with a different sticky.cookie.name.'],
    ],
    [
      'a router with different rules',
      TWO([RULE, PORT], ['traefik.http.routers.app.rule=Path(`/x`)', PORT]),
      ['5: The containers one and two define the router app with a different rule.'],
    ],
    [
      'a router that gets another service on each container',
      TWO([RULE, PORT], [RULE, PORT.replace('app', 'bpp')]),
      ['5: The containers one and two define the router app with a different service.'],
    ],
    [
      'a router between two services',
      TWO([RULE, PORT, PORT.replace('app', 'other')], []),
      ['3: The router app cannot choose between the services of one: app, other.'],
    ],
    [
      'a router to a service that nobody defines',
      TWO([RULE, PORT, 'traefik.http.routers.app.service=ap@docker'], []),
      ['3: The router app of one names the service ap, which no container defines.'],
    ],
    [
      'a service over services',
      TWO([RULE, 'traefik.http.services.app.weighted.services[0].name=x'], []),
      ['3: The service app has no loadbalancer.'],
    ],
    [
      'labels with an unknown key',
      TWO([RULE, PORT.replace('port', 'prot')], []),
      ['3: unknown key prot in http.services.app.loadbalancer.servers.'],
    ],
    [
      'a container that is not enabled',
      `${TWO([RULE, PORT], [])}  lb:\n    image: traefik:v3\n    command: [--providers.docker.exposedByDefault=false]\n`,
      ['3: one has labels for Traefik and is not enabled.'],
    ],
  ])('%s is an error, and nothing is sent there', (_name, text, expected) => {
    const config = read(text);
    expect(says(config)).toEqual(expected);
    for (const flow of flows(config)) expect(flow).toMatchObject({ pools: {}, lost: 1 });
  });

  test.each<[string, string]>([
    [
      'a switched off container',
      TWO(
        [RULE, PORT],
        [RULE, PORT.replace('80', '90'), 'traefik.http.services.app.loadbalancer.strategy=p2c', 'traefik.enable=false'],
      ),
    ],
    [
      'names of other providers and of other projects',
      TWO(
        [
          RULE,
          PORT,
          'traefik.http.routers.app.middlewares=auth@file,gone',
          'traefik.http.services.app.loadbalancer.serverstransport=t@file',
        ],
        [],
      ),
    ],
    [
      'another weight and port for one service',
      TWO([RULE, PORT], [RULE, PORT.replace('80', '90'), 'traefik.http.services.app.loadbalancer.server.weight=2']),
    ],
    [
      'a value that a variable decides',
      TWO(
        [RULE, PORT, 'traefik.http.services.app.loadbalancer.strategy=$X'],
        [RULE, PORT, 'traefik.http.services.app.loadbalancer.strategy=p2c'],
      ),
    ],
  ])('%s is not an error', (_name, text) => {
    expect(says(read(text))).toEqual([]);
  });

  test('routers of other providers and services of other projects are not known', () => {
    const text = TWO([RULE, 'traefik.http.routers.app.service=other'], []);
    expect([says(read(text)), flows(read(text))]).toEqual([[], [{ pools: {}, lost: 0, unknown: 1 }]]);
  });
});

test('a container without routers gets the default rule, and one with other labels alone nothing', () => {
  const own = read('services: { web: { labels: [traefik.enable=true] }, db: { labels: [team=a] } }');
  expect(own.pools.map(({ name }) => name)).toEqual(['web']);
  expect(own.entries[0]?.matches.map(({ when }) => when?.text)).toEqual(['the default rule of web']);
  expect(read('services: { web: { labels: [traefik.docker.network=x] } }').pools).toEqual([]);
});

test('no change of a statement is silent', () => {
  const text = SHOP.replace(
    'services:\n',
    `services:
  lb:
    image: traefik:v3
    command: [--providers.docker, --entrypoints.web.address=:80]
    restart: always
`,
  ).replace(
    '    labels: *labels\n',
    `    labels:
      - traefik.enable=true
      - traefik.http.routers.shop.rule=Host(\`shop.example\`)
      - traefik.http.services.shop.loadbalancer.server.port=8080
      - traefik.http.routers.api.rule=Host(\`shop.example\`) && PathPrefix(\`/api\`)
      - traefik.http.routers.api.middlewares=strip
      - traefik.http.routers.api.entrypoints=web
      - traefik.http.middlewares.strip.stripprefix.prefixes=/api
`,
  );
  const base = read(text);
  const tried = [...mutationsOf(base)].filter(({ matters }) => matters);
  const silent = tried.filter((mutation) => isSilent(judgeMutation(reader, base, mutation)));
  expect(silent.map(({ operation, statement }) => `${operation} ${statement.text}`)).toEqual([]);
  expect(tried.length).toBeGreaterThan(25);
});
