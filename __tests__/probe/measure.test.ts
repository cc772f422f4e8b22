import { probe } from '../../src/probe/probe.ts';
import type { Look, ProbePorts } from '../../src/probe/request.ts';
import { ask, hasty, known, notesOf, obstacleOf, ports, request, total } from './asking.ts';
import { raw, roundRobin, web, type Listening } from './servers.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function using(server: Promise<Listening>): Promise<Listening> {
  open.push(await server);
  return server;
}

describe('counting', () => {
  test('a round robin: even counts, halves, sketches, and no repeats to speak of', async () => {
    const server = await using(roundRobin(['a', 'b', 'c']));
    const looks: Look[] = [];
    const begin = (look: Look): (() => boolean) => {
      looks.push(look);
      return () => true;
    };
    const { counts, seconds, down, obstacle } = await ask(request(server.port, { maxRequests: 100, begin }));
    expect(looks).toEqual([
      { address: '127.0.0.1', identity: { by: 'header', name: 'x-served-by' }, addressed: false, timeoutMs: 20_000 },
    ]);
    expect({ down, obstacle }).toEqual({ down: false, obstacle: undefined });
    expect(total(counts)).toBe(90);
    expect(counts).toMatchObject({
      version: 1,
      target: `http://127.0.0.1:${server.port}/`,
      address: '127.0.0.1',
      servers: { a: 30, b: 30, c: 30 },
      errors: {},
      failed: {},
      unexpected: {},
      unidentified: 0,
      cached: 0,
      retried: {},
    });
    const half = Object.values(counts.firstHalf ?? {}).reduce((sum, n) => sum + n, 0);
    expect(half).toBe(45);
    const sketched = Object.values(counts.latencyMs?.['a']?.buckets ?? {}).reduce((sum, n) => sum + n, 0);
    expect(sketched).toBe(30);
    expect(counts.started).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(seconds).toBeGreaterThan(0);
  });

  test('never more requests than asked for, the warm-up and the look among them, and two dozen after the end', async () => {
    const server = await using(roundRobin(['a', 'b']));
    await ask(request(server.port, { maxRequests: 200 }));
    // One knock, 200 requests, twelve on a kept connection.
    expect(server.count()).toBeLessThanOrEqual(213);
  });

  test('answers that come after the end was decided do not move the counts', async () => {
    const server = await using(roundRobin(['a', 'b']));
    const begin = () => (counts: Parameters<typeof total>[0]) => total(counts) < 17;
    const { counts } = await ask(request(server.port, { concurrency: 8, begin }));
    expect(total(counts)).toBe(17);
  });

  test('the time limit ends a measurement that nobody else ends', async () => {
    const server = await using(roundRobin(['a', 'b']));
    // Without it the measurement would take more than a quarter of an hour.
    const result = await ask(request(server.port, { rate: 100, maxRequests: 100_000, timeoutMs: 500 }));
    expect(result.obstacle).toBeUndefined();
    expect(total(result.counts)).toBeGreaterThan(0);
    expect(total(result.counts)).toBeLessThan(100_000);
  });

  test('the time limit covers all that is asked, whatever a slow server makes of it', async () => {
    const server = await web((_, response, n) => {
      response.setHeader('X-Served-By', `web${n % 3}`);
      setTimeout(() => response.end(), n % 3 === 0 ? 300 : 0);
    });
    // All of them, every third slow, four at a time: 150 s.
    const result = await ask(request(server.port, { maxRequests: 6000, timeoutMs: 1500, requestMs: 400 }));
    expect(total(result.counts)).toBeLessThan(6000);
    expect(total(result.counts)).toBeGreaterThan(8);
    // Nor is the slow one left out because it was still answering.
    expect(Object.keys(result.counts.servers)).toHaveLength(3);
    await server.close();
  });

  test('a target that never answers in the time given is told so', async () => {
    const server = await using(
      web((_, response, n) => {
        response.setHeader('X-Served-By', 'a');
        setTimeout(() => response.end(), n === 0 ? 0 : 5000);
      }),
    );
    const result = await ask(request(server.port, { timeoutMs: 1000 }));
    expect(obstacleOf(result)).toMatch(/^No answer came in time to be counted: 1 s \(timeout\) are too short/);
  });

  test('5xx are errors of their server, 3xx and 4xx with identity are not, 5xx without are anonymous', async () => {
    const server = await using(
      web((_, response, n) => {
        if (n % 4 === 3) response.writeHead(503).end();
        else response.writeHead([200, 404, 500][n % 4] ?? 200, { 'X-Served-By': `s${n % 4}` }).end();
      }),
    );
    const { counts } = await ask(request(server.port, { maxRequests: 90, known: known('s0', 's1', 's2') }));
    expect(counts.servers).toEqual({ s0: 20, s1: 20, s2: 20 });
    expect(counts.errors).toEqual({ s2: 20 });
    expect(counts.failed).toEqual({ anonymous5xx: 20 });
  });

  test('a dead server behind a balancer that answers 503 itself is errors, not unidentified', async () => {
    const server = await using(
      web((_, response, n) => {
        if (n % 3 === 0) response.writeHead(503).end('<h1>503</h1>');
        else response.writeHead(200, { 'X-Served-By': `s${n % 3}` }).end();
      }),
    );
    const result = await ask(request(server.port, { known: known('s1', 's2', 's3') }));
    expect(result.obstacle).toBeUndefined();
    expect(result.counts.failed?.anonymous5xx).toBeGreaterThan(10);
    expect(result.counts.unidentified).toBe(0);
  });

  test('hidden retries, and a server that the config does not have', async () => {
    const server = await using(
      web((_, response, n) => {
        const address = ['127.0.0.1:1', '127.0.0.1:2, 127.0.0.1:1', '127.0.0.1:7'][n % 3] ?? '';
        response.setHeader('X-Served-By', address);
        response.end();
      }),
    );
    const roster = ['127.0.0.1:1', '127.0.0.1:2'];
    const { counts } = await ask(request(server.port, { known: known(...roster) }));
    expect(counts.servers).toEqual({ '127.0.0.1:1': expect.any(Number) });
    expect(counts.retried).toEqual({ '127.0.0.1:2': expect.any(Number) });
    expect(counts.unexpected?.['127.0.0.1:7']).toBeGreaterThan(10);
  });

  test('nginx with no server left names its upstream, which is no server', async () => {
    const server = await using(
      web((_, response, n) => {
        response.writeHead(502, { 'X-Served-By': n % 2 === 0 ? 'app' : '127.0.0.1:1, app' }).end();
      }),
    );
    const { counts } = await ask(request(server.port, { known: known('127.0.0.1:1', '127.0.0.1:2') }));
    expect(counts).toMatchObject({ servers: {}, unexpected: {}, failed: { anonymous5xx: 50 } });
    expect(counts.retried?.['127.0.0.1:1']).toBe(25);
  });

  test('names that mean something to JavaScript are names', async () => {
    const server = await using(roundRobin(['__proto__', 'constructor']));
    const { counts } = await ask(request(server.port));
    expect(Object.entries(counts.servers).toSorted(([a], [b]) => a.localeCompare(b))).toEqual([
      ['__proto__', 25],
      ['constructor', 25],
    ]);
  });

  test('progress is told at most every second', async () => {
    const server = await using(roundRobin(['a', 'b']));
    let told = 0;
    const onProgress = (): void => {
      told++;
    };
    let now = 0;
    // Each look at the clock is 10 ms later: about a request every 30 ms.
    const outside: ProbePorts = { ...hasty(), now: () => (now += 10) };
    await ask(request(server.port, { maxRequests: 200, onProgress }), outside);
    expect(told).toBeGreaterThan(2);
    expect(told).toBeLessThanOrEqual(Math.ceil(now / 1000));
  });
});

