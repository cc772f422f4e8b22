import { makeClient } from '../../src/probe/client.ts';
import type { ProbePorts, ProbeRequest } from '../../src/probe/request.ts';
import { tryTarget } from '../../src/probe/try.ts';
import { plain } from '../../src/text/say.ts';
import { ask, hasty, notesOf, obstacleOf, request } from './asking.ts';
import { makeCertificates, secure, type Certificates } from './certificates.ts';
import { raw, roundRobin, web, type Listening } from './servers.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function using<T extends Listening>(server: Promise<T>): Promise<T> {
  open.push(await server);
  return server;
}

/** The head of a request as the target received it. */
async function headOf(more: Partial<ProbeRequest>, target = '/path?q=1'): Promise<string> {
  let seen = '';
  const server = await using(
    raw((socket, head) => {
      seen = head;
      socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
    }),
  );
  await makeClient(request(`http://127.0.0.1:${server.port}${target}`, more)).ask('127.0.0.1');
  return seen;
}

describe('a request', () => {
  test('is a plain GET on a connection of its own, past every cache', async () => {
    const connections = new Set<number | undefined>();
    const server = await using(
      web((incoming, response) => {
        connections.add(incoming.socket.remotePort);
        response.end();
      }),
    );
    const client = makeClient(request(server.port));
    for (let i = 0; i < 5; i++) expect(await client.ask('127.0.0.1')).toMatchObject({ status: 200, reused: false });
    expect(connections.size).toBe(5);
    const head = await headOf({});
    expect(head).toMatch(/^GET \/path\?q=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
    expect(head).toMatch(/\r\nConnection: close\r\n/);
    expect(head).toMatch(/\r\nCache-Control: no-cache\r\n/);
    expect(head).not.toMatch(/cookie|accept-encoding|authorization/i);
  });

  test('has the headers that the user gives, in place of ours', async () => {
    const headers = [
      ['X-Api-Key', 'secret'],
      ['user-agent', 'mine'],
      ['Host', 'app.test'],
      ['Connection', 'keep-alive'],
    ] as const;
    const head = await headOf({ headers });
    expect(head).toMatch(/\r\nX-Api-Key: secret\r\n/);
    expect(head.match(/user-agent: .*/gi)).toEqual(['user-agent: mine']);
    expect(head.match(/^host: .*$/gim)).toEqual(['Host: app.test']);
    expect(head).toMatch(/Connection: close/);
  });

  test('takes user and password of the URL as basic authorization', async () => {
    const server = await using(
      web((incoming, response) => {
        response.setHeader('X-Served-By', incoming.headers.authorization === 'Basic dTpwIA==' ? 'a' : 'nobody');
        response.end();
      }),
    );
    const result = await ask(request(`http://u:p%20@127.0.0.1:${server.port}/x?token=1`));
    expect(result.counts.servers).toEqual({ a: 50 });
    expect(result.counts.target).toBe(`http://127.0.0.1:${server.port}/x`);
  });

  test('never returns a cookie and never follows a redirect', async () => {
    const paths = new Set<string | undefined>();
    let cookies = 0;
    const server = await using(
      web((incoming, response) => {
        paths.add(incoming.url);
        if (incoming.headers.cookie !== undefined) cookies++;
        response.writeHead(302, { Location: '/other', 'Set-Cookie': 'S=1', 'X-Served-By': 'a' }).end();
      }),
    );
    await ask(request(server.port));
    expect([...paths]).toEqual(['/']);
    expect(cookies).toBe(0);
  });

  test('does not use a proxy of the environment', async () => {
    const proxy = await using(web((_, response) => response.end()));
    const server = await using(roundRobin(['a', 'b']));
    const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${proxy.port}`;
    try {
      expect((await ask(request(server.port))).counts.servers).toEqual({ a: 25, b: 25 });
      expect(proxy.count()).toBe(0);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  test.each([
    ['a value that HTTP forbids', [['X-Api-Key', 'top\nsecret']]],
    ['a name that HTTP forbids', [['X Api: top', 'secret']]],
  ] as const)('%s is an obstacle that does not show it', async (_, headers) => {
    const says = obstacleOf(await ask(request(1, { headers })));
    expect(says).toMatch(/header has a name or value that HTTP does not allow/);
    expect(says).not.toMatch(/secret|top/);
  });

  test('values of its headers are in no message, whatever happens', async () => {
    const headers = [['Authorization', 'Bearer hush-hush']] as const;
    const failing = await using(
      raw((socket, _, n) => (n % 2 === 0 ? socket.resetAndDestroy() : socket.end('garbage'))),
    );
    const mute = await using(web((_, response) => response.writeHead(401).end()));
    for (const { port } of [failing, mute]) {
      const result = await ask(request(port, { headers }), hasty());
      const lines = (await tryTarget(request(port, { headers }), hasty())).flatMap((one) => one.lines.map(plain));
      expect(JSON.stringify([result, lines])).not.toMatch(/hush/);
    }
  });
});

describe('a key that varies', () => {
  test.each([
    ['header', 'X-User', /\r\nX-User: [0-9a-z]+\r\n/],
    ['header', 'X-Forwarded-For', /\r\nX-Forwarded-For: 198\.1[89]\.\d+\.\d+\r\n/],
    ['cookie', 'sid', /\r\nCookie: keep=1; sid=[0-9a-z]+\r\n/],
    ['query', 'u', /^GET \/path\?q=1&u=[0-9a-z]+ /],
    ['path', 'u', /^GET \/path\/u[0-9a-z]+\?q=1 /],
  ] as const)('in %s %s', async (by, name, pattern) => {
    const seen = new Set<string>();
    const server = await using(
      raw((socket, head) => {
        seen.add(pattern.exec(head)?.[0] ?? 'missing');
        socket.end('HTTP/1.1 200 OK\r\nX-Served-By: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      }),
    );
    const headers = [['Cookie', 'keep=1']] as const;
    await ask(request(`http://127.0.0.1:${server.port}/path?q=1`, { vary: { by, name }, headers }));
    expect(seen.has('missing')).toBe(false);
    expect(seen.size).toBeGreaterThan(50);
  });
});

describe('TLS', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });

  const asked = (port: number, tls: ProbeRequest['tls'], host = 'localhost'): ProbeRequest =>
    request(`https://${host}:${port}/`, { tls, maxRequests: 20 });
  const here = (): ProbePorts => hasty({ localhost: ['127.0.0.1'] });

  test('trusts the CA that is given, sends the name of the target, and makes a full handshake each time', async () => {
    const server = await using(secure({ key: certificates.key, cert: certificates.valid }));
    const result = await ask(asked(server.port, { insecure: false, ca: certificates.ca }), here());
    expect(result.counts.servers).toEqual({ r: 10 });
    expect(new Set(server.names)).toEqual(new Set(['localhost']));
    expect(server.resumed()).toBe(0);
  });

  test('sends no server name for an address, and another one when told', async () => {
    const server = await using(secure({ key: certificates.key, cert: certificates.valid }));
    await ask(asked(server.port, { insecure: false, ca: certificates.ca }, '127.0.0.1'), here());
    expect(new Set(server.names)).toEqual(new Set([false]));
    const other = await using(secure({ key: certificates.key, cert: certificates.otherHost }));
    const tls = { insecure: false, ca: certificates.ca, servername: 'elsewhere.test' };
    const result = await ask(asked(other.port, tls, '127.0.0.1'), here());
    expect(result.counts.servers).toEqual({ r: 10 });
    expect(new Set(other.names)).toEqual(new Set(['elsewhere.test']));
  });

  test('insecure accepts what cannot be trusted', async () => {
    const server = await using(secure({ key: certificates.key, cert: certificates.expired }));
    const result = await ask(asked(server.port, { insecure: true }), here());
    expect(result).toMatchObject({ down: false, counts: { servers: { r: 10 }, failed: {} } });
  });

  test('a CA that is none is our own side’s obstacle', async () => {
    const result = await ask(
      asked(1, { insecure: false, ca: '-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----' }),
    );
    expect(obstacleOf(result)).toMatch(/CA is not a PEM certificate/);
    expect(result.down).toBe(false);
  });

  test('notes name what failed', async () => {
    const server = await using(secure({ key: certificates.key, cert: certificates.expired }));
    const result = await ask(asked(server.port, { insecure: false, ca: certificates.ca }), here());
    expect(notesOf(result)).toMatch(/Nothing answered at 127\.0\.0\.1 in 3 tries: the certificate has expired/);
  });
});

describe('deadlines', () => {
  test('cancel ends what is under way at once', async () => {
    const server = await using(raw(() => {}));
    const client = makeClient(request(server.port, { requestMs: 600_000, connectMs: 600_000 }));
    const answers = Promise.all([client.ask('127.0.0.1'), client.ask('127.0.0.1')]);
    setTimeout(() => client.cancel(), 50);
    expect(await answers).toMatchObject([{ status: undefined }, { status: undefined }]);
  });

  test('connecting has a deadline of its own', async () => {
    // A reserved network: packets get no answer, or the machine has no route at all.
    const answer = await makeClient(request('http://192.0.2.1/', { connectMs: 200 })).ask('192.0.2.1');
    expect(answer.status).toBeUndefined();
    expect(answer.failure?.phase).toBe('connect');
  });
});
