import { readFileSync, writeFileSync } from 'node:fs';
import type { Measurement } from '../../src/model/measurement.ts';
import { plain } from '../../src/text/say.ts';
import { configOf, type PoolPlan } from '../support/real/configs.ts';
import { probeReal, type Asked } from '../support/real/probing.ts';
import { PRODUCTS, type Product } from '../support/real/products.ts';
import {
  describeReal,
  freePort,
  startBackends,
  startServer,
  type Backend,
  type RealServer,
} from '../support/real-servers.ts';

/**
 * What the probe says about real load balancers in situations that people meet. The verdict and the cause of every cell are
 * fixed here; docs/how-the-probe-decides.md shows them as a table.
 */
interface Situation {
  readonly title: string;
  /** Per probe of the situation: the outcome, and the first cause when it fails (`errors`: a failure that needs none). */
  readonly verdicts: readonly string[];
  /** Servers behind the balancer; 3 by default. */
  readonly servers?: number;
  readonly unlike?: Partial<Record<Product, { readonly verdicts: readonly string[]; readonly why: string }>>;
  /** Why a product cannot be in this situation. */
  readonly not?: Partial<Record<Product, string>>;
  /** What the blamed line of the first probe says. */
  readonly blames?: RegExp;
  /** What the first probe's reason or remarks say. */
  readonly says?: RegExp;
  run(stage: Stage): Promise<readonly Measurement[]>;
}

/** So that a probe ends within seconds. */
const BRISK = { rate: 800, maxRequests: 4000, timeoutMs: 30_000 };

/** One product with its servers behind it. */
class Stage {
  readonly product: Product;
  readonly backends: readonly Backend[];
  readonly port: number;
  readonly #running: RealServer[] = [];

  constructor(product: Product, backends: readonly Backend[], port: number) {
    this.product = product;
    this.backends = backends;
    this.port = port;
  }

  plan(more: Omit<PoolPlan, 'servers'> = {}, weights?: readonly number[]): PoolPlan {
    const servers = this.backends.map(({ name, port }, i) => {
      const weight = weights?.[i];
      return { name, port, ...(weight === undefined ? {} : { weight }) };
    });
    return { servers, ...more };
  }

  async serve(plan: PoolPlan): Promise<RealServer> {
    const server = await startServer(this.product, configOf(this.product, plan, this.port), this.port);
    this.#running.push(server);
    return server;
  }

  probe(asked: Omit<Asked, 'rate'> & { readonly rate?: number }): Promise<readonly Measurement[]> {
    return probeReal(this.product, this.port, { ...BRISK, ...asked });
  }

