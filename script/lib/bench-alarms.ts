/**
 * How often the probe raises an alarm about real nginx and HAProxy that balance as they should: while other clients keep them
 * busy, and just after a start, when workers without a zone walk through the pool in phase. None may. Prints one row a
 * balancer; exits 1 when one does. `--quick`: two probes a cell, the same limits. `--part=others|phase`,
 * `--only=TEXT`: rows of the second part whose name contains it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { plain } from '../../src/text/say.ts';
import { SplitTest } from '../../src/evidence/split-test.ts';
import { limitsOf } from '../../src/evidence/tolerance.ts';
import { send } from '../../__tests__/support/real/client.ts';
import { configOf, type PoolPlan } from '../../__tests__/support/real/configs.ts';
import { freePort } from '../../__tests__/support/real/ports.ts';
import { probeReal } from '../../__tests__/support/real/probing.ts';
import { startServer, stopAll } from '../../__tests__/support/real-servers.ts';

const QUICK = process.argv.includes('--quick');
const PROBES_A_CELL = QUICK ? 2 : 9;
/** Requests/s. As shipped it is 50: a probe would take 15 s. */
const RATE = 1000;
const MOST_ALARMS = 0;
const MOST_BOUND = 0.015;
/** Connections of other clients, each asking again as soon as it is answered. */
const BACKGROUNDS = [1, 2, 8, 32];
const BACKGROUND = join(import.meta.dirname, 'alarms-bench/background.mjs');

interface Balancer {
  readonly name: string;
  readonly product: 'nginx' | 'haproxy';
  readonly settings: Pick<PoolPlan, 'workers' | 'zone' | 'reuseport'>;
}

const BALANCERS: readonly Balancer[] = [
  ...[1, 2, 4].flatMap((workers) =>
    [true, false].map((zone): Balancer => {
      const name = `nginx, ${workers} ${workers === 1 ? 'worker' : 'workers'}, ${zone ? 'zone' : 'no zone'}`;
      return { name, product: 'nginx', settings: { workers, zone } };
    }),
  ),
  { name: 'HAProxy, 2 threads', product: 'haproxy', settings: { workers: 2 } },
];
const POOLS = [
  { name: '1:1:1', weights: [1, 1, 1] },
  { name: '5:3:2', weights: [5, 3, 2] },
];

/** Freshly started nginx, and pools of so many servers. */
const WORKERS = [1, 2, 4, 8, 16, 32, 64];
const SERVERS = [3, 10, 20, 50];

interface Outcomes {
  pass: number;
  inconclusive: number;
  uneven: number;
}

const started = performance.now();
try {
  process.exitCode = (await bench()) ? 0 : 1;
} finally {
  await stopAll();
}

async function bench(): Promise<boolean> {
  console.log(
    `Probes of balancers that are right, ${PROBES_A_CELL} a cell, tolerance auto, ${RATE} requests/s at most.`,
  );
  console.log('Each cell: even/inconclusive/uneven.\n');
  const total: Outcomes = { pass: 0, inconclusive: 0, uneven: 0 };
  const part = option('part');
  if (part !== 'others') await besideNobody(total);
  if (part !== 'phase') await besideOthers(total);
  return conclude(total);
}

