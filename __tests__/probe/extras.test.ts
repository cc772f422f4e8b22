import { tryTarget } from '../../src/probe/try.ts';
import { plain } from '../../src/text/say.ts';
import { ask, hasty, known, notesOf, ports, request } from './asking.ts';
import { closedPort, raw, roundRobin, web, type Listening } from './servers.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function using(server: Promise<Listening>): Promise<Listening> {
  open.push(await server);
  return server;
}

/** A balancer with a sticky cookie that takes turns where none comes. */
function sticky(honours: boolean): Promise<Listening> {
  return web((incoming, response, n) => {
    const wanted = /SRV=(s\d)/.exec(incoming.headers.cookie ?? '')?.[1];
    const server = honours && wanted !== undefined ? wanted : `s${n % 3}`;
    response.writeHead(200, { 'X-Served-By': server, 'Set-Cookie': `SRV=${server}; Path=/; HttpOnly` }).end();
  });
}

describe('after the measurement', () => {
  test('cookies that are returned hold a client at its server', async () => {
    const result = await ask(request((await using(sticky(true))).port));
    expect(Object.keys(result.counts.servers)).toHaveLength(3);
    expect(notesOf(result)).toMatch(
      /With its cookies returned \(SRV\), all 10 requests stayed at s[012]: stickiness works\./,
    );
  });

  test('cookies that hold nobody are told', async () => {
    const result = await ask(request((await using(sticky(false))).port));
    expect(notesOf(result)).toMatch(
      /With its cookies returned \(SRV\), [345] of 10 requests stayed at s[012]: these cookies hold no client/,
    );
  });

  test('where the cookie is the identity and is not set again, nothing is said', async () => {
    const server = await using(
      web((incoming, response, n) => {
        const has = incoming.headers.cookie?.includes('SRV=') === true;
        response.writeHead(200, has ? {} : { 'Set-Cookie': `SRV=s${n % 2}` }).end();
      }),
    );
    const result = await ask(request(server.port, { identifyBy: { by: 'cookie', name: 'SRV' } }));
    expect(result.counts.servers).toEqual({ s0: 25, s1: 25 });
    expect(notesOf(result)).toBe('');
  });

  test('connections are balanced, not requests: L4', async () => {
    let connections = 0;
    const server = await using(
      raw((socket) => {
        const name = `s${connections++ % 2}`;
        const reply = (): void => {
          socket.write(`HTTP/1.1 200 OK\r\nX-Served-By: ${name}\r\nContent-Length: 2\r\n\r\nok`);
        };
        reply();
        socket.on('data', reply);
      }),
    );
    const result = await ask(request(server.port, { maxRequests: 60 }));
    expect(result.counts.servers).toEqual({ s0: 25, s1: 25 });
    expect(notesOf(result)).toMatch(/12 requests on one kept connection all went to s[01].*\(L4\)/);
  });

  test('an L7 balancer gives no such note, nor does a server that closes', async () => {
    expect(notesOf(await ask(request((await using(roundRobin(['a', 'b']))).port)))).toBe('');
    const closing = await using(
      web((_, response, n) => response.writeHead(200, { 'X-Served-By': `s${n % 2}`, Connection: 'close' }).end()),
    );
    expect(notesOf(await ask(request(closing.port)))).toBe('');
  });

  test('a pool that was seen with one server only is asked nothing more', async () => {
    const server = await using(roundRobin(['a']));
    await ask(request(server.port));
    expect(server.count()).toBe(61);
  });
});

describe('a try', () => {
  const lines = async (...asked: Parameters<typeof request>): Promise<string[]> => {
    const [result] = await tryTarget(request(...asked), hasty());
    return result?.lines.map(plain) ?? [];
  };

  test('tells what answered, who, and what to give as identify-by', async () => {
    const server = await using(roundRobin(['a', 'b']));
    const [result] = await tryTarget(request(server.port), ports());
    expect(result).toMatchObject({ identity: { by: 'header', name: 'x-served-by' }, seen: { a: 5, b: 5 } });
    expect(result?.lines.map(plain)).toEqual([
      expect.stringMatching(/^10 requests to 127\.0\.0\.1: 10 with status 200, median \d+ ms\.$/),
      expect.stringMatching(/^The header x-served-by tells servers apart: [ab] 5 times and [ab] 5 times\.$/),
      'Set identify-by: header:x-served-by.',
    ]);
    expect(server.count()).toBe(11);
  });

  test('tells that nothing answers, and why', async () => {
    expect(await lines(await closedPort())).toEqual([
      'Nothing answered at 127.0.0.1 in 3 tries: connection refused (connecting). Nothing listens there: check host and port.',
    ]);
    expect(await lines('http://nowhere.test/')).toEqual([expect.stringMatching(/does not resolve/)]);
  });

  test('tells of errors, of a CDN, and of names that the config does not have', async () => {
    const failing = await using(web((_, response) => response.writeHead(503).end()));
    expect(await lines(failing.port)).toEqual([
      expect.stringMatching(/10 with status 503/),
      'The target fails: fix that first, then identify the servers.',
    ]);
    const odd = await using(
      web((_, response, n) => response.writeHead(200, { 'CF-Ray': '1', 'X-Served-By': `pod-${n % 2}` }).end()),
    );
    expect((await lines(odd.port, { known: known('web1') })).slice(1)).toEqual([
      expect.stringMatching(/^Cloudflare is in front of/),
      expect.stringMatching(/tells servers apart: pod-[01]/),
      expect.stringMatching(/none of that is a server of the config.*identify.*Let the balancer say/),
    ]);
  });
});
