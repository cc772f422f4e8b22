import { compare } from '../../../src/compare/compare.ts';
import { entryFlow } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/caddy/reader.ts';
import { FORMATS } from '../../../src/formats/list.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { nameOfTarget } from '../../../src/model/route.ts';
import { mainPart, type Part } from '../../../src/model/share.ts';
import { lineOf, type Setting, type Span } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { random } from '../../support/random.ts';
import { read, SMALL } from './support.ts';

const SHOP = `{
	http_port 8080
	order rate_limit before basicauth
}
# Every shop.
(backends) {
	reverse_proxy {args[:]} {
		lb_policy weighted_round_robin 3 1 # evenkeel-ignore weight-imbalance -- twice the memory
		health_uri /up
		health_interval 7s
		fail_duration 20s
		max_fails 4
		transport http {
			dial_timeout 2s
		}
	}
}
shop.example, www.shop.example {
	@api path /api/*
	import backends app1.internal:8443 app2.internal:8443
	handle @api {
		reverse_proxy https://api.shop.example {
			header_up Host {upstream_hostport}
		}
	}
	redir /old /new 301
}
`;

const shares = (pool: Pool | undefined): Part[] => (pool === undefined ? [] : predict(pool).shares.map(mainPart));
const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);
const unread = ({ unknowns }: Config): string[] => unknowns.map(({ reason, at }) => `${lineOf(at)}: ${plain(reason)}`);
const ways = ({ entries }: Config): string[] =>
  entries.flatMap(({ matches }) => matches.map(({ when, to }) => `${when?.text ?? '*'} -> ${nameOfTarget(to)}`));
const pool = (text: string, i = 0): Pool => {
  const found = read(text).pools[i];
  if (found === undefined) throw new Error('no pool');
  return found;
};
const proxy = (upstreams: string, ...lines: string[]): string =>
  `:80 {\n\treverse_proxy ${upstreams} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n}\n`;

