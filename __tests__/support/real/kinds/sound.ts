import type { PoolPlan } from '../configs.ts';
import type { Startable } from '../products.ts';
import type { Kind, Scene, Situation } from '../trial.ts';
import { even, fileOf, heavy, one, others, pause, planOf, serving, SOUND, WITH_DRAINING } from '../trial-scene.ts';

const TWO_ADDRESSES: readonly Startable[] = ['nginx', 'haproxy', 'apache', 'caddy'];
const LEAST: readonly Startable[] = ['nginx', 'haproxy', 'apache', 'caddy', 'envoy'];
const RANDOM: readonly Startable[] = ['nginx', 'haproxy', 'caddy', 'envoy'];

/** Loaded as the file says, and even or as declared. */
function sound(scene: Scene, plan: PoolPlan = planOf(scene), more: Partial<Situation> = {}): Situation {
  return { loaded: serving(scene, plan), head: fileOf(scene, plan), truth: SOUND, ...more };
}

/** HAProxy lines, loaded and given as they are. */
function soundText(text: string, more: Partial<Situation> = {}): Situation {
  return { loaded: text, head: text, truth: SOUND, ...more };
}

/** Nothing is wrong: a failure would block a deploy for nothing. */
export const SOUND_KINDS: readonly Kind[] = [
  { name: 'equal', servers: [2, 6], set: (scene) => sound(scene) },
  { name: 'equal, many servers', servers: [7, 12], set: (scene) => sound(scene) },
  {
    name: 'least connections, equal',
    products: LEAST,
    servers: [2, 5],
    set: (scene) => sound(scene, planOf(scene, [], { method: 'least-connections' })),
  },
  {
    name: 'least connections, a slow server',
    products: LEAST,
    servers: [3, 5],
    set: (scene) =>
      sound(scene, planOf(scene, [], { method: 'least-connections' }), {
        after: () => void (one(scene).behaviour.delayMs = scene.draw(20, 60)),
      }),
  },
  {
    name: 'random, equal',
    products: RANDOM,
    servers: [2, 4],
    set: (scene) => sound(scene, planOf(scene, [], { method: 'random' })),
  },
  {
    name: 'rotation that is fixed',
    products: ['haproxy'],
    servers: [2, 6],
    set: (scene) => soundText(serving(scene, planOf(scene)).replace('balance roundrobin', 'balance static-rr')),
  },
  {
    name: 'weighted, declared',
    servers: [2, 5],
    set: (scene) => sound(scene, planOf(scene, heavy(scene).weights), { inputs: { expect: 'config', pool: 'app' } }),
  },
  {
    name: 'drained by the file',
    products: WITH_DRAINING,
    servers: [3, 6],
    set: (scene) => {
      const out = one(scene);
      const { servers } = planOf(scene);
      return sound(scene, { servers: servers.map((s) => (s.name === out.name ? { ...s, drained: true } : s)) });
    },
  },
  {
    name: 'workers that share no rotation',
    products: ['nginx'],
    servers: [2, 8],
    set: (scene) => sound(scene, planOf(scene, [], { workers: scene.draw(2, 12), zone: false, reuseport: true })),
  },
  {
    name: 'other clients at the same time',
    servers: [2, 5],
    set: (scene) => sound(scene, planOf(scene), { after: () => others(scene.port, scene.draw(1, 6)) }),
  },
  {
    name: 'connections to the servers are kept',
    products: ['nginx', 'haproxy'],
    servers: [2, 5],
    set: (scene) =>
      soundText(
        serving(scene, planOf(scene))
          .replace('    zone app 64k;\n', '    zone app 64k;\n    keepalive 16;\n')
          .replace('proxy_pass http://app;', 'proxy_pass http://app;\n      proxy_http_version 1.1;')
          .replace('balance roundrobin', 'balance roundrobin\n  http-reuse always'),
      ),
  },
  {
    name: 'a cookie holds clients',
    products: ['haproxy', 'apache', 'caddy', 'envoy', 'traefik'],
    servers: [2, 4],
    set: (scene) => sound(scene, planOf(scene, [], { sticky: true })),
  },
  {
    name: 'near the limit, within it',
    servers: [2, 4],
    set: (scene) => {
      const low = one(scene);
      const weights = scene.backends.map((backend) => (backend === low ? 9 : 10));
      return sound(scene, planOf(scene, weights));
    },
  },
  {
    name: 'every server is slow',
    servers: [2, 4],
    set: (scene) =>
      sound(scene, planOf(scene), {
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.delayMs = 15;
        },
      }),
  },
  {
    name: 'a slow server',
    servers: [3, 4],
    set: (scene) => {
      const slow = one(scene);
      return sound(scene, planOf(scene), {
        truth: { ...SOUND, says: new RegExp(`(?:${slow.name}|:${slow.port}) is slow`) },
        after: () => void (slow.behaviour.delayMs = 120),
      });
    },
  },
  {
    name: 'errors within the limit',
    servers: [2, 4],
    set: (scene) =>
      sound(scene, planOf(scene), { after: () => void (one(scene).behaviour.now = { every: 700, status: 500 }) }),
  },
  {
    name: '429 now and then',
    servers: [2, 3],
    set: (scene) =>
      sound(scene, planOf(scene), {
        truth: { ...SOUND, says: /429/ },
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.now = { every: 40, status: 429 };
        },
      }),
  },
  {
    name: 'two instances',
    products: TWO_ADDRESSES,
    servers: [2, 4],
    set: (scene) => ({
      ...sound(scene),
      beside: [{ loaded: serving(scene, planOf(scene, [], { host: '127.0.0.2' })), address: '127.0.0.2' }],
      after: () => pause(500),
    }),
  },
  {
    name: 'slow start that is over',
    products: ['haproxy'],
    servers: [2, 4],
    set: (scene) => {
      const text = serving(scene, planOf(scene, [], { checked: true })).replaceAll(
        ' check inter',
        ' check slowstart 1s inter',
      );
      return soundText(text, { after: () => pause(1500) });
    },
  },
  {
    name: 'a template of servers',
    products: ['haproxy'],
    servers: [2, 6],
    set: (scene) => {
      const lines = serving(scene, planOf(scene)).split('\n');
      const { length } = scene.backends;
      const text = lines.filter((line) => !line.startsWith('  server ')).join('\n');
      const [first] = scene.backends;
      return soundText(`${text}  server-template web 1-${length} 127.0.0.1:${first?.port}\n`, {
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.nameless = true;
        },
      });
    },
  },
  {
    name: 'a file that would look the same',
    servers: [3, 4],
    set: (scene) => {
      const weights = even(scene, 20);
      weights[0] = 21;
      const base = fileOf(scene, planOf(scene, weights));
      return sound(scene, planOf(scene), { base, truth: { ...SOUND, says: /would look the same/ } });
    },
  },
  {
    name: 'reloaded, and the file before differed',
    servers: [2, 4],
    set: (scene) => {
      const base = planOf(scene, heavy(scene).weights);
      return sound(scene, planOf(scene), {
        loaded: serving(scene, base),
        base: fileOf(scene, base),
        after: async (server) => server?.reload(serving(scene, planOf(scene))),
      });
    },
  },
  {
    name: 'a route for other requests',
    products: ['haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const { text } = besides(scene, 'use_backend trial if { path_beg /trial }');
      return soundText(text, { inputs: { pool: undefined } });
    },
  },
  ...[undefined, 'app'].map((pool): Kind => ({
    name: pool === undefined ? 'a canary, no pool given' : 'a canary next to the pool',
    products: ['haproxy'],
    servers: [3, 4],
    set: (scene) => {
      const { text } = besides(scene, `use_backend trial if { rand(100) lt ${scene.draw(1, 4) * 10} }`);
      return soundText(text.replace('%s', '%b/%s'), { inputs: { pool } });
    },
  })),
  {
    name: 'a server is away for a moment',
    products: ['haproxy'],
    servers: [5, 7],
    set: (scene) => {
      const away = one(scene);
      const plan = planOf(scene, [], { checked: true });
      const text = serving(scene, plan).replace('retries 1', 'retries 3\n  option redispatch 1');
      return soundText(text, {
        truth: { ...SOUND, or: ['inconclusive'] },
        after: () => {
          const timer = setTimeout(() => void away.stop().then(() => away.listen()), 400);
          return () => clearTimeout(timer);
        },
      });
    },
  },
];

