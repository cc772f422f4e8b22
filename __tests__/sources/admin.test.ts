import type { LoadedServer, LoadedState } from '../../src/model/loaded.ts';
import { countsBetween, readAdminPlace, readLoaded, type AdminPorts } from '../../src/sources/admin/admin.ts';
import { plain } from '../../src/text/say.ts';

describe('where an admin interface is', () => {
  test.each([
    ['haproxy:/run/haproxy.sock', { path: '/run/haproxy.sock' }],
    ['haproxy:./s', { path: './s' }],
    ['haproxy:unix:/run/s', { path: '/run/s' }],
    ['haproxy:tcp://127.0.0.1:9999', { host: '127.0.0.1', port: 9999 }],
    ['haproxy:tcp://[::1]:9999', { host: '::1', port: 9999 }],
    ['haproxy:https://lb.test/stats', new URL('https://lb.test/stats')],
  ])('%s', (source, at) => {
    expect(readAdminPlace(source)).toMatchObject({ source, at });
  });

  test.each([
    '',
    'haproxy',
    'haproxy:',
    'haproxy:s',
    'haproxy:tcp://h',
    'haproxy:ftp://h/',
    'envoy:/x',
    'haproxy:http://a:b@h/',
  ])('%j is none', (source) => {
    expect(readAdminPlace(source)).toBeUndefined();
  });
});

describe('reading', () => {
  const place = readAdminPlace('haproxy:http://lb.test/stats');
  const read = async (get: AdminPorts['get']) => {
    if (place === undefined) throw new Error('no place');
    return readLoaded(place, { get, socket: () => Promise.reject(new Error('not asked')) }, [['Authorization', 'x']]);
  };

  test('asks for the CSV with the headers', async () => {
    const asked: unknown[] = [];
    const loaded = await read(async (url, headers) => {
      asked.push(url.href, headers);
      return { status: 200, body: '# pxname,svname,type,\n' };
    });
    expect(asked).toEqual(['http://lb.test/stats;csv', [['Authorization', 'x']]]);
    expect(loaded).toEqual({ state: { source: 'haproxy:http://lb.test/stats', pools: [] } });
  });

  test.each([
    [401, /answers with status 401\. Add its credentials with headers/],
    [404, /answers with status 404\. Set the URL of the statistics/],
  ])('status %d', async (status, says) => {
    const loaded = await read(async () => ({ status, body: '' }));
    expect('unreachable' in loaded && plain(loaded.unreachable)).toMatch(says);
  });

  test('nothing there', async () => {
    const loaded = await read(() => Promise.reject(new Error('connect ECONNREFUSED')));
    expect('unreachable' in loaded && plain(loaded.unreachable)).toMatch(
      /cannot be read: connect ECONNREFUSED\. Set the/,
    );
  });

  test('something else there is a fault of the input', async () => {
    await expect(read(async () => ({ status: 200, body: '<html>' }))).rejects.toThrow(/does not answer with HAProxy's/);
  });
});

describe('counts between two readings', () => {
  const server = (name: string, requests: number, errors = 0): LoadedServer => ({
    name,
    row: `app/${name}`,
    weight: 1,
    state: 'up',
    agent: false,
    requests,
    errors,
  });
  const state = (servers: readonly LoadedServer[], more: Partial<LoadedState> = {}): LoadedState => ({
    source: 'haproxy:/s',
    pools: [{ name: 'app', servers }],
    ...more,
  });

  test('are the differences; a server that is new began at 0', () => {
    const between = countsBetween('app', state([server('a', 10, 1)]), state([server('a', 30, 4), server('b', 5)]), 7);
    expect(between).toEqual({
      counts: { version: 1, pool: 'app', seconds: 7, servers: { a: 20, b: 5 }, errors: { a: 3 } },
    });
  });

  test.each([
    ['a counter that went back', state([server('a', 9)])],
    ['a process younger than the window', state([server('a', 40)], { uptimeSeconds: 3 })],
  ])('%s: reloaded in between', (_, later) => {
    const between = countsBetween('app', state([server('a', 10)]), later, 7);
    expect('refused' in between && plain(between.refused)).toMatch(/was reloaded between the two readings/);
  });

  test('a pool that is not there', () => {
    const between = countsBetween('other', state([]), state([]), 7);
    expect('refused' in between && plain(between.refused)).toMatch(/has no pool other/);
  });
});