describe('answers that are not counted as servers', () => {
  test('429 slows down and is no error', async () => {
    const server = await using(
      web((_, response, n) => {
        if (n % 5 === 4) response.writeHead(429).end();
        else response.writeHead(200, { 'X-Served-By': `s${n % 2}` }).end();
      }),
    );
    const result = await ask(request(server.port, { rate: 800, maxRequests: 100 }));
    expect(result.counts).toMatchObject({ failed: {}, errors: {}, unidentified: 0 });
    expect(result.counts.limited).toBeGreaterThan(10);
    expect(notesOf(result)).toMatch(
      /answered \d+ requests with 429, too many requests, \d of them in the warm-up: the rate went down to (400|200|100) requests\/s\. They are not counted as errors/,
    );
  });

  test('429 in the warm-up alone is reported, since it slows down what follows', async () => {
    const server = await using(
      web((_, response, n) => {
        if (n === 3) response.writeHead(429).end();
        else response.writeHead(200, { 'X-Served-By': `s${n % 2}` }).end();
      }),
    );
    const result = await ask(request(server.port, { rate: 800, maxRequests: 60 }));
    expect(result.counts.limited).toBeUndefined();
    expect(notesOf(result)).toMatch(/^The target answered 1 request with 429.*, 1 of them in the warm-up: .* 400 req/);
  });

  test('429 to everything ends at once with the way out', async () => {
    const server = await using(web((_, response) => response.writeHead(429, { 'Retry-After': '60' }).end()));
    expect(obstacleOf(await ask(request(server.port)))).toMatch(/every request with 429.*Lower rate/);
  });

  test.each([
    ['Age', '12'],
    ['X-Cache', 'Hit from cloudfront'],
    ['X-Cache', 'HIT, MISS'],
    ['X-Cache-Status', 'TCP_HIT'],
    ['CF-Cache-Status', 'HIT'],
  ])('a cache answered: %s: %s', async (header, value) => {
    const server = await using(
      web((_, response, n) => {
        if (n % 2 === 1) response.setHeader(header, value);
        response.setHeader('X-Served-By', `s${n % 4}`);
        response.end();
      }),
    );
    const result = await ask(request(server.port, { maxRequests: 90 }));
    expect(result.counts).toMatchObject({ servers: { s0: 20, s2: 20 }, cached: 40 });
    expect(notesOf(result)).toMatch(/A cache or CDN gave 40 answers \(50%\) instead of a server/);
  });

  test('only a cache answers', async () => {
    const server = await using(
      web((_, response) => response.writeHead(200, { Age: '5', 'X-Served-By': 'edge', 'CF-Ray': '8f' }).end()),
    );
    const result = await ask(request(server.port));
    expect(obstacleOf(result)).toMatch(/A cache or CDN gave every answer/);
    expect(notesOf(result)).toMatch(/Cloudflare is in front of the balancer/);
  });

  test('a CDN that passes everything on is named and hides nothing', async () => {
    const server = await using(
      web((_, response, n) => {
        response.writeHead(200, {
          'CF-Ray': `${n}`,
          'CF-Cache-Status': 'DYNAMIC',
          Age: '0',
          'X-Served-By': `s${n % 2}`,
        });
        response.end();
      }),
    );
    const result = await ask(request(server.port));
    expect(result.counts).toMatchObject({ servers: { s0: 25, s1: 25 }, cached: 0 });
    expect(notesOf(result)).toMatch(/^Cloudflare is in front of the balancer\.$/);
  });

  test('some answers show no server: they are counted apart, with what to do', async () => {
    const server = await using(
      web((_, response, n) => {
        if (n % 2 === 0) response.writeHead(302, { Location: 'https://login.test/?secret=1' }).end();
        else response.writeHead(200, { 'X-Served-By': `s${n % 4}` }).end();
      }),
    );
    const result = await ask(request(server.port));
    expect(result.counts.unidentified).toBe(25);
    expect(notesOf(result)).toMatch(
      /25 answers with status 302 showed no server.*use the target that it points to, https:\/\/login\.test\/\./,
    );
    expect(notesOf(result)).not.toMatch(/secret/);
  });
});

