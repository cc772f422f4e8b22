import { keysMoved } from '../../src/compare/keys.ts';
import { ownerOf } from '../../src/compare/mapping.ts';
import { predict } from '../../src/compare/predict.ts';
import { FORMATS } from '../../src/formats/list.ts';
import type { Pool } from '../../src/model/pool.ts';
import { exactly, type Share } from '../../src/model/share.ts';
import { crc32 } from '../../src/compare/rings.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { send, type Sending } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer, type Backend } from '../support/real-servers.ts';

/**
 * Predicted shares held to what the real programs do. One text is read by our reader and served by the program: it is
 * written once per case, with `{a}` for the address of backend a.
 */
type Balancer = 'nginx' | 'haproxy';

const NAMES = ['a', 'b', 'c', 'd'] as const;
const FILES: Readonly<Record<Balancer, (port: number, pool: string, workers: number) => string>> = {
  nginx: (port, pool, workers) => `worker_processes ${workers};
events {}
http {
  upstream app {
    ${pool.replaceAll('\n', '\n    ')}
  }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; }
  }
}
`,
  haproxy: (port, pool) => `defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend in
  bind 127.0.0.1:${port}
  default_backend app
backend app
  ${pool.replaceAll('\n', '\n  ')}
`,
};

interface Case {
  readonly title: string;
  readonly pool: string;
  /** Which of the predicted shares the traffic below shows. */
  readonly shows: keyof Share;
  /**
   * The largest difference per server: a number of requests (times the workers) where the split is deterministic, else
   * what chance does: a fixed number of requests, wrong once in a million, one fresh repeat allowed.
   */
  readonly within: number | 'chance';
  /** Also every single key must meet the server that the lookup gives. */
  readonly everyKey?: true;
  readonly n?: number;
  readonly sending?: Sending;
  /** How long every backend takes, ms. */
  readonly delayMs?: number;
  readonly workers?: number;
}

/** Different and without structure, the same in every run. */
function keyOf(i: number): string {
  let x = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  let key = '';
  for (let k = 0; k <= i % 9; k++) {
    x = (Math.imul(x ^ (x >>> 15), 0x85ebca6b) + 0xc2b2ae35) >>> 0;
    key += x.toString(36).slice(0, 3);
  }
  return key;
}

const byHeader: Sending = { headers: (i) => ({ 'X-Key': keyOf(i) }) };
const byAddress: Sending = {
  from: (i) => `127.${(Math.imul(i, 40_503) >>> 3) % 256}.${(Math.imul(i, 2_654_435) >>> 5) % 256}.${1 + (i % 250)}`,
  concurrency: 4,
};
const busy = (concurrency: number): Pick<Case, 'sending' | 'delayMs' | 'shows'> => ({
  sending: { concurrency },
  delayMs: 15,
  shows: 'loaded',
});

