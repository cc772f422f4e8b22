import { join } from 'node:path';
import type { Backend } from '../real-servers.ts';
import { say } from '../stats-socket.ts';
import { configOf, neutralOf, type PoolPlan, type ServerPlan } from './configs.ts';
import type { Kind, Scene, Truth } from './trial.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A reader's own file, or the same pool in the neutral format. */
function fileOf({ balancer, port }: Scene, plan: PoolPlan): string {
  const { product } = balancer;
  return product === 'nginx' || product === 'haproxy' ? configOf(product, plan, port) : neutralOf(plan);
}

function planOf({ backends }: Scene, weights: readonly number[] = [], more: Partial<PoolPlan> = {}): PoolPlan {
  const servers = backends.map(({ name, port }, i): ServerPlan => {
    const weight = weights[i];
    return { name, port, ...(weight === undefined ? {} : { weight }) };
  });
  return { servers, ...more };
}

function serving({ balancer, port }: Scene, plan: PoolPlan): string {
  return configOf(balancer.product, plan, port);
}

/** One heavy weight among ones. */
function heavy({ backends, draw }: Scene): { readonly weights: readonly number[]; readonly at: Backend } {
  const i = draw(0, backends.length - 1);
  const weight = draw(3, 9);
  const at = backends[i];
  if (at === undefined) throw new Error('no backend');
  return { weights: backends.map((_, j) => (j === i ? weight : 1)), at };
}

function one({ backends, draw }: Scene): Backend {
  const chosen = backends[draw(0, backends.length - 1)];
  if (chosen === undefined) throw new Error('no backend');
  return chosen;
}

const lineOf = ({ port }: Backend): RegExp => new RegExp(`\\b${port}\\b`);
const SOUND: Truth = { outcome: 'pass', causes: [] };

/** HAProxy with a socket, for orders at run time. */
function withOrders(scene: Scene, socket: string): string {
  return `global\n  stats socket ${socket} mode 600 level admin\n${serving(
    scene,
    planOf(
      scene,
      scene.backends.map(() => 40),
    ),
  )}`;
}