  async clear(): Promise<void> {
    await Promise.all([...this.#running, ...this.backends].map((server) => server.stop()));
  }
}

const NAMES: Readonly<Record<Product, string>> = {
  nginx: 'nginx',
  haproxy: 'HAProxy',
  apache: 'Apache',
  caddy: 'Caddy',
  envoy: 'Envoy',
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const SITUATIONS: readonly Situation[] = [
  {
    title: 'even',
    verdicts: ['pass'],
    run: async (stage) => {
      await stage.serve(stage.plan());
      return stage.probe({ head: stage.plan() });
    },
  },
  {
    title: 'weights of its own, not declared and declared',
    verdicts: ['fail: configured-weights', 'pass'],
    blames: /weight\D{1,3}3/,
    run: async (stage) => {
      const head = stage.plan({}, [3, 1, 1]);
      await stage.serve(head);
      return [...(await stage.probe({ head })), ...(await stage.probe({ head, expect: 'config' }))];
    },
  },
  {
    title: 'a server is dead',
    verdicts: ['fail: server-down'],
    run: async (stage) => {
      const head = stage.plan({ checked: true });
      await stage.serve(head);
      await stage.backends[1]?.stop();
      await pause(400);
      return stage.probe({ head });
    },
  },
  {
    title: 'a server is drained, as the file says',
    verdicts: ['pass'],
    run: async (stage) => {
      const plan = stage.plan();
      const head = { ...plan, servers: plan.servers.map((s) => (s.name === 'web2' ? { ...s, drained: true } : s)) };
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'the reload was forgotten',
    verdicts: ['fail: old-file-loaded'],
    blames: /weight\D{1,3}3/,
    run: async (stage) => {
      const base = stage.plan({}, [3, 1, 1]);
      await stage.serve(base);
      return stage.probe({ head: stage.plan(), base });
    },
  },
  {
    title: 'reloaded in mid-probe',
    verdicts: ['inconclusive'],
    says: /changed while it was measured/,
    // Neither file was served long enough to be proved: the mean of both is no split that anybody was served by.
    servers: 4,
    not: { caddy: 'it serves a server ten times in a row, so a trace this short proves nothing' },
    run: async (stage) => {
      const [head, base] = [stage.plan(), stage.plan({}, [10, 10, 1, 1])];
      const server = await stage.serve(base);
      const asked = (): number => stage.backends.reduce((sum, backend) => sum + backend.requests, 0);
      // 50 requests of warm-up, then enough of the old file to show, and enough of what the probe will ask left for the
      // new: nothing more is answered until that is loaded, however long it takes.
      const enough = 170;
      let loaded = (): void => {};
      const reloaded = new Promise<void>((resolve) => (loaded = resolve));
      for (const { behaviour } of stage.backends) behaviour.hold = () => (asked() > enough ? reloaded : undefined);
      const probed = stage.probe({ head, base, rate: 400 });
      while (asked() <= enough) await pause(2);
      await server.reload(configOf(stage.product, head, stage.port));
      loaded();
      return probed;
    },
  },
  {
    title: 'a cookie holds clients; dropped, and kept in the last phase',
    verdicts: ['pass'],
    says: /all 10 requests stayed/,
    not: { nginx: 'no cookie stickiness in this nginx' },
    run: async (stage) => {
      const head = stage.plan({ sticky: true });
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'source hash',
    verdicts: ['inconclusive'],
    says: /one client/,
    not: { apache: 'no method that hashes the source' },
    run: async (stage) => {
      const head = stage.plan({ method: 'source-hash' });
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'least connections with a slow server',
    verdicts: ['pass'],
    says: /shares follow load/,
    run: async (stage) => {
      const head = stage.plan({ method: 'least-connections' });
      const slow = stage.backends[1];
      if (slow) slow.behaviour.delayMs = 40;
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'a server answers 500',
    verdicts: ['fail: errors'],
    says: /5xx of \S+2/,
    run: async (stage) => {
      const head = stage.plan();
      const bad = stage.backends[1];
      if (bad) bad.behaviour.status = 500;
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'a server answers 404, the others 200',
    verdicts: ['fail: server-differs'],
    says: /\S+ answers 404 to 100% of its requests, the others to 0%/,
    run: async (stage) => {
      const head = stage.plan();
      const bad = stage.backends[1];
      if (bad) bad.behaviour.status = 404;
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'every answer is a redirect to the login',
    verdicts: ['inconclusive'],
    says: /answers have status 302, so nothing shows that the service works/,
    run: async (stage) => {
      const head = stage.plan();
      for (const { behaviour } of stage.backends) behaviour.status = 302;
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'a server refuses, silently tried elsewhere',
    verdicts: ['fail: server-down'],
    unlike: { nginx: { verdicts: ['fail: hidden-retries'], why: 'its answers list the failed tries' } },
    run: async (stage) => {
      const head = stage.plan({ retried: true });
      await stage.serve(head);
      await stage.backends[1]?.stop();
      return stage.probe({ head });
    },
  },
  {
    title: 'no answer says who gave it',
    verdicts: ['inconclusive'],
    says: /which server/,
    run: async (stage) => {
      const head = stage.plan({ nameless: true });
      await stage.serve(head);
      return stage.probe({ head });
    },
  },
  {
    title: 'two instances, one with another config',
    verdicts: ['pass', 'fail: address-differs'],
    run: async (stage) => {
      const head = stage.plan();
      await stage.serve(head);
      await stage.serve({ ...stage.plan({}, [3, 1, 1]), host: '127.0.0.2' });
      return stage.probe({ head, addresses: ['127.0.0.1', '127.0.0.2'] });
    },
  },
  {
    title: 'the balancer is down',
    verdicts: ['fail: target-down'],
    run: (stage) => stage.probe({ head: stage.plan() }),
  },
];

/** Cells that cannot be. */
const NOT_POSSIBLE = 3;

/** What was measured, by situation and product. */
const measured = new Map<string, string>();

describe.each(PRODUCTS)('the probe and a real %s', (product) => {
  describeReal(product, 'in the situation', () => {
    const possible = SITUATIONS.filter((situation) => situation.not?.[product] === undefined);
    test.each(possible.map((situation) => [situation.title, situation] as const))(
      '%s',
      async (title, situation) => {
        const measurements = await onStage(product, situation.servers ?? 3, (stage) => situation.run(stage));
        const verdicts = measurements.map(verdictOf);
        measured.set(`${title} ${product}`, verdicts.join(', then '));
        expect({ verdicts, told: measurements.map(told) }).toMatchObject({
          verdicts: situation.unlike?.[product]?.verdicts ?? situation.verdicts,
        });
        const [first] = measurements;
        if (situation.says) expect(first && told(first)).toMatch(situation.says);
        if (situation.blames) expect(first && blamedLine(first)).toMatch(situation.blames);
      },
      60_000,
    );
  });
});

describe.each(['nginx', 'haproxy'] as const)('a stopped server behind a real %s', (product) => {
  describeReal(product, 'is named', () => {
    test.each([
      [2, 'with checks', { checked: true }],
      [3, 'with checks', { checked: true }],
      [2, 'without checks', { retried: product === 'nginx' }],
      [3, 'without checks', { retried: product === 'nginx' }],
    ] as const)(
      'one of %d %s',
      async (servers, _, more) => {
        const [measurement] = await onStage(product, servers, async (stage) => {
          const head = stage.plan(more);
          await stage.serve(head);
          await stage.backends[1]?.stop();
          await pause(400);
          return stage.probe({ head });
        });
        const [blamed] = measurement?.explanations ?? [];
        const name = measurement?.servers[1]?.name;
        expect({ outcome: measurement?.outcome, what: blamed && plain(blamed.what) }).toEqual({
          outcome: 'fail',
          what: expect.stringContaining(`${name} is ${blamed?.cause === 'hidden-retries' ? 'failing' : 'down'}`),
        });
      },
      60_000,
    );
  });
});

describe.each(['nginx', 'haproxy'] as const)('ten equal servers behind a real %s', (product) => {
  describeReal(product, 'and the defaults', () => {
    // Ten times the default rate and a tenth of the default time: the same budget of requests, less where answers are slow.
    test('are proved even, with the tolerance that the budget affords', async () => {
      const [measured] = await onStage(product, 10, async (stage) => {
        await stage.serve(stage.plan());
        return stage.probe({ head: stage.plan(), rate: 500, maxRequests: 6000, timeoutMs: 12_000 });
      });
      expect(measured && { outcome: measured.outcome, reason: plain(measured.reason) }).toEqual({
        outcome: 'pass',
        reason: expect.stringMatching(/^even within (?:33|50)% of each share$/),
      });
    }, 30_000);
  });
});

test('the cells that cannot be are few and have their reasons', () => {
  const reasons = SITUATIONS.flatMap((situation) => Object.values(situation.not ?? {}));
  expect(reasons).toHaveLength(NOT_POSSIBLE);
});

describeReal(PRODUCTS, 'the table of what was measured', () => {
  /** `UPDATE_DOCS=1 npm run jest -- real-balancers` writes it. */
  test('is the one in docs/how-the-probe-decides.md', () => {
    const page = readFileSync(PAGE, 'utf8');
    const fresh = page.replace(/(<!-- real balancers -->\n)[^]*?(<!-- end -->)/, (_, open, close) => {
      return `${open}${table()}${close}`;
    });
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, fresh);
    else expect(page).toBe(fresh);
  });
});

const PAGE = new URL('../../docs/how-the-probe-decides.md', import.meta.url);

function table(): string {
  const notes: string[] = [];
  const noted = (text: string): string => {
    if (!notes.includes(text)) notes.push(text);
    return `<sup>${notes.indexOf(text) + 1}</sup>`;
  };
  const rows = SITUATIONS.map(({ title, not, unlike }) => [
    title,
    ...PRODUCTS.map((product) => {
      const impossible = not?.[product];
      if (impossible !== undefined) return `n/a${noted(`${NAMES[product]}: ${impossible}.`)}`;
      const why = unlike?.[product]?.why;
      return `${measured.get(`${title} ${product}`) ?? '?'}${why === undefined ? '' : noted(`${NAMES[product]}: ${why}.`)}`;
    }),
  ]);
  const head = ['Situation', ...PRODUCTS.map((product) => NAMES[product])];
  return [
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...notes.map((note, i) => `${i + 1}. ${note}`),
    '',
  ].join('\n');
}

async function onStage(product: Product, servers: number, run: Situation['run']): Promise<readonly Measurement[]> {
  const names = Array.from({ length: servers }, (_, i) => `web${i + 1}`);
  const stage = new Stage(product, await startBackends(names, { nameless: true }), await freePort());
  const measurements = await run(stage);
  await stage.clear();
  return measurements;
}

function verdictOf({ outcome, explanations }: Measurement): string {
  return outcome === 'fail' ? `fail: ${explanations[0]?.cause ?? 'errors'}` : outcome;
}

function told({ reason, notes, servers, explanations, requests }: Measurement): string {
  const counts = servers.map(({ name, count }) => `${name}=${count}`).join(' ');
  const causes = explanations.map(({ cause, score }) => `${cause} ${score?.toFixed(2)}`).join(', ');
  return [plain(reason), ...notes.map(plain), `${requests}: ${counts}`, causes].join('\n');
}

function blamedLine({ explanations }: Measurement): string | undefined {
  const at = explanations[0]?.at;
  return at && at.source.text.split('\n')[at.source.position(at.start).line - 1];
}
