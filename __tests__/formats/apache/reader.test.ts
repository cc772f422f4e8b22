import { compare } from '../../../src/compare/compare.ts';
import { entryFlow } from '../../../src/compare/flow.ts';
import { without } from '../../../src/compare/loss.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/apache/reader.ts';
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

const SHOP = `# Every shop.
Define CHECK /up
Listen 8080
ProxyTimeout 45
ProxyHCTemplate quick hcmethod=GET hcinterval=7 hcfails=2
<VirtualHost *:8080>
    ServerName shop.example
    ServerAlias www.shop.example
    <Proxy "balancer://shop">
        BalancerMember http://192.0.2.1:8080 loadfactor=3 route=a hctemplate=quick hcuri=\${CHECK} # evenkeel-ignore
        BalancerMember "http://[2001:db8::2]:8080" route=b \\
            retry=9
        BalancerMember http://app3.internal:8081 status=+H
        ProxySet stickysession=SHOP lbmethod=byrequests maxattempts=2
    </Proxy>
    ProxyPass /static !
    ProxyPass /api/ http://192.0.2.9:9000/v1/
    ProxyPass / balancer://shop/ nofailover=On
    ProxyPassReverse / balancer://shop/
</VirtualHost>
`.replace(' # evenkeel-ignore', '');

const shares = (pool: Pool | undefined): Part[] => (pool === undefined ? [] : predict(pool).shares.map(mainPart));
const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);
const unread = ({ unknowns }: Config): string[] => unknowns.map(({ reason, at }) => `${lineOf(at)}: ${plain(reason)}`);
const ways = ({ entries }: Config): string[] =>
  entries.flatMap(({ matches }) => matches.map(({ when, to }) => `${when?.text ?? '*'} -> ${nameOfTarget(to)}`));
const members = (...lines: string[]): string =>
  `<Proxy balancer://shop>\n${lines.map((line, i) => `BalancerMember http://192.0.2.${i + 1}:80 ${line}\n`).join('')}</Proxy>\nProxyPass / balancer://shop/\n`;

