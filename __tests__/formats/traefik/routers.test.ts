import { implies } from '../../../src/compare/conditions.ts';
import { entryChanges } from '../../../src/compare/entries.ts';
import { conditionsOf } from '../../../src/formats/traefik/rule-text.ts';
import { reader } from '../../../src/formats/traefik/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

function read(text: string): Config {
  return reader.read('dynamic.yml', new MemoryTree({ 'dynamic.yml': text }), { rootMap: {} });
}

const SERVER = 'servers: [{ url: "http://192.0.2.1:8080" }]';

/** One router with more keys, one service with more keys, and more below `http`. */
function shop({ router = '', rule = 'Host(`shop.example`)', service = '', more = '' } = {}): string {
  return `http:
  routers:
    shop: { rule: '${rule}', service: shop${router} }
  services:
    shop: { loadBalancer: { ${SERVER}${service} } }
${more}`;
}

const changes = (before: string, after: string): string[] =>
  entryChanges([read(before)], [read(after)], []).flatMap((entry) =>
    entry.changes.map(({ kind, setting, before: was, after: is }) => `${kind} ${setting}: ${was} -> ${is}`),
  );
const says = (text: string): string =>
  read(text)
    .problems.map(({ what }) => plain(what))
    .join(' ');
const place = read(shop()).entries[0]?.at;
const texts = (rule: string): readonly (string | undefined)[] | undefined =>
  place && conditionsOf(rule, place)?.map((condition) => condition?.text);

describe('rules', () => {
  test('are the same however they are written', () => {
    const wanted = ['Host(`a.example`) && PathPrefix(`/x`)'];
    for (const rule of [
      'Host(`a.example`) && PathPrefix(`/x`)',
      'PathPrefix(`/x`)&&(host( "A.example" ))',
      '!(!Host(`a.example`) || !PathPrefix(`/x`))',
    ])
      expect(texts(rule)).toEqual(wanted);
  });

  test('with alternatives are a condition for each, so that a further host takes none away', () => {
    expect(texts('Host(`a`) || Host(`b`)')).toEqual(['Host(`a`)', 'Host(`b`)']);
    expect(texts('(Host(`a`) || Host(`b`)) && Path(`/x`)')).toEqual([
      'Host(`a`) && Path(`/x`)',
      'Host(`b`) && Path(`/x`)',
    ]);
    expect(texts('Host(`a`) || PathPrefix(`/`)')).toEqual([undefined]);
  });

  test('on hosts and paths show which one takes the requests of another', () => {
    const [narrow, wide, header] = [
      'Host(`a`) && Path(`/x/y`)',
      'PathPrefix(`/x`)',
      'Host(`a`) && Header(`n`, `v`)',
    ].map((rule) => place && conditionsOf(rule, place)?.[0]);
    expect(narrow && wide && [implies(narrow, wide), implies(wide, narrow)]).toEqual([true, false]);
    expect(header?.all).toBeUndefined();
  });

  test.each(['', 'Host(`a`) &&', 'Host(`a`', 'Host()', 'Hosts(`a`)', 'Host(`a`, `b`)', 'Host(`a`) Path(`/`)'])(
    'that Traefik cannot read are a problem: %s',
    (rule) => {
      expect(says(shop({ rule }))).toMatch(rule === '' ? /has no rule/ : /is invalid/);
      expect(read(shop({ rule })).entries).toEqual([]);
    },
  );

  test('with very many alternatives end', () => {
    const either = `(${Array.from({ length: 50 }, (_, i) => `Host(\`h${i}\`)`).join(' || ')})`;
    const rule = Array.from({ length: 20 }, () => either).join(' && ');
    expect(texts(rule)).toEqual([rule]);
    expect(texts(`${'('.repeat(5000)}Host(\`a\`)`)).toBeUndefined();
  });
});

