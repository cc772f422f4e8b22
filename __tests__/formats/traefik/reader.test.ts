import { entryFlow, routeParts } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/traefik/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { nameOfKey } from '../../../src/model/keys.ts';
import { mainShare } from '../../../src/model/share.ts';
import { lineOf, type Span } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

function read(text: string, path = 'dynamic.yml'): Config {
  return reader.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
}

const written = ({ source, start, end }: Span): string => source.text.slice(start, end);
const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);

const SHOP = `http:
  routers:
    shop: { rule: "Host(\`shop.example\`)", service: shop, entryPoints: [web] }
    rest: { rule: "PathPrefix(\`/\`)", service: one, entryPoints: [web] }
  services:
    shop:
      weighted:
        sticky: { cookie: { name: level } }
        healthCheck: {}
        services:
          - { name: one, weight: 3 }
          - { name: two }
    one:
      loadBalancer:
        strategy: wrr
        healthCheck: { path: /up, interval: 7s, timeout: 900ms, status: 204 }
        passiveHealthCheck: { maxFailedAttempts: 4, failureWindow: 1m30s }
        sticky: { cookie: { name: inner, maxAge: 60 } }
        servers:
          - { url: "http://192.0.2.1:8080", weight: "5" }
          - { url: "https://b.example", weight: 0 }
          - url: http://[2001:db8::1]:81/
    two:
      loadBalancer:
        healthCheck: { path: /up }
        servers: [{ url: "http://192.0.2.9:80" }]
`;

describe('services that balance', () => {
  const config = read(SHOP);
  const [one, two] = config.pools;

  test('have servers with their address, port and weight, each at its place', () => {
    expect(says(config)).toEqual([]);
    expect(
      one?.servers.map(({ name, address, port, weight, tls }) => [
        name,
        address,
        port?.value,
        weight.value,
        tls?.value,
      ]),
    ).toEqual([
      ['192.0.2.1:8080', '192.0.2.1', 8080, 5, false],
      ['b.example', 'b.example', 443, 0, true],
      ['[2001:db8::1]:81', '2001:db8::1', 81, 1, false],
    ]);
    expect(one?.servers.map(({ at }) => lineOf(at))).toEqual([20, 21, 22]);
    expect(one?.servers.map(({ weight }) => weight.written)).toEqual([true, true, false]);
    const [first] = one?.servers ?? [];
    expect(first && [written(first.at), written(first.weight.at)]).toEqual(['"http://192.0.2.1:8080"', '"5"']);
  });

  test('have their checks, with the defaults of Traefik where nothing is written', () => {
    const { activeCheck, passiveCheck } = one ?? {};
    expect([activeCheck?.path?.value, activeCheck?.intervalMs?.value, activeCheck?.timeoutMs?.value]).toEqual([
      '/up',
      7000,
      900,
    ]);
    expect(activeCheck?.expects?.value).toBe('204');
    expect([passiveCheck?.maxFails.value, passiveCheck?.windowMs?.value, passiveCheck?.sees]).toEqual([
      4,
      90_000,
      'answers',
    ]);
    expect([two?.activeCheck?.intervalMs?.value, two?.activeCheck?.timeoutMs?.value]).toEqual([30_000, 5000]);
    expect([one?.stickiness?.name?.value, one?.stickiness?.ttlMs?.value]).toEqual(['inner', 60_000]);
    expect(two?.stickiness).toBeUndefined();
  });

  test('nest: a service over services is a route, and every router is a match of its entry points', () => {
    const [route] = config.routes;
    expect([route?.kind, route?.watchesHealth?.value, route?.stickiness?.name?.value]).toEqual([
      'weighted',
      true,
      'level',
    ]);
    expect(route && routeParts(route, [config])).toEqual([0.75, 0.25]);
    const [entry] = config.entries;
    expect(entry?.listens.map(({ address }) => address)).toEqual(['web']);
    const flow = entry && entryFlow(entry, [config]);
    expect(flow?.classes.map(({ when }) => when)).toEqual(['Host(`shop.example`)', undefined]);
    expect([...(flow?.classes[0]?.flow.pools ?? [])].map(([key, part]) => [nameOfKey(key), part])).toEqual([
      ['one', 0.75],
      ['two', 0.25],
    ]);
  });
});

test('the same in TOML, with keys in any letter case', () => {
  const config = read(
    `[http.routers.app]
rule = "PathPrefix(\`/\`)"
Service = "app"
[[http.services.app.loadbalancer.servers]]
URL = "http://192.0.2.1:8080"
weight = 3
[[http.services.app.loadbalancer.servers]]
url = "http://192.0.2.2:8080"
`,
    'dynamic.toml',
  );
  expect(says(config)).toEqual([]);
  expect(config.pools.map(({ servers }) => servers.map(({ weight }) => weight.value))).toEqual([[3, 1]]);
});