describe('a config of Apache', () => {
  const config = read(SHOP);
  const [pool] = config.pools;

  test('is recognized, more certainly than by every other format', () => {
    for (const path of ['httpd.conf', 'sites-enabled/shop.conf', 'conf.d/proxy.conf', 'vhosts/shop']) {
      const sure = FORMATS.map((one) => [one.dialect.format, one.recognise(path, SHOP)] as const);
      expect(sure.toSorted((a, b) => b[1] - a[1])[0]).toEqual(['apache', expect.any(Number)]);
    }
    expect(reader.recognise('nginx.conf', 'server {\n  location / {\n    proxy_pass http://a;\n  }\n}\n')).toBe(0);
    expect(reader.recognise('pom.xml', '<Proxy >\n</Proxy>')).toBe(0);
  });

  test('has its servers with weights, routes, checks and standbys', () => {
    expect([config.status, says(config), unread(config)]).toEqual(['read', [], []]);
    expect(
      pool?.servers.map(({ name, weight, priority, stickyValue }) => [
        name,
        weight.value,
        priority.value,
        stickyValue?.value,
      ]),
    ).toEqual([
      ['192.0.2.1:8080', 3, 0, 'a'],
      ['[2001:db8::2]:8080', 1, 0, 'b'],
      ['app3.internal:8081', 1, 2, undefined],
    ]);
    expect(shares(pool)).toEqual([0.75, 0.25, 0]);
    const check = pool?.servers[0]?.activeCheck;
    expect([check?.path?.value, check?.intervalMs?.value, check?.fall?.value, check?.method?.value]).toEqual([
      '/up',
      7000,
      2,
      'GET',
    ]);
    expect(pool?.servers.map(({ passiveCheck }) => passiveCheck?.ejectMs?.value)).toEqual([60_000, 9000, 60_000]);
    expect([
      pool?.stickiness?.name?.value,
      pool?.retries?.value,
      pool?.retriesElsewhere?.value,
      pool?.timeouts.serverMs?.value,
    ]).toEqual(['SHOP', 2, false, 45_000]);
  });

  test('has its virtual server with what decides in its order', () => {
    expect(ways(config)).toEqual(['path /static -> file', 'path /api/ -> 192.0.2.9:9000', '* -> shop']);
    const [entry] = config.entries;
    expect([entry?.hosts, entry?.listens.map(({ address }) => address)]).toEqual([
      ['shop.example', 'www.shop.example'],
      ['*:8080'],
    ]);
    expect([...(entry?.matches[1]?.changes ?? [])].map(([key, { value }]) => [key, value])).toEqual([
      ['path sent on', '/v1/'],
    ]);
  });

  const settings = ({ pools }: Config): Setting<unknown>[] =>
    pools
      .flatMap((one) => [
        one.algorithm,
        ...Object.values(one.timeouts),
        one.retries,
        one.stickiness?.name,
        ...one.servers.flatMap(({ weight, port, priority, stickyValue, activeCheck, passiveCheck }) => [
          weight,
          port,
          priority,
          stickyValue,
          ...(Object.values(activeCheck ?? {}) as unknown[]),
          ...(Object.values(passiveCheck ?? {}) as unknown[]),
        ]),
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
    ['with tabs', (text: string) => text.replaceAll('    ', '\t')],
    [
      'after text of many bytes',
      (text: string) => `# ☕ ünïcode 🎉\n${text.replace('# Every shop.', '# Jeder Laden – 商店 🎉')}`,
    ],
  ])('every setting is where the file writes it: %s', (_, change) => {
    const changed = read(change(SHOP));
    expect(says(changed)).toEqual([]);
    const texts = settings(changed).map(({ at }) => textOf(at));
    expect(texts).toEqual(
      expect.arrayContaining(['3', 'a', 'b', '7', '2', '9', '+H', 'SHOP', 'byrequests', '45', '${CHECK}']),
    );
    for (const { value, at } of settings(changed)) {
      const text = textOf(at);
      const isThere =
        typeof value === 'object' ||
        typeof value === 'boolean' ||
        text.includes(`${value as string | number}`) ||
        text === String(Number(value) / 1000) ||
        text === '${CHECK}' ||
        text === '+H' ||
        text.includes('http://');
      expect([text, value, isThere]).toEqual([text, value, true]);
    }
  });
});

describe('what several lines say together', () => {
  test('blocks of one name in any case are one balancer, and so are lines outside', () => {
    const text = `${members('loadfactor=2')}<Proxy balancer://SHOP>\nBalancerMember http://192.0.2.7:80\nProxySet lbmethod=bybusyness\n</Proxy>\nBalancerMember balancer://shop http://192.0.2.8:80\n`;
    const [pool, ...others] = read(text).pools;
    expect(others).toEqual([]);
    expect(pool?.servers.map(({ name }) => name)).toEqual(['192.0.2.1:80', '192.0.2.7:80', '192.0.2.8:80']);
    expect(pool?.algorithm.value?.native).toBe('bybusyness');
  });

  test('a pass that is before its balancer sets it too', () => {
    const [pool] = read(`ProxyPass / balancer://shop/ stickysession=S\n${members('route=a', 'route=b')}`).pools;
    expect(pool?.stickiness?.name?.value).toBe('S');
  });

  test('virtual servers have balancers of their own', () => {
    const host = (port: number, address: number): string =>
      `<VirtualHost *:${port}>\n${members(`loadfactor=${address}`, '')}</VirtualHost>\n`;
    const config = read(host(81, 2) + host(82, 4));
    expect(config.pools.map((pool) => shares(pool))).toEqual([
      [2 / 3, 1 / 3],
      [0.8, 0.2],
    ]);
    expect(new Set(config.pools.map(({ key }) => key)).size).toBe(2);
    expect(config.entries.map((entry) => [...entryFlow(entry, [config]).total.pools.keys()][0])).toEqual(
      config.pools.map(({ key }) => key),
    );
  });
});