const CASES: Readonly<Record<Balancer, readonly Case[]>> = {
  haproxy: [
    {
      title: 'roundrobin 5:1:1',
      pool: 'balance roundrobin\nserver a {a} weight 5\nserver b {b}\nserver c {c}',
      shows: 'idle',
      within: 1,
      n: 700,
    },
    {
      title: 'roundrobin 256:1 with 8 connections',
      pool: 'balance roundrobin\nserver a {a} weight 256\nserver b {b} weight 1',
      shows: 'loaded',
      within: 1,
      n: 1028,
      sending: { concurrency: 8 },
    },
    {
      title: 'roundrobin with a server at weight 0 and one disabled',
      pool: 'server a {a}\nserver b {b} weight 0\nserver c {c} disabled\nserver d {d}',
      shows: 'idle',
      within: 1,
      n: 100,
    },
    {
      title: 'static-rr 3:2:1',
      pool: 'balance static-rr\nserver a {a} weight 3\nserver b {b} weight 2\nserver c {c} weight 1',
      shows: 'idle',
      within: 1,
      n: 600,
    },
    {
      title: 'leastconn 10:1, idle',
      pool: 'balance leastconn\nserver a {a} weight 10\nserver b {b} weight 1',
      shows: 'idle',
      within: 1,
      n: 200,
    },
    {
      title: 'leastconn 3:1, 16 connections',
      pool: 'balance leastconn\nserver a {a} weight 3\nserver b {b} weight 1',
      ...busy(16),
      within: 'chance',
      n: 1200,
    },
    {
      title: 'source from many addresses',
      pool: 'balance source\nserver a {a} weight 3\nserver b {b}\nserver c {c}',
      shows: 'byKey',
      within: 'chance',
      n: 1200,
      sending: byAddress,
    },
    {
      title: 'source, consistent, from many addresses',
      pool: 'balance source\nhash-type consistent\nserver a {a}\nserver b {b}\nserver c {c}',
      shows: 'byKey',
      within: 'chance',
      n: 1200,
      sending: byAddress,
    },
    {
      title: 'hdr, map-based, 2:1:1',
      pool: 'balance hdr(x-key)\nserver a {a} weight 2\nserver b {b}\nserver c {c}',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
    },
    {
      title: 'hdr, consistent, 3:1',
      pool: 'balance hdr(x-key)\nhash-type consistent\nserver a {a} weight 3\nserver b {b} weight 1',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
    },
    {
      title: 'hdr, consistent, four servers, one of them with an id and one disabled',
      pool: 'balance hdr(x-key)\nhash-type consistent\nserver a {a} id 77\nserver b {b}\nserver c {c} disabled\nserver d {d}',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
    },
    {
      title: 'uri, map-based',
      pool: 'balance uri\nserver a {a}\nserver b {b}\nserver c {c}',
      shows: 'byKey',
      within: 'chance',
      sending: { path: (i) => `/${keyOf(i)}` },
    },
    {
      title: 'random(1), 1:1',
      pool: 'balance random(1)\nserver a {a}\nserver b {b}',
      shows: 'idle',
      within: 'chance',
    },
    {
      title: 'random(1), 3:1 with 8 connections',
      pool: 'balance random(1)\nserver a {a} weight 3\nserver b {b} weight 1',
      shows: 'loaded',
      within: 'chance',
      sending: { concurrency: 8 },
    },
    {
      title: 'random of two draws, idle',
      pool: 'balance random\nserver a {a}\nserver b {b}\nserver c {c}\nserver d {d}',
      shows: 'idle',
      within: 'chance',
    },
    {
      title: 'random of two draws, 16 connections',
      pool: 'balance random\nserver a {a}\nserver b {b}\nserver c {c}',
      ...busy(16),
      within: 'chance',
      n: 1200,
    },
    {
      title: 'first, idle',
      pool: 'balance first\nserver a {a} maxconn 10\nserver b {b} maxconn 10',
      shows: 'idle',
      within: 0,
      n: 50,
    },
    {
      title: 'first, idle, in the order of ids',
      pool: 'balance first\nserver a {a} maxconn 10 id 9\nserver b {b} maxconn 10 id 3',
      shows: 'idle',
      within: 0,
      n: 50,
    },
    {
      title: 'hdr, consistent, with an id that is the position of another server',
      pool: 'balance hdr(x-key)\nhash-type consistent\nserver a {a} id 2\nserver b {b}\nserver c {c}',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
    },
    {
      title: 'backups wait while a primary serves',
      pool: 'server a {a}\nserver b {b} backup\nserver c {c} backup',
      shows: 'idle',
      within: 0,
      n: 50,
    },
    {
      title: 'the first backup serves alone',
      pool: 'server a {a} disabled\nserver b {b} backup weight 1\nserver c {c} backup weight 3',
      shows: 'idle',
      within: 0,
      n: 50,
    },
    {
      title: 'the first backup that is not disabled serves alone',
      pool: 'server a {a} weight 0\nserver b {b} backup disabled\nserver c {c} backup\nserver d {d} backup',
      shows: 'idle',
      within: 0,
      n: 50,
    },
    {
      title: 'option allbackups',
      pool: 'option allbackups\nserver a {a} disabled\nserver b {b} backup weight 1\nserver c {c} backup weight 3',
      shows: 'idle',
      within: 1,
      n: 400,
    },
  ],
  nginx: [
    {
      title: 'round robin 5:1:1',
      pool: 'server {a} weight=5;\nserver {b};\nserver {c};',
      shows: 'idle',
      within: 1,
      n: 700,
    },
    {
      title: 'round robin 5:3:2 in two workers without a zone, 8 connections',
      pool: 'server {a} weight=5;\nserver {b} weight=3;\nserver {c} weight=2;',
      shows: 'loaded',
      within: 1,
      n: 600,
      workers: 2,
      sending: { concurrency: 8, keepAlive: false },
    },
    {
      title: 'round robin in two workers with a zone, 8 connections',
      pool: 'zone app 64k;\nserver {a} weight=2;\nserver {b};\nserver {c};',
      shows: 'loaded',
      within: 1,
      n: 600,
      workers: 2,
      sending: { concurrency: 8, keepAlive: false },
    },
    {
      title: 'round robin with one server down and a backup',
      pool: 'server {a};\nserver {b} down;\nserver {c} weight=2;\nserver {d} backup;',
      shows: 'idle',
      within: 1,
      n: 300,
    },
    {
      title: 'every backup serves by weight without a primary',
      pool: 'server {a} down;\nserver {b} backup;\nserver {c} backup weight=2;',
      shows: 'idle',
      within: 1,
      n: 300,
    },
    {
      title: 'least_conn 3:1, idle',
      pool: 'least_conn;\nserver {a} weight=3;\nserver {b};',
      shows: 'idle',
      within: 1,
      n: 400,
    },
    {
      title: 'least_conn 3:1, 16 connections',
      pool: 'least_conn;\nserver {a} weight=3;\nserver {b};',
      ...busy(16),
      within: 'chance',
      n: 1200,
    },
    {
      title: 'random 3:1',
      pool: 'random;\nserver {a} weight=3;\nserver {b};',
      shows: 'idle',
      within: 'chance',
    },
    {
      title: 'random two 3:1, one connection',
      pool: 'random two;\nserver {a} weight=3;\nserver {b};',
      shows: 'idle',
      within: 'chance',
    },
    {
      title: 'random two least_conn 8:1:1, one connection',
      pool: 'random two least_conn;\nserver {a} weight=8;\nserver {b};\nserver {c};',
      shows: 'idle',
      within: 'chance',
    },
    {
      title: 'random two 2:1:1, 16 connections',
      pool: 'random two;\nserver {a} weight=2;\nserver {b};\nserver {c};',
      ...busy(16),
      within: 'chance',
      n: 1200,
    },
    {
      title: 'ip_hash 2:1:1 from many networks',
      pool: 'ip_hash;\nserver {a} weight=2;\nserver {b};\nserver {c};',
      shows: 'byKey',
      within: 'chance',
      n: 1200,
      sending: byAddress,
    },
    {
      title: 'ip_hash with a server down, from many networks',
      pool: 'ip_hash;\nserver {a} weight=2;\nserver {b} down;\nserver {c};',
      shows: 'byKey',
      within: 'chance',
      n: 1200,
      sending: byAddress,
    },
    {
      title: 'hash 3:2:1',
      pool: 'hash $http_x_key;\nserver {a} weight=3;\nserver {b} weight=2;\nserver {c};',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
      everyKey: true,
    },
    {
      title: 'hash with a server down',
      pool: 'hash $http_x_key;\nserver {a} weight=3;\nserver {b} down;\nserver {c};',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
      everyKey: true,
    },
    {
      title: 'hash consistent 3:1:1',
      pool: 'hash $http_x_key consistent;\nserver {a} weight=3;\nserver {b};\nserver {c};',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
      everyKey: true,
    },
    {
      title: 'hash consistent with a server down',
      pool: 'hash $http_x_key consistent;\nserver {a};\nserver {b} down;\nserver {c};\nserver {d};',
      shows: 'byKey',
      within: 'chance',
      sending: byHeader,
      everyKey: true,
    },
    {
      title: 'hash of a key that is always empty takes turns',
      pool: 'hash $http_x_key;\nserver {a} weight=2;\nserver {b};',
      shows: 'byKey',
      within: 1,
      n: 300,
    },
  ],
};

