import { predict } from '../../../src/compare/predict.ts';
import { reader as haproxy } from '../../../src/formats/haproxy/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import type { Part } from '../../../src/model/share.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

/** A share of which nothing is known. */
const ANY: Part = { low: 0, high: 1 };

/** What configurations in the wild do beside the plain cases. */
function read(text: string): Config {
  return haproxy.read('haproxy.cfg', new MemoryTree({ 'haproxy.cfg': text }), { rootMap: {} });
}

function pool(text: string): Pool {
  const [first] = read(text).pools;
  if (first === undefined) throw new Error('no pool');
  return first;
}

const said = ({ problems }: Config): string[] => problems.map(({ what }) => plain(what));
const untold = ({ unknowns, pools }: Config): string[] =>
  [...unknowns, ...pools.flatMap((one) => one.unknowns)].map(({ reason }) => plain(reason));

describe('addresses', () => {
  test.each([
    ['10.0.0.1:80', '10.0.0.1', 80],
    ['udp@10.0.0.1:514', '10.0.0.1', 514],
    ['quic4@10.0.0.1:443', '10.0.0.1', 443],
    ['mptcp6@[2001:db8::1]:80', '2001:db8::1', 80],
    ['stream+ipv4@app.example:80', 'app.example', 80],
    ['uxst@/run/app.sock', 'unix:/run/app.sock', undefined],
    ['abns@app', 'unix:app', undefined],
    ['/run/app.sock', 'unix:/run/app.sock', undefined],
    ['abns1.internal:80', 'abns1.internal', 80],
  ])('%s', (written, host, port) => {
    const [server] = pool(`backend app\n server a ${written}\n`).servers;
    expect([server?.address, server?.port?.value]).toEqual([host, port]);
  });

  test.each([
    ['${APP}:80', undefined, undefined, 'the address of a comes from the environment'],
    ['"${APP}:80"', undefined, undefined, 'the address of a comes from the environment'],
    ['$APP:80', undefined, undefined, 'the address of a comes from the environment'],
    ['10.0.0.${N}:80', undefined, undefined, 'the address of a comes from the environment'],
    ['10.0.0.1:${PORT}', '10.0.0.1', undefined, 'the port of a comes from the environment'],
  ])('variables in an address need no quotes: %s', (written, host, port, reason) => {
    const config = read(`backend app\n server a ${written}\n`);
    const [server] = config.pools[0]?.servers ?? [];
    expect([server?.address, server?.port?.value, ...untold(config)]).toEqual([host, port, reason]);
  });

  test('an old listen section has its address on its first line', () => {
    const config = read('listen web 0.0.0.0:80,:81\n server a 10.0.0.1:80\n');
    expect(config.listeners.map(({ host, port }) => `${host}:${port}`)).toEqual(['0.0.0.0:80', '*:81']);
  });
});

describe('server options', () => {
  test('values of source, of newer options and of flags with parentheses are values', () => {
    const config = read(
      'backend app\n server a 10.0.0.1:80 source 10.9.9.9 usesrc clientip check\n server b 10.0.0.2:80 source 10.9.9.9 interface eth0 cc cubic ktls on sni-auto set-proxy-v2-tlv-fmt(0xE1) %[src] strict-maxconn maxconn 7\n',
    );
    const [a, b] = config.pools[0]?.servers ?? [];
    expect(Object.fromEntries([...(a?.options ?? [])].map(([key, { value }]) => [key, value]))).toEqual({
      source: '10.9.9.9',
      usesrc: 'clientip',
    });
    expect([a?.activeCheck?.type, b?.maxConnections?.value, b?.options.get('interface')?.value]).toEqual([
      'tcp',
      7,
      'eth0',
    ]);
    expect(said(config)).toEqual([]);
  });

  test('maxconn 0 is no limit', () => {
    expect(pool('backend app\n server a 10.0.0.1:80 maxconn 0\n').servers[0]?.maxConnections).toBeUndefined();
  });

  test('a check that a section of its own describes is no mere connection', () => {
    const text = 'healthcheck up\n type httpchk\nbackend app\n mode http\n server a 10.0.0.1:80 check healthcheck up\n';
    expect(pool(text).servers[0]?.activeCheck?.type).toBe('other');
  });

  test('a weight out of range is not said to come from the environment', () => {
    const config = read('backend app\n server a 10.0.0.1:80 weight 257\n');
    expect([...said(config), ...untold(config)]).toEqual(['weight 257 is outside 0 to 256.']);
  });
});