describe('who serves when others cannot', () => {
  test('the next set, and within a set standbys last', () => {
    const [pool] = read(members('', 'status=+H', 'lbset=1', 'lbset=1')).pools;
    if (pool === undefined) throw new Error('no pool');
    expect(shares(pool)).toEqual([1, 0, 0, 0]);
    expect(shares(without(pool, 0))).toEqual([0, 1, 0, 0]);
    expect(shares(without(without(pool, 0), 1))).toEqual([0, 0, 0.5, 0.5]);
  });

  test('a state that may be over by now is unknown', () => {
    const [pool] = read(members('', 'status=+E')).pools;
    expect(shares(pool)).toEqual([
      { low: expect.any(Number), high: 1 },
      { low: 0, high: expect.any(Number) },
    ]);
  });
});

describe('files and variables', () => {
  test('includes are read from the folder of the file or the one above', () => {
    const tree = new MemoryTree({
      'apache2/conf/httpd.conf': 'Include conf/extra/*.conf\nIncludeOptional conf/none/*.conf\n',
      'apache2/conf/extra/shop.conf': members('', ''),
    });
    const config = reader.read('apache2/conf/httpd.conf', tree, { rootMap: {} });
    expect([says(config), config.files]).toEqual([[], ['apache2/conf/httpd.conf', 'apache2/conf/extra/shop.conf']]);
    expect(shares(config.pools[0])).toEqual([0.5, 0.5]);
  });

  test('what cannot be read is said', () => {
    expect(says(read('Include /etc/httpd/shop.conf\nInclude ../../../x.conf\nInclude httpd.conf\n'))).toEqual([
      '1: /etc/httpd/shop.conf is included but not read: it is outside of this repository.',
      '2: ../../../x.conf is included but not read: there is no such file.',
      '3: httpd.conf is included but not read: it includes itself.',
    ]);
    const mapped = reader.read(
      'httpd.conf',
      new MemoryTree({ 'httpd.conf': 'Include /etc/httpd/shop.conf\n', 'conf/shop.conf': members('', '') }),
      {
        rootMap: { '/etc/httpd': './conf' },
      },
    );
    expect([says(mapped), mapped.pools.length]).toEqual([[], 1]);
  });

  test('a variable of the environment is unknown', () => {
    const config = read(members('loadfactor=${W}', ''));
    expect([config.status, shares(config.pools[0])]).toEqual([
      'partial',
      [
        { low: expect.any(Number), high: expect.any(Number) },
        { low: expect.any(Number), high: expect.any(Number) },
      ],
    ]);
  });

  test('conditions hold by what the file defines', () => {
    expect(read(`Define PROD\n<IfDefine PROD>\n${members('', '')}</IfDefine>\n`).pools).toHaveLength(1);
    expect(read(`Define PROD\n<IfDefine !PROD>\n${members('', '')}</IfDefine>\n`).pools).toHaveLength(0);
    expect(unread(read(`<IfDefine PROD>\n${members('', '')}</IfDefine>\n`))).toEqual([
      '1: whether PROD is defined is not in the file',
    ]);
    expect(read(`<IfModule mod_proxy_balancer.c>\n${members('', '')}</IfModule>\n`).pools).toHaveLength(1);
  });
});

