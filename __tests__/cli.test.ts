import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { TempDir, TempRepo } from './support/temp-repo.ts';

const CLI = resolve('dist/cli/index.js');
const dirs: TempDir[] = [];
afterEach(() => dirs.splice(0).forEach((dir) => dir.remove()));

function kept<T extends TempDir>(dir: T): T {
  dirs.push(dir);
  return dir;
}

function run(cwd: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    encoding: 'utf8',
    timeout: 55_000,
  });
  return { code: status, out: stdout, err: stderr };
}

const GOOD = readFileSync('examples/demo/haproxy.before.cfg', 'utf8');
const BAD = readFileSync('examples/demo/haproxy.after.cfg', 'utf8');

const schema = (name: string): object => JSON.parse(readFileSync(`schemas/${name}`, 'utf8')) as object;
const ajv = new Ajv2020({ strictRequired: false, allowUnionTypes: true });
ajv.addSchema(schema('diff.schema.json'));
const isReport = ajv.compile(schema('report.schema.json'));

describe('hostile names do nothing but produce one sentence', () => {
  test.each([
    ['an option as a ref', ['check', 'lb.cfg', '--base=--output=x'], '"--output=x" is not the name of a commit'],
    ['a shell command as a ref', ['check', 'lb.cfg', '--base', 'HEAD;touch x'], '"HEAD;touch x" is not a commit'],
    ['a range as a ref', ['check', 'lb.cfg', '--base', 'HEAD~1..HEAD'], 'is not a commit'],
    ['no file', ['check'], "missing required argument 'file'"],
    ['an unknown command', ['chek', 'lb.cfg'], "unknown command 'chek'"],
    ['an unknown rule', ['why', 'weight-imbalanse'], 'weight-imbalance'],
    ['a rate of nothing', ['probe', 'http://127.0.0.1:9/', '--rate', '0'], '--rate is "0"'],
    ['a target with a password', ['probe', 'http://a:b@127.0.0.1:9/'], 'The URL is'],
    ['a mistyped file', ['check', 'lbb.cfg'], 'lbb.cfg is not there; did you mean lb.cfg?'],
    ['counts that match no file', ['observe', 'counts:none/*.json'], 'none/*.json matches no file'],
  ])('%s', (_, args, message) => {
    const repo = kept(new TempRepo());
    repo.commit({ 'lb.cfg': GOOD });
    const { code, out, err } = run(repo.path, ...args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).not.toMatch(/\n\s+at |…/);
    expect(readdirSync(repo.path).filter((name) => name !== '.git')).toEqual(['lb.cfg']);
    const json = run(repo.path, ...args, '--json');
    if (args[0] === 'check' || args[0] === 'probe' || args[0] === 'observe') {
      expect(isReport(JSON.parse(json.out))).toBe(true);
    }
  });

  test('a pipe, a link out of the tree, a folder and a missing file are unusable, and hide nothing of the others', () => {
    const repo = kept(new TempRepo());
    const outside = kept(new TempDir()).write({ 'secret.cfg': GOOD.replaceAll('web1', 'secret') });
    repo.commit({ 'lb.cfg': BAD, 'dir/x': '' });
    execFileSync('mkfifo', [repo.at('pipe.cfg')]);
    symlinkSync(outside.at('secret.cfg'), repo.at('out.cfg'));
    const { code, out } = run(repo.path, 'check', 'pipe.cfg', 'out.cfg', 'dir', 'gone.cfg', 'lb.cfg', '--json');
    const report = JSON.parse(out) as { inputs: { file: string; status: string }[]; findings: { file: string }[] };
    expect(code).toBe(2);
    expect(isReport(report)).toBe(true);
    expect(report.inputs.map(({ file, status }) => [file, status])).toEqual([
      ['pipe.cfg', 'refused'],
      ['out.cfg', 'refused'],
      ['dir', 'refused'],
      ['gone.cfg', 'refused'],
      ['lb.cfg', 'read'],
    ]);
    expect(report.findings.some(({ file }) => file === 'lb.cfg')).toBe(true);
    expect(out).not.toContain('secret 10.');
  });

  test('includes never leave the tree', () => {
    const repo = kept(new TempRepo());
    const outside = kept(new TempDir()).write({ 'pools.conf': 'upstream leak { server 10.9.9.9; server 10.9.9.8; }' });
    repo.commit({
      'nginx.conf': `events {}\nhttp {\n  include ../../../../../../../..${outside.path}/*.conf;\n  include ${outside.path}/pools.conf;\n  upstream own { server 10.0.0.1; server 10.0.0.2; }\n}\n`,
    });
    const { code, out } = run(repo.path, 'inspect', 'nginx.conf', '--json');
    const report = JSON.parse(out) as { pools: { name: string }[]; inputs: { status: string }[] };
    expect(code).toBe(0);
    expect(report.pools.map((pool) => pool.name)).toEqual(['own']);
    expect(report.inputs[0]?.status).toBe('partial');
  });
});

test('a reader that has seen enough does not make a failing check pass', () => {
  const repo = kept(new TempRepo());
  repo.commit({ 'lb.cfg': GOOD });
  repo.commit({ 'lb.cfg': BAD });
  const command = '"$0" "$1" check lb.cfg --base HEAD~1 | true; exit "${PIPESTATUS[0]}"';
  const { status, stderr } = spawnSync('bash', ['-c', command, process.execPath, CLI], {
    cwd: repo.path,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(1);
});

test('exit codes: 0 without a fault, 1 with one, 0 again when told to only report', () => {
  const repo = kept(new TempRepo());
  repo.commit({ 'lb.cfg': GOOD });
  repo.write({ 'lb.cfg': BAD });
  expect(run(repo.path, 'check', 'lb.cfg', '--base', 'HEAD').code).toBe(1);
  expect(run(repo.path, 'check', 'lb.cfg', '--base', 'HEAD', '--fail-on', 'never').code).toBe(0);
  const kind = JSON.parse(run(repo.path, 'check', 'lb.cfg', '--base', 'HEAD', '--fail-on', 'never', '--json').out) as {
    outcome: string;
  };
  expect(kind.outcome).toBe('fail');
  repo.commit({ 'lb.cfg': GOOD });
  expect(run(repo.path, 'check', 'lb.cfg', '--base', 'HEAD').code).toBe(0);
});

test('the demo tells the three acts and ends well, as words and as one report', () => {
  const dir = kept(new TempDir());
  const words = run(dir.path, 'demo');
  expect(words.code).toBe(0);
  for (const told of [
    'Act 1.',
    'Act 2.',
    'Act 3.',
    'haproxy.cfg:20',
    'Do not roll back the application',
    'That took',
  ]) {
    expect(words.out).toContain(told);
  }
  const json = run(dir.path, 'demo', '--json');
  const report = JSON.parse(json.out) as {
    outcome: string;
    measurements: { outcome: string; explanations: { cause: string; line: number }[] }[];
  };
  expect(json.code).toBe(0);
  expect(isReport(report)).toBe(true);
  expect(report.outcome).toBe('pass');
  expect(report.measurements.map(({ outcome, explanations: [first] }) => [outcome, first?.cause, first?.line])).toEqual(
    [
      ['fail', 'configured-weights', 20],
      ['fail', 'old-file-loaded', 20],
      ['pass', undefined, undefined],
    ],
  );
}, 60_000);
