import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FORMATS } from '../src/formats/list.ts';
import { RULES } from '../src/rules/list.ts';

/**
 * Only `src/formats` knows products. Everything else asks a dialect, so that a new product is a new folder. Code and strings are
 * looked at; a comment may name a product as the source of a formula.
 */
const GENERATED: ReadonlySet<string> = new Set(['rules/list.ts', 'rules/pages.ts', 'demo/configs.ts']);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('formats/') && !GENERATED.has(file))
  // The demo plays one product from its start to its end.
  .filter((file) => !file.startsWith('demo/'))
  .toSorted();
const code = new Map(files.map((file) => [file, withoutComments(readFileSync(`src/${file}`, 'utf8'))] as const));

const NAMES = /\b(?:haproxy|nginx|envoy|traefik|caddy|apache|istio|kubernetes|openresty|ALB|NLB)\b/i;
const KEYWORDS =
  /\b(?:proxy_(?:pass|next_upstream|set_header|connect_timeout)|use_backend|default_backend|add_header|max_fails|fail_timeout|upstream_addr|httpchk|default-server|set-header|leastconn|least_conn|send-proxy|redispatch|maxconn)\b/;

const offences: readonly (readonly [string, (line: string) => boolean])[] = [
  ['names of products', (line) => NAMES.test(line)],
  ['keywords of products', (line) => KEYWORDS.test(line)],
  ['comparisons of a format with a literal', (line) => /\bformat\s*[!=]==\s*['"`]/.test(line)],
  [
    'options and facts by the word of a product',
    (line) => /\b(?:options|facts|settings)\??\.(?:get|has)\(\s*['"`](?!max-|min-|notice-|warn-|error-)/.test(line),
  ],
];

describe('outside src/formats there are no', () => {
  test.each(offences)('%s', (_, is) => {
    const found = [...code].flatMap(([file, text]) =>
      text.split('\n').flatMap((line, i) => (is(line) ? [`src/${file}:${i + 1} ${line.trim()}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

test('code and strings are looked at, comments are not', () => {
  expect(withoutComments("a(); // nginx\n/** HAProxy\n * Envoy */ b('caddy'); // x")).toBe("a(); \n\n b('caddy'); ");
  expect(withoutComments("const url = 'https://x.example'; // nginx")).toBe("const url = 'https://x.example'; ");
  expect(offences.map(([, is]) => is("if (pool.dialect.format === 'nginx') options.get('maxconn')"))).toEqual([
    true,
    true,
    true,
    true,
  ]);
});

describe('what products say differently', () => {
  const members = [...new Set(FORMATS.flatMap(({ dialect }) => Object.keys(dialect)))];
  const used = [...code.values()].join('\n');

  test('is asked by somebody', () => {
    expect(members.filter((member) => !new RegExp(`\\b${member}\\b`).test(used))).toEqual([]);
  });

  test('is said by more than one product, where it says anything', () => {
    const { terms, advice } = FORMATS[0]?.dialect ?? {};
    const sets = { terms: Object.keys(terms ?? {}), advice: Object.keys(advice ?? {}) };
    const rare = Object.entries(sets).flatMap(([part, keys]) =>
      keys.filter((key) => {
        const said = FORMATS.filter(({ dialect }) => {
          const value = Object.entries(dialect[part === 'terms' ? 'terms' : 'advice']).find(([name]) => name === key);
          return value?.[1] !== undefined;
        });
        return said.length < 2;
      }),
    );
    expect(rare).toEqual([]);
  });
});

test('rules of one product live with the product', () => {
  expect(RULES.filter(({ format }) => format === undefined).length).toBeGreaterThan(50);
  expect(new Set(RULES.flatMap(({ format }) => format ?? [])).size).toBeGreaterThan(1);
});

/** Code without comments; lines keep their numbers. `//` inside a string or after a colon (an address) is none. */
function withoutComments(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/(^|[\s;{}),])\/\/.*$/gm, '$1');
}
