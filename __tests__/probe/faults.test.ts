import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import type { FailureKind } from '../../src/model/counts.ts';
import { makeClient } from '../../src/probe/client.ts';
import { Notes } from '../../src/probe/notes.ts';
import type { ProbeRequest } from '../../src/probe/request.ts';
import { plain } from '../../src/text/say.ts';
import { ask, hasty, notesOf, obstacleOf, request, total } from './asking.ts';
import { makeCertificates, secure, type Certificates } from './certificates.ts';
import { closedPort, raw, rawConnection, web, type Listening } from './servers.ts';

/** What a faulty target must come to. */
interface Fate {
  /** Every request is a failure of this kind; no server is named. */
  readonly failed?: FailureKind;
  /** The server that answers, and whether each of its answers is an error. */
  readonly served?: string;
  readonly error?: boolean;
  /** Each of its answers is an error of the response itself, whatever its status. */
  readonly broken?: boolean;
  readonly down?: boolean;
  readonly says?: RegExp;
  /** Not measured, for this reason. */
  readonly obstacle?: RegExp;
}

interface Fault {
  readonly name: string;
  readonly start: () => Promise<Listening>;
  readonly fate: Fate;
  readonly more?: (server: Listening) => Partial<ProbeRequest>;
}

const DEADLINES = { connectMs: 800, requestMs: 1000 };
/** Made once: encoding a text of this size for each request would take longer than a deadline. */
const LARGE = Buffer.alloc(50_000_000, 'x');
const OK = 'HTTP/1.1 200 OK\r\nX-Served-By: r\r\nConnection: close\r\n';

function answers(text: string | Buffer): () => Promise<Listening> {
  return () => raw((socket) => socket.end(text));
}

function writes(text: string, then: (socket: net.Socket) => void): () => Promise<Listening> {
  return () => raw((socket) => socket.write(text, () => setTimeout(() => then(socket), 30)));
}

function drips(text: string, everyMs: number): () => Promise<Listening> {
  return () =>
    raw((socket) => {
      let at = 0;
      const timer = setInterval(() => {
        if (socket.destroyed || at >= text.length) {
          clearInterval(timer);
          socket.destroy();
        } else socket.write(text.charAt(at++));
      }, everyMs);
    });
}

async function nobody(host = '127.0.0.1'): Promise<Listening> {
  const port = await closedPort(host);
  return { port, count: () => 0, close: async () => {} };
}

