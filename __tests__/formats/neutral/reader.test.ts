import { compare } from '../../../src/compare/compare.ts';
import { diffDocument } from '../../../src/compare/diff-document.ts';
import { reader as neutral } from '../../../src/formats/neutral/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool, Server } from '../../../src/model/pool.ts';
import { nameOfTarget } from '../../../src/model/route.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { place } from '../../support/place.ts';

const read = (text: string, path = 'lb.yml'): Config =>
  neutral.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
const problems = (config: Config): string[] =>
  config.problems.map(
    (p) => `${place(p.at)} ${p.rule} ${p.pool ?? '-'}/${p.server ?? '-'} ${plain(p.what)} ${plain(p.fix)}`,
  );

function pool(config: Config, name: string): Pool {
  const found = config.pools.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no pool ${name}`);
  return found;
}
function server(config: Config, name: string): Server {
  for (const { servers } of config.pools) for (const one of servers) if (one.name === name) return one;
  throw new Error(`no server ${name}`);
}

const FULL = `version: 1
name: shop
defaults:
  algorithm: least-connections
  healthCheck: { type: tcp, interval: 10s }
  timeouts: { connect: 500ms, request: 30s, idle: 1m }
  server: { weight: 10, port: 8080, maxConnections: 200 }
pools:
  - name: app
    servers:
      - name: web1
        address: 10.0.0.1
        weight: 100
        capacity: { rps: 500, cpu: 4 }
        identify: [web-1, web-1b]
        zone: a
        source: { file: nginx.conf, line: 12 }
      - address: 10.0.0.2
        capacity: { rps: 250 }
        tier: backup
        state: drain
        slowStart: 30s
      - address: "::1"
        port: 81
        count: 3
    expect: { split: weights, peakRps: 900 }
    retry: { attempts: 2, budget: 0.2 }
    slowStart: 1.5m
  - name: cache
    protocol: tls
    algorithm: consistent-hash
    hashOn: x-user
    stickiness: { type: cookie, name: SRV, ttl: 1h }
    passiveHealth: { maxFails: 3 }
    healthCheck: { enabled: false }
    servers:
      - { name: c1, address: unix:/run/c1.sock }
      - { name: c2, address: c2.example }
    expect: { split: { c1: 3, c2: 1 } }
routes:
  - name: canary
    to:
      - { pool: app, weight: 95 }
      - pool: cache
`;

describe('a sound file', () => {
  const config = read(FULL);

  test('is read without problems', () => {
    expect(problems(config)).toEqual([]);
    expect([config.status, config.dialect.format, config.path, config.files]).toEqual([
      'read',
      'neutral',
      'lb.yml',
      ['lb.yml'],
    ]);
    expect(config.facts.get('name')?.value).toBe('shop');
    expect(config.unknowns).toEqual([]);
  });

  test('servers have their own values before defaults, each with its place', () => {
    const web1 = server(config, 'web1');
    expect([web1.address, web1.port?.value, web1.weight.value, web1.maxConnections?.value]).toEqual([
      '10.0.0.1',
      8080,
      100,
      200,
    ]);
    expect([place(web1.at), place(web1.weight.at), web1.port && place(web1.port.at)]).toEqual([
      '11:15',
      '13:17',
      '7:31',
    ]);
    expect([web1.capacity?.value, web1.identify, web1.zone?.value]).toEqual([500, ['web-1', 'web-1b'], 'a']);
    expect(web1.origin).toEqual({ file: 'nginx.conf', line: 12 });
    expect(web1.options.get('capacity.unit')?.value).toBe('rps');
  });

  test('a server without a name is named by address and port', () => {
    expect(pool(config, 'app').servers.map((s) => s.name)).toEqual(['web1', '10.0.0.2:8080', '[::1]:81']);
    const backup = server(config, '10.0.0.2:8080');
    expect([backup.weight.value, backup.weight.written, backup.priority.value, backup.state.value]).toEqual([
      10,
      true,
      1,
      'drain',
    ]);
    expect([backup.slowStartMs?.value, server(config, 'web1').slowStartMs?.value]).toEqual([30_000, 90_000]);
    expect(server(config, '[::1]:81').instances.count.value).toBe(3);
  });

  test('defaults fill whole keys of a pool', () => {
    const app = pool(config, 'app');
    expect(app.algorithm.value).toEqual({
      kind: 'least-connections',
      native: 'least-connections',
      idle: 'unknown',
      loaded: 'by-weight',
    });
    expect([place(app.algorithm.at), app.algorithm.written]).toEqual(['4:14', true]);
    expect([app.timeouts.connectMs?.value, app.timeouts.serverMs?.value]).toEqual([500, 30_000]);
    expect(app.options.get('timeouts.idle')?.value).toBe('1m');
    const check = server(config, 'web1').activeCheck;
    expect([check?.type, check?.intervalMs?.value, check?.fall?.value, check?.fall?.written]).toEqual([
      'tcp',
      10_000,
      3,
      false,
    ]);
    expect(check?.path).toBeUndefined();
    expect(pool(config, 'cache').activeCheck).toBeUndefined();
    expect(pool(config, 'cache').uncheckedOnPurpose).toBe(true);
  });

  test('pool settings', () => {
    const cache = pool(config, 'cache');
    expect(cache.protocol).toBe('tcp');
    expect(cache.algorithm.value).toMatchObject({
      kind: 'hash',
      native: 'consistent-hash',
      key: { of: 'other', native: 'x-user' },
    });
    expect([cache.stickiness?.type, cache.stickiness?.name?.value, cache.stickiness?.ttlMs?.value]).toEqual([
      'cookie',
      'SRV',
      3_600_000,
    ]);
    expect([cache.passiveCheck?.maxFails.value, cache.passiveCheck?.windowMs?.value]).toEqual([3, 10_000]);
    expect([server(config, 'c1').address, server(config, 'c1').port]).toEqual(['unix:/run/c1.sock', undefined]);
    expect([pool(config, 'app').retries?.value, pool(config, 'app').retryBudget?.value]).toEqual([2, 0.2]);
    expect(pool(config, 'app').peak?.value).toBe(900);
  });

  test('a split is declared only where it is written', () => {
    expect(pool(config, 'app').declaredSplit?.value).toBe('config');
    expect(pool(config, 'cache').declaredSplit?.value).toEqual(
      new Map([
        ['c1', 3],
        ['c2', 1],
      ]),
    );
    const bare = read(
      'version: 1\npools:\n  - name: a\n    expect: { tolerance: 0.1 }\n    servers: [{ address: x }]\n',
    );
    expect(pool(bare, 'a').declaredSplit).toBeUndefined();
    expect(pool(bare, 'a').algorithm).toMatchObject({ value: { kind: 'round-robin' }, written: false });
    expect(server(bare, 'x').weight).toMatchObject({ value: 1, written: false });
  });

  test('routes are weighted choices and references', () => {
    const route = config.routes[0];
    expect(
      route?.to.map((target) => [
        nameOfTarget(target.to),
        target.weight.value,
        target.weight.written,
        place(target.at),
      ]),
    ).toEqual([
      ['app', 95, true, '43:17'],
      ['cache', 1, false, '44:15'],
    ]);
    expect(config.references.map((ref) => [ref.kind, ref.pool, ref.protocol])).toEqual([
      ['routes.to', 'app', 'http'],
      ['routes.to', 'cache', 'tcp'],
    ]);
  });

  test('defaults that are written out change nothing', () => {
    const bare = 'version: 1\npools:\n  - name: a\n    healthCheck: {}\n    servers: [{ address: x }]\n';
    const spelled =
      'version: 1\npools:\n  - name: a\n    protocol: http\n    algorithm: round-robin\n    slowStart: 0s\n    dynamic: false\n' +
      '    stickiness: { type: none }\n    retry: { attempts: 0, nonIdempotent: false }\n    crossZone: true\n' +
      '    healthCheck: { enabled: true, type: http, path: /, method: GET, expectStatus: [200-399], interval: 5s, timeout: 2s }\n' +
      '    servers: [{ name: x, address: x, weight: 1, tier: primary, state: up, count: 1, maxConnections: 0 }]\n';
    const document = diffDocument(compare([read(bare)], [read(spelled)]));
    expect(document.pools.map((p) => [p.change, p.changes])).toEqual([['same', []]]);
  });

  test('the same as JSON reads the same', () => {
    const json = `{\n  "version": 1,\n  "pools": [\n    { "name": "a", "servers": [{ "address": "x", "weight": 3 }] }\n  ]\n}\n`;
    const a = read(json, 'lb.json');
    expect([a.status, server(a, 'x').weight.value, place(server(a, 'x').weight.at)]).toEqual(['read', 3, '4:60']);
  });

  test('anchors and merges', () => {
    const a = read(
      'version: 1\npools:\n  - name: a\n    servers:\n      - &s { address: x, weight: 5 }\n      - { <<: *s, address: y }\n',
    );
    expect(a.status).toBe('read');
    expect([server(a, 'y').weight.value, place(server(a, 'y').weight.at)]).toEqual([5, '5:34']);
  });
});

const one = (lines: string): string =>
  `version: 1\npools:\n  - name: app\n    servers:\n      - name: web1\n        address: 10.0.0.1\n${lines}`;

describe('a file with faults', () => {
  test('a typo is told with its place and what was meant, and the rest is read', () => {
    const config = read(one('        wieght: 3\n      - address: 10.0.0.2\n'));
    expect(problems(config)).toEqual([
      '7:9 schema-invalid app/web1 pools[app].servers[web1] has no key wieght. Rename it; did you mean weight?',
    ]);
    expect(config.status).toBe('partial');
    expect(pool(config, 'app').servers.map((s) => s.name)).toEqual(['web1', '10.0.0.2']);
    expect(pool(config, 'app').unknowns.map((u) => place(u.at))).toEqual(['7:9']);
  });

  test('a refused value is unknown, never a default', () => {
    const config = read(one('        weight: heavy\n        state: off\n'));
    const web1 = server(config, 'web1');
    expect([web1.weight.value, web1.weight.written, web1.state.value]).toEqual([undefined, true, undefined]);
    expect(problems(config).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '7:17 schema-invalid app/web1',
      '8:16 schema-invalid app/web1',
    ]);
  });

  test.each(['${WEIGHT}', '{{ .Values.weight }}', '"<%= weight %>"', '!env WEIGHT'])(
    'a template %s makes the weight unknown',
    (value) => {
      const config = read(one(`        weight: ${value}\n`));
      expect(config.problems.map((p) => [p.rule, place(p.at), p.server])).toEqual([
        ['unresolved-template-or-include', value.startsWith('!') ? '7:22' : '7:17', 'web1'],
      ]);
      expect([server(config, 'web1').weight.value, config.status]).toEqual([undefined, 'partial']);
    },
  );

  test('a leading zero is two numbers', () => {
    const config = read(one('        weight: 010\n'));
    expect(problems(config)).toEqual([
      '7:17 malformed-number app/web1 pools[app].servers[web1].weight is 010, which is 10 in YAML 1.2 and 8 in YAML 1.1. Set 10 or another number without a leading zero.',
    ]);
    expect(server(config, 'web1').weight.value).toBeUndefined();
  });

  test('a key of the older schema names the one that replaces it', () => {
    const config = read(one('    crossZone: false\n'));
    expect(problems(config)).toEqual([
      '7:5 schema-invalid app/- pools[app].crossZone is now called zones. Set zones: separate in its place.',
    ]);
  });

  test('one thing is said once, and names mean something', () => {
    const config = read(
      `${one('        tier: backup\n        priority: 1\n        locality: there\n    localities: [{ name: here }]\n')}routes: [{ name: way, to: [{ route: gone }] }]\n`,
    );
    expect(config.problems.map(({ what }) => plain(what))).toEqual([
      'pools[app].servers[web1].tier is not allowed in addition to another key.',
      'Route gone is not in this file.',
      'Locality there is not listed under localities of the pool.',
    ]);
  });

  test('names are unique and stay so in the model', () => {
    const config = read(one('      - name: web1\n        address: 10.0.0.2\n      - address: x\n      - address: x\n'));
    expect(problems(config)).toEqual([
      '7:15 schema-invalid app/web1#2 A server named web1 is already on line 5. Rename one of them.',
    ]);
    expect(pool(config, 'app').servers.map((s) => s.name)).toEqual(['web1', 'web1#2', 'x', 'x#2']);
  });

  test('an address with a port in it is told and still understood', () => {
    const config = read(
      'version: 1\npools:\n  - name: a\n    servers:\n      - address: 10.0.0.1:80\n      - address: "[::1]:81"\n',
    );
    expect(problems(config)[0]).toBe(
      '5:18 schema-invalid a/10.0.0.1:80 The address 10.0.0.1:80 has a port in it. Set address 10.0.0.1 and port 80.',
    );
    expect(pool(config, 'a').servers.map((s) => [s.address, s.port?.value])).toEqual([
      ['10.0.0.1', 80],
      ['::1', 81],
    ]);
  });

  test('capacities in different units are not compared', () => {
    const config = read(one('        capacity: { rps: 5 }\n      - address: b\n        capacity: { cpu: 2 }\n'));
    expect(pool(config, 'app').servers.map((s) => [s.capacity?.value, s.capacity?.written])).toEqual([
      [undefined, true],
      [undefined, true],
    ]);
  });

  test('faulty defaults make every pool doubtful', () => {
    const config = read(
      'version: 1\ndefaults: { algorithm: leastconn }\npools:\n  - name: a\n    servers: [{ address: x }]\n',
    );
    expect(pool(config, 'a').algorithm).toMatchObject({ value: undefined, written: true });
    expect(pool(config, 'a').unknowns).toHaveLength(1);
  });

  test.each([
    ['a syntax error', 'version: 1\npools:\n\t- name: a\n', '3:1', 'config-unparsable'],
    ['nothing', '', '1:1', 'config-unparsable'],
    ['another version', 'version: 2\npools: [{ name: a, servers: [{ address: x }] }]\n', '1:10', 'schema-invalid'],
    ['no pools', 'version: 1\n', '1:1', 'schema-invalid'],
    ['a list', '- a\n', '1:1', 'schema-invalid'],
    [
      'a bomb',
      `a: &a [${'x,'.repeat(1000)}]\nb: &b [${'*a,'.repeat(100)}]\nc: [${'*b,'.repeat(100)}]\n`,
      '3:4',
      'config-unparsable',
    ],
  ])('%s refuses the file', (_name, text, at, rule) => {
    const config = read(text);
    expect([config.status, config.pools]).toEqual(['refused', []]);
    expect(config.problems.map((p) => [place(p.at), p.rule])).toContainEqual([at, rule]);
  });

  test('duplicate keys and second documents are told', () => {
    const config = read(`${one('        weight: 1\n        weight: 2\n')}---\nversion: 1\n`);
    expect(config.problems.map((p) => [place(p.at), plain(p.what)])).toEqual([
      ['8:9', 'The key weight is given twice, first on line 7.'],
      ['10:1', 'A second YAML document starts here.'],
    ]);
    expect(config.status).toBe('partial');
  });

  test('a missing file is an input error', () => {
    expect(() => neutral.read('no.yml', new MemoryTree({}), { rootMap: {} })).toThrow('no.yml cannot be read');
  });

  test('every problem says what, why and fix', () => {
    const config = read(one('        wieght: 3\n        port: x\n        weight: ${W}\n      - name: web1\n'));
    expect(config.problems.length).toBeGreaterThanOrEqual(4);
    for (const p of config.problems)
      for (const text of [p.what, p.why, p.fix]) expect(plain(text)).toMatch(/\w.*[.?]$/);
  });
});

describe('ignore comments', () => {
  test('cover their own line, or the server or line below them', () => {
    const config = read(
      `version: 1
pools:
  - name: app # evenkeel-ignore single-server -- a lab
    servers:
      # evenkeel-ignore weight-imbalance, zero-weight-server until 2027-01-31 -- web1 is twice the size
      # a remark

      - name: web1
        address: "# evenkeel-ignore x -- no comment"
        weight: 2 # evenkeel-ignore
`.replace('"# evenkeel-ignore x -- no comment"', "'#evenkeel-ignore'"),
    );
    expect(config.ignores.map((i) => [place(i.at), i.rules, i.until, i.reason])).toEqual([
      ['3:15', ['single-server'], undefined, 'a lab'],
      ['5:7', ['weight-imbalance', 'zero-weight-server'], '2027-01-31', 'web1 is twice the size'],
    ]);
    expect(config.ignores.map((i) => place(i.covers))).toEqual(['3:1', '8:1']);
    expect(textOf(config.ignores[1]?.covers ?? server(config, 'web1').at)).toContain('weight: 2');
  });

  test('a text that looks like one is none', () => {
    expect(read(one("        zone: 'x # evenkeel-ignore single-server -- y'\n")).ignores).toEqual([]);
  });

  test('without a reason the reason is empty', () => {
    expect(read(one('        weight: 2 # evenkeel-ignore single-server\n')).ignores[0]?.reason).toBe('');
  });
});

describe('recognise', () => {
  test.each([
    ['lb.yml', FULL, 0.95],
    ['lb.json', '{ "version": 1, "pools": [] }', 0.9],
    ['lb.yaml', 'pools:\n- name: a\n', 0.5],
    ['lb.yaml', '# yaml-language-server: $schema=x\n$schema: https://evenkeel.dev/schema/pools-v1.json\n', 1],
    ['.github/evenkeel.yml', 'version: 1\npools:\n  # facts\n  app: { peak: 9 }\n', 0],
    ['haproxy.cfg', FULL, 0],
    ['values.yaml', 'image: nginx\n', 0],
  ])('%s', (path, text, sure) => {
    expect(neutral.recognise(path, text)).toBe(sure);
  });
});

describe('hostile input', () => {
  test('keys of the prototype do nothing', () => {
    const config = read(one('        __proto__: { weight: 9 }\n        constructor: 1\n'));
    expect(server(config, 'web1').weight.value).toBe(1);
    expect(config.problems).toHaveLength(2);
  });

  test('10,000 servers are read in seconds, faults are capped', () => {
    const servers = Array.from(
      { length: 10_000 },
      (_, i) => `      - { name: s${i}, address: a${i}, wieght: 1 }\n`,
    ).join('');
    const config = read(`version: 1\npools:\n  - name: a\n    servers:\n${servers}`);
    expect(config.pools[0]?.servers).toHaveLength(10_000);
    expect(config.problems.length).toBe(50);
  }, 60_000);

  test('random damage never throws', () => {
    let seed = 4711;
    const random = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * n);
    };
    const bits = [
      ' ',
      '\n',
      ':',
      '- ',
      '0',
      'x',
      '{',
      '}',
      '[',
      ']',
      '"',
      '*',
      '&a ',
      '${X}',
      '010',
      'null',
      '\t',
      '#',
    ];
    for (let run = 0; run < 400; run++) {
      let text = FULL;
      for (let cuts = 1 + random(4); cuts > 0; cuts--) {
        const at = random(text.length);
        text = text.slice(0, at) + (bits[random(bits.length)] ?? '') + text.slice(at + random(6));
      }
      const config = read(text);
      if (config.status !== 'read') expect(config.problems.length).toBeGreaterThan(0);
      for (const { servers } of config.pools) expect(new Set(servers.map((s) => s.name)).size).toBe(servers.length);
    }
  }, 60_000);
});
