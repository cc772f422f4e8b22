import { rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import type { Backend } from '../real-servers.ts';
import { configOf, neutralOf, type PoolPlan, type ServerPlan } from './configs.ts';
import type { Startable } from './products.ts';
import type { Scene, Truth } from './trial.ts';

export const SOUND: Truth = { outcome: 'pass', causes: [] };

/** Products whose own file is given to the probe. */
const READ: readonly Startable[] = ['nginx', 'haproxy'];
/** Those that a whole config can be written for, line by line. */
export const WITH_DRAINING: readonly Startable[] = ['nginx', 'haproxy', 'apache', 'caddy', 'envoy'];

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A reader's own file, or the same pool in the neutral format. */
export function fileOf(scene: Scene, plan: PoolPlan): string {
  const { product } = scene.balancer;
  return product === 'traefik' || READ.includes(product) ? serving(scene, plan) : neutralOf(plan);
}

/** The name of the file in the repository. */
export function fileName({ balancer: { product } }: Scene): string {
  return { nginx: 'nginx.conf', haproxy: 'haproxy.cfg', traefik: 'traefik.yml' }[product as string] ?? 'pools.yml';
}

/** All servers of the scene, with these weights. */
export function planOf(
  { backends }: Pick<Scene, 'backends'>,
  weights: readonly number[] = [],
  more: Partial<PoolPlan> = {},
): PoolPlan {
  const servers = backends.map(({ name, port }, i): ServerPlan => {
    const weight = weights[i];
    return { name, port, ...(weight === undefined ? {} : { weight }) };
  });
  return { servers, ...more };
}

/** What the balancer loads. */
export function serving({ balancer, port }: Pick<Scene, 'balancer' | 'port'>, plan: PoolPlan): string {
  return balancer.product === 'traefik' ? traefikOf(plan) : configOf(balancer.product, plan, port);
}

/** Its dynamic configuration; the entry point is the harness's. */
function traefikOf({ servers, checked = false, sticky = false, method }: PoolPlan): string {
  const lines = servers.map(({ port, weight }) => {
    const weighted = weight === undefined ? '' : `\n            weight: ${weight}`;
    return `          - url: http://127.0.0.1:${port}${weighted}`;
  });
  const more = [
    ...(method === 'least-connections' ? ['        strategy: leasttime'] : []),
    ...(sticky ? ['        sticky:', '          cookie: { name: SRV }'] : []),
    ...(checked ? ['        healthCheck: { path: /_health, interval: 100ms, timeout: 90ms }'] : []),
  ];
  return `http:
  routers:
    all:
      rule: PathPrefix(\`/\`)
      service: app
  services:
    app:
      loadBalancer:
        servers:
${[...lines, ...more].join('\n')}
`;
}

/** Equal weights for every server. */
export function even({ backends }: Pick<Scene, 'backends'>, weight: number): number[] {
  return backends.map(() => weight);
}

/** One heavy weight among ones. */
export function heavy({ backends, draw }: Scene): { readonly weights: readonly number[]; readonly at: Backend } {
  const at = one({ backends, draw });
  const weight = draw(3, 9);
  return { weights: backends.map((backend) => (backend === at ? weight : 1)), at };
}

/** One of the servers, by chance. */
export function one({ backends, draw }: Pick<Scene, 'backends' | 'draw'>): Backend {
  return backends[draw(0, backends.length - 1)] ?? missing();
}

/** Two of them. */
export function two(scene: Pick<Scene, 'backends' | 'draw'>): readonly [Backend, Backend] {
  const first = one(scene);
  return [first, one({ ...scene, backends: scene.backends.filter((backend) => backend !== first) })];
}

/** The line of a server, by its port. */
export const lineOf = ({ port }: Backend): RegExp => new RegExp(`\\b${port}\\b`);

/** The line that gives a server its weight; of two servers each is as off as the other. */
export function weightLine({ balancer }: Scene, { servers }: PoolPlan, { port }: Backend): RegExp {
  const about = servers.length === 2 ? servers : servers.filter((server) => server.port === port);
  if (balancer.product !== 'traefik') return new RegExp(about.map((server) => `\\b${server.port}\\b`).join('|'));
  return new RegExp(`\\b(?:${about.map((server) => server.weight).join('|')})$`);
}

/** A failure with this cause, which the line says. */
export function failing(cause: string | readonly string[], line?: RegExp): Truth {
  return { outcome: 'fail', causes: [cause].flat(), ...(line === undefined ? {} : { line }) };
}

/** Where a HAProxy of this scene takes orders. */
export function socketOf({ port }: Scene): string {
  return join('/tmp', `evenkeel-trial-${port}.sock`);
}

/** HAProxy with a socket, for orders at run time; all weights are 40. */
export function withOrders(scene: Scene, more: Partial<PoolPlan> = {}): string {
  // One that an earlier run left would be taken for this one's.
  rmSync(socketOf(scene), { force: true });
  const text = serving(scene, planOf(scene, even(scene, 40), more));
  return `global\n  stats socket ${socketOf(scene)} mode 600 level admin\n${text}`;
}

/** Other clients that ask again as soon as they are answered, until the returned function is called. */
export function others(port: number, connections: number): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let open = true;
  const ask = (): void => {
    if (!open) return;
    const again = (): void => void setTimeout(ask, 2);
    get({ host: '127.0.0.1', port, agent, path: '/others' }, (response) => response.resume().once('end', again)).once(
      'error',
      again,
    );
  };
  for (let i = 0; i < connections; i++) ask();
  return () => {
    open = false;
    agent.destroy();
  };
}

function missing(): never {
  throw new Error('no backend');
}