describe('a Caddyfile', () => {
  const config = read(SHOP);
  const main = config.pools.find(({ servers }) => servers.length === 2);

  test('is recognized, more certainly than by every other format', () => {
    for (const path of ['Caddyfile', 'Caddyfile.prod', 'deploy/site.caddy', 'sites/shop']) {
      const sure = FORMATS.map((one) => [one.dialect.format, one.recognise(path, SHOP)] as const);
      expect(sure.toSorted((a, b) => b[1] - a[1])[0]).toEqual(['caddy', expect.any(Number)]);
    }
    expect(reader.recognise('nginx.conf', 'server {\n  location / {\n    proxy_pass http://a;\n  }\n}\n')).toBe(0);
    expect(reader.recognise('package.json', '{"name":"x"}')).toBe(0);
  });

  test('has its pools with the settings of a snippet and the arguments of its import', () => {
    expect([says(config), unread(config)]).toEqual([[], []]);
    expect(main?.servers.map(({ name, weight }) => [name, weight.value])).toEqual([
      ['app1.internal:8443', 3],
      ['app2.internal:8443', 1],
    ]);
    expect(shares(main)).toEqual([0.75, 0.25]);
    expect([
      main?.activeCheck?.intervalMs?.value,
      main?.activeCheck?.timeoutMs?.value,
      main?.activeCheck?.fall?.value,
    ]).toEqual([7000, 5000, 1]);
    expect([main?.passiveCheck?.maxFails.value, main?.passiveCheck?.ejectMs?.value]).toEqual([4, 20_000]);
    expect(main?.timeouts.connectMs?.value).toBe(2000);
    expect(config.ignores.map(({ covers }) => textOf(covers))).toEqual(['lb_policy weighted_round_robin 3 1']);
  });

  test('asks redirects, handle and reverse_proxy in the order of Caddy', () => {
    expect(ways(config)).toEqual([
      'path /old -> /new',
      'path /api/* -> shop.example, /api/*'.replace(',', ''),
      '* -> shop.example',
    ]);
    const [entry] = config.entries;
    expect([entry?.hosts, entry?.listens.map(({ address, tls }) => [address, tls])]).toEqual([
      ['shop.example', 'www.shop.example'],
      [
        ['*:443', true],
        ['*:443', true],
      ],
    ]);
  });

  /** Every setting of the pools that the file writes. */
  const settings = ({ pools }: Config): Setting<unknown>[] =>
    pools
      .flatMap((one) => [
        one.algorithm,
        ...Object.values(one.timeouts),
        one.retries,
        one.sendsHost,
        one.stickiness?.name,
        ...[one.activeCheck, one.passiveCheck].flatMap((check) => Object.values(check ?? {}) as unknown[]),
        ...one.servers.flatMap(({ weight, port, maxConnections }) => [weight, port, maxConnections]),
        ...one.options.values(),
      ])
      .filter(
        (one): one is Setting<unknown> =>
          typeof one === 'object' && one !== null && 'written' in one && one.written === true,
      );

  test.each([
    ['as it is', (text: string) => text],
    ['with CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['with a byte order mark', (text: string) => `\ufeff${text}`],
    ['with blanks for tabs', (text: string) => text.replaceAll('\t', '    ')],
    [
      'after text of many bytes',
      (text: string) => `# ☕ ünïcode 🎉\n${text.replace('# Every shop.', '# Jeder Laden – 商店 🎉')}`,
    ],
    [
      'with a default of the environment',
      (text: string) => text.replace('7s', '{$EVERY:7s}').replace('app1.internal:8443', '{$APP:app1.internal:8443}'),
    ],
  ])('every setting is where the file writes it: %s', (_, change) => {
    const changed = read(change(SHOP));
    expect(says(changed)).toEqual([]);
    const written = settings(changed);
    const texts = written.map(({ at }) => textOf(at).replaceAll('\r', ''));
    expect(texts).toEqual(
      expect.arrayContaining([
        'weighted_round_robin 3 1',
        '3',
        '1',
        '7s',
        '/up',
        '20s',
        '4',
        '2s',
        '{upstream_hostport}',
      ]),
    );
    for (const { value, at } of written) {
      const text = textOf(at);
      const isThere =
        typeof value === 'object' ||
        text.includes(`${value as string | number}`) ||
        [`${Number(value) / 1000}s`].includes(text) ||
        text.startsWith('app') ||
        text.startsWith('https://');
      expect([text, value, isThere]).toEqual([text, value, true]);
    }
    expect(changed.pools.flatMap(({ servers }) => servers.map(({ at }) => textOf(at)))).toEqual(
      expect.arrayContaining(['app1.internal:8443', 'app2.internal:8443', 'https://api.shop.example']),
    );
  });
});

describe('values from elsewhere', () => {
  test('a default of the environment counts, and the shares are conditional', () => {
    const { servers, caveats } = pool(proxy('{$A:192.0.2.1:80} {$B:192.0.2.2:80}', 'lb_policy round_robin'));
    expect(servers.map(({ name }) => name)).toEqual(['192.0.2.1:80', '192.0.2.2:80']);
    expect(caveats).toHaveLength(2);
    expect(predict(pool(proxy('{$A:192.0.2.1:80} 192.0.2.2:80', 'lb_policy round_robin'))).predictability).toBe(
      'conditional',
    );
  });

  test('without a default an upstream may be several or none', () => {
    const text = proxy('{$A} 192.0.2.2:80', 'lb_policy round_robin');
    expect(shares(pool(text))).toEqual([
      { low: expect.any(Number), high: expect.any(Number) },
      { low: expect.any(Number), high: expect.any(Number) },
    ]);
    expect(read(text).status).toBe('partial');
  });

  test('imports are read from files, with patterns and within each other', () => {
    const text = 'import sites/*.caddy\n(up) {\n\treverse_proxy {args[0]}:80\n}\n:81 {\n\timport up 192.0.2.3\n}\n';
    const files = { 'sites/a.caddy': 'a.example {\n\timport ../common\n}\n', common: 'reverse_proxy 192.0.2.1:80\n' };
    const config = read(text, files);
    expect(says(config)).toEqual([]);
    expect(config.files.toSorted()).toEqual(['Caddyfile', 'common', 'sites/a.caddy']);
    expect(config.pools.map(({ name, servers }) => [name, servers[0]?.name])).toEqual([
      ['a.example', '192.0.2.1:80'],
      [':81', '192.0.2.3:80'],
    ]);
  });

  test('an import that cannot be read, or that imports itself, is said', () => {
    expect(says(read(':80 {\n\timport /etc/caddy/shop\n\timport ../../up\n\timport nothing\n}\n'))).toEqual([
      '2: /etc/caddy/shop is imported but not read: it is outside of this repository.',
      '3: ../../up is imported but not read: it is outside of this repository.',
      '4: nothing is imported but not read: there is no such snippet or file.',
    ]);
    expect(says(read('(a) {\n\timport a\n}\n:80 {\n\timport a\n}\n'))).toEqual([
      '2: a is imported but not read: it imports itself.',
    ]);
  });

  test('plugins are named and claimed nothing about', () => {
    const config = read(':80 {\n\tcoraza_waf {\n\t\tload_owasp_crs\n\t}\n\treverse_proxy 192.0.2.1:80\n}\n');
    expect([says(config), unread(config)]).toEqual([[], ['2: coraza_waf is not part of Caddy itself']]);
  });
});

describe('where requests go', () => {
  test.each([
    [
      'the longest path first',
      'reverse_proxy 192.0.2.1:80\nreverse_proxy /a/* 192.0.2.2:80\nreverse_proxy /a/b/* 192.0.2.3:80',
      ['path /a/b/* -> :80 /a/b/*', 'path /a/* -> :80 /a/*', '* -> :80'],
    ],
    [
      'one handle alone',
      'handle /a/* {\n\theader X 1\n}\nhandle {\n\treverse_proxy 192.0.2.1:80\n}',
      ['path /a/* -> 200', '* -> :80'],
    ],
    ['what comes after handles', 'handle /a/* {\n\theader X 1\n}\nrespond 404', ['path /a/* -> 404', '* -> 404']],
    [
      'in a route as written',
      'route {\n\treverse_proxy 192.0.2.1:80\n\treverse_proxy /a/* 192.0.2.2:80\n}',
      ['* -> :80'],
    ],
    [
      'conditions inside conditions',
      '@get method GET\nroute /a/* {\n\treverse_proxy @get 192.0.2.1:80\n\trespond 405\n}',
      ['path /a/* and method GET -> :80 method GET', 'path /a/* -> 405'],
    ],
    [
      'abort, error and files',
      'abort /x\nerror /y 410\nfile_server',
      ['path /x -> refused', 'path /y -> 410', '* -> file'],
    ],
    ['PHP by its ending', 'php_fastcgi 192.0.2.1:9000\nfile_server', ['path *.php -> :80 *.php', '* -> file']],
  ])('%s', (_, lines, expected) => {
    expect(ways(read(`:80 {\n\t${lines.replaceAll('\n', '\n\t')}\n}\n`))).toEqual(expected);
  });

  test('a path that is taken off is told as a change on the way', () => {
    const [entry] = read(':80 {\n\thandle_path /a/* {\n\t\treverse_proxy 192.0.2.1:80\n\t}\n}\n').entries;
    expect([...(entry?.matches[0]?.changes ?? [])].map(([key, { value }]) => [key, value])).toEqual([
      ['handle_path', '/a'],
    ]);
  });

  test('named routes are where they are invoked', () => {
    const config = read('&(app) {\n\treverse_proxy 192.0.2.1:80\n}\n:80 {\n\tinvoke /a/* app\n}\n');
    expect(ways(config)).toEqual(['path /a/* -> :80 /a/*']);
  });

  test('many routes that go on are given up with a word', () => {
    const routes = Array.from({ length: 40 }, (_, i) => ({
      group: `g${i}`,
      match: [{ path: [`/${i}`] }],
      handle: [{ handler: 'subroute', routes: [] }],
    }));
    const text = JSON.stringify({ apps: { http: { servers: { web: { listen: [':80'], routes } } } } });
    const config = reader.read('caddy.json', new MemoryTree({ 'caddy.json': text }), { rootMap: {} });
    expect(unread(config)).toEqual(['1: the routes of web are too many to follow']);
  });
});

describe('policies', () => {
  test.each([
    ['random', 'multinomial', [1 / 3, 1 / 3, 1 / 3]],
    ['round_robin', 'exact', [1 / 3, 1 / 3, 1 / 3]],
    ['weighted_round_robin 2 1 1', 'exact', [0.5, 0.25, 0.25]],
    ['weighted_round_robin 2 0 1 1', 'exact', [0.75, 0, 0.25]],
    ['first', 'load-dependent', [1, 0, 0]],
    ['random_choose 2', 'load-dependent', [2 / 3, 0, 1 / 3]],
    ['least_conn', 'load-dependent', [1 / 3, 1 / 3, 1 / 3]],
    ['ip_hash', 'key-dependent', [1 / 3, 1 / 3, 1 / 3]],
    ['header X-User', 'key-dependent', [1 / 3, 1 / 3, 1 / 3]],
  ])('%s is %s', (policy, predictability, expected) => {
    const one = pool(proxy('192.0.2.1 192.0.2.2 192.0.2.3', `lb_policy ${policy}`));
    expect(predict(one).predictability).toBe(predictability);
    shares(one).forEach((share, i) => expect(share).toBeCloseTo(expected[i] ?? Number.NaN, 9));
  });

  test('a sample is even in versions that draw it otherwise', () => {
    const tree = new MemoryTree({ Caddyfile: proxy('192.0.2.1 192.0.2.2', 'lb_policy random_choose 2') });
    const old = reader.read('Caddyfile', tree, { rootMap: {}, productVersion: '2.10' });
    expect(shares(old.pools[0])).toEqual([0.5, 0.5]);
  });

  test('a cookie makes a pool sticky, spread by its fallback', () => {
    const { stickiness, algorithm } = pool(
      proxy('192.0.2.1 192.0.2.2', 'lb_policy cookie shop {', '\tfallback least_conn', '\tmax_age 1h', '}'),
    );
    expect([stickiness?.type, stickiness?.name?.value, stickiness?.ttlMs?.value, algorithm.value?.kind]).toEqual([
      'cookie',
      'shop',
      3_600_000,
      'least-connections',
    ]);
  });
});

describe('a change of one line', () => {
  /** Every line of a file taken out in turn: it is explained, harmless, idle or named. */
  test.each(Object.entries({ shop: SHOP, ...SMALL }).filter(([, text]) => read(text).problems.length === 0))(
    'is accounted for: %s',
    (_, text) => {
      const lines = text.split('\n');
      lines.forEach((line, i) => {
        if (/^\s*(?:#.*|[{}]|.*\{|)$/.test(line) || line.includes('<<') || line.includes('END')) return;
        const [base, head] = [read(text), read(lines.toSpliced(i, 1).join('\n'))];
        if (head.problems.length > 0) return;
        const { statements, pools, entries } = compare([base], [head]);
        const told =
          statements.explained + statements.harmless.length + statements.idle.length + statements.unjudged.length;
        const isSeen = pools.some(({ change }) => change !== 'same') || entries.some(({ change }) => change !== 'same');
        const isDefinition = /^\s*@|^\(|args/.test(line) || lines.filter((other) => other === line).length > 1;
        expect([line, told > 0 || isSeen || isDefinition]).toEqual([line, true]);
      });
    },
  );
});

test('any text at all is read without an exception (1,500 seeded texts)', () => {
  const next = random(11);
  const pieces = [
    '{',
    '}',
    '"',
    '`',
    '<<X',
    '#',
    '\n',
    '\\\n',
    'import',
    'import a',
    '(a) {',
    '{args[0]}',
    '{args[:]}',
    '{block}',
    '{$X:y}',
    '{$',
    '@m',
    'handle',
    'route',
    ',',
    ':',
    '/',
    '*',
    '9'.repeat(30),
    '__proto__',
    'constructor',
    'weighted_round_robin',
    '\ufeff',
    '\r',
  ];
  const texts = [SHOP, ...Object.values(SMALL)];
  for (let i = 0; i < 1500; i++) {
    let text = texts[Math.floor(next() * texts.length)] ?? '';
    for (let n = 1 + Math.floor(next() * 8); n > 0; n--) {
      const at = Math.floor(next() * text.length);
      text = `${text.slice(0, at)}${pieces[Math.floor(next() * pieces.length)] ?? ''}${text.slice(at + Math.floor(next() * 12))}`;
    }
    const config = read(text);
    const places: Span[] = [...config.pools, ...config.problems, ...config.unknowns, ...(config.statements ?? [])].map(
      ({ at }) => at,
    );
    for (const at of places) expect(textOf(at).length).toBe(at.end - at.start);
    for (const one of config.pools) expect(predict(one).shares).toHaveLength(one.servers.length);
    for (const entry of config.entries) expect(entryFlow(entry, [config]).classes.length).toBeGreaterThan(0);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
