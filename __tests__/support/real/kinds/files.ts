import type { PoolPlan } from '../configs.ts';
import type { Startable } from '../products.ts';
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
  weightLine,
  WITH_DRAINING,
} from '../trial-scene.ts';

const DECLARED = { expect: 'config', pool: 'app' } as const;
const TWO_ADDRESSES: readonly Startable[] = ['nginx', 'haproxy', 'apache', 'caddy'];

/** The file before is loaded, or what else `loaded` says. */
function stale(scene: Scene, base: PoolPlan, head: PoolPlan, more: Partial<Situation> = {}): Situation {
  return {
    loaded: serving(scene, base),
    head: fileOf(scene, head),
    base: fileOf(scene, base),
    truth: failing('old-file-loaded'),
    ...more,
  };
}

/** What is wrong stands in a file: the current one, or one that should not be loaded. */
export const FILE_KINDS: readonly Kind[] = [
  {
    name: 'weighted, not declared',
    servers: [2, 6],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const plan = planOf(scene, weights);
      return {
        loaded: serving(scene, plan),
        head: fileOf(scene, plan),
        truth: failing('configured-weights', weightLine(scene, plan, at)),
      };
    },
  },
  {
    name: 'a weight that is not in the file',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const text = serving(scene, planOf(scene, weights));
      const head = text.replace(new RegExp(`(:${at.port} weight) \\d+`), '$1 "${W1}"');
      return { loaded: text, head, truth: failing('configured-weights', /W1/) };
    },
  },
  {
    name: 'near the limit, beyond it',
    servers: [2, 4],
    set: (scene) => {
      // A share of 40 % less or more than its part: the limit is a quarter, or a third of it.
      const off = one(scene);
      const weights = scene.backends.map((backend) => (backend === off ? 5 : 10));
      const plan = planOf(scene, weights);
      return {
        loaded: serving(scene, plan),
        head: fileOf(scene, plan),
        truth: failing('configured-weights', weightLine(scene, plan, off)),
      };
    },
  },
  {
    name: 'random, weighted and not declared',
    products: ['haproxy', 'nginx'],
    servers: [3, 5],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const plan = planOf(scene, weights, { method: 'random' });
      return {
        loaded: serving(scene, plan),
        head: fileOf(scene, plan),
        truth: failing('configured-weights', weightLine(scene, plan, at)),
      };
    },
  },
  {
    name: 'least connections, weighted and busy',
    products: ['haproxy', 'nginx'],
    servers: [3, 4],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const plan = planOf(scene, weights, { method: 'least-connections' });
      return {
        loaded: serving(scene, plan),
        head: fileOf(scene, plan),
        truth: failing('configured-weights', weightLine(scene, plan, at)),
        after: async () => {
          for (const { behaviour } of scene.backends) behaviour.delayMs = 25;
          const end = others(scene.port, 30);
          await pause(300);
          return end;
        },
      };
    },
  },
  {
    name: 'filled in order',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const text = serving(scene, planOf(scene)).replace('balance roundrobin', 'balance first');
      return { loaded: text, head: text, truth: failing('configured-weights', /balance first/) };
    },
  },
  {
    name: 'one address under two names',
    products: ['haproxy'],
    servers: [3, 6],
    set: (scene) => {
      const text = serving(scene, planOf(scene, [], { nameless: true }));
      const twice = `${text}  server again 127.0.0.1:${one(scene).port}\n`;
      return { loaded: twice, head: twice, truth: failing('duplicate-server', /server again/) };
    },
  },
  {
    name: 'a limit of one connection',
    products: ['haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const limited = one(scene);
      const text = serving(scene, planOf(scene)).replace(`:${limited.port}\n`, `:${limited.port} maxconn 1\n`);
      return {
        loaded: text,
        head: text,
        truth: failing('connection-limit', /maxconn 1/),
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.delayMs = 15;
        },
      };
    },
  },
  {
    name: 'forgotten reload',
    servers: [2, 6],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const base = planOf(scene, weights);
      return stale(scene, base, planOf(scene), { truth: failing('old-file-loaded', weightLine(scene, base, at)) });
    },
  },
  {
    name: 'forgotten reload, a server removed',
    servers: [3, 6],
    set: (scene) => {
      const gone = one(scene);
      const head = planOf({ backends: scene.backends.filter((backend) => backend !== gone) });
      return stale(scene, planOf(scene), head, { truth: failing('old-file-loaded', lineOf(gone)) });
    },
  },
  {
    name: 'forgotten reload, a server added',
    servers: [3, 6],
    set: (scene) => stale(scene, planOf({ backends: scene.backends.slice(1) }), planOf(scene)),
  },
  {
    name: 'forgotten reload, a server drained',
    products: WITH_DRAINING,
    servers: [3, 6],
    set: (scene) => {
      const out = one(scene);
      const base = planOf(scene);
      const servers = base.servers.map((s) => (s.name === out.name ? { ...s, drained: true } : s));
      return stale(scene, base, { servers }, { truth: failing('old-file-loaded', lineOf(out)) });
    },
  },
  {
    name: 'forgotten reload of declared weights',
    servers: [3, 5],
    set: (scene) => {
      const { weights } = heavy(scene);
      const base = planOf(
        scene,
        weights.toReversed().map((weight) => weight + 1),
      );
      return stale(scene, base, planOf(scene, weights), { inputs: DECLARED });
    },
  },
  {
    name: 'reloaded, and back again',
    servers: [2, 5],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const base = planOf(scene, weights);
      return stale(scene, base, planOf(scene), {
        loaded: serving(scene, planOf(scene)),
        truth: failing('old-file-loaded', weightLine(scene, base, at)),
        after: async (server) => server?.reload(serving(scene, base)),
      });
    },
  },
  {
    name: 'an older file is loaded',
    servers: [3, 5],
    set: (scene) => {
      const { weights, at } = heavy(scene);
      const older = planOf(scene, weights);
      const base = planOf(
        scene,
        weights.map((_, i) => (i === 0 ? 3 : 2)),
      );
      return stale(scene, base, planOf(scene, even(scene, 2)), {
        loaded: serving(scene, older),
        older: fileOf(scene, older),
        truth: failing('older-file-loaded', weightLine(scene, older, at)),
      });
    },
  },
  {
    name: 'declared weights are not loaded',
    servers: [3, 5],
    set: (scene) => {
      const plan = planOf(scene, heavy(scene).weights);
      const truth = failing('equal-split');
      return { loaded: serving(scene, planOf(scene)), head: fileOf(scene, plan), inputs: DECLARED, truth };
    },
  },
  {
    name: 'two instances, one not reloaded',
    products: TWO_ADDRESSES,
    servers: [2, 4],
    set: (scene) => {
      const { weights } = heavy(scene);
      const base = planOf(scene, weights, { host: '127.0.0.2' });
      return {
        loaded: serving(scene, planOf(scene)),
        beside: [{ loaded: serving(scene, base), address: '127.0.0.2' }],
        head: fileOf(scene, planOf(scene)),
        base: fileOf(scene, planOf(scene, weights)),
        truth: failing(['old-file-loaded', 'address-differs']),
        after: () => pause(500),
      };
    },
  },
  {
    name: 'two instances on one address, one not reloaded',
    products: ['nginx', 'haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const more = { reuseport: true };
      const { weights } = heavy(scene);
      const base = planOf(scene, weights, more);
      return {
        loaded: serving(scene, planOf(scene, [], more)),
        beside: [{ loaded: serving(scene, base), address: '127.0.0.1' }],
        head: fileOf(scene, planOf(scene, [], more)),
        base: fileOf(scene, base),
        truth: { ...failing(['mixed-generations', 'old-file-loaded']), or: ['inconclusive'] },
        after: () => pause(500),
      };
    },
  },
];
