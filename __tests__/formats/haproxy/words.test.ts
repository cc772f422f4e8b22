import { reader as haproxy } from '../../../src/formats/haproxy/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

function read(text: string, path = 'haproxy.cfg', productVersion?: string): Config {
  const options = { rootMap: {}, ...(productVersion === undefined ? {} : { productVersion }) };
  return haproxy.read(path, new MemoryTree({ [path]: text }), options);
}

const server = (options: string): Config => read(`backend app\n server a 192.0.2.1:80 ${options}\n`);
const weightOf = (config: Config): number | undefined => config.pools[0]?.servers[0]?.weight.value;
const said = ({ problems }: Config): string[] => problems.map(({ what }) => plain(what));
const untold = ({ unknowns, pools }: Config): string[] =>
  [...unknowns, ...pools.flatMap((one) => one.unknowns)].map(({ reason }) => plain(reason));

describe('words as HAProxy splits them', () => {
  test.each([
    ['weight 8\r weight 3', 8],
    ['weight 8 \r weight 3', 3],
    ['weight 8\vweight\f3', 3],
    ["weight 8 '' weight 3", 8],
    ['weight 8 "" weight 3', 8],
    ['weight "" backup', 0],
    ['weight', 0],
    ['\\x77eight 8', 8],
    ['weight 8\\x00 weight 3', 3],
    ['weight 1\\x000', 1],
    ['\'weight\' "8"', 8],
    ['weight 8# weight 3', 8],
  ])('%j', (options, weight) => {
    expect(weightOf(server(options))).toBe(weight);
  });

  test.each([
    ['weight 8 "$X" weight 3', undefined],
    ['weight"$X" 8', undefined],
    ['"${X}" weight 8', undefined],
    ['cookie "$X" weight 8', 8],
  ])('%j, where nobody knows the variable', (options, weight) => {
    const config = server(options);
    expect(weightOf(config)).toBe(weight);
    expect(untold(config).length).toBe(weight === undefined ? 1 : 0);
  });

  test('a variable in the place of a word may end the line, so no state or tier is certain', () => {
    const [one] = server('backup disabled "$X"').pools[0]?.servers ?? [];
    expect([one?.priority.value, one?.state.value]).toEqual([undefined, undefined]);
  });

  test('a flag behind a variable may be its value', () => {
    expect(server('cookie "$X" backup').pools[0]?.servers[0]?.priority.value).toBeUndefined();
  });

  test('an array that the file sets makes several words', () => {
    const text = 'global\n setenv OPTS "weight 8 backup"\nbackend app\n server a 192.0.2.1:80 "${OPTS[*]}"\n';
    expect(weightOf(read(text))).toBe(8);
    expect(read(text).pools[0]?.servers[0]?.priority.value).toBe(1);
  });

  test.each(['use-"$X"server a if TRUE', '"$X"', 'ser"$X"ver b 192.0.2.2:80'])(
    '%s is a line that nobody can read',
    (line) => {
      const config = read(`backend app\n server a 192.0.2.1:80\n ${line}\n`);
      expect(config.status).toBe('partial');
      expect(untold(config)).toHaveLength(2);
      expect(untold(config)[0]).toMatch(/is filled in from outside the file/);
    },
  );

  test('an empty first word takes the line out', () => {
    const config = read('backend app\n "" server a 192.0.2.1:80\n server b 192.0.2.2:80\n');
    expect(config.pools[0]?.servers.map(({ name }) => name)).toEqual(['b']);
  });

  test.each([
    ['backend app', 'The last line does not end with a newline, so HAProxy takes the file for cut off.'],
    ['backend app\n cookie "a$"\n', 'A dollar sign in double quotes needs the name of a variable.'],
    ['backend app\n cookie "${A"\n', 'The name of a variable is not closed.'],
    ['backend app\n cookie \\x4\n', '\\x needs two hexadecimal digits.'],
    ['backend app\n cookie "a\rb"\n', 'A quote is opened and never closed on this line.'],
    ['backend app\n ; old\n', 'Unknown keyword ; in a backend section.'],
    [`backend app\n acl a src ${'192.0.2.1 '.repeat(62)}\n`, 'The line has more than 64 words.'],
  ])('%j is refused', (text, fault) => {
    expect(said(read(text))).toEqual([fault]);
  });
});

