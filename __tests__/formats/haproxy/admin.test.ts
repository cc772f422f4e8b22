import { admin } from '../../../src/formats/haproxy/admin.ts';
import type { LoadedServer } from '../../../src/model/loaded.ts';

/** Columns that are read, as HAProxy 2.6 writes them; the ones between are left out. */
const COLUMNS =
  '# pxname,svname,stot,status,weight,hrsp_5xx,type,check_status,last_chk,check_desc,agent_status,addr,uweight,tracked,';

function read(rows: readonly string[], states: readonly string[] = [], info = ''): readonly LoadedServer[] {
  const header =
    '# be_id be_name srv_name srv_addr srv_port srv_fqdn srv_op_state srv_admin_state srv_uweight srv_iweight';
  const state = admin.read('haproxy:/s', {
    'show stat': `${[COLUMNS, ...rows].join('\n')}\n\n`,
    'show servers state':
      states.length === 0 ? 'Permission denied\n' : `1\n${[header, ...states.map((row) => `4 ${row}`)].join('\n')}\n`,
    'show info': info,
  });
  return state.pools.flatMap((pool) => pool.servers);
}

describe('what HAProxy says is loaded', () => {
  test('servers by pool; frontends, backends and listeners are none', () => {
    const state = admin.read('haproxy:/s', {
      http: [
        COLUMNS,
        'in,FRONTEND,9,OPEN,,,0,,,,,,,',
        'app,web1,7,UP,10,2,2,L7OK,,,,10.0.0.1:80,10,',
        'app,BACKEND,7,UP,10,,1,,,,,,,',
      ].join('\n'),
    });
    expect(state).toEqual({
      source: 'haproxy:/s',
      pools: [
        {
          name: 'app',
          servers: [
            {
              name: 'web1',
              row: 'app/web1',
              address: '10.0.0.1',
              port: 80,
              weight: 10,
              state: 'up',
              check: { ok: true, what: 'L7OK' },
              agent: false,
              requests: 7,
              errors: 2,
            },
          ],
        },
      ],
    });
  });

  test('version and uptime', () => {
    const info = 'Name: HAProxy\nVersion: 2.6.12-1\nUptime: 0d 0h01m\nUptime_sec: 61\n';
    const answers = { 'show stat': `${COLUMNS}\n`, 'show servers state': '', 'show info': info };
    expect(admin.read('x', answers)).toMatchObject({
      product: 'HAProxy 2.6.12-1',
      uptimeSeconds: 61,
      pools: [],
    });
  });

  test('the weight in force and that of the loaded file are apart where the socket shows both', () => {
    const [server] = read(['app,a,0,UP,3,0,2,,,,,,5,'], ['app a 10.0.0.1 80 - 2 0 5 10']);
    expect(server).toMatchObject({ weight: 5, fileWeight: 10 });
    expect(read(['app,a,0,UP,3,0,2,,,,,,5,'])[0]).toMatchObject({ weight: 5 });
    expect(read(['app,a,0,UP,3,0,2,,,,,,5,'])[0]?.fileWeight).toBeUndefined();
  });

  test.each([
    [0, 2, { state: 'up', disabledInFile: false }],
    [0, 0, { state: 'down', disabledInFile: false }],
    [1, 0, { state: 'maintenance', orderedBy: 'runtime', disabledInFile: false }],
    [5, 0, { state: 'maintenance', orderedBy: 'file', disabledInFile: true }],
    [4, 2, { state: 'up', disabledInFile: true }],
    [2, 0, { state: 'maintenance', orderedBy: 'tracked', disabledInFile: false }],
    [8, 2, { state: 'drain', orderedBy: 'runtime', disabledInFile: false }],
    [16, 2, { state: 'drain', orderedBy: 'tracked', disabledInFile: false }],
    [32, 0, { state: 'maintenance', orderedBy: 'dns', disabledInFile: false }],
  ])('admin state %d, operational state %d', (admin, operational, expected) => {
    expect(read(['app,a,0,X,1,0,2,,,,,,1,'], [`app a 10.0.0.1 80 - ${operational} ${admin} 1 1`])[0]).toMatchObject(
      expected,
    );
  });

  test.each([
    ['UP', { state: 'up' }],
    ['UP 1/3', { state: 'up' }],
    ['no check', { state: 'up' }],
    ['DOWN', { state: 'down' }],
    ['DOWN (agent)', { state: 'down' }],
    ['NOLB', { state: 'down' }],
    ['DRAIN', { state: 'drain' }],
    ['MAINT', { state: 'maintenance' }],
    ['MAINT (via app/b)', { state: 'maintenance', orderedBy: 'tracked' }],
    ['MAINT (resolution)', { state: 'maintenance', orderedBy: 'dns' }],
  ])('status %s alone', (status, expected) => {
    expect(read([`app,a,0,${status},1,0,2,,,,,,1,`])[0]).toMatchObject(expected);
  });

  test('quoted cells, IPv6, UNIX sockets, names', () => {
    const check = 'app,a,0,DOWN,1,0,2,L7RSP,,"said ""no"", then closed",,[2001:db8::1]:80,1,';
    expect(read([check])[0]).toMatchObject({
      address: '2001:db8::1',
      port: 80,
      check: { ok: false, what: 'L7RSP: said "no", then closed' },
    });
    expect(read(['app,a,0,UP,1,0,2,,,,,unix,1,'])[0]).not.toHaveProperty('address');
    const [named] = read(['app,a,0,UP,1,0,2,,,,,,1,'], ['app a - 0 app.internal 2 0 1 1']);
    expect(named).toMatchObject({ host: 'app.internal' });
    expect(named).not.toHaveProperty('port');
    expect(read(['app,a,0,DOWN,1,0,2,,,,,,1,app/b,'])[0]).toMatchObject({ state: 'down', tracks: 'app/b' });
  });

  test.each(['', '<!DOCTYPE HTML>', 'Unknown command.', '{}'])('%j is not that', (text) => {
    expect(() => admin.read('haproxy:http://h/', { http: text })).toThrow(
      /haproxy:http:\/\/h\/ does not answer with HAProxy's statistics; name the stats URL/,
    );
  });

  test('hostile text is read in bounded time and means nothing', () => {
    const began = performance.now();
    const rows = [
      '"a'.repeat(500_000),
      `app,${'x'.repeat(100_000)},1,UP,1,0,2,${','.repeat(100_000)}`,
      '__proto__,constructor,1,UP,1,0,2,',
    ];
    expect(read(rows)).toHaveLength(2);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test.each([
    ['http://h/stats', 'http://h/stats;csv'],
    ['http://h/stats;csv', 'http://h/stats;csv'],
    ['http://h/', 'http://h/;csv'],
    ['http://h/stats?scope=app', 'http://h/stats;csv?scope=app'],
  ])('the page of %s is %s', (url, page) => {
    expect(admin.page(new URL(url)).href).toBe(page);
  });
});
