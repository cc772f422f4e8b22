import { writeFileSync } from 'node:fs';
import { say } from '../../stats-socket.ts';
import type { Backend } from '../../real-servers.ts';
import type { PoolPlan } from '../configs.ts';
import type { Kind, Scene, Situation } from '../trial.ts';
import {
  even,
  failing,
  fileOf,
  heavy,
  lineOf,
  one,
  others,
  pause,
  planOf,
  serving,
  socketOf,
  two,
  withOrders,
} from '../trial-scene.ts';

/** The file is right, and loaded. */
function running(scene: Scene, plan: PoolPlan, more: Pick<Situation, 'truth'> & Partial<Situation>): Situation {
  return { loaded: serving(scene, plan), head: fileOf(scene, plan), ...more };
}

/** HAProxy that takes an order; its server is the one to blame. */
function ordered(scene: Scene, about: Backend, cause: string, order: string): Situation {
  const text = withOrders(scene);
  return {
    loaded: text,
    head: text,
    truth: failing(cause, lineOf(about)),
    after: () => say(socketOf(scene), `set server app/${about.name} ${order}`),
  };
}

async function stopAll(backends: readonly Backend[]): Promise<void> {
  await Promise.all(backends.map((backend) => backend.stop()));
  await pause(500);
}

/** What is wrong came up since the file was loaded. */
export const RUNNING_KINDS: readonly Kind[] = [
  {
    name: 'a server is down',
    servers: [3, 8],
    set: (scene) => {
      const dead = one(scene);
      const plan = planOf(scene, [], { checked: true });
      return running(scene, plan, { truth: failing('server-down', lineOf(dead)), after: () => stopAll([dead]) });
    },
  },
  {
    name: 'two servers are down',
    servers: [5, 9],
    set: (scene) => {
      const dead = two(scene);
      const plan = planOf(scene, [], { checked: true });
      const line = new RegExp(dead.map((backend) => lineOf(backend).source).join('|'));
      return running(scene, plan, { truth: failing('server-down', line), after: () => stopAll(dead) });
    },
  },
  {
    name: 'a server is down, declared weights',
    servers: [3, 5],
    set: (scene) => {
      const dead = one(scene);
      const plan = planOf(scene, heavy(scene).weights, { checked: true });
      return running(scene, plan, {
        inputs: { expect: 'config', pool: 'app' },
        truth: failing('server-down', lineOf(dead)),
        after: () => stopAll([dead]),
      });
    },
  },
  {
    name: 'a check that one server fails',
    products: ['haproxy', 'caddy', 'envoy', 'traefik'],
    servers: [3, 5],
    set: (scene) => {
      const ill = one(scene);
      return running(scene, planOf(scene, [], { checked: true }), {
        truth: failing('server-down', lineOf(ill)),
        after: async () => {
          ill.behaviour.health = 404;
          await pause(500);
        },
      });
    },
  },
  {
    name: 'no server passes its check',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) =>
      running(scene, planOf(scene, [], { checked: true }), {
        truth: failing('balancer-answers', /httpchk/),
        after: async () => {
          for (const { behaviour } of scene.backends) behaviour.health = 404;
          await pause(500);
        },
      }),
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
        truth: failing('backup-in-use', /backup$/),
        after: () => stopAll(scene.backends.slice(1)),
      };
    },
  },
  {
    name: 'a server that answers 500',
    servers: [3, 6],
    set: (scene) => {
      const status = [500, 502, 503][scene.draw(0, 2)] ?? 500;
      return running(scene, planOf(scene), {
        truth: { ...failing([]), says: /^errors/ },
        after: () => void (one(scene).behaviour.status = status),
      });
    },
  },
  {
    name: 'errors beyond the limit',
    servers: [2, 4],
    set: (scene) =>
      running(scene, planOf(scene), {
        truth: { ...failing([]), says: /^errors/ },
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.now = { every: scene.draw(10, 20), status: 500 };
        },
      }),
  },
  {
    name: 'a server that drops what it gets',
    products: ['haproxy', 'caddy', 'envoy', 'traefik'],
    servers: [3, 5],
    set: (scene) =>
      running(scene, planOf(scene), {
        truth: { ...failing([]), says: /^errors/ },
        after: () => void (one(scene).behaviour.drops = true),
      }),
  },
  {
    name: 'a server that answers 404',
    servers: [3, 5],
    set: (scene) => {
      const odd = one(scene);
      return running(scene, planOf(scene), {
        truth: failing('server-differs', lineOf(odd)),
        after: () => void (odd.behaviour.status = 404),
      });
    },
  },
  {
    name: 'nothing answers',
    servers: [2, 3],
    set: (scene) => ({
      loaded: undefined,
      head: fileOf(scene, planOf(scene)),
      truth: failing('target-down'),
    }),
  },
  {
    name: 'a weight at run time',
    products: ['haproxy'],
    servers: [3, 6],
    set: (scene) => {
      const weight = scene.draw(0, 1) === 0 ? scene.draw(8, 15) : scene.draw(100, 200);
      return ordered(scene, one(scene), 'runtime-weight', `weight ${weight}`);
    },
  },
  {
    name: 'drained at run time',
    products: ['haproxy'],
    servers: [3, 6],
    set: (scene) => ordered(scene, one(scene), 'server-down', 'state drain'),
  },
  {
    name: 'in maintenance at run time',
    products: ['haproxy'],
    servers: [3, 6],
    set: (scene) => ordered(scene, one(scene), 'server-down', 'state maint'),
  },
  {
    name: 'a weight that outlives the reload',
    products: ['haproxy'],
    servers: [3, 5],
    set: (scene) => {
      const changed = one(scene);
      const path = `/tmp/evenkeel-trial-${scene.port}.state`;
      const text = withOrders(scene)
        .replace('global\n', `global\n  server-state-file ${path}\n`)
        .replace('mode http\n', 'mode http\n  load-server-state-from-file global\n');
      writeFileSync(path, stateOf(scene, changed, scene.draw(120, 200)));
      return { loaded: text, head: text, truth: failing(['diverted', 'runtime-weight'], /load-server-state/) };
    },
  },
  {
    name: 'slow start under way',
    products: ['haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const late = one(scene);
      const text = serving(scene, planOf(scene, even(scene, 100), { checked: true })).replaceAll(
        ' check inter',
        ' check slowstart 60s inter',
      );
      return {
        loaded: text,
        head: text,
        truth: { ...failing('slow-start', /slowstart/), or: ['inconclusive'] },
        after: async () => {
          await stopAll([late]);
          await late.listen();
          await pause(500);
        },
      };
    },
  },
  ...['a server leaves', 'a server joins'].map((name): Kind => ({
    name,
    products: ['haproxy'],
    servers: [5, 7],
    set: (scene) => {
      const leaves = name === 'a server leaves';
      const { name: moved } = one(scene);
      const text = withOrders(scene);
      const order = (state: string) => say(socketOf(scene), `set server app/${moved} state ${state}`);
      return {
        loaded: text,
        head: text,
        truth: leaves
          ? { ...failing('server-down'), or: ['inconclusive'] }
          : { outcome: 'pass', or: ['inconclusive'], causes: [] },
        after: async () => {
          if (!leaves) await order('drain');
          const timer = setTimeout(() => void order(leaves ? 'drain' : 'ready'), leaves ? 150 : 250);
          return () => clearTimeout(timer);
        },
      };
    },
  })),
  {
    name: 'a server is down, with other clients',
    products: ['nginx', 'haproxy', 'caddy', 'envoy'],
    servers: [3, 5],
    set: (scene) => {
      const dead = one(scene);
      return running(scene, planOf(scene, [], { checked: true }), {
        truth: failing('server-down', lineOf(dead)),
        after: async () => {
          await stopAll([dead]);
          return others(scene.port, 4);
        },
      });
    },
  },
];

/** What HAProxy writes of its servers, with one weight changed (format 1 of its management guide, 9.3 "show servers state"). */
function stateOf({ backends }: Scene, changed: Backend, weight: number): string {
  const columns =
    'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';
  const rows = backends.map(({ name, port }, i) => {
    const own = name === changed.name ? weight : 40;
    return `3 app ${i + 1} ${name} 127.0.0.1 2 0 ${own} 40 1 1 0 0 0 0 0 0 - ${port} - 0 0 - - 0`;
  });
  return `1\n# ${columns}\n${rows.join('\n')}\n`;
}