describe.each(Object.keys(CASES) as Balancer[])('predicted shares against a real %s', (balancer) => {
  describeReal(balancer, 'in tests', () => {
    test.each(CASES[balancer].map((one) => [one.title, one] as const))(
      '%s',
      async (_, one) => {
        const backends = await startBackends(NAMES, one.delayMs === undefined ? {} : { delayMs: one.delayMs });
        const port = await freePort();
        const text = FILES[balancer](port, fill(one.pool, backends), one.workers ?? 1);
        const pool = readPool(balancer, text);
        const shares = predict(pool).shares.map((share) => share[one.shows]);
        const expected = new Map(
          pool.servers.map((server, i) => [backendOf(server, backends), exactly(shares[i]) ?? NaN]),
        );
        const server = await startServer(balancer, text, port);
        const n = one.n ?? 3000;

        const { counts, order } = await send(port, n, one.sending);
        if (one.everyKey) {
          const owner = ownerOf(pool);
          const owners = order.map((_, i) => owner?.({ text: keyOf(i), hash: crc32(keyOf(i)) }));
          expect(order).toEqual(owners.map((server) => server && backendOf(server, backends)));
        }
        if (one.within === 'chance') {
          let odds = unlikely(counts, expected, n);
          if (odds.length > 0) {
            console.warn(`${one.title}: ${odds.join('; ')}; once more`);
            odds = unlikely((await send(port, n, one.sending)).counts, expected, n);
          }
          expect(odds).toEqual([]);
        } else {
          const allowed = one.within * (one.workers ?? 1);
          expect(Object.keys(counts).filter((name) => !expected.has(name))).toEqual([]);
          for (const [name, share] of expected) {
            expect(Math.abs((counts[name] ?? 0) - share * n)).toBeLessThanOrEqual(allowed);
          }
        }
        await server.stop();
      },
      60_000,
    );
  });
});

