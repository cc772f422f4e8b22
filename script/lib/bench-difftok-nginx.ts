/**
 * Whether evenkeel refuses what nginx refuses and nothing that it accepts: seeded changes of sound configurations against
 * `nginx -t` of the oldest and the newest version. Prints one row a kind of change; exits 1 when a file that a version accepts is
 * refused, or when less than 95 % of the refused files of a kind are. `--files N` (50,000), `--seed N`, `--show` prints samples.
 */
import { parseArgs } from 'node:util';
import { NginxChecker } from '../../__tests__/support/nginx-difftok/checker.ts';
import { compare, type Comparison } from '../../__tests__/support/nginx-difftok/compare.ts';
import { KINDS, mutant } from '../../__tests__/support/nginx-difftok/mutate.ts';
import { random } from '../../__tests__/support/random.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '20261130' },
    quick: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
  },
});
const FILES = values.quick ? 500 : Number(values.files);
const LEAST = 0.95;
const SAMPLES = 12;

const checkers = NginxChecker.available().map((version) => new NginxChecker(version));
const next = random(Number(values.seed));
const found: Comparison[] = [];
try {
  for (let i = 0; i < FILES; i++) {
    const comparison = await compare(mutant(next), checkers);
    // Texts of all that agree would fill the memory.
    found.push(comparison.result === 'agree' ? { ...comparison, text: '' } : comparison);
  }
} finally {
  for (const checker of checkers) checker.close();
}

let broken = false;
console.log(`${FILES} files, nginx ${checkers.map(({ version }) => version).join(' and ')}`);
console.log('kind of change         files  refused  also by us   false refusals  aside  versions differ');
for (const kind of KINDS) {
  const all = found.filter((one) => one.kind === kind);
  const of = (result: Comparison['result']): number => all.filter((one) => one.result === result).length;
  const refused = all.filter((one) => one.refused).length;
  const share = refused === 0 ? 1 : 1 - of('missed') / refused;
  if (share < LEAST || of('false refusal') > 0) broken = true;
  const cells = [
    all.length,
    refused,
    `${(share * 100).toFixed(1)} %`,
    of('false refusal'),
    of('aside'),
    of('versions differ'),
  ];
  console.log(
    `${kind.padEnd(20)}${cells.map((cell, i) => String(cell).padStart([8, 9, 12, 17, 7, 17][i] ?? 8)).join('')}`,
  );
}
if (values.show) {
  for (const result of ['false refusal', 'missed'] as const) {
    const seen = new Map<string, number>();
    for (const one of found.filter((each) => each.result === result)) {
      const key = `${one.kind}: ${result === 'missed' ? one.theirs.replace(/"[^"]*"| in \/.*?:\d+/g, '"…"') : one.ours}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      if (count === 1 && seen.size <= SAMPLES * 5) console.log(`\n${result} ${key}\n${one.theirs}`);
    }
    for (const [key, count] of seen) if (count > 2) console.log(`${count} x ${result} ${key}`);
  }
}
process.exitCode = broken ? 1 : 0;
