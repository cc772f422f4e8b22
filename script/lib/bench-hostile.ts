/**
 * What hostile files of 0.95 MB cost: `script/bench hostile [WORD]`, WORD = only shapes with it in their names. Each shape is checked
 * alone and with a base in which every number differs, in a process of its own. Each run takes less than 2 s of CPU and 300 MB, or
 * refuses the file in one sentence; anything else makes the bench fail. It runs dist/cli, which script/build makes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SHAPES } from './hostile-shapes.ts';

const MAX_CPU_S = 2;
const MAX_MB = 300;
const BYTES = 950_000;

const wanted = process.argv.slice(2).find((word) => !word.startsWith('-')) ?? '';
const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
const usage = join(folder, 'usage.json');
const hook = join(folder, 'hook.cjs');
writeFileSync(
  hook,
  `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.resourceUsage())));\n`,
);
let tooMuch = 0;
for (const { name, file, make } of SHAPES) {
  if (!name.includes(wanted)) continue;
  const figures = [false, true].map((compared) => run(file, make, compared));
  console.log(`${name.padEnd(60)} ${figures.join('   ')}`);
}
rmSync(folder, { recursive: true });
console.log(tooMuch === 0 ? 'every run is within its bounds' : `${tooMuch} runs are not within their bounds`);
process.exitCode = tooMuch > 0 ? 1 : 0;

function run(file: string, make: (bytes: number, seed: number) => string, compared: boolean): string {
  for (const [side, seed] of [
    ['base', 1],
    ['head', 2],
  ] as const) {
    mkdirSync(join(folder, side), { recursive: true });
    writeFileSync(join(folder, side, file), make(BYTES, seed));
  }
  const args = ['check', join('head', file), '--json', ...(compared ? ['--base', 'base'] : [])];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--require', hook, resolve('dist/cli/index.js'), ...args],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1e9, timeout: 60_000 },
  );
  rmSync(join(folder, 'head', file));
  rmSync(join(folder, 'base', file));
  if (status === null) {
    tooMuch++;
    return 'not within a minute';
  }
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(usage, 'utf8')) as NodeJS.ResourceUsage;
  const [seconds, megabytes] = [(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024];
  const isFault = status === 4 || /^\s+at /m.test(stderr);
  const bad = seconds >= MAX_CPU_S || megabytes >= MAX_MB || isFault;
  if (bad) tooMuch++;
  const report = isFault ? '' : summaryOf(stdout);
  return `${seconds.toFixed(2).padStart(6)} s ${megabytes.toFixed(0).padStart(4)} MB ${bad ? 'TOO MUCH' : '        '} exit ${status} ${report}`;
}

function summaryOf(text: string): string {
  const { summary, findings } = JSON.parse(text) as { summary: string; findings?: unknown[] };
  return `${String(findings?.length ?? 0).padStart(5)} findings, ${summary.slice(0, 40).padEnd(40)}`;
}