/** A pool of all servers but the first, which has one of its own that a rule leads to. */
function besides(scene: Scene, rule: string): { readonly text: string } {
  const [trial, ...rest] = scene.backends;
  const plan = planOf({ backends: rest });
  const text = serving(scene, plan).replace('  default_backend', `  ${rule}\n  default_backend`);
  return { text: `${text}backend trial\n  server ${trial?.name} 127.0.0.1:${trial?.port}\n` };
}

/** Nothing that one client measures can tell, or nothing shows that the service works. */
export const UNKNOWABLE_KINDS: readonly Kind[] = [
  {
    name: 'a hash of the client',
    products: ['nginx', 'haproxy', 'caddy', 'envoy'],
    servers: [2, 5],
    set: (scene) =>
      sound(scene, planOf(scene, [], { method: 'source-hash' }), { truth: { outcome: 'inconclusive', causes: [] } }),
  },
  {
    name: '404 for everything',
    servers: [2, 4],
    set: (scene) =>
      sound(scene, planOf(scene), {
        truth: { outcome: 'inconclusive', causes: [] },
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.status = scene.draw(0, 1) === 0 ? 404 : 401;
        },
      }),
  },
  {
    name: 'no answer says who gave it',
    products: WITH_DRAINING,
    servers: [2, 4],
    set: (scene) =>
      sound(scene, planOf(scene, [], { nameless: true }), {
        truth: { outcome: 'inconclusive', causes: [] },
        after: () => {
          for (const { behaviour } of scene.backends) behaviour.nameless = true;
        },
      }),
  },
  {
    name: 'the wrong pool',
    products: ['haproxy'],
    servers: [4, 6],
    set: (scene) => {
      const other = scene.backends.slice(0, 2);
      const text = serving(scene, planOf({ backends: scene.backends.slice(2) }));
      const second = other.map(({ name, port }) => `  server ${name} 127.0.0.1:${port}\n`).join('');
      return soundText(`${text.replace('default_backend app', 'default_backend other')}backend other\n${second}`, {
        inputs: { pool: 'app' },
        truth: { outcome: 'inconclusive', causes: [] },
      });
    },
  },
];