describe('targets that cannot be measured are settled soon, with the way out', () => {
  const settledSoon = async (server: Listening, more: Parameters<typeof request>[1] = {}): Promise<string> => {
    // The rate and the numbers of production.
    const result = await ask(request(server.port, { rate: 50, maxRequests: 6000, concurrency: 8, ...more }));
    expect(server.count()).toBeLessThanOrEqual(11);
    expect(result).toMatchObject({ down: false, counts: { servers: {} } });
    return obstacleOf(result);
  };

  test.each([
    [200, {}, /Nothing in 10 answers identifies.*add_header X-Served-By/],
    [301, { Location: 'https://www.test/' }, /status 301.*use the target that it points to, https:\/\/www\.test\//],
    [401, {}, /status 401.*headers.*such as Authorization/],
    [403, {}, /status 403.*headers/],
    [404, {}, /status 404.*Set a path/],
  ])('%d without identity', async (status, headers, says) => {
    expect(await settledSoon(await using(web((_, response) => response.writeHead(status, headers).end())))).toMatch(
      says,
    );
  });

  test('a header that is not there', async () => {
    const server = await using(web((_, response) => response.end('ok')));
    expect(await settledSoon(server, { identifyBy: { by: 'header', name: 'X-Nope' } })).toMatch(
      /None of 10 answers has the header X-Nope\..*Let the balancer say/,
    );
  });

  test('identities that are no servers of the config are not taken for unlisted ones', async () => {
    const server = await using(roundRobin(['pod-a', 'pod-b']));
    const says = /shows who answered \(pod-[ab] and pod-[ab]\), but none of that is a server of the config.*identify/;
    expect(await settledSoon(server, { known: known('web1', 'web2') })).toMatch(says);
  });

  test('an identity that is new each time', async () => {
    const server = await using(web((_, response, n) => response.writeHead(200, { 'X-Served-By': `r${n}` }).end()));
    const result = await ask(request(server.port, { maxRequests: 3000, concurrency: 8, timeoutMs: 60_000 }), {
      ...hasty(),
      random: () => 0,
    });
    expect(obstacleOf(result)).toMatch(/more than 1,024 different values: it does not name servers/);
    expect(server.count()).toBeLessThan(1400);
  }, 30_000);
});

describe('time', () => {
  test('waits for settle, then three tries a second apart, before it says that the target is down', async () => {
    const slept: number[] = [];
    const outside: ProbePorts = { ...ports(), now: () => 0, sleep: async (ms) => void slept.push(ms), random: () => 0 };
    const server = await using(raw((socket) => socket.destroy()));
    const result = await ask(request(server.port, { settleMs: 2000 }), outside);
    expect(result.down).toBe(true);
    expect(slept).toEqual([2000, 1000, 1000]);
    expect(server.count()).toBe(3);
  });

  test('a target that comes up in the third try is not down', async () => {
    const server = await using(
      raw((socket, _, n) => {
        if (n < 2) socket.destroy();
        else socket.end(`HTTP/1.1 200 OK\r\nX-Served-By: s${n % 2}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      }),
    );
    const result = await ask(request(server.port), hasty());
    expect(result).toMatchObject({ down: false, counts: { servers: { s0: 25, s1: 25 }, failed: {} } });
  });

  test('waits until the deployed version is served', async () => {
    const server = await using(
      web((_, response, n) => {
        response.setHeader('X-Config', n < 5 ? 'old' : 'new');
        response.setHeader('X-Served-By', n < 5 ? 'a' : 'b');
        response.end();
      }),
    );
    const version = { by: 'header', name: 'x-config', value: 'new' } as const;
    const result = await ask(request(server.port, { version }), hasty());
    expect(result.counts).toMatchObject({ versionSeen: 'new', servers: { b: 50 } });
    expect(Object.keys(result.counts.servers)).toEqual(['b']);
  });

  test('a version that never comes is no fail, and says what was served instead', async () => {
    const server = await using(
      web((_, response) => response.writeHead(200, { 'X-Served-By': 'a' }).end('{"v":"old"}')),
    );
    const version = { by: 'json', name: 'v', value: 'new' } as const;
    const result = await ask(request(server.port, { version, timeoutMs: 600 }));
    expect(result.down).toBe(false);
    expect(obstacleOf(result)).toMatch(
      /version new did not appear within 600 ms\. json v was last old\. Check that the balancer was reloaded/,
    );
  });

  test('two versions at once are told', async () => {
    const server = await using(
      web((_, response, n) => response.writeHead(200, { 'X-Served-By': 'a', 'X-Config': `v${n % 2}` }).end()),
    );
    const version = { by: 'header', name: 'x-config', value: undefined } as const;
    expect(notesOf(await ask(request(server.port, { version })))).toMatch(/2 versions: v[01] 50% and v[01] 50%/);
  });

  test('what fails in the warm-up is told and not counted', async () => {
    const server = await using(
      web((_, response, n) => response.writeHead(n > 0 && n < 4 ? 500 : 200, { 'X-Served-By': `s${n % 2}` }).end()),
    );
    const result = await ask(request(server.port, { maxRequests: 300 }));
    expect(result.counts.errors).toEqual({});
    expect(total(result.counts)).toBe(270);
    expect(notesOf(result)).toMatch(/3 of the first 30 requests failed; they are warm-up and not counted/);
  });
});

describe('one result per address', () => {
  test('an instance with another config shows in its own counts', async () => {
    const even = await using(roundRobin(['s0', 's1']));
    await using(web((_, response) => response.writeHead(200, { 'X-Served-By': 's0' }).end(), '127.0.0.2', even.port));
    const names = { 'lb.test': ['127.0.0.1', '127.0.0.2'] };
    const results = await probe(request(`http://lb.test:${even.port}/`), ports(names));
    expect(results.map((result) => [result.address, result.counts.servers])).toEqual([
      ['127.0.0.1', { s0: 25, s1: 25 }],
      ['127.0.0.2', { s0: 50 }],
    ]);
  });

  test('what the target says is a value in a message, never words', async () => {
    const server = await using(web((_, response) => response.writeHead(302, { Location: '<script>' }).end()));
    const { obstacle } = await ask(request(server.port));
    expect(obstacle?.parts).toContainEqual({ kind: 'value', text: '<script>' });
  });
});