describe('where requests go', () => {
  const to = 'BalancerMember balancer://shop http://192.0.2.1:80\n';
  test.each([
    [
      'a rewrite before a pass',
      'RewriteEngine On\nRewriteRule ^/old(.*)$ balancer://shop$1 [P,L]\nProxyPass / http://192.0.2.9/\n',
      ['RewriteRule ^/old(.*)$ -> shop', '* -> 192.0.2.9'],
    ],
    ['a rewrite of everything', 'RewriteEngine On\nRewriteRule ^/(.*)$ balancer://shop/$1 [P]\n', ['* -> shop']],
    [
      'a rewrite that is off',
      'RewriteRule ^/(.*)$ balancer://shop/$1 [P]\nProxyPass /a balancer://shop\n',
      ['path /a -> shop'],
    ],
    [
      'conditions of a rewrite',
      'RewriteEngine On\nRewriteCond %{HTTP:Upgrade} websocket [NC]\nRewriteRule ^ balancer://shop%{REQUEST_URI} [P]\n',
      ['RewriteRule ^ and RewriteCond %{HTTP:Upgrade} websocket [NC] -> shop'],
    ],
    [
      'sections from the last to the first',
      '<Location /a>\nProxyPass balancer://shop\n</Location>\n<Location /a/b>\nProxyPass http://192.0.2.9/\n</Location>\nProxyPass / http://192.0.2.8/\n',
      ['path /a/b -> 192.0.2.9', 'path /a -> shop', '* -> 192.0.2.8'],
    ],
    [
      'what is denied',
      '<Location /admin>\nRequire all denied\n</Location>\nProxyPass / balancer://shop/\n',
      ['path /admin -> 403', '* -> shop'],
    ],
    [
      'redirects after passes',
      'Redirect permanent /old https://shop.example/\nProxyPass /a balancer://shop\n',
      ['path /a -> shop', 'path /old -> https://shop.example/'],
    ],
    ['patterns', 'ProxyPassMatch ^/(.*\\.php)$ balancer://shop/$1\n', ['ProxyPassMatch ^/(.*\\.php)$ -> shop']],
    [
      'a balancer that is computed',
      'ProxyPass / balancer://%{ENV}/\n',
      ['* -> balancer://%{ENV}/ is known only at run time'],
    ],
  ])('%s', (_, lines, expected) => {
    expect(ways(read(to + lines))).toEqual(expected);
  });
});

describe('a change of one line', () => {
  test.each(Object.entries({ shop: SHOP, ...SMALL }).filter(([, text]) => read(text).problems.length === 0))(
    'is accounted for: %s',
    (_, text) => {
      const lines = text.split('\n');
      lines.forEach((line, i) => {
        if (/^\s*(?:#.*|<.*|)$/.test(line) || line.endsWith('\\') || lines[i - 1]?.endsWith('\\') === true) return;
        const [base, head] = [read(text), read(lines.toSpliced(i, 1).join('\n'))];
        if (head.problems.length > 0) return;
        const { statements, pools, entries } = compare([base], [head]);
        const told =
          statements.explained + statements.harmless.length + statements.idle.length + statements.unjudged.length;
        const isSeen = pools.some(({ change }) => change !== 'same') || entries.some(({ change }) => change !== 'same');
        const isAbsent = /^\s*Include/.test(line) || text.includes('IfModule !');
        expect([line, told > 0 || isSeen || isAbsent]).toEqual([line, true]);
      });
    },
  );
});

test('any text at all is read without an exception (1,500 seeded texts)', () => {
  const next = random(13);
  const pieces = [
    '<',
    '>',
    '"',
    "'",
    '\\',
    '\\\n',
    '#',
    '\n',
    '${',
    '${X}',
    '=',
    '</Proxy>',
    '<Proxy balancer://',
    '<VirtualHost *>',
    '<IfDefine X>',
    'ProxyPass',
    '9'.repeat(30),
    '__proto__',
    'constructor',
    '\ufeff',
    '\r',
    'status=+',
    '[P]',
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
    for (const pool of config.pools) expect(predict(pool).shares).toHaveLength(pool.servers.length);
    for (const entry of config.entries) expect(entryFlow(entry, [config]).classes.length).toBeGreaterThan(0);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});