export const KINDS: readonly Kind[] = [
  {
    name: 'equal',
    servers: [2, 6],
    set: (scene) => ({ loaded: serving(scene, planOf(scene)), head: fileOf(scene, planOf(scene)), truth: SOUND }),
  },
  {
    name: 'least connections, equal',
    servers: [2, 5],
    set: (scene) => {
      const plan = planOf(scene, [], { method: 'least-connections' });
      return { loaded: serving(scene, plan), head: fileOf(scene, plan), truth: SOUND };
    },
  },
  {
    name: 'weighted, not declared',
    servers: [2, 5],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const plan = planOf(scene, weights);
      const truth = { outcome: 'fail' as const, causes: ['configured-weights'], line: lineOf(at) };
      return { loaded: serving(scene, plan), head: fileOf(scene, plan), truth };
    },
  },
  {
    name: 'weighted, declared',
    servers: [2, 5],
    set: (scene) => {
      const plan = planOf(scene, heavy(scene).weights);
      const inputs = { expect: 'config' as const };
      return { loaded: serving(scene, plan), head: fileOf(scene, plan), inputs, truth: SOUND };
    },
  },
  {
    name: 'drained by the file',
    servers: [3, 5],
    set: (scene) => {
      const plan = planOf(scene);
      const out = one(scene);
      const drained = { servers: plan.servers.map((s) => (s.name === out.name ? { ...s, drained: true } : s)) };
      return { loaded: serving(scene, drained), head: fileOf(scene, drained), truth: SOUND };
    },
  },
  {
    name: 'a server is down',
    servers: [3, 5],
    set: (scene) => {
      const plan = planOf(scene, [], { checked: true });
      const dead = one(scene);
      return {
        loaded: serving(scene, plan),
        head: fileOf(scene, plan),
        truth: { outcome: 'fail', causes: ['server-down'], line: lineOf(dead) },
        after: async () => {
          await dead.stop();
          await pause(400);
        },
      };
    },
  },
  {
    name: 'forgotten reload',
    servers: [2, 5],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const base = planOf(scene, weights);
      return {
        loaded: serving(scene, base),
        head: fileOf(scene, planOf(scene)),
        base: fileOf(scene, base),
        truth: { outcome: 'fail', causes: ['old-file-loaded'], line: lineOf(at) },
      };
    },
  },
  {
    name: 'forgotten reload, a server removed',
    servers: [3, 5],
    set: (scene) => {
      const base = planOf(scene);
      const gone = one(scene);
      const head = { servers: base.servers.filter(({ name }) => name !== gone.name) };
      return {
        loaded: serving(scene, base),
        head: fileOf(scene, head),
        base: fileOf(scene, base),
        truth: { outcome: 'fail', causes: ['old-file-loaded'], line: lineOf(gone) },
      };
    },
  },
  {
    name: 'a file that would look the same',
    servers: [3, 4],
    set: (scene) => {
      const base = planOf(
        scene,
        scene.backends.map((_, i) => (i === 0 ? 21 : 20)),
      );
      return {
        loaded: serving(scene, planOf(scene)),
        head: fileOf(scene, planOf(scene)),
        base: fileOf(scene, base),
        truth: { ...SOUND, says: /would look the same/ },
      };
    },
  },
  {
    name: 'a slow server',
    servers: [3, 4],
    set: (scene) => {
      const slow = one(scene);
      return {
        loaded: serving(scene, planOf(scene)),
        head: fileOf(scene, planOf(scene)),
        truth: { ...SOUND, says: new RegExp(`(?:${slow.name}|:${slow.port}) is slow`) },
        after: () => {
          slow.behaviour.delayMs = 120;
        },
      };
    },
  },
  {
    name: 'a server that answers 500',
    servers: [3, 4],
    set: (scene) => {
      const bad = one(scene);
      return {
        loaded: serving(scene, planOf(scene)),
        head: fileOf(scene, planOf(scene)),
        truth: { outcome: 'fail', causes: [], says: /^errors/ },
        after: () => {
          bad.behaviour.status = 500;
        },
      };
    },
  },
  {
    name: 'a weight at run time',
    products: ['haproxy'],
    servers: [3, 5],
    set: (scene) => {
      const socket = join('/tmp', `evenkeel-trial-${scene.port}.sock`);
      const text = withOrders(scene, socket);
      const changed = one(scene);
      const weight = scene.draw(0, 1) === 0 ? scene.draw(8, 15) : scene.draw(100, 200);
      return {
        loaded: text,
        head: text,
        truth: { outcome: 'fail', causes: ['runtime-weight'], line: lineOf(changed) },
        after: () => say(socket, `set server app/${changed.name} weight ${weight}`),
      };
    },
  },
  {
    name: 'drained at run time',
    products: ['haproxy'],
    servers: [3, 5],
    set: (scene) => {
      const socket = join('/tmp', `evenkeel-trial-${scene.port}.sock`);
      const text = withOrders(scene, socket);
      const out = one(scene);
      return {
        loaded: text,
        head: text,
        truth: { outcome: 'fail', causes: ['server-down'], line: lineOf(out) },
        after: () => say(socket, `set server app/${out.name} state drain`),
      };
    },
  },
  {
    name: 'one address under two names',
    products: ['haproxy'],
    servers: [3, 5],
    set: (scene) => {
      const twice = one(scene);
      const text = `${serving(scene, planOf(scene, [], { nameless: true }))}  server again 127.0.0.1:${twice.port}\n`;
      return {
        loaded: text,
        head: text,
        truth: { outcome: 'fail', causes: ['duplicate-server'], line: /server again/ },
      };
    },
  },
  {
    name: 'filled in order',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const text = serving(scene, planOf(scene)).replace('balance roundrobin', 'balance first');
      const line = /balance first/;
      return { loaded: text, head: text, truth: { outcome: 'fail', causes: ['configured-weights'], line } };
    },
  },
  {
    name: 'a backup in use',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const [spare] = scene.backends;
      const text = serving(scene, planOf(scene, [], { checked: true }))
        .split('\n')
        .map((line) => (spare !== undefined && lineOf(spare).test(line) ? `${line} backup` : line))
        .join('\n');
      return {
        loaded: text,
        head: text,
        truth: { outcome: 'fail', causes: ['backup-in-use'], line: /backup$/ },
        after: async () => {
          await Promise.all(scene.backends.slice(1).map((backend) => backend.stop()));
          await pause(500);
        },
      };
    },
  },
  {
    name: 'no server passes its check',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const text = serving(scene, planOf(scene, [], { checked: true }));
      return {
        loaded: text,
        head: text,
        truth: { outcome: 'fail', causes: ['balancer-answers'], line: /httpchk/ },
        after: async () => {
          for (const { behaviour } of scene.backends) behaviour.health = 404;
          await pause(500);
        },
      };
    },
  },
  ...[undefined, 'app'].map((pool): Kind => ({
    name: pool === undefined ? 'a canary, no pool given' : 'a canary beside the pool',
    products: ['haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const [trial, ...others] = scene.backends;
      const part = scene.draw(1, 4) * 10;
      const text = `${serving({ ...scene, backends: others }, planOf({ ...scene, backends: others }))
        .replace('  default_backend', `  use_backend trial if { rand(100) lt ${part} }\n  default_backend`)
        .replace('%s', '%b/%s')}backend trial\n  server ${trial?.name} 127.0.0.1:${trial?.port}\n`;
      return { loaded: text, head: text, ...(pool === undefined ? {} : { inputs: { pool } }), truth: SOUND };
    },
  })),
];
