import { reader as haproxy } from '../../../src/formats/haproxy/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { place } from '../../support/place.ts';

function read(text: string, productVersion?: string): Config {
  const tree = new MemoryTree({ 'haproxy.cfg': text });
  return haproxy.read('haproxy.cfg', tree, {
    rootMap: {},
    ...(productVersion === undefined ? {} : { productVersion }),
  });
}

const problems = (config: Config): string[] => config.problems.map((p) => `${p.rule} ${place(p.at)} ${plain(p.what)}`);

const pool = (text: string, version?: string) => {
  const [first] = read(text, version).pools;
  if (first === undefined) throw new Error('no pool');
  return first;
};

describe('HAProxy servers', () => {
  test('weight, check, state, priority and their places', () => {
    const p = pool(
      'defaults\n  mode http\nbackend app\n  balance roundrobin\n  server a 10.0.0.1:80 weight 10 check inter 5s fall 2\n  server b 10.0.0.2:80 disabled\n  server c 10.0.0.3:80 backup\n',
    );
    const [a, b, c] = p.servers;
    expect([a?.name, a?.address, a?.port?.value, a?.weight.value, place(a?.weight.at), place(a?.at)]).toEqual([
      'a',
      '10.0.0.1',
      80,
      10,
      '5:31',
      '5:3',
    ]);
    expect([
      a?.activeCheck?.type,
      a?.activeCheck?.intervalMs?.value,
      a?.activeCheck?.fall?.value,
      a?.activeCheck?.rise?.value,
    ]).toEqual(['tcp', 5000, 2, 2]);
    expect([b?.state.value, place(b?.state.at), b?.weight.written]).toEqual(['down', '6:24', false]);
    expect([c?.priority.value, c?.activeCheck]).toEqual([1, undefined]);
    expect(p.protocol).toBe('http');
  });

  test('default-server holds for later lines only, and no-check takes it back', () => {
    const p = pool(
      'backend app\n server a 1.1.1.1:1\n default-server check weight 7\n server b 1.1.1.2:1\n server c 1.1.1.3:1 no-check weight 2\n',
    );
    expect(p.servers.map((s) => [s.weight.value, s.activeCheck !== undefined])).toEqual([
      [1, false],
      [7, true],
      [2, false],
    ]);
  });

  test.each([
    ['[2001:db8::1]:443', '2001:db8::1', 443],
    ['2001:db8::1:443', '2001:db8::1', 443],
    ['ipv4@10.0.0.1:80', '10.0.0.1', 80],
    ['unix@/run/app.sock', 'unix:/run/app.sock', undefined],
    ['/run/app.sock', 'unix:/run/app.sock', undefined],
    ['app.example', 'app.example', undefined],
    [':8080', '*', 8080],
  ])('address %s', (written, address, port) => {
    const [server] = pool(`backend b\n server s ${written}\n`).servers;
    expect([server?.address, server?.port?.value]).toEqual([address, port]);
  });

  test('a template stands for so many servers', () => {
    const p = pool('backend b\n server-template web 1-3 web.internal:80 check\n');
    expect([p.servers.length, p.servers[0]?.instances.count.value, p.dynamic]).toEqual([1, 3, true]);
    const short = pool('backend b\n server-template web 3 web.internal:80 check\n');
    expect(short.servers.map(({ name, instances }) => [name, instances.count.value])).toEqual([['web1-3', 3]]);
  });
});

describe('HAProxy inheritance', () => {
  test('anonymous defaults hold until the next, named ones by from', () => {
    const config = read(
      'defaults base\n balance leastconn\n timeout connect 5s\ndefaults\n balance source\nbackend a\n server s 1.1.1.1:1\nbackend b from base\n server s 1.1.1.1:1\ndefaults\nbackend c\n server s 1.1.1.1:1\n',
    );
    expect(config.pools.map((p) => [p.name, p.algorithm.value?.native, p.timeouts.connectMs?.value])).toEqual([
      ['a', 'source', undefined],
      ['b', 'leastconn', 5000],
      ['c', 'roundrobin', undefined],
    ]);
  });

  test('the default method depends on the version', () => {
    expect(pool('backend b\n server s 1.1.1.1:1\n', '2.8').algorithm.value?.kind).toBe('round-robin');
    expect(pool('backend b\n server s 1.1.1.1:1\n', '3.3').algorithm.value).toMatchObject({
      kind: 'random',
      choices: 2,
    });
  });

  test('no option takes an option back', () => {
    const p = pool('defaults\n option redispatch\nbackend b\n no option redispatch\n server s 1.1.1.1:1\n');
    expect(p.options.has('option redispatch')).toBe(false);
  });

  test('HAProxy refuses to take back the choice of a check', () => {
    expect(problems(read('backend b\n no option httpchk\n server s 1.1.1.1:1 check\n'))).toEqual([
      'config-unparsable 2:2 option httpchk cannot be taken back with no.',
    ]);
  });
});