describe('sections', () => {
  test('disabled in defaults holds until enabled takes it back', () => {
    const config = read(
      'defaults\n disabled\nbackend off\n server a 10.0.0.1:80\nbackend on\n enabled\n server a 10.0.0.1:80\n',
    );
    expect(config.pools.map(({ servers }) => servers[0]?.state.value)).toEqual(['down', 'up']);
  });

  test('two backends of one name are refused, a frontend and a backend are not', () => {
    const text = (second: string): string => `backend app\n server a 10.0.0.1:80\n${second} app\n`;
    expect(said(read(text('backend')))).toEqual(['app is already the name of the section at line 1.']);
    expect(said(read(text('frontend')))).toEqual([]);
  });

  test('a byte order mark, which HAProxy refuses, is told and the rest is read', () => {
    const config = read('\u{feff}backend app\n server a 10.0.0.1:80\n');
    expect([said(config), config.pools.length]).toEqual([['The file begins with a byte order mark.'], 1]);
  });

  test('lines before the first section are told once', () => {
    expect(said(read('one\ntwo\nthree\nbackend app\n server a 10.0.0.1:80\n'))).toEqual([
      'one is outside any section.',
    ]);
  });

  test('indented sections are recognised, and what other files say in the same words is not', () => {
    expect(haproxy.recognise('a', '    backend app\n        server a 10.0.0.1:80\n')).toBeGreaterThan(0.4);
    expect(haproxy.recognise('a', 'backend:\n  listen: 80\n  defaults: {}\n')).toBe(0);
    expect(haproxy.recognise('a', 'server {\n  listen 80;\n}\n')).toBe(0);
  });
});

describe('how servers are picked', () => {
  const two = ' server a 10.0.0.1:80 weight 3\n server b 10.0.0.2:80\n';

  test.each(['uri', 'hdr(host)', 'url_param id'])('%s falls back to turns in tcp mode', (method) => {
    const shares = (mode: string): Part[] =>
      predict(pool(`backend app\n mode ${mode}\n balance ${method}\n${two}`)).shares.map(({ idle }) => idle);
    expect(shares('tcp')).toEqual([0.75, 0.25]);
    expect(shares('http')).toEqual([null, null]);
  });

  test('without defaults a method that reads requests tells the mode', () => {
    expect(pool(`backend app\n balance uri\n${two}`).protocol).toBe('http');
    expect(pool(`defaults\n timeout connect 5s\nbackend app\n balance uri\n${two}`).protocol).toBe('tcp');
  });

  test('a method under a condition that the file does not decide is not told', () => {
    const config = read(`backend app\n.if defined(HASH)\n balance source\n.endif\n${two}`);
    const [app] = config.pools;
    expect([app?.algorithm.value, app && predict(app).predictability, config.status]).toEqual([
      undefined,
      'unknown',
      'partial',
    ]);
    expect(untold(config)).toEqual(['balance of app is source or roundrobin, which a condition decides']);
  });

  test('default-server under a condition leaves the split untold', () => {
    const app = pool(`defaults\n.if defined(X)\n default-server weight 5\n.endif\nbackend app\n${two}`);
    expect(predict(app).shares.map(({ idle }) => idle)).toEqual([ANY, ANY]);
  });

  test('first follows the ids', () => {
    const app = pool('backend app\n balance first\n server a 10.0.0.1:80 id 5\n server b 10.0.0.2:80 id 2\n');
    expect(predict(app).shares.map(({ idle }) => idle)).toEqual([0, 1]);
  });

  test('of several templates of discovered servers nobody knows how many are filled', () => {
    const line = (name: string, host: string): string => ` server-template ${name} 4 ${host}:80 resolvers dns\n`;
    const shares = (text: string): Part[] => predict(pool(`backend app\n${text}`)).shares.map(({ idle }) => idle);
    expect(shares(line('a', 'one.example') + line('b', 'two.example'))).toEqual([ANY, ANY]);
    expect(shares(line('a', 'one.example'))).toEqual([1]);
    expect(shares(line('a', '10.0.0.1') + line('b', '10.0.0.2'))).toEqual([0.5, 0.5]);
  });
});

