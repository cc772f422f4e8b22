import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Flags, Io } from '../../src/cli/io.ts';
import { runRoute } from '../../src/cli/route.ts';
import { InputError } from '../../src/model/tree.ts';
import { TempDir, TempRepo } from '../support/temp-repo.ts';

const PAGE = readFileSync('docs/route.md', 'utf8');
const [, url = '', config = ''] = /```haproxy route=(\S+)\n(.*?)```/s.exec(PAGE) ?? [];
const [, shown = ''] = /```text\n(.*?)```/s.exec(PAGE) ?? [];

const isRoute = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/route.schema.json', 'utf8')) as object,
);

const here = process.cwd();
const dirs: TempDir[] = [];
afterEach(() => {
  process.chdir(here);
  dirs.splice(0).forEach((dir) => dir.remove());
});

function run(dir: TempDir, target: string, files: readonly string[], flags: Flags = {}): string {
  if (!dirs.includes(dir)) dirs.push(dir);
  process.chdir(dir.path);
  let text = '';
  const io: Io = {
    mode: { color: false, width: 100 },
    out: (more) => (text += more),
    err: () => undefined,
    progress: () => undefined,
  };
  expect(runRoute(target, files, flags, io)).toBe(0);
  return text;
}

test('the page shows what the command prints', () => {
  const dir = new TempDir().write({ 'lb.cfg': config });
  expect(`${run(dir, url, ['lb.cfg'])}\n`).toBe(shown);
});

test('with a base the request before is shown, and the document fits its schema', () => {
  const repo = new TempRepo();
  repo.commit({ 'lb.cfg': config });
  repo.write({ 'lb.cfg': config.replace('weight 3', 'weight 1') });
  const given = { base: 'HEAD', header: ['X-Beta:'] };
  expect(run(repo, url, ['lb.cfg'], given)).toContain('at most 50%  at most 75%');
  const document = JSON.parse(run(repo, url, ['lb.cfg'], { ...given, json: true })) as object;
  expect(isRoute(document)).toBe(true);
  expect(document).toMatchObject({
    head: { servers: [{ name: 'api1', share: { low: 0, high: 0.5 } }, { name: 'api2' }], entries: [{ line: 6 }] },
    base: { servers: [{ name: 'api1', share: { low: 0, high: 0.75 } }, { name: 'api2' }] },
  });
  const fresh = JSON.parse(run(repo, url, ['lb.cfg'], { json: true })) as object;
  expect(isRoute(fresh)).toBe(true);
  expect(fresh).toMatchObject({ base: null });
});

test.each([
  ['shop.example/cart', ['lb.cfg'], {}, '"shop.example/cart" is not a URL'],
  ['ftp://shop.example/', ['lb.cfg'], {}, 'is not a URL'],
  ['http://shop.example/', ['lbb.cfg'], {}, 'did you mean lb.cfg?'],
  ['http://shop.example/', ['notes.txt'], {}, 'notes.txt is not a config'],
  ['http://shop.example/', ['lb.cfg'], { ip: 'lan' }, '--ip is "lan"'],
  ['http://shop.example/', ['lb.cfg'], { header: ['x'] }, '--header is "x"'],
  ['http://shop.example/', ['lb.cfg'], { method: 'GET /' }, '--method is "GET /"'],
] as const)('%s of %j with %j is refused in one sentence', (target, files, flags, message) => {
  const dir = new TempDir().write({ 'lb.cfg': config, 'notes.txt': 'nothing here\n' });
  const act = (): string => run(dir, target, files, flags);
  expect(act).toThrow(InputError);
  expect(act).toThrow(message);
});