describe('strategies', () => {
  const shares = (strategy: string, weights: readonly number[]): (number | null)[] => {
    const servers = weights.map((weight, i) => `{ url: "http://192.0.2.${i + 1}:8080", weight: ${weight} }`).join(', ');
    const [pool] = read(`http: { services: { app: { loadBalancer: { ${strategy} servers: [${servers}] } } } }`).pools;
    return pool === undefined ? [] : predict(pool).shares.map(mainShare);
  };

  test('wrr follows weights, p2c ignores them, leasttime cannot be known', () => {
    expect(shares('', [3, 1])).toEqual([0.75, 0.25]);
    expect(shares('strategy: p2c,', [9, 1])).toEqual([0.5, 0.5]);
    expect(shares('strategy: leasttime,', [1, 1])).toEqual([null, null]);
  });

  test('hrw gives what its hash gives: weights decide alone between names that differ only at their end', () => {
    const config = read(
      `http: { services: { app: { loadBalancer: { strategy: hrw, servers: [{ url: "http://localhost:8091", weight: 6 }, { url: "http://localhost:8092", weight: 3 }] } } } }`,
    );
    const [pool] = config.pools;
    expect(pool && predict(pool).predictability).toBe('key-dependent');
    expect(pool && predict(pool).shares.map(mainShare)).toEqual([1, 0]);
  });
});

describe('services over services', () => {
  const over = (body: string): Config =>
    read(`http:
  routers: { app: { rule: "PathPrefix(\`/\`)", service: app } }
  services:
    app: { ${body} }
    x: { loadBalancer: { healthCheck: { path: /up }, servers: [{ url: "http://192.0.2.1:80" }] } }
    y: { loadBalancer: { servers: [{ url: "http://192.0.2.2:80", weight: 0 }] } }
`);
  const total = (config: Config): unknown => {
    const [entry] = config.entries;
    const flow = entry && entryFlow(entry, [config]).total;
    return (
      flow && { ...Object.fromEntries([...flow.pools].map(([key, part]) => [nameOfKey(key), part])), lost: flow.lost }
    );
  };

  test('a child without a server loses its share, a copy takes none, a fallback waits', () => {
    expect(total(over('weighted: { services: [{ name: x, weight: 1 }, { name: y, weight: 3 }] }'))).toEqual({
      x: 0.25,
      lost: 0.75,
    });
    expect(total(over('mirroring: { service: x, mirrors: [{ name: y, percent: 30 }] }'))).toEqual({ x: 1, lost: 0 });
    expect(total(over('failover: { service: x, fallback: y }'))).toEqual({ x: 1, lost: 0 });
    expect(total(over('weighted: { services: [{ name: x, weight: 0 }] }'))).toEqual({ lost: 1 });
  });

  test('a service that is missing or has two types is an error, and its requests are lost', () => {
    const missing = over('weighted: { services: [{ name: nope }] }');
    expect(says(missing)).toEqual(['4: The service nope is not defined.']);
    const two = over('weighted: { services: [{ name: x }] }, failover: { service: x, fallback: y }');
    expect(says(two)).toEqual(['2: The service app has no type, or more than one.']);
    expect(total(two)).toEqual({ lost: 1 });
    const elsewhere = over('weighted: { services: [{ name: x }, { name: z@docker }] }');
    expect(says(elsewhere)).toEqual([]);
    expect(elsewhere.routes[0]?.to[1]?.to.kind).toBe('unknown');
  });
});

describe('what makes Traefik refuse the file', () => {
  test.each([
    [
      'an unknown key',
      'http: { services: { a: { loadBalancer: { servers: [{ url: "http://h", wieght: 2 }] } } } }',
      /unknown key wieght .*did you mean weight/,
    ],
    [
      'a weight that is not whole',
      'http: { services: { a: { loadBalancer: { servers: [{ url: "http://h", weight: 1.5 }] } } } }',
      /1\.5 is not a whole number/,
    ],
    [
      'a duration without a known unit',
      'http: { services: { a: { loadBalancer: { healthCheck: { path: /, interval: 5x }, servers: [] } } } }',
      /invalid duration 5x/,
    ],
    [
      'a map without content',
      'http: { services: { a: { loadBalancer: { healthCheck: {}, servers: [] } } } }',
      /healthCheck has no content/,
    ],
    [
      'content where there may be none',
      'http: { services: { a: { weighted: { healthCheck: { path: / }, services: [] } } } }',
      /unknown key path/,
    ],
    ['a template that is not rendered', 'http:\n  services:\n    {{ range . }}\n    a: 1\n', /template/i],
  ])('%s', (_name, text, expected) => {
    expect(says(read(text)).join(' ')).toMatch(expected);
  });

  test('what is above http is ignored, and a key of Traefik 1 routes nothing', () => {
    expect(says(read('x-anchors: {}\nhttp: { services: { a: { loadBalancer: { servers: [] } } } }'))).toEqual([]);
    expect(says(read('services: { a: { loadBalancer: { servers: [] } } }'))).toEqual([
      '1: services at the top of the file is ignored.',
    ]);
  });

  test('numbers that Traefik decodes are taken: text, octal, exponent; a template is unknown', () => {
    const weights = ['"3"', '010', '1e2', '"{{ env `W` }}"'].map(
      (weight) =>
        read(
          `http:\n  services:\n    a:\n      loadBalancer:\n        servers:\n        - url: http://h\n          weight: ${weight}\n`,
        ).pools[0]?.servers[0]?.weight.value,
    );
    expect(weights).toEqual([3, 8, 100, undefined]);
  });
});

test('is recognised by what is in it, not by its extension alone', () => {
  expect(reader.recognise('dynamic.yml', SHOP)).toBeGreaterThan(0.8);
  expect(reader.recognise('conf.d/app.toml', '[http.services.a.loadBalancer]\n')).toBeGreaterThan(0.8);
  expect(reader.recognise('values.yaml', 'http:\n  port: 80\nservices:\n  - a\n')).toBe(0);
  expect(reader.recognise('pyproject.toml', '[project]\nname = "a"\n')).toBe(0);
});
