import { probeByCommand, type Told } from '../support/command.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { TempDir } from '../support/temp-repo.ts';

/** Pools that show one client one server, as it is, and with the key varied. */
describeReal('nginx', 'a pool that hashes, behind a real nginx', () => {
  async function probe(upstream: string, server: string, vary: string | undefined): Promise<Told> {
    const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
    const port = await freePort();
    const servers = backends.map((backend) => `server 127.0.0.1:${backend.port};`).join(' ');
    const config = `events {}
http {
  upstream app { zone app 64k; ${upstream} ${servers} }
  server {
    listen 127.0.0.1:${port};
    ${server}
    location / { proxy_pass http://app; add_header X-Served-By $upstream_addr always; }
  }
}
`;
    await startServer('nginx', config, port);
    const dir = new TempDir().write({ 'nginx.conf': config });
    const flags = { config: [dir.at('nginx.conf')], pool: 'app', settle: '0s', rate: '800/s' };
    try {
      return await probeByCommand(`http://127.0.0.1:${port}/`, vary === undefined ? flags : { ...flags, vary });
    } finally {
      dir.remove();
    }
  }

  test.each([
    ['a query field', 'hash $arg_user;', '', 'query:user'],
    ['a header', 'hash $http_x_tenant;', '', 'header:X-Tenant'],
    ['a cookie', 'hash $cookie_sid;', '', 'cookie:sid'],
    ['the path', 'hash $uri;', '', 'path'],
    [
      'the address, taken from a header',
      'ip_hash;',
      'set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;',
      'header:X-Forwarded-For',
    ],
  ])(
    'of %s',
    async (_, upstream, server, vary) => {
      const fixed = await probe(upstream, server, undefined);
      expect(fixed).toMatchObject({ code: 3, reason: expect.stringContaining('--vary') });
      const varied = await probe(upstream, server, vary);
      expect(varied).toMatchObject({ code: 0, reason: 'even within 25% of each share' });
    },
    30_000,
  );

  test('of an address that no header changes: never called uneven', async () => {
    const told = await probe('ip_hash;', '', 'header:X-Forwarded-For');
    expect(told).toMatchObject({ code: 3, reason: expect.stringContaining('not independent') });
    expect(told.requests).toBeLessThanOrEqual(110);
  }, 30_000);
});
