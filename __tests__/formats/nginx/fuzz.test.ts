import { reader as nginx } from '../../../src/formats/nginx/reader.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { random } from '../../support/random.ts';
import { cpuMs } from '../../support/cpu.ts';

const SEED = `events {} http { include *.conf; map $a $b { default app; x "$c$b"; } map $b $c { default $a; y $b; }
split_clients $uri $d { 5% app; 0.5% $b; * other; } upstream app { zone z 64k; hash $uri consistent; server 10.0.0.1:80 weight=3 backup;
server [::1]:\${PORT} {{ x }}; {% for s in t %} server unix:/a; {% endfor %} } server { listen 80-90 udp; set $e $d; set $d $e;
if ($e) { set $e "$d"; } location ~ "\\d{2}" { proxy_pass http://$e$d:80/; health_check uri=/x; proxy_next_upstream off; } }
content_by_lua_block { local x = [==[ } ]==] -- }
} } # evenkeel-ignore x -- y
`;
const PIECES = [
  '{',
  '}',
  ';',
  '"',
  "'",
  '\\',
  '#',
  '\n',
  '$',
  '${',
  '{{',
  '}}',
  '{%',
  '%}',
  '<%',
  '[',
  ']',
  ':',
  '=',
  '%',
  '*',
  '\0',
  '\uFEFF',
  ' ',
  'server',
  'include',
  '__proto__',
];

/** The seed text, cut, doubled and littered. */
function mangled(next: () => number): string {
  let text = SEED;
  for (let n = 1 + Math.floor(next() * 12); n > 0; n--) {
    const at = Math.floor(next() * text.length);
    const until = at + Math.floor(next() * 40);
    const piece = PIECES[Math.floor(next() * PIECES.length)] ?? '';
    const kind = next();
    const middle = kind < 0.4 ? piece : kind < 0.7 ? '' : text.slice(at, until).repeat(2);
    text = text.slice(0, at) + middle + text.slice(kind < 0.4 ? at : until);
  }
  return text.replaceAll('\0', '');
}

describe('any text at all', () => {
  test('is read without an exception, to the end (400 seeded texts)', () => {
    const next = random(42);
    for (let i = 0; i < 400; i++) {
      const text = mangled(next);
      const config = nginx.read('nginx.conf', new MemoryTree({ 'nginx.conf': text, 'a.conf': text.slice(9) }), {
        rootMap: {},
      });
      for (const { at } of [...config.problems, ...config.unknowns, ...config.pools]) {
        expect(at.start).toBeGreaterThanOrEqual(0);
        expect(at.end).toBeLessThanOrEqual(at.source.text.length);
      }
      expect(['read', 'partial', 'refused']).toContain(config.status);
    }
  });

  test.each([
    ['blocks without end', 'a {'.repeat(100_000)],
    ['one word', 'a'.repeat(1_000_000)],
    ['open tags', '{{'.repeat(200_000)],
    ['open quotes', '" '.repeat(300_000)],
    ['Lua brackets', `content_by_lua_block { ${'[='.repeat(200_000)}`],
    ['servers', `upstream a {${'server 10.0.0.1;'.repeat(24_000)}}`],
    [
      'maps of maps',
      `http { ${Array.from({ length: 60 }, (_, i) => `map $v${i} $v${i + 1} { ${Array.from({ length: 60 }, (_, j) => `k${j} "$v${(i + j) % 60}";`).join(' ')} }`).join('\n')} server { location / { proxy_pass http://$v9$v8$v7; } } }`,
    ],
    ['locations', `http { server { ${'location /a { proxy_pass http://b; }'.repeat(10_000)} } }`],
    ['unknown directives', `http { ${Array.from({ length: 24_000 }, (_, i) => `zq${i}x on;`).join('\n')} }`],
    ['port ranges', `stream { ${'server { listen 1-65535; proxy_pass 10.0.0.1:1; }'.repeat(8000)} }`],
    [
      'paths that try_files ends in',
      `http { server { ${Array.from({ length: 12_000 }, (_, i) => `location /a${i} { try_files $uri /x${i}; }`).join('\n')} } }`,
    ],
    [
      'files of a dump',
      `# configuration file /a:\n${Array.from({ length: 15_000 }, (_, i) => `include b${i};`).join('\n')}\n${Array.from({ length: 15_000 }, (_, i) => `# configuration file /b${i}:\n`).join('')}`,
    ],
    ['ignores', `upstream a { ${'# evenkeel-ignore x -- y\nserver b;\n'.repeat(20_000)} }`],
  ])('%s end in time', (_, text) => {
    const read = (): void => void nginx.read('nginx.conf', new MemoryTree({ 'nginx.conf': text }), { rootMap: {} });
    // Anything quadratic takes minutes.
    expect(cpuMs(read)).toBeLessThan(15_000);
  });

  test('includes that include each other end', () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`f${i}.conf`, `include f*.conf; upstream u${i} { server a; }`]),
    );
    const config = nginx.read('f0.conf', new MemoryTree(files), { rootMap: {} });
    expect(config.problems.some(({ rule }) => rule === 'unresolved-template-or-include')).toBe(true);
  });
});
