import { isLinkLocal } from '../../src/probe/addresses.ts';
import { probe } from '../../src/probe/probe.ts';
import { plain } from '../../src/text/say.ts';
import { ask, hasty, notesOf, obstacleOf, ports, request } from './asking.ts';
import { closedPort, roundRobin, web } from './servers.ts';

describe('addresses of the target', () => {
  test.each([
    '169.254.169.254',
    '169.254.0.0',
    'fe80::1',
    'febf::1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.1.2',
    '64:ff9b::169.254.169.254',
    'fe80::1%eth0',
  ])('%s is link-local', (address) => {
    expect(isLinkLocal(address)).toBe(true);
  });

  test.each(['169.253.1.1', '10.169.254.1', '::1', 'fec0::1', '2001:db8::a9fe:1', '::ffff:10.0.0.1', 'fe80.test', ''])(
    '%s is not',
    (address) => {
      expect(isLinkLocal(address)).toBe(false);
    },
  );

  test.each([
    ['http://169.254.169.254/latest/meta-data/', {}],
    ['http://2852039166/', {}],
    ['http://[::ffff:169.254.169.254]/', {}],
    ['http://innocent.test/', { 'innocent.test': ['127.0.0.1', '169.254.169.254'] }],
  ])('refuses %s before a connection is opened', async (target, names) => {
    const result = await ask(request(target), ports(names));
    expect(obstacleOf(result)).toMatch(/link-local address.*not asked/);
    expect(result).toMatchObject({ down: false, counts: { servers: {} }, seconds: 0 });
  });

  test('asks a link-local address when that is allowed', async () => {
    const result = await ask(request('http://169.254.1.1:9/', { allowLinkLocal: true, connectMs: 50 }), hasty());
    expect(obstacleOf(result)).not.toMatch(/link-local/);
  });

  test('a name that does not resolve is no fault of the target', async () => {
    const result = await ask(request('http://nowhere.test/'));
    expect(result.down).toBe(false);
    expect(obstacleOf(result)).toMatch(/nowhere\.test does not resolve from here.*Check the name/);
  });

  test('a resolver that never answers is not waited for', async () => {
    const result = await ask(request('http://slow.test/'), { ...ports(), lookup: () => new Promise(() => undefined) });
    expect(obstacleOf(result)).toMatch(/slow\.test does not resolve from here/);
  });

  test('every address is asked in turn, with the Host of the target, and reported on its own', async () => {
    const hosts = new Set<string | undefined>();
    const first = await web((incoming, response, n) => {
      hosts.add(incoming.headers.host);
      response.setHeader('X-Served-By', `a${n % 2}`);
      response.end();
    });
    try {
      const target = `http://lb.test:${first.port}/`;
      const results = await probe(request(target), hasty({ 'lb.test': ['127.0.0.1', '127.0.0.2'] }));
      expect(results.map((result) => [result.address, result.down])).toEqual([
        ['127.0.0.1', false],
        ['127.0.0.2', true],
      ]);
      expect(results[0]?.counts).toMatchObject({ target, address: '127.0.0.1', servers: { a0: 25, a1: 25 } });
      expect(results[1]?.counts.failed).toEqual({ refused: 3 });
      expect([...hosts]).toEqual([`lb.test:${first.port}`]);
    } finally {
      await first.close();
    }
  });

  test('of localhost one address is enough', async () => {
    const server = await roundRobin(['a', 'b']);
    try {
      const target = `http://localhost:${server.port}/`;
      const result = await ask(request(target), hasty({ localhost: ['::1', '127.0.0.1'] }));
      expect(result).toMatchObject({ address: '127.0.0.1', down: false });
      expect(notesOf(result)).toMatch(/Nothing answered at ::1/);
    } finally {
      await server.close();
    }
    const other = await web((_, response) => response.setHeader('X-Served-By', 'a').end(), '::1');
    try {
      const result = await ask(request(`http://localhost:${other.port}/`), hasty({ localhost: ['127.0.0.1'] }));
      expect(result).toMatchObject({ address: '::1', down: false });
    } finally {
      await other.close();
    }
    const port = await closedPort();
    const result = await ask(request(`http://localhost:${port}/`), hasty({ localhost: ['::1', '127.0.0.1'] }));
    expect(result.down).toBe(true);
  });

  test('more addresses than sixteen are named, not silently dropped', async () => {
    const port = await closedPort();
    const many = Array.from({ length: 20 }, (_, i) => `127.0.0.${i + 1}`);
    const results = await probe(request(`http://many.test:${port}/`), hasty({ 'many.test': many }));
    expect(results).toHaveLength(16);
    expect(results[0]?.notes.map(plain).join()).toMatch(
      /has 20 addresses; the first 16 were asked and 4 addresses left out/,
    );
  });
});
