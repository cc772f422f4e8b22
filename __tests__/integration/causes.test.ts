import { join } from 'node:path';
import { probeByCommand, type Told } from '../support/command.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { say, withSocket } from '../support/stats-socket.ts';
import { TempDir } from '../support/temp-repo.ts';

/** Causes that the table of situations (real-balancers.test.ts) leaves out, at the real thing, with line and next step. */
const dirs: TempDir[] = [];
afterEach(() => dirs.splice(0).forEach((dir) => dir.remove()));

function folder(): TempDir {
  const dir = new TempDir();
  dirs.push(dir);
  return dir;
}

async function probe(port: number, file: string): Promise<Told> {
  return probeByCommand(`http://127.0.0.1:${port}/`, { config: [file], pool: 'app', settle: '0s', rate: '800/s' });
}

describeReal('nginx', 'nginx', () => {
  test('lists a server twice', async () => {
    const [one, two] = await startBackends(['web1', 'web2'], { nameless: true });
    const port = await freePort();
    const config = `events {}
http {
  upstream app {
    zone app 64k;
    server 127.0.0.1:${one?.port};
    server 127.0.0.1:${two?.port};
    server 127.0.0.1:${one?.port};
  }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; add_header X-Served-By $upstream_addr always; }
  }
}
`;
    await startServer('nginx', config, port);
    const told = await probe(port, folder().write({ 'nginx.conf': config }).at('nginx.conf'));
    expect({ code: told.code, first: told.explanations[0] }).toMatchObject({
      code: 1,
      first: {
        cause: 'configured-weights',
        line: 7,
        what: expect.stringContaining(`it lists 127.0.0.1:${one?.port} more than once`),
        next: expect.stringMatching(/^Do not roll back the application.*nginx -t && nginx -s reload/),
      },
    });
  }, 30_000);
});

describeReal('nginx', 'an nginx with two pools', () => {
  test('whose other pool was named: no fault of the balancer', async () => {
    const backends = await startBackends(['web1', 'web2', 'web3', 'web4'], { nameless: true });
    const [one, two, three, four] = backends.map((backend) => `server 127.0.0.1:${backend.port};`);
    const port = await freePort();
    const config = `events {}
http {
  upstream app { zone a 64k; ${one} ${two} }
  upstream app_new { zone b 64k; ${three} ${four} }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app_new; add_header X-Served-By $upstream_addr always; }
  }
}
`;
    await startServer('nginx', config, port);
    const told = await probe(port, folder().write({ 'nginx.conf': config }).at('nginx.conf'));
    expect(told).toMatchObject({
      code: 3,
      reason: expect.stringMatching(/^the answers come from servers of app_new, not of app: name the pool/),
    });
  }, 30_000);
});

describeReal('haproxy', 'HAProxy', () => {
  test('has another weight at run time than in the file', async () => {
    const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
    const dir = folder();
    const port = await freePort();
    const socket = join(dir.path, 'sock');
    const text = withSocket(port, backends, 'roundrobin', socket);
    await startServer('haproxy', text, port);
    await say(socket, 'set server app/web2 weight 25');
    const told = await probe(port, dir.write({ 'haproxy.cfg': text }).at('haproxy.cfg'));
    expect({ code: told.code, first: told.explanations[0] }).toMatchObject({
      code: 1,
      first: {
        cause: 'runtime-weight',
        what: expect.stringMatching(/^web2 gets 0\.2\d times its part and no known file says so/),
        next: expect.stringMatching(/^Do not roll back the application.*show servers state/),
        line: 15,
      },
    });
  }, 30_000);

  test.each([
    ['set server app/web3 weight 12', 'runtime-weight', 'app/web3 has weight 12, set at run time; its file gave 100.'],
    ['set server app/web3 state drain', 'server-down', 'app/web3 is drained, set at run time: it gets no new clients.'],
  ])(
    'has changed by %s, which is read and not guessed where its socket is given',
    async (order, cause, what) => {
      const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
      const dir = folder();
      const port = await freePort();
      const socket = join(dir.path, 'sock');
      const text = withSocket(port, backends, 'roundrobin', socket);
      await startServer('haproxy', text, port);
      await say(socket, order);
      const told = await probeByCommand(`http://127.0.0.1:${port}/`, {
        config: [dir.write({ 'haproxy.cfg': text }).at('haproxy.cfg')],
        settle: '0s',
        rate: '800/s',
        observe: [`haproxy:${socket}`],
      });
      expect({ code: told.code, first: told.explanations[0] }).toMatchObject({
        code: 1,
        first: {
          cause,
          line: 16,
          what: `${what} Read from haproxy:${socket}, row app/web3.`,
          next: expect.stringContaining('set server app/web3'),
        },
      });
    },
    30_000,
  );

  test('has a server that drops every request and passes its check', async () => {
    const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true });
    const [, bad] = backends;
    if (bad !== undefined) bad.behaviour.drops = true;
    const dir = folder();
    const port = await freePort();
    const text = withSocket(
      port,
      backends,
      'roundrobin\n  option httpchk GET /_health',
      join(dir.path, 'sock'),
    ).replaceAll('weight 100', 'check inter 100ms');
    await startServer('haproxy', text, port);
    const told = await probe(port, dir.write({ 'haproxy.cfg': text }).at('haproxy.cfg'));
    expect(told).toMatchObject({
      code: 1,
      reason: expect.stringMatching(
        /^errors 3\d%, limit 1%: \d+ 5xx without a server in \d+ requests\. web2 answers none/,
      ),
    });
    expect(told.explanations[0]).toMatchObject({
      cause: 'server-down',
      what: expect.stringMatching(/^web2 is down or drops what it gets, but still in rotation/),
      next: expect.stringMatching(/health check that asks for what real requests need/),
    });
  }, 30_000);

  test('has a server that draws traffic by failing fast', async () => {
    const backends = await startBackends(['web1', 'web2', 'web3'], { nameless: true, delayMs: 150 });
    const [bad] = backends;
    if (bad !== undefined) Object.assign(bad.behaviour, { delayMs: 0, status: 500 });
    const dir = folder();
    const port = await freePort();
    const text = withSocket(port, backends, 'leastconn', join(dir.path, 'sock'));
    await startServer('haproxy', text, port);
    const told = await probe(port, dir.write({ 'haproxy.cfg': text }).at('haproxy.cfg'));
    expect({ code: told.code, first: told.explanations[0] }).toMatchObject({
      code: 1,
      first: { cause: 'black-hole', next: expect.stringMatching(/^Take web1 out of rotation/) },
    });
  }, 30_000);
});
