import type { IdentifyBy } from '../../src/model/request.ts';
import { detect } from '../../src/probe/detect.ts';
import type { Answer } from '../../src/probe/exchange.ts';
import { makeReader, type Place } from '../../src/probe/identity.ts';
import { makeRoster } from '../../src/probe/roster.ts';
import { known } from './asking.ts';
import { cpuMs } from '../support/cpu.ts';

function answer(headers: Readonly<Record<string, string | readonly string[]>>, body = ''): Answer {
  const rawHeaders = Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((v) => [name, v]));
  return { status: 200, rawHeaders, body, failure: undefined, connectMs: 1, headMs: 2, totalMs: 3, reused: false };
}

const SERVED_BY: Place = { by: 'header', name: 'x-served-by' };
const AUTO: IdentifyBy = { by: 'auto' };
const NOBODY = { server: undefined, unexpected: false, retried: [] };

/** Who gave an answer whose X-Served-By is `value`. */
function read(value: string | readonly string[], names: readonly string[] = [], addressed = false): unknown {
  return makeReader(SERVED_BY, makeRoster(known(...names)), addressed)(answer({ 'X-Served-By': value }));
}

describe('who answered', () => {
  test.each([
    ['web1', 'web1'],
    [' web1 ', 'web1'],
    ['"web1"', 'web1'],
    ['WEB1', 'web1'],
    ['http://10.0.0.1:8080', '10.0.0.1:8080'],
    ['https://10.0.0.1:8080/path?q', '10.0.0.1:8080'],
    ['[2001:DB8::1]:80', '[2001:db8::1]:80'],
    ['unix:/run/app.sock', 'unix:/run/app.sock'],
    ['.web1', 'web1'],
    ['8f3a0c.web1', 'web1'],
  ])('%j is %s', (value, server) => {
    const names = ['web1', '10.0.0.1:8080', '[2001:db8::1]:80', 'unix:/run/app.sock'];
    expect(read(value, names)).toEqual({ server, unexpected: false, retried: [] });
  });

  test.each(['', ' ', '-', '(null)', '<NOSRV>', 'null'])('%j is nobody', (value) => {
    expect(read(value, ['web1'])).toEqual(NOBODY);
  });

  test.each([
    // One refused, the next one answered.
    ['127.0.0.1:9, 127.0.0.1:1', { server: 'a', unexpected: false, retried: ['127.0.0.1:9'] }],
    ['127.0.0.1:2, 127.0.0.1:2, 127.0.0.1:1', { server: 'a', unexpected: false, retried: ['b', 'b'] }],
    // An internal redirect began anew: what came before is no retry.
    ['127.0.0.1:2 : 127.0.0.1:1', { server: 'a', unexpected: false, retried: [] }],
    ['127.0.0.1:9, 127.0.0.1:2 : 127.0.0.1:2, 127.0.0.1:1', { server: 'a', unexpected: false, retried: ['b'] }],
    // No server was left: nginx gives the name of the upstream.
    ['127.0.0.1:1, app', { server: undefined, unexpected: false, retried: ['a'] }],
    ['app', NOBODY],
    ['127.0.0.1:7', { server: '127.0.0.1:7', unexpected: true, retried: [] }],
    ['unix:/a, unix:/b', { server: 'unix:/b', unexpected: true, retried: ['unix:/a'] }],
  ])('$upstream_addr %j', (value, served) => {
    const roster = makeRoster([
      { name: 'a', identities: ['127.0.0.1:1'], patterns: [] },
      { name: 'b', identities: ['127.0.0.1:2'], patterns: [] },
    ]);
    expect(makeReader(SERVED_BY, roster, true)(answer({ 'X-Served-By': value }))).toEqual(served);
  });

  test('balancers in a row: the header whose server is known counts, else the last', () => {
    expect(read(['edge7', 'web1'], ['web1'])).toMatchObject({ server: 'web1', unexpected: false });
    expect(read(['web1', 'edge7'], ['web1'])).toMatchObject({ server: 'web1', unexpected: false });
    expect(read('r0, zz')).toMatchObject({ server: 'zz' });
    expect(read(['r0', 'zz'])).toMatchObject({ server: 'zz' });
  });

  test('without a config the identity is the name, and none is unexpected', () => {
    expect(read('whoever')).toEqual({ server: 'whoever', unexpected: false, retried: [] });
    expect(read('whoever', ['web1'])).toEqual({ server: 'whoever', unexpected: true, retried: [] });
  });

  test('patterns name servers, unless two of them do', () => {
    const roster = makeRoster([
      { name: 'web1', identities: ['web1'], patterns: ['web-1-*'] },
      { name: 'web2', identities: ['web2'], patterns: ['web-2-*', '*-canary'] },
    ]);
    expect(roster.find('web-1-abc')).toBe('web1');
    expect(roster.find('WEB-2-abc')).toBe('web2');
    expect(roster.find('web-1-canary')).toBeUndefined();
    expect(roster.find('web-3-abc')).toBeUndefined();
    expect(roster.find('xweb-1-abc')).toBeUndefined();
  });

  test('an identity that two servers claim names neither', () => {
    const roster = makeRoster([
      { name: 'a', identities: ['127.0.0.1', '127.0.0.1:1'], patterns: [] },
      { name: 'b', identities: ['127.0.0.1', '127.0.0.1:2'], patterns: [] },
    ]);
    expect(roster.find('127.0.0.1')).toBeUndefined();
    expect(roster.claimants('127.0.0.1')).toEqual(['a', 'b']);
    expect(roster.find('127.0.0.1:2')).toBe('b');
    const served = makeReader(SERVED_BY, roster, true)(answer({ 'X-Served-By': '127.0.0.1' }));
    expect(served).toEqual({ ...NOBODY, ambiguous: { identity: '127.0.0.1', servers: ['a', 'b'] } });
  });

  test('a pattern of many stars takes no time on a hostile value', () => {
    const roster = makeRoster([{ name: 'a', identities: [], patterns: ['*a*a*a*a*a*a*a*b'] }]);
    expect(cpuMs(() => expect(roster.find('a'.repeat(256))).toBeUndefined())).toBeLessThan(1000);
  });

  test.each<[Place, Answer, string | undefined]>([
    [{ by: 'cookie', name: 'SRV' }, answer({ 'Set-Cookie': ['a=b; Path=/', 'SRV=web1; path=/; HttpOnly'] }), 'web1'],
    [{ by: 'cookie', name: 'SRV' }, answer({ 'Set-Cookie': 'SRVX=web1' }), undefined],
    [{ by: 'json', name: 'host' }, answer({}, '{"host":"web1"}'), 'web1'],
    [{ by: 'json', name: '/meta/host' }, answer({}, '{"meta":{"host":"web1"}}'), 'web1'],
    [{ by: 'json', name: '/a~1b/0' }, answer({}, '{"a/b":["web1"]}'), 'web1'],
    [{ by: 'json', name: 'id' }, answer({}, '{"id":7}'), '7'],
    [{ by: 'json', name: 'host' }, answer({}, '{"host":{"name":"x"}}'), undefined],
    [{ by: 'json', name: '__proto__' }, answer({}, '{}'), undefined],
    [{ by: 'json', name: 'host' }, answer({}, 'not json'), undefined],
    [{ by: 'header', name: 'X-SERVED-BY' }, answer({ 'x-served-by': 'web1' }), 'web1'],
  ])('%j', (place, given, server) => {
    expect(makeReader(place, makeRoster([]), false)(given).server).toBe(server);
  });
});