describe('branches', () => {
  const two = (before: string, a: string, between: string, b: string, after: string): Config =>
    read(
      `backend app\n balance roundrobin\n${before}\n${a}\n${between}\n${b}\n${after}\n server z 192.0.2.9:80\n`,
      'a.cfg.j2',
    );

  test.each([
    ['.if defined(P)', '.else', '.endif'],
    ['{% if p %}', '{% else %}', '{% endif %}'],
    ['{%- if p -%}', '{%- else -%}', '{%- endif %} # p'],
    ['<% if @p -%>', '<% else -%>', '<% end -%>'],
    ['{{ if .P }}', '{{ else }}', '{{ end }}'],
    ['{{#if p}}', '{{else}}', '{{/if}}'],
  ])('%s: what both say holds, what differs is unknown with both values', (before, between, after) => {
    const config = two(
      before,
      ' server a 192.0.2.1:80 weight 4',
      between,
      ' server a 192.0.2.2:80 weight 4 backup',
      after,
    );
    const [a, z] = config.pools[0]?.servers ?? [];
    expect([a?.weight.value, a?.priority.value, a?.address, z?.weight.value]).toEqual([4, undefined, undefined, 1]);
    expect(untold(config)).toEqual([
      'address of a is 192.0.2.1 or 192.0.2.2, which a condition decides',
      'tier of a is primary or backup, which a condition decides',
    ]);
    expect(said(config).filter((text) => text.includes('already'))).toEqual([]);
  });

  test('servers of one branch only may or may not be there', () => {
    const config = two('.if defined(P)', ' server a 192.0.2.1:80', '.else', ' server b 192.0.2.2:80', '.endif');
    expect(config.pools[0]?.servers.map(({ name, state }) => [name, state.value])).toEqual([
      ['a', undefined],
      ['z', 'up'],
      ['b', undefined],
    ]);
  });

  test('quoted and escaped directives are directives', () => {
    const config = read(
      'backend app\n.if 0\n".endif"\n server a 192.0.2.1:80\n\\x2eif 0\n server b 192.0.2.2:80\n".endif"\n',
    );
    expect(config.pools[0]?.servers.map(({ name }) => name)).toEqual(['a']);
    expect(config.problems).toEqual([]);
  });

  test('nested conditions are not multiplied, and each branch is read', () => {
    const chain = (depth: number): string =>
      depth === 0
        ? ' server deep 192.0.2.1:80 weight 3\n'
        : `.if defined(A${depth})\n${chain(depth - 1)}.else\n server s${depth} 192.0.2.2:80\n.endif\n`;
    const names = read(`backend app\n${chain(5)}`).pools[0]?.servers.map(({ name }) => name);
    expect(names?.toSorted()).toEqual(['deep', 's1', 's2', 's3', 's4', 's5']);
  });

  test.each([
    ['.if bogus(1)\n.endif', '.if cannot be read.'],
    ['.if 1 foo\n.endif', '.if cannot be read.'],
    ['.if streq(a)\n.endif', '.if cannot be read.'],
    ['.if 1\n.else\n.else\n.endif', '.else follows the .else of the .if at line 2.'],
    ['.elif 1', '.elif has no .if before it.'],
    ['.alert stop', '.alert stops HAProxy.'],
    ['.ende', '.ende is no directive.'],
    ['.if 1', '.if is never closed.'],
  ])('%j is refused', (lines, fault) => {
    expect(said(read(`backend app\n${lines}\n`))).toContain(fault);
  });

  test.each(['.if (1 && 0) || !1\n ende\n.endif', '.if 1\n.elif bogus\n.endif', '.if\n ende\n.endif'])(
    '%j is fine',
    (lines) => {
      expect(said(read(`backend app\n${lines}\n`))).toEqual([]);
    },
  );

  test('loops leave the number of servers and the names of sections open, and are no fault', () => {
    const config = read(
      'frontend web\n bind :80\n default_backend b_one\nbackend app\n{% for s in list %}\n server {{ s }} 192.0.2.1:80\n{% endfor %}\n' +
        '{% for n in names %}\nbackend b_{{ n }}\n server a 192.0.2.2:80\n{% endfor %}\n server last 192.0.2.3:80\n',
      'a.cfg.j2',
    );
    expect(config.pools.map(({ name, unknowns }) => [name, unknowns.length > 0])).toEqual([['app', true]]);
    expect(config.references.map(({ pool }) => pool)).toEqual([undefined]);
    expect(said(config)).toEqual(['This file is a template, and what its 6 tags would fill in is not checked.']);
  });

  test('tags make no template of a file that HAProxy loads', () => {
    const header = ' http-response set-header X-A "{{a}}"\n';
    expect(read(`backend app\n${header} server a 192.0.2.1:80 weight 3\n`).status).toBe('read');
    expect(said(read(`backend app\n${header}{% if a %}\n server a 192.0.2.1:80\n{% endif %}\n`))).toEqual([
      'This file is a template, and what its 3 tags would fill in is not checked.',
    ]);
  });

  test('OR in any case joins conditions, AND is a name', () => {
    const rule = (word: string): string[] =>
      said(read(`backend app\n acl a path /a\n acl b path /b\n http-request deny if a ${word} b\n`));
    expect(['or', 'OR', 'Or', '||'].map(rule)).toEqual([[], [], [], []]);
    expect(rule('AND')).toEqual(['No acl line of this section defines AND']);
  });
});