describe('lines in an .if that the file does not decide', () => {
  const two = ' server a 10.0.0.1:80 weight 3 check\n server b 10.0.0.2:80 check\n';
  const under = (line: string, before = ''): Config =>
    read(`backend app\n mode http\n${before}.if defined(X)\n ${line}\n.endif\n${two}`);

  test.each([
    ['balance first', ({ algorithm }: Pool) => algorithm.value, 'balance of app is first or roundrobin'],
    ['mode tcp', ({ protocol }: Pool) => (protocol === 'unknown' ? undefined : protocol), 'mode of app is tcp or http'],
    ['retries 0', ({ retries }: Pool) => retries?.value, 'retries of app is 0 or 3'],
    [
      'timeout connect 1s',
      ({ timeouts }: Pool) => timeouts.connectMs?.value,
      'timeout connect of app is 1000 or not set',
    ],
    ['cookie SRV insert', ({ stickiness }: Pool) => stickiness?.name?.value, 'cookie of app is cookie SRV or not set'],
    [
      'option redispatch 2',
      ({ options }: Pool) => options.get('option redispatch')?.value,
      'option redispatch of app is 2 or 1',
    ],
    [
      'no option redispatch',
      ({ options }: Pool) => options.get('option redispatch')?.value,
      'option redispatch of app is not set or 1',
    ],
    ['disabled', ({ servers }: Pool) => servers[0]?.state.value, 'state of a is down or up'],
  ])('%s sets nothing for certain, and both values are said', (line, setting, reason) => {
    const config = under(line, ' option redispatch 1\n');
    const [app] = config.pools;
    expect(app && setting(app)).toBeUndefined();
    expect(untold(config)).toContain(`${reason}, which a condition decides`);
    expect(config.status).toBe('partial');
  });

  test('a check of theirs is neither a connection nor a page', () => {
    const types = (config: Config): (string | undefined)[] => [
      config.pools[0]?.activeCheck?.type,
      config.pools[0]?.activeCheck?.path?.value,
    ];
    expect(types(under('option httpchk GET /x'))).toEqual(['other', undefined]);
    expect(types(under('http-check send meth GET uri /x', ' option httpchk\n'))).toEqual(['http', undefined]);
  });

  test('hash-type decides nothing for methods that do not hash', () => {
    const kind = (method: string): string | undefined =>
      under('hash-type consistent', ` balance ${method}\n`).pools[0]?.algorithm.value?.kind;
    expect([kind('source'), kind('leastconn')]).toEqual([undefined, 'least-connections']);
  });

  test('a line after them that is there in any case decides', () => {
    const config = read(`backend app\n.if defined(X)\n balance first\n.endif\n balance leastconn\n${two}`);
    expect(config.pools[0]?.algorithm.value?.kind).toBe('least-connections');
  });

  test('nobody knows where their traffic leads', () => {
    const config = read(`frontend web\n bind :80\n.if defined(X)\n default_backend app\n.endif\nbackend app\n${two}`);
    expect(config.references.map(({ pool: name }) => name)).toEqual([undefined]);
    expect(config.listeners.map(({ leadsTo }) => leadsTo)).toEqual([undefined]);
  });
});

describe('variables', () => {
  const weight = (global: string): number | undefined =>
    pool(`global\n${global}backend app\n server a 10.0.0.1:80 weight "$W"\n`).servers[0]?.weight.value;

  test.each([
    [' setenv W 10\n setenv W 20\n', 20],
    [' setenv W 10\n presetenv W 20\n', 10],
    [' setenv W 10\n setenv W "$Q"\n', undefined],
    [' setenv W 10\n.if defined(X)\n setenv W 20\n.endif\n', undefined],
    [' setenv W 10\n unsetenv W\n', undefined],
    [' setenv W 10\n resetenv PATH\n', undefined],
    [' setenv W 10\n setenv "$N" 20\n', undefined],
    [' presetenv W 20\n', undefined],
  ])('%j gives what the file alone decides', (global, value) => {
    expect(weight(global)).toBe(value);
  });

  test.each([
    ['hash-type "$X"', ' balance source\n', ({ algorithm }: Pool) => algorithm.value],
    ['mode "$X"', '', ({ protocol }: Pool) => (protocol === 'unknown' ? undefined : protocol)],
    ['balance "$X"', '', ({ algorithm }: Pool) => algorithm.value],
    ['retries "$X"', '', ({ retries }: Pool) => retries?.value],
  ])('%s is not told, and that is said', (line, before, setting) => {
    const config = read(`backend app\n${before} ${line}\n server a 10.0.0.1:80\n server b 10.0.0.2:80\n`);
    const [app] = config.pools;
    expect(app && setting(app)).toBeUndefined();
    expect([config.status, ...untold(config)]).toEqual([
      'partial',
      `a value of ${line.split(' ')[0] ?? ''} comes from the environment`,
    ]);
  });
});

test('defaults that are too long for so many backends are not read for the last ones, and nothing is told of these', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => ` option x${i}\n`).join('');
  const backends = Array.from(
    { length: 501 },
    (_, i) => `backend b${i}\n server a 10.0.0.1:80\n server b 10.0.0.2:80\n`,
  );
  const config = read(`defaults\n balance roundrobin\n${lines}${backends.join('')}`);
  const told = config.pools.map((one) => predict(one).predictability);
  expect([told[0], told.at(-1), config.status]).toEqual(['exact', 'unknown', 'partial']);
  expect(config.unknowns.map(({ reason }) => plain(reason))).toEqual([
    'the defaults of this file are too long for the number of sections, and are not read for all of them',
  ]);
});