describe('what tells servers apart', () => {
  const ten = (make: (i: number) => Answer): Answer[] => Array.from({ length: 10 }, (_, i) => make(i));
  const found = (answers: readonly Answer[], names: readonly string[] = [], by: IdentifyBy = AUTO): unknown =>
    detect(answers, by, makeRoster(known(...names))).place;

  test('a header whose values are servers of the config, whatever its name', () => {
    const answers = ten((i) => answer({ 'X-Odd': `web${(i % 3) + 1}`, 'X-Served-By': 'edge', 'X-Pod': `p${i % 2}` }));
    expect(found(answers, ['web1', 'web2', 'web3'])).toEqual({ by: 'header', name: 'x-odd' });
  });

  test('a cookie, a field of JSON', () => {
    expect(
      found(
        ten((i) => answer({ 'Set-Cookie': `SRV=web${i % 3}; path=/` })),
        ['web0', 'web1', 'web2'],
      ),
    ).toEqual({
      by: 'cookie',
      name: 'SRV',
    });
    const json = ten((i) => answer({ 'Content-Type': 'application/json' }, `{"app":{"host":"web${i % 3}"}}`));
    expect(found(json, ['web0', 'web1', 'web2'])).toEqual({ by: 'json', name: '/app/host' });
    expect(found(json)).toEqual({ by: 'json', name: '/app/host' });
  });

  test('without a config: a customary header, even of one server or of ten', () => {
    expect(found(ten(() => answer({ 'X-Backend-Server': 'web1' })))).toEqual({
      by: 'header',
      name: 'x-backend-server',
    });
    expect(found(ten((i) => answer({ 'X-Instance-Id': `i-${i}` })))).toEqual({ by: 'header', name: 'x-instance-id' });
  });

  test('without a config and a customary name: what changes and repeats', () => {
    expect(found(ten((i) => answer({ 'X-Colour': ['blue', 'green', 'red'][i % 3] ?? '' })))).toEqual({
      by: 'header',
      name: 'x-colour',
    });
  });

  test.each([
    ['a request id', (i: number) => ({ 'X-Request-Id': `${i}a7` })],
    ['a value of its own each time', (i: number) => ({ 'X-Thing': `${i}` })],
    ['a clock', (i: number) => ({ Date: `Wed, 25 Nov 2026 04:00:0${i % 2} GMT` })],
    ['a duration', (i: number) => ({ 'X-Response-Time': `${i % 3} ms` })],
    ['a rate limit', (i: number) => ({ 'X-RateLimit-Remaining': `${i % 4}` })],
    ['a cookie that is set anew', (i: number) => ({ 'Set-Cookie': `AWSALB=${i % 3}` })],
    ['nothing that changes', () => ({ 'X-Colour': 'blue' })],
    ['the product', () => ({ Server: 'nginx' })],
  ])('not %s', (_, headers) => {
    expect(found(ten((i) => answer(headers(i))))).toBeUndefined();
  });

  test('the product in Server is not a server of that name', () => {
    expect(
      found(
        ten(() => answer({ Server: 'nginx' })),
        ['nginx', 'other'],
      ),
    ).toBeUndefined();
  });

  test('a place that is named is used, found or not', () => {
    const detected = detect(
      ten(() => answer({})),
      { by: 'header', name: 'x-nope' },
      makeRoster([]),
    );
    expect(detected).toMatchObject({ place: { by: 'header', name: 'x-nope' }, matched: 0 });
    expect(detected.seen.size).toBe(0);
  });

  test('addresses are told from names', () => {
    const detected = detect(
      ten((i) => answer({ 'X-Served-By': `10.0.0.${i % 3}:80` })),
      AUTO,
      makeRoster([]),
    );
    expect(detected.addressed).toBe(true);
  });

  test('a hostile response is looked at in bounded time', () => {
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, `${i}`])));
    const headers = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`X-${i}`, 'a, '.repeat(20)]));
    const answers = ten((i) => answer({ ...headers, 'Content-Type': 'application/json' }, i % 2 === 0 ? deep : wide));
    expect(cpuMs(() => void found(answers))).toBeLessThan(5000);
  });
});
