import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';
import { ask, hasty, known, notesOf, obstacleOf, request } from './asking.ts';
import { makeCertificates } from './certificates.ts';
import { closedPort } from './servers.ts';

const short = { connectMs: 800, requestMs: 1000, concurrency: 2, maxRequests: 20 };

describeReal('nginx', 'faults of a real nginx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'probe-nginx-'));
  let port = 0;
  let tlsPort = 0;
  beforeAll(async () => {
    const certificates = makeCertificates();
    writeFileSync(join(folder, 'cert.pem'), certificates.valid);
    writeFileSync(join(folder, 'key.pem'), certificates.key);
    writeFileSync(join(folder, 'big'), 'x'.repeat(1_000_000));
    [port, tlsPort] = [await freePort(), await freePort()];
    const dead = await closedPort();
    const [a] = await startBackends(['a']);
    const config = `worker_processes 2; events {}
http {
  upstream retried { zone r 64k; server 127.0.0.1:${dead} max_fails=0; server 127.0.0.1:${a?.port}; }
  upstream dead { server 127.0.0.1:${dead}; }
  server {
    listen 127.0.0.1:${port};
    add_header X-Served-By $upstream_addr always;
    location /444 { return 444; }
    location /503 { add_header Retry-After 1 always; return 503; }
    location /loop { return 301 /loop; }
    location /502 { proxy_pass http://dead; }
    location /retried { proxy_pass http://retried; }
    location /slow { alias ${folder}/big; limit_rate 1k; limit_rate_after 1k; }
  }
  server {
    listen 127.0.0.1:${tlsPort} ssl;
    ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    location / { return 200 ok; }
  }
}`;
    await startServer('nginx', config, port);
  }, 30_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const at = (path: string): string => `http://127.0.0.1:${port}${path}`;

  test('444: closed without an answer', async () => {
    const result = await ask(request(at('/444'), short), hasty());
    expect(result).toMatchObject({ down: true, counts: { failed: { reset: 3 } } });
    expect(notesOf(result)).toMatch(/connection closed without an answer/);
  });

  test('503 of the balancer itself, and 502 with a dead upstream, are errors', async () => {
    const refused = await ask(request(at('/503'), short));
    expect(refused.counts).toMatchObject({ servers: {}, failed: { anonymous5xx: 10 } });
    const dead = await ask(request(at('/502'), short));
    expect(dead.counts.errors).toEqual(dead.counts.servers);
    expect(dead).toMatchObject({ down: false, counts: { failed: {} } });
  });

  test('a redirect loop is not followed', async () => {
    expect(obstacleOf(await ask(request(at('/loop'), short)))).toMatch(/status 301.*use the target that it points to/);
  });

  test('a refused server that nginx hides is told by its name', async () => {
    const result = await ask(request(at('/retried'), { identifyBy: { by: 'header', name: 'X-Served-By' } }));
    expect(Object.values(result.counts.servers)).toEqual([50]);
    expect(Object.values(result.counts.retried ?? {})[0]).toBeGreaterThanOrEqual(20);
    expect(result.counts).toMatchObject({ errors: {}, failed: {} });
  });

  test('a body at 1 KB/s ends at the deadline, named', async () => {
    const result = await ask(request(at('/slow'), short), hasty());
    expect(result.counts.failed).toEqual({ timeout: 10 });
    expect(notesOf(result)).toMatch(/no end of the body within 1 s/);
  }, 30_000);

  test('plain HTTP to its TLS port: 400, and what to do', async () => {
    const result = await ask(request(`http://127.0.0.1:${tlsPort}/`, short));
    expect(obstacleOf(result)).toMatch(/status 400.*If the port expects TLS, set https:/);
  });

  test('TLS to its plain port', async () => {
    const result = await ask(request(at('/').replace('http:', 'https:'), short), hasty());
    expect(result).toMatchObject({ down: true, counts: { failed: { tls: 3 } } });
    expect(notesOf(result)).toMatch(/no TLS is spoken there/);
  });
});

describeReal('haproxy', 'a real HAProxy', () => {
  const head = `defaults
  timeout connect 2s
  timeout client 5s
  timeout server 5s
`;

  test('its inserted cookie names the server and holds its client', async () => {
    const backends = await startBackends(['x', 'y', 'z']);
    const port = await freePort();
    const servers = backends.map((b, i) => `  server s${i} 127.0.0.1:${b.port} cookie c${i}`).join('\n');
    const config = `${head}frontend in
  mode http
  bind 127.0.0.1:${port}
  default_backend app
backend app
  mode http
  cookie SRV insert indirect nocache
  http-response set-header X-Served-By %s
${servers}
`;
    await startServer('haproxy', config, port);
    const names = known('s0', 's1', 's2').map((s, i) => ({ ...s, identities: [s.name, `c${i}`] }));
    const byHeader = await ask(request(port, { known: names, maxRequests: 100 }));
    expect(byHeader.counts.servers).toEqual({ s0: 30, s1: 30, s2: 30 });
    expect(notesOf(byHeader)).toMatch(
      /With its cookies returned \(SRV\), all 10 requests stayed at s\d: stickiness works/,
    );
    const cookie = { by: 'cookie', name: 'SRV' } as const;
    const byCookie = await ask(request(port, { known: names, maxRequests: 100, identifyBy: cookie }));
    expect(byCookie.counts.servers).toEqual({ s0: 30, s1: 30, s2: 30 });
    expect(notesOf(byCookie)).toBe('');
  }, 30_000);

  test('mode tcp: fresh connections spread, a kept one stays, and the note says so', async () => {
    const backends = await startBackends(['x', 'y', 'z']);
    const port = await freePort();
    const servers = backends.map((b) => `  server ${b.name} 127.0.0.1:${b.port}`).join('\n');
    await startServer('haproxy', `${head}listen app\n  mode tcp\n  bind 127.0.0.1:${port}\n${servers}\n`, port);
    const result = await ask(request(port, { maxRequests: 100, known: known('x', 'y', 'z') }));
    expect(result.counts.servers).toEqual({ x: 30, y: 30, z: 30 });
    expect(notesOf(result)).toMatch(/12 requests on one kept connection all went to [xyz].*\(L4\)/);
  }, 30_000);

  test('all servers down: anonymous 503, errors and not unidentified', async () => {
    const port = await freePort();
    const config = `${head}listen app\n  mode http\n  bind 127.0.0.1:${port}\n  http-response set-header X-Served-By %s\n  retries 0\n  server s1 127.0.0.1:${await closedPort()}\n`;
    await startServer('haproxy', config, port);
    const result = await ask(request(port, { known: known('s1') }));
    expect(result).toMatchObject({ down: false, counts: { unidentified: 0, unexpected: {} } });
    expect(result.obstacle).toBeUndefined();
    const { failed, errors } = result.counts;
    expect((failed?.anonymous5xx ?? 0) + (errors?.['s1'] ?? 0)).toBe(50);
  }, 30_000);
});
