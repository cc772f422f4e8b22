import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { runDrift } from '../../src/cli/drift.ts';
import { admin } from '../../src/formats/envoy/admin.ts';
import { countsBetween } from '../../src/sources/admin/admin.ts';
import type { LoadedState } from '../../src/model/loaded.ts';
import { ioInto } from '../support/command.ts';
import { bootstrap, cluster, endpoint } from '../support/envoy.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer, type RealServer } from '../support/real-servers.ts';
import { TempRepo } from '../support/temp-repo.ts';

interface Told {
  readonly code: number;
  readonly drifts: readonly { readonly kind: string; readonly server: string | null; readonly what: string }[];
}

async function drift(file: string, from: string): Promise<Told> {
  const printed: string[] = [];
  const code = await runDrift([file], { from, json: true }, ioInto(printed));
  return { code, ...(JSON.parse(printed.join('\n')) as Omit<Told, 'code'>) };
}

async function loaded(server: RealServer): Promise<LoadedState> {
  const page = admin.page(new URL(`http://127.0.0.1:${server.adminPort}`));
  return admin.read('envoy', { http: await (await fetch(page)).text() });
}

describeReal('envoy', 'what a real Envoy has loaded', () => {
  let repo: TempRepo;
  let server: RealServer;
  let port: number;
  let ports: readonly number[];
  const file = (): string => repo.at('envoy.yaml');
  const of = (members: readonly object[]): string => bootstrap(port, { clusters: [cluster('app', members, CHECK)] });
  const CHECK = {
    health_checks: [
      {
        timeout: '1s',
        interval: '0.1s',
        no_traffic_interval: '0.1s',
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        http_health_check: { path: '/_health' },
      },
    ],
  };

  beforeAll(async () => {
    repo = new TempRepo();
    port = await freePort();
    ports = (await startBackends(['one', 'two'])).map((backend) => backend.port);
    const dead = await freePort();
    ports = [...ports, dead];
    writeFileSync(file(), of([endpoint(ports[0], 3), endpoint(ports[1])]));
    server = await startServer('envoy', readFileSync(file(), 'utf8'), port);
  }, 30_000);
  afterAll(() => repo.remove());

  const source = (): string => `envoy:http://127.0.0.1:${server.adminPort}`;

  test('is what the file says: nothing to report', async () => {
    expect(await drift(file(), source())).toMatchObject({ code: 0, drifts: [] });
  });

  test('has another weight, a server less and one more than an edited file', async () => {
    writeFileSync(file(), of([endpoint(ports[0], 5), endpoint(ports[2])]));
    const { code, drifts } = await drift(file(), source());
    writeFileSync(file(), of([endpoint(ports[0], 3), endpoint(ports[1])]));
    expect([code, drifts.map(({ kind, server: own }) => [kind, own])]).toEqual([
      1,
      expect.arrayContaining([
        ['loaded-differs', `127.0.0.1:${ports[0]}`],
        ['server-missing', `127.0.0.1:${ports[2]}`],
      ]),
    ]);
  });

  test('counts each request of each server', async () => {
    const before = await loaded(server);
    const { counts } = await send(port, 400);
    const after = await loaded(server);
    expect(countsBetween('app', before, after, 5)).toMatchObject({
      counts: {
        servers: { [`127.0.0.1:${ports[0]}`]: counts['one'], [`127.0.0.1:${ports[1]}`]: counts['two'] },
        errors: {},
      },
    });
  });

  test('shows a server that fails its check, and one that drains', async () => {
    const own = await freePort();
    const text = bootstrap(own, {
      clusters: [
        cluster(
          'app',
          [endpoint(ports[0]), endpoint(ports[1], 1, { health_status: 'DRAINING' }), endpoint(ports[2])],
          CHECK,
        ),
      ],
    });
    const other = await startServer('envoy', text, own);
    writeFileSync(file(), text);
    const { code, drifts } = await drift(file(), `envoy:http://127.0.0.1:${other.adminPort}/`);
    await other.stop();
    expect([code, drifts.map(({ kind, server: name }) => [kind, name])]).toEqual([
      1,
      [['check-failing', `127.0.0.1:${ports[2]}`]],
    ]);
  });

  test('is not the answer of something else', () => {
    expect(() => admin.read('envoy:http://x', { http: '<html>' })).toThrow('does not answer with Envoy');
    expect(stringify(admin.page(new URL('http://x:9901/')).href)).toContain('/clusters?format=json');
  });
});