function option(name: string): string | undefined {
  return process.argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** Every probe meets an nginx that has just started: its workers all begin at the first server. */
async function besideNobody(total: Outcomes): Promise<void> {
  const ports = await startBackends(Math.max(...SERVERS));
  row(['just started', ...SERVERS.map((n) => `${n} servers`)]);
  const only = option('only') ?? '';
  for (const zone of [true, false]) {
    for (const workers of WORKERS) {
      const name = `${workers} workers, ${zone ? 'zone' : 'no zone'}`;
      if (!name.includes(only)) continue;
      const cells: Outcomes[] = [];
      for (const servers of SERVERS) {
        const settings = { workers, zone, reuseport: true };
        const balancer: Balancer = { name: `${name}, ${servers} servers`, product: 'nginx', settings };
        const plan = planOf(balancer, undefined, ports.slice(0, servers));
        const cell: Outcomes = { pass: 0, inconclusive: 0, uneven: 0 };
        for (let i = 0; i < PROBES_A_CELL; i++) {
          const port = await freePort();
          const server = await startServer('nginx', configOf('nginx', plan, port), port);
          add(cell, await probes(balancer, plan, port, 1));
          await server.stop();
        }
        cells.push(cell);
        add(total, cell);
      }
      row([name, ...cells.map(shown)]);
    }
  }
  console.log('');
}

/** Columns: connections of other clients, closed loop. `step`: one client that asks 600 times, one after another without gaps. */
async function besideOthers(total: Outcomes): Promise<void> {
  const ports = await startBackends(3);
  row(['beside others', 'weights', ...BACKGROUNDS.map(String), ...BACKGROUNDS.map((n) => `step ${n}`)]);
  for (const balancer of BALANCERS) {
    for (const pool of POOLS) {
      const plan = planOf(balancer, pool.weights, ports);
      const cells: Outcomes[] = [];
      const inStep: number[] = [];
      for (const connections of BACKGROUNDS) {
        const port = await freePort();
        const server = await startServer(balancer.product, configOf(balancer.product, plan, port), port);
        const others = await startBackground(port, connections);
        const cell = await probes(balancer, plan, port, PROBES_A_CELL);
        cells.push(cell);
        inStep.push(await stepwise(port, pool.weights));
        await end(others);
        await server.stop();
        add(total, cell);
      }
      row([balancer.name, pool.name, ...cells.map(shown), ...inStep.map((n) => `${n}/${PROBES_A_CELL}`)]);
    }
  }
}

function add(to: Outcomes, cell: Outcomes): void {
  for (const outcome of ['pass', 'inconclusive', 'uneven'] as const) to[outcome] += cell[outcome];
}

function shown(cell: Outcomes): string {
  return `${cell.pass}/${cell.inconclusive}/${cell.uneven}`;
}

function conclude({ pass, inconclusive, uneven }: Outcomes): boolean {
  const probes = pass + inconclusive + uneven;
  const bound = upperBound(uneven, probes);
  const holds = uneven <= MOST_ALARMS && (QUICK || option('only') !== undefined || bound <= MOST_BOUND);
  console.log(`\n${probes} probes: ${pass} even, ${inconclusive} inconclusive, ${uneven} uneven.`);
  console.log(
    `Rate of false alarms: ${percent(uneven / probes)}, at most ${percent(bound)} (exact 95 % interval, Clopper-Pearson).`,
  );
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${holds ? 'holds' : 'BREAKS'}: at most ${MOST_ALARMS} uneven and ${percent(MOST_BOUND)}, in ${seconds} s`,
  );
  return holds;
}

async function probes(balancer: Balancer, head: PoolPlan, port: number, times: number): Promise<Outcomes> {
  const outcomes: Outcomes = { pass: 0, inconclusive: 0, uneven: 0 };
  for (let i = 0; i < times; i++) {
    const [measured] = await probeReal(balancer.product, port, { head, expect: 'config', rate: RATE });
    if (measured === undefined) throw new Error(`${balancer.name} was not measured`);
    const outcome = measured.outcome === 'fail' ? 'uneven' : measured.outcome === 'pass' ? 'pass' : 'inconclusive';
    outcomes[outcome] += 1;
    if (outcome !== 'pass') console.error(`${balancer.name}: ${plain(measured.reason)}`);
  }
  return outcomes;
}

/** How many measurements of a client that the product is not would be called uneven by the product's test. */
async function stepwise(port: number, weights: readonly number[]): Promise<number> {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const test = new SplitTest(shares, limitsOf(shares, { kind: 'relative', share: 0.25 }));
  let uneven = 0;
  for (let i = 0; i < PROBES_A_CELL; i++) {
    const { counts } = await send(port, 600, { keepAlive: false });
    if (test.provesUneven(weights.map((_, server) => counts[`web${server + 1}`] ?? 0))) uneven += 1;
  }
  return uneven;
}

function planOf({ settings }: Balancer, weights: readonly number[] | undefined, ports: readonly number[]): PoolPlan {
  const servers = ports.map((port, i) => {
    const weight = weights?.[i];
    return { name: `web${i + 1}`, port, ...(weight === undefined ? {} : { weight }) };
  });
  return { servers, ...settings };
}

/** Servers as fast as they come, so that the balancer is what keeps clients waiting. */
async function startBackends(servers: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < servers) ports.push(await freePort());
  const blocks = ports.map(
    (port, i) => `server { listen 127.0.0.1:${port}; add_header X-Backend web${i + 1}; return 200 "ok\\n"; }`,
  );
  const config = `worker_processes 1;\nevents { worker_connections 4096; }\nhttp {\n${blocks.join('\n')}\n}\n`;
  await startServer('nginx', config, ports[0] ?? 0);
  return ports;
}

async function startBackground(port: number, connections: number): Promise<ChildProcess> {
  // It ends when this process is gone, as its standard input does.
  const child = spawn(process.execPath, [BACKGROUND, String(port), String(connections)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}

/** Upper end of the exact two-sided 95 % interval of a rate, 0..1: the rate at which so few happen in 2.5 % of cases. */
function upperBound(happened: number, of: number): number {
  let [low, high] = [happened / of, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(happened, of, middle) > 0.025) low = middle;
    else high = middle;
  }
  return high;
}

/** Chance of at most `k` in `n` independent tries of chance `p`. */
function atMost(k: number, n: number, p: number): number {
  let term = (1 - p) ** n;
  let total = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    total += term;
  }
  return total;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function row(columns: readonly string[]): void {
  console.log(columns.map((text, i) => (i === 0 ? text.padEnd(26) : text.padStart(8))).join(' '));
}