/** A process that listens and never accepts, with as many waiting as its queue holds. */
async function fullQueue(): Promise<Listening> {
  const listen = `const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('node:fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(child.stdout, 'data');
  const waiting = Array.from({ length: 4 }, () => net.connect(Number(port), '127.0.0.1').on('error', () => undefined));
  await Promise.race(waiting.map((socket) => once(socket, 'connect')));
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    port: Number(port),
    count: () => 0,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function status(
  code: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): () => Promise<Listening> {
  return () =>
    web((_, response) => {
      response.writeHead(code, headers);
      response.end(body);
    });
}

/** Sends until the other side has enough; `chunk` bytes every `everyMs`. */
function streams(head: string, chunk: number, everyMs: number): () => Promise<Listening> {
  return () =>
    raw((socket) => {
      socket.write(head);
      const timer = setInterval(() => {
        if (socket.destroyed) clearInterval(timer);
        else socket.write('x'.repeat(chunk));
      }, everyMs);
    });
}

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});

const https = (server: Listening): Partial<ProbeRequest> => ({ target: new URL(`https://127.0.0.1:${server.port}/`) });
const trusting = (server: Listening): Partial<ProbeRequest> => ({
  ...https(server),
  tls: { insecure: false, ca: certificates.ca },
});

/** What breaks on the way to a balancer and behind it, each tried against a real socket. */
const FAULTS: readonly Fault[] = [
  { name: '204', start: status(204, { 'X-Served-By': 'r' }), fate: { served: 'r' } },
  { name: '302 with identity', start: status(302, { 'X-Served-By': 'r', Location: '/b' }), fate: { served: 'r' } },
  {
    name: 'refused',
    start: nobody,
    fate: { failed: 'refused', down: true, says: /connection refused/ },
  },
  {
    name: 'reset before the head',
    start: () => raw((socket) => socket.resetAndDestroy()),
    fate: { failed: 'reset', down: true, says: /connection reset \(waiting for the head\)/ },
  },
  {
    name: 'reset in the middle of the body',
    start: writes(`${OK}Content-Length: 10\r\n\r\nabc`, (socket) => socket.resetAndDestroy()),
    fate: { served: 'r', broken: true, says: /connection reset \(reading the body\)/ },
  },
  {
    name: 'end in the middle of the body',
    start: writes(`${OK}Content-Length: 10\r\n\r\nabc`, (socket) => socket.end()),
    fate: { served: 'r', broken: true, says: /ended in the middle of the body/ },
  },
  {
    name: 'slow loris, a byte every 40 ms',
    start: drips(`${OK}Content-Length: 2\r\n\r\nok`.padEnd(90), 40),
    fate: { failed: 'timeout', down: true, says: /no answer within 1 s/ },
  },
  {
    name: 'never answers',
    start: () => raw(() => {}),
    fate: { failed: 'timeout', down: true, says: /no answer within 1 s \(waiting for the head\)/ },
  },
  {
    name: 'closes without an answer (nginx 444)',
    start: () => raw((socket) => socket.end()),
    fate: { failed: 'reset', down: true, says: /closed without an answer/ },
  },
  {
    name: 'TLS, expired',
    start: () => secure({ key: certificates.key, cert: certificates.expired }),
    more: trusting,
    fate: { failed: 'tls', down: true, says: /certificate has expired \(TLS handshake\).*Renew/ },
  },
  {
    name: 'TLS, wrong host',
    start: () => secure({ key: certificates.key, cert: certificates.otherHost }),
    more: trusting,
    fate: {
      obstacle:
        /^Not measured at 127\.0\.0\.1: the certificate is for another host\. Give a URL .* servername under probe/,
    },
  },
  {
    name: 'TLS, client certificate required',
    start: () => secure({ key: certificates.key, cert: certificates.valid, requestCert: true, ca: certificates.ca }),
    more: trusting,
    fate: { obstacle: /^Not measured at 127\.0\.0\.1: a client certificate is required/ },
  },
  {
    name: 'TLS to a plain port',
    start: status(200, { 'X-Served-By': 'r' }),
    more: https,
    fate: { failed: 'tls', down: true, says: /no TLS is spoken there.*Use http:/ },
  },
  {
    name: 'plain to a TLS port that answers 400',
    start: status(400, { Server: 'nginx' }, 'The plain HTTP request was sent to HTTPS port'),
    fate: { obstacle: /status 400.*set https:/ },
  },
  {
    name: 'redirect loop',
    start: status(301, { 'X-Served-By': 'r', Location: '/' }),
    fate: { served: 'r' },
  },
  {
    name: '503 with Retry-After',
    start: status(503, { 'X-Served-By': 'r', 'Retry-After': '1' }),
    fate: { served: 'r', error: true },
  },
  { name: '502 of the balancer itself', start: status(502, {}), fate: { failed: 'anonymous5xx' } },
  {
    name: 'no identity',
    start: status(200, {}, 'ok'),
    fate: { obstacle: /Nothing in 10 answers identifies a server/ },
  },
  {
    name: 'identity twice and changing',
    start: () =>
      web((_, response, n) => {
        response.setHeader('X-Served-By', [`r${n}`, 'zz']);
        response.end('ok');
      }),
    fate: { served: 'zz' },
  },
  { name: '50 MB body', start: status(200, { 'X-Served-By': 'r' }, LARGE), fate: { served: 'r' } },
  { name: 'infinite body', start: streams(`${OK}\r\n`, 65_536, 1), fate: { served: 'r' } },
  {
    name: 'body at 1 KB/s',
    start: streams(`${OK}Content-Length: 50000\r\n\r\n`, 100, 100),
    fate: { served: 'r', broken: true, says: /no end of the body within 1 s/ },
  },
  {
    name: 'gzip',
    start: () =>
      web((_, response) => {
        response.writeHead(200, { 'X-Served-By': 'r', 'Content-Encoding': 'gzip' });
        response.end(gzipSync('ok'));
      }),
    fate: { served: 'r' },
  },
  {
    name: 'HTTP/1.0 until close',
    start: answers('HTTP/1.0 200 OK\r\nX-Served-By: r\r\n\r\nuntil the end'),
    fate: { served: 'r' },
  },
  {
    name: 'chunked with trailer',
    start: answers(`${OK}Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n`),
    fate: { served: 'r' },
  },
  {
    name: '103 and 100 first',
    start: answers(
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`,
    ),
    fate: { served: 'r' },
  },
  {
    name: '40 KB header',
    start: answers(`${OK}X-Big: ${'x'.repeat(40_000)}\r\nContent-Length: 2\r\n\r\nok`),
    fate: { served: 'r' },
  },
  {
    name: 'LF only',
    start: answers('HTTP/1.1 200 OK\nX-Served-By: r\nContent-Length: 2\n\nok'),
    fate: { served: 'r' },
  },
  {
    name: 'garbage',
    start: answers('\u0000\u0001SSH-2.0-OpenSSH\r\n\r\n'),
    fate: { failed: 'broken', down: true, says: /not HTTP/ },
  },
  {
    name: 'two lengths',
    start: answers(`${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`),
    fate: { failed: 'broken', down: true, says: /two lengths/ },
  },
  {
    name: 'no reason phrase',
    start: answers('HTTP/1.1 200\r\nX-Served-By: r\r\nContent-Length: 2\r\n\r\nok'),
    fate: { served: 'r' },
  },
  { name: 'bytes after the end', start: answers(`${OK}Content-Length: 2\r\n\r\nok and more`), fate: { served: 'r' } },
  {
    name: 'IPv6',
    start: () =>
      web((_, response) => {
        response.setHeader('X-Served-By', 'r');
        response.end('ok');
      }, '::1'),
    more: (server) => ({ target: new URL(`http://[::1]:${server.port}/`) }),
    fate: { served: 'r' },
  },
  {
    name: 'IPv6 refused',
    start: () => nobody('::1'),
    more: (server) => ({ target: new URL(`http://[::1]:${server.port}/`) }),
    fate: { failed: 'refused', down: true, says: /connection refused/ },
  },
];

/** Relatives of these. */
const MORE: readonly Fault[] = [
  {
    name: 'TLS, unknown issuer',
    start: () => secure({ key: certificates.key, cert: certificates.valid }),
    more: https,
    fate: {
      obstacle: /^Not measured at .* give the issuing certificate as ca under probe in the checklist file \(--ca on/,
    },
  },
  {
    name: 'plain to a TLS port that drops it',
    start: () => secure({ key: certificates.key, cert: certificates.valid }),
    fate: { down: true },
  },
  {
    name: '200 KB header',
    start: answers(`${OK}X-Big: ${'x'.repeat(200_000)}\r\nContent-Length: 2\r\n\r\nok`),
    fate: { failed: 'broken', down: true, says: /longer than 64 KiB/ },
  },
  {
    name: 'accepts and hangs in the TLS handshake',
    start: () => rawConnection(() => {}),
    more: https,
    fate: { failed: 'timeout', down: true, says: /no TLS handshake within 800 ms/ },
  },
  {
    name: 'ends in the TLS handshake',
    start: () => rawConnection((socket) => socket.end()),
    more: https,
    fate: { failed: 'tls', down: true, says: /ended in the TLS handshake/ },
  },
  {
    name: 'ends in the middle of the head',
    start: answers('HTTP/1.1 200 OK\r\nX-Serv'),
    fate: { failed: 'broken', down: true, says: /middle of the head/ },
  },
  {
    name: '101 that nobody asked for',
    start: answers('HTTP/1.1 101 Switching Protocols\r\nX-Served-By: r\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    fate: { served: 'r', broken: true, says: /6 requests failed: unrequested status 101/ },
  },
  {
    name: '101 that nobody asked for, from nobody',
    start: answers('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    fate: { failed: 'broken', says: /unrequested status 101/ },
  },
  {
    name: '304 that nobody asked for',
    start: status(304, { 'X-Served-By': 'r' }),
    fate: { served: 'r', broken: true, says: /6 requests failed: unrequested status 304/ },
  },
  {
    name: '304 to a request with a validator',
    start: status(304, { 'X-Served-By': 'r' }),
    more: () => ({ headers: [['If-None-Match', '"a"']] }),
    fate: { served: 'r' },
  },
  {
    name: 'interim responses and no final one',
    start: answers('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'),
    fate: { failed: 'broken', down: true, says: /connection closed after interim status 100/ },
  },
  {
    name: 'end in the middle of a chunk',
    start: answers(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nab`),
    fate: { served: 'r', broken: true, says: /ended in the middle of the body/ },
  },
  {
    name: 'end before the last chunk',
    start: answers(`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n`),
    fate: { served: 'r', broken: true, says: /ended in the middle of the body/ },
  },
  {
    name: 'body shorter than its length, over TLS',
    start: () => secure({ key: certificates.key, cert: certificates.valid }, `${OK}Content-Length: 10\r\n\r\nabc`),
    more: trusting,
    fate: { served: 'r', broken: true, says: /ended in the middle of the body/ },
  },
  {
    name: 'accept queue full',
    start: fullQueue,
    fate: { failed: 'timeout', down: true, says: /no connection within 800 ms \(connecting\)/ },
  },
];

describe('faults of the target', () => {
  test('are these many', () => {
    expect(FAULTS).toHaveLength(34);
    expect(new Set([...FAULTS, ...MORE].map(({ name }) => name)).size).toBe(34 + MORE.length);
  });

  test.each([...FAULTS, ...MORE])(
    '$name',
    async ({ start, fate, more }) => {
      const server = await start();
      try {
        const begin: ProbeRequest['begin'] = () => (counts) => total(counts) < 6;
        const asked = request(server.port, { concurrency: 2, ...DEADLINES, begin, ...more?.(server) });
        // Its deadlines end every request, however long a target could go on.
        await makeClient(asked).ask(asked.target.hostname.replace(/[[\]]/g, ''));
        const result = await ask(asked, hasty());
        const { counts } = result;

        expect(result.down).toBe(fate.down ?? false);
        expect(obstacleOf(result)).toMatch(fate.obstacle ?? /^$/);
        expect(notesOf(result)).toMatch(fate.says ?? /^/);
        if (fate.obstacle !== undefined) expect(total(counts)).toBe(0);
        else expect(total(counts)).toBe(fate.down === true ? 3 : 6);
        if (fate.failed !== undefined) expect(counts.failed).toEqual({ [fate.failed]: total(counts) });
        if (fate.served !== undefined) {
          expect(counts.servers).toEqual({ [fate.served]: 6 });
          const broken = fate.broken === true;
          expect(counts.errors).toEqual(fate.error === true || broken ? { [fate.served]: 6 } : {});
          expect(counts.broken).toEqual(broken ? { [fate.served]: 6 } : undefined);
          expect(Object.keys(counts.statuses ?? {})).toEqual(broken ? [] : [fate.served]);
        }
      } finally {
        await server.close();
      }
    },
    30_000,
  );
});

test('connections that took as long as a lost SYN takes to be sent again are told', () => {
  const notes = new Notes();
  const answer = { status: 200, rawHeaders: [], body: '', failure: undefined, headMs: 0, totalMs: 0, reused: false };
  for (const connectMs of [3, 800, 1010, 1020, 3100]) {
    notes.seen({ ...answer, connectMs }, { cached: false, cdn: undefined });
  }
  expect(notes.texts(50).map(plain)).toEqual([
    expect.stringMatching(/^3 connections took about 1 or 3 s to open.*accept queue is full/),
  ]);
});