const NGINX_RING = 'hash $http_x_key consistent;\nserver {a};\nserver {b};\nserver {c};';
const NGINX_TABLE = 'hash $http_x_key;\nserver {a};\nserver {b};\nserver {c};';
const HAPROXY_RING = 'balance hdr(x-key)\nhash-type consistent\nserver a {a}\nserver b {b}\nserver c {c}';
const HAPROXY_TABLE = 'balance hdr(x-key)\nserver a {a}\nserver b {b}\nserver c {c}';

/** Pools before and after a change. */
const CHANGES: Readonly<Record<Balancer, readonly (readonly [title: string, before: string, after: string])[]>> = {
  nginx: [
    ['a server added to a ring', NGINX_RING, `${NGINX_RING}\nserver {d};`],
    ['a server of a ring marked down', NGINX_RING, NGINX_RING.replace('{b}', '{b} down')],
    ['a weight on a ring doubled', NGINX_RING, NGINX_RING.replace('{a}', '{a} weight=2')],
    ['a server added to a table', NGINX_TABLE, `${NGINX_TABLE}\nserver {d};`],
    ['a server of a table marked down', NGINX_TABLE, NGINX_TABLE.replace('{b}', '{b} down')],
    ['a table made a ring', NGINX_TABLE, NGINX_RING],
  ],
  haproxy: [
    ['a server appended to a ring', HAPROXY_RING, `${HAPROXY_RING}\nserver d {d}`],
    [
      'a server put before the others on a ring',
      HAPROXY_RING,
      HAPROXY_RING.replace('server a', 'server d {d}\nserver a'),
    ],
    ['a server of a ring disabled', HAPROXY_RING, HAPROXY_RING.replace('{b}', '{b} disabled')],
    ['a weight on a ring doubled', HAPROXY_RING, HAPROXY_RING.replace('{a}', '{a} weight 2')],
    ['a server added to a table', HAPROXY_TABLE, `${HAPROXY_TABLE}\nserver d {d}`],
    ['a server of a table disabled', HAPROXY_TABLE, HAPROXY_TABLE.replace('{b}', '{b} disabled')],
  ],
};

describe.each(Object.keys(CHANGES) as Balancer[])('keys that a change moves on a real %s', (balancer) => {
  describeReal(balancer, 'in tests', () => {
    test.each(CHANGES[balancer])(
      '%s',
      async (_, before, after) => {
        const backends = await startBackends(NAMES);
        const port = await freePort();
        const [base, head] = [before, after].map((pool) => FILES[balancer](port, fill(pool, backends), 1));
        const predicted = keysMoved(readPool(balancer, base ?? ''), readPool(balancer, head ?? '')) ?? NaN;
        const server = await startServer(balancer, base ?? '', port);
        const n = 2000;

        const first = await send(port, n, byHeader);
        await server.reload(head ?? '');
        const second = await send(port, n, byHeader);
        const moved = first.order.filter((name, i) => name !== second.order[i]).length;
        // The prediction itself looks up 20,000 keys.
        const looked = 1 / (1 / n + 1 / 20_000);
        expect(unlikely({ moved: (moved / n) * looked }, new Map([['moved', predicted]]), looked)).toEqual([]);
        await server.stop();
      },
      60_000,
    );
  });
});

function fill(pool: string, backends: readonly Backend[]): string {
  return pool.replaceAll(/\{(\w)\}/g, (_, name) => `127.0.0.1:${backends.find((b) => b.name === name)?.port}`);
}

function readPool(format: string, text: string): Pool {
  const reader = FORMATS.find((one) => one.dialect.format === format);
  const config = reader?.read('lb.conf', new MemoryTree({ 'lb.conf': text }), { rootMap: {} });
  const pool = config?.pools.find((one) => one.name === 'app');
  if (config?.status !== 'read' || pool === undefined) throw new Error(`the reader does not understand:\n${text}`);
  return pool;
}

function backendOf(server: Pool['servers'][number], backends: readonly Backend[]): string {
  return backends.find((backend) => backend.port === server.port?.value)?.name ?? '?';
}

/**
 * Servers whose count is out of what chance does once in a million. By Chernoff, P(|count - n p| that far) is at most
 * 2 exp(-n KL(count/n || p)).
 */
function unlikely(
  counts: Readonly<Record<string, number>>,
  expected: ReadonlyMap<string, number>,
  n: number,
): string[] {
  const limit = Math.log(2 / 1e-6);
  const term = (q: number, p: number): number => (q === 0 ? 0 : q * Math.log(q / p));
  return [...new Set([...expected.keys(), ...Object.keys(counts)])].flatMap((name) => {
    const p = expected.get(name) ?? 0;
    const q = (counts[name] ?? 0) / n;
    const far = n * (term(q, p) + term(1 - q, 1 - p));
    return far <= limit ? [] : [`${name} got ${(q * 100).toFixed(1)} % where ${(p * 100).toFixed(1)} % is predicted`];
  });
}