describe('versions', () => {
  test.each([
    ['backend app\n hash-preserve-affinity always\n', ['2.6', '2.8'], ['3.0', '3.2', undefined]],
    ['frontend web\n bind :80\n bind-process all\n', ['2.8', '3.2'], ['2.4', '2.6', undefined]],
    ['frontend web\n bind :80\n option allbackups\n', ['3.2', '3.4'], ['2.6', '2.8', undefined]],
    ['backend app\n server a 192.0.2.1:80 strict-maxconn\n', ['2.6', '2.8'], ['3.2', undefined]],
    ['backend app\n clitimeout 5s\n', ['2.6', '3.2', undefined], ['1.8']],
  ])('%j', (text, refusing, taking) => {
    const refused = (version: string | undefined): boolean => said(read(text, 'a.cfg', version)).length > 0;
    expect([refusing.map(refused), taking.map(refused)]).toEqual([refusing.map(() => true), taking.map(() => false)]);
  });
});

describe('what belongs to another section', () => {
  test.each([
    [
      'backend app\n bind-process all\n use_backend x if TRUE\n server a 192.0.2.1:80 resolvers dns\n',
      'No resolvers has the name dns.',
    ],
    ['backend app\n server a 192.0.2.1:80 track b\n', 'No server has the name b; did you mean a?'],
    ['backend app\n server a 192.0.2.1:80\n use-server b if TRUE\n', 'No server has the name b; did you mean a?'],
    ['backend app\n stick-table type ip size 1k peers others\n', 'No peers has the name others.'],
    ['backend app from base\n', 'No defaults section before this one has the name base.'],
    ['frontend web 192.0.2.1:80\n', 'An address behind the name of a frontend is refused.'],
    ['defaults\n http-request deny\n', 'http-request needs a defaults section with a name.'],
    ['frontend web\n bind :80\n server a 192.0.2.1:80\n', 'server cannot be in a frontend section.'],
    ['backend app\n log 192.0.2.1 local0 local1\n', 'Unknown keyword local1 as a level of log.'],
    ['backend app\n timeout queue\n', 'timeout queue needs a time.'],
    ['backend app\n option redispath\n', 'Unknown keyword redispath; did you mean redispatch?'],
    [
      'backend app\n server a 192.0.2.1:80 weight=5\n',
      'weight=5 is not an option of a server: words and values are separated by a space.',
    ],
    ['backend app\n server a 192.0.2.300:80\n', '192.0.2.300:80 is not an address that HAProxy can read.'],
    [
      'backend app\n server a 192.0.2.1:80 ssl\n',
      'ssl verifies the server, and the line names no certificate authority.',
    ],
    ['backend app\n http-request dney if TRUE\n', 'Unknown keyword dney; did you mean deny?'],
    ['backend app\n acl a pth_beg /a\n', 'HAProxy knows no sample pth_beg; did you mean path_beg?'],
  ])('%j is refused', (text, fault) => {
    expect(said(read(text))).toContain(fault);
  });

  test.each([
    'resolvers dns\n nameserver a 192.0.2.53:53\nbackend app\n server a 192.0.2.1:80 resolvers dns\n',
    'backend one\n server a 192.0.2.1:80\nbackend app\n server b 192.0.2.2:80 track one/a\n',
    'backend app\n server a 192.0.2.1:+1000\n server b 192.0.2.2:80\n',
    'global\n ssl-server-verify none\nbackend app\n server a 192.0.2.1:80 ssl\n',
    'backend app\n server a 192.0.2.1:80 ssl ca-file /none.pem\n',
    'backend app\n default option redispatch\n no option splice-auto\n',
  ])('%j is not', (text) => {
    expect(said(read(text))).toEqual([]);
  });

  test('a client timeout of a backend has no effect', () => {
    const config = read('defaults\n timeout client 5s\nbackend app\n timeout client 9s\n timeout server 7s\n');
    expect(config.pools[0]?.timeouts.clientMs?.value).toBe(5000);
    expect(config.pools[0]?.timeouts.serverMs?.value).toBe(7000);
  });

  test('a template without resolvers has one address in all its slots', () => {
    const [pool] = read('backend app\n server-template t 3 app.example:80\n').pools;
    expect(pool?.caveats.map(({ reason }) => plain(reason))).toEqual([
      't1-3 has no resolvers, so all its slots get the address that the name has when HAProxy starts',
    ]);
  });
});

describe('bounds', () => {
  test.each([
    ['many ports', `frontend web\n${' bind :1-65535\n'.repeat(20_000)}`],
    ['only ends', '.endif\n'.repeat(24_000)],
    ['one name', `backend app\n${' acl a path /a\n'.repeat(20_000)} http-request deny if a\n`],
    [
      'one name, used often',
      `frontend web\n${' acl a path /a\n'.repeat(12_000)}${' use_backend b if a\n'.repeat(12_000)}`,
    ],
    ['a long condition', `.if ${'1 && '.repeat(100_000)}1\n.endif\n`],
    ['branches', `backend app\n${'.if defined(A)\n server a 192.0.2.1:80\n.endif\n'.repeat(2000)}`],
    ['tags', `backend app\n${'{{ '.repeat(200_000)}\n`],
  ])('%s', (_, text) => {
    const before = process.cpuUsage();
    read(text, 'a.cfg.j2');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(4);
  });
});