describe('where routers listen', () => {
  test('tls, even empty, turns plain requests away', () => {
    expect(changes(shop(), shop({ router: ', tls: {}' }))).toEqual(['listen-changed listen: * -> * TLS']);
    expect(changes(shop({ router: ', tls: {}' }), shop())).toEqual(['listen-changed listen: * TLS -> *']);
  });

  test('a named entry point is fewer than all of them', () => {
    expect(changes(shop(), shop({ router: ', entryPoints: [internal]' }))).toEqual([
      'listen-changed listen: null -> internal',
      'listen-changed listen: * -> null',
    ]);
  });
});

describe('what is not read otherwise', () => {
  test('is a setting: of routers, their middlewares and their TLS options', () => {
    const more = (average: number): string => `  middlewares: { slow: { rateLimit: { average: ${average} } } }\n`;
    const router = ', middlewares: [slow]';
    expect(changes(shop({ router, more: more(10) }), shop({ router, more: more(20) }))).toEqual([
      'entry-setting-changed middlewares.slow.rateLimit.average: 10 -> 20',
    ]);
    expect(changes(shop({ router: ', tls: {}' }), shop({ router: ', tls: { options: strict }' }))).toEqual([
      'entry-setting-changed tls.options: null -> strict',
    ]);
    expect(changes(shop(), shop({ router: ', ruleSyntax: v3' }))).toEqual([
      'entry-setting-changed ruleSyntax: null -> v3',
    ]);
  });

  test('is a setting: of services over services', () => {
    const mirror = (size: number): string =>
      shop({ more: `    copy: { mirroring: { service: shop, maxBodySize: ${size} } }\n` }).replace(
        'service: shop }',
        'service: copy }',
      );
    expect(changes(mirror(10), mirror(20))).toEqual(['entry-setting-changed mirroring.maxBodySize: 10 -> 20']);
  });

  test('is an option: of services, their checks and servers', () => {
    const [pool] = read(
      shop({ service: ', passHostHeader: false, healthCheck: { path: /up, followRedirects: false }' }),
    ).pools;
    expect(pool && [...pool.options].map(([key, { value }]) => [key, value])).toEqual([
      ['passHostHeader', 'false'],
      ['healthCheck.followRedirects', 'false'],
    ]);
    const [server] = read(shop().replace('8080"', '8080", preservePath: true')).pools[0]?.servers ?? [];
    expect(server?.options.get('preservePath')?.value).toBe('true');
  });
});

describe('what makes Traefik drop a router', () => {
  test.each([
    ['a middleware that is missing', shop({ router: ', middlewares: [auth]' }), /^auth in middlewares of shop/],
    ['a parent that is missing', shop({ router: ', parentRefs: [top]' }), /^top in parentRefs of shop/],
    ['a transport that is missing', shop({ service: ', serversTransport: mtls' }), /^mtls in serversTransport of shop/],
    ['a URL without a scheme', shop().replace('http://', ''), /does not begin with http/],
    ['a scheme that is unknown', shop().replace('http://', 'ftp://'), /does not begin with http/],
    ['a port out of range', shop().replace('8080', '80800'), /no valid host and port/],
    [
      'a service that leads back to itself through another',
      shop({
        more: '    ring: { weighted: { services: [{ name: back }] } }\n    back: { failover: { service: ring, fallback: shop } }\n',
      }),
      /^The service ring leads back to itself\. The service back leads back to itself\.$/,
    ],
  ])('%s', (_name, text, expected) => {
    expect(says(text)).toMatch(expected);
  });

  test('names of other providers are not judged', () => {
    expect(says(shop({ router: ', middlewares: [auth@docker]', service: ', serversTransport: mtls@consul' }))).toBe('');
  });

  test('a weight that is not whole is not laid on a template', () => {
    const { pools, problems } = read(shop().replace('8080"', '8080", weight: 1.5'));
    expect(problems.map(({ what }) => plain(what))).toEqual(['1.5 is not a whole number.']);
    expect(pools[0]?.unknowns).toEqual([]);
  });
});