describe('what HAProxy is not told', () => {
  test('a variable is unknown, one that the file sets is not', () => {
    process.env['EVENKEEL_TEST_WEIGHT'] = '9';
    const p = pool('backend b\n server s 1.1.1.1:1 weight "${EVENKEEL_TEST_WEIGHT}"\n');
    expect([p.servers[0]?.weight.value, p.unknowns.map((u) => plain(u.reason))]).toEqual([
      undefined,
      ['the weight of s comes from the environment'],
    ]);
    const set = pool('global\n setenv W 4\nbackend b\n server s 1.1.1.1:1 weight "$W"\n');
    expect(set.servers[0]?.weight.value).toBe(4);
  });

  test('an undecided condition makes the state unknown; the declared version decides', () => {
    const text = 'backend b\n.if version_atleast(2.8)\n server a 1.1.1.1:1\n.else\n server b 1.1.1.2:1\n.endif\n';
    expect(pool(text).servers.map((s) => [s.name, s.state.value])).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
    expect(pool(text, '3.0').servers.map((s) => [s.name, s.state.value])).toEqual([['a', 'up']]);
  });

  test('a template is said, not guessed', () => {
    expect(problems(read('backend b\n {% for s in servers %}\n server a 1.1.1.1:1\n'))).toEqual([
      'unresolved-template-or-include 2:2 This file is a template, and what its 1 tag would fill in is not checked.',
    ]);
  });
});

describe('faults of a HAProxy file', () => {
  test.each([
    ['balanse roundrobin', 'config-unparsable 2:2 Unknown keyword balanse; did you mean balance?'],
    [
      'server a 1.1.1.1:1 weight 1O',
      'malformed-number 2:28 weight 1O is not a plain number, and HAProxy reads it as 1.',
    ],
    [
      'server a 1.1.1.1:1 maxconn 1k',
      'malformed-number 2:29 maxconn 1k is not a plain number, and HAProxy reads it as 1.',
    ],
    ['server a 1.1.1.1:1 weight 300', 'invalid-weight 2:28 weight 300 is outside 0 to 256.'],
    ['server a 1.1.1.1:1 wieght 3', 'config-unparsable 2:21 Unknown server option wieght; did you mean weight?'],
    ['server a', 'config-unparsable 2:2 The line needs a name and an address.'],
    ['server "a', 'config-unparsable 2:9 A quote is opened and never closed on this line.'],
  ])('%s', (line, problem) => {
    expect(problems(read(`backend b\n ${line}\n`))[0]).toBe(problem);
  });

  test('one name twice', () => {
    expect(problems(read('backend b\n server a 1.1.1.1:1\n server a 1.1.1.2:1\n'))).toEqual([
      'config-unparsable 3:2 a is already the name of the server at line 2.',
    ]);
  });

  test('a comment may begin inside a word, but not inside quotes', () => {
    const p = pool('backend b\n server a 1.1.1.1:1 weight 5#0 # rest\n server "b#1" 1.1.1.2:1\n');
    expect(p.servers.map((s) => [s.name, s.weight.value])).toEqual([
      ['a', 5],
      ['b#1', 1],
    ]);
  });

  test('seeded noise never makes the reader throw', () => {
    let seed = 7;
    const next = (n: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % n;
    const bits = [
      'backend b',
      'server',
      ' a',
      ' 1.1.1.1:1',
      '"',
      "'",
      '\\',
      '${X-y}',
      '#',
      '\n',
      '.if',
      '.endif',
      ' weight',
      ' -1',
      'defaults from',
      '\t',
      '\r',
      '{{',
      '\u0001',
    ];
    for (let i = 0; i < 2000; i++) {
      const text = Array.from({ length: 1 + next(40) }, () => bits[next(bits.length)]).join('');
      expect(read(text).dialect.format).toBe('haproxy');
    }
  });
});

describe('what rules look for beside the model', () => {
  test('a method that a later line of the same section takes over from', () => {
    const p = pool('defaults\n balance source\nbackend app\n balance uri\n balance leastconn\n server a 10.0.0.1:80\n');
    const lost = p.overridden;
    expect([lost?.value, place(lost?.at), p.algorithm.value?.native]).toEqual(['uri', '4:2', 'leastconn']);
    expect(pool('defaults\n balance uri\nbackend app\n balance source\n').overridden).toBeUndefined();
  });

  test('how a cookie is used, and the timeouts that have no field', () => {
    const p = pool('backend app\n mode http\n cookie SRV insert dynamic\n timeout tunnel 1h\n timeout connect 3s\n');
    expect([p.options.get('cookie')?.value, p.options.get('timeout tunnel')?.value]).toEqual(['insert dynamic', '1h']);
    expect(p.options.has('timeout connect')).toBe(false);
  });

  test('the words of a check stay visible where there is none', () => {
    const [a, b] = pool(
      'backend app\n server a 10.0.0.1:80 inter 9s fall 2\n server b 10.0.0.2:80 check inter 9s\n',
    ).servers;
    expect([[...(a?.options.keys() ?? [])], [...(b?.options.keys() ?? [])]]).toEqual([['inter', 'fall'], []]);
  });
});
