import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * The walk of docs/adding-a-format.md, done as it says: its files are written into a copy of the house, the lists are generated, the
 * copy is type-checked, and the tests that every format has to pass run there, with the page's own.
 */
const PAGE = readFileSync('docs/adding-a-format.md', 'utf8');
const COPIED = [
  'src',
  'schemas',
  'script/lib',
  'examples/demo',
  'package.json',
  '.prettierrc.json',
  'jest.config.mjs',
  'tsconfig.json',
  'tsconfig.test.json',
  '__tests__/support',
  '__tests__/formats/contract.test.ts',
  '__tests__/rules/pages.test.ts',
  '__tests__/layers.test.ts',
];

/** The files of the page: a fence whose info string ends with `file=PATH`. */
const FILES = new Map(
  [...PAGE.matchAll(/^(`{3,})\w+ file=(\S+)\n([\s\S]*?)^\1$/gm)].map(([, , path = '', text = '']) => [path, text]),
);

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(realpathSync(tmpdir()), 'adding-a-format-'));
  for (const path of COPIED) cpSync(path, join(house, path), { recursive: true });
  symlinkSync(realpathSync('node_modules'), join(house, 'node_modules'));
  const ids = readFileSync('schemas/rule-ids.json', 'utf8');
  // Benches import tests that are not copied.
  const project = { extends: './tsconfig.test.json', include: ['src', '__tests__'] };
  writeFileSync(join(house, 'tsconfig.walk.json'), JSON.stringify(project));
  writeFileSync(join(house, 'schemas/rule-ids.json'), ids.replace('"active": [', '"active": [\n    "standby-weight",'));
  for (const [path, text] of FILES) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), text);
  }
});

afterAll(() => {
  rmSync(house, { recursive: true, force: true });
});

/** Runs node in the copy; the output with the exit status, so that a failure shows what was wrong. */
function run(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8' });
  return `${stdout}${stderr}\nexit ${status}`;
}

test('the page shows every file of the format', () => {
  expect([...FILES.keys()].toSorted()).toEqual([
    '__tests__/formats/tiny-lb/reader.test.ts',
    'src/formats/tiny-lb/dialect.ts',
    'src/formats/tiny-lb/examples/invalid-weight.md',
    'src/formats/tiny-lb/examples/no-health-check.md',
    'src/formats/tiny-lb/format.md',
    'src/formats/tiny-lb/pool.ts',
    'src/formats/tiny-lb/reader.ts',
    'src/formats/tiny-lb/rules/standby-weight/rule.md',
    'src/formats/tiny-lb/rules/standby-weight/rule.ts',
    'src/formats/tiny-lb/statements.ts',
  ]);
});

test('outside its folder a format changes only the generated lists', () => {
  expect(run('script/lib/generate.mjs')).toMatch(/exit 0$/);
  const changed = readdirSync(join(house, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|md)$/.test(path) && !path.startsWith('formats/tiny-lb/'))
    .filter((path) => readFileSync(join('src', path), 'utf8') !== readFileSync(join(house, 'src', path), 'utf8'));
  expect(changed.toSorted()).toEqual(['formats/list.ts', 'rules/list.ts', 'rules/pages.ts']);
});

test('it compiles', () => {
  expect(run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.walk.json')).toMatch(/^\s*exit 0$/);
});

test('its tests pass, and those that hold for every format, rule and import', () => {
  const names = 'tiny-lb|standby-weight|the list of rules|arrows point down|knows nothing of another|room of the house';
  const report = join(house, 'report.json');
  const jest = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, '-t', names];
  run('--experimental-vm-modules', ...jest);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'pending');
  expect(testResults.map(({ message }) => message).join('')).toBe('');
  expect(ran.filter(({ status }) => status !== 'passed')).toEqual([]);
  // The shares, the rule's three examples, the two contract examples, the layers.
  const titles = ran.map(({ fullName }) => fullName).join('\n');
  for (const part of [
    'tiny-lb predicts the shares',
    'standby-weight tiny-lb bad example',
    'standby-weight tiny-lb look-alike example',
    'tiny-lb no-health-check: bad example',
    'tiny-lb invalid-weight: bad example',
    'arrows point down',
  ])
    expect(titles).toContain(part);
});

interface JestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

test.each(['aws-alb', 'k8s', 'gateway-api-v1'])(
  'the list of formats is a module with a folder called %s',
  async (id) => {
    const { formatList } = (await import(resolve('script/lib/generate-formats.mjs'))) as {
      readonly formatList: (formats: readonly { readonly id: string }[]) => string;
    };
    const folder = join(house, `toy-${id}`);
    mkdirSync(join(folder, id), { recursive: true });
    writeFileSync(
      join(folder, id, 'reader.ts'),
      `export const reader = ${JSON.stringify({ dialect: { format: id } })};\n`,
    );
    writeFileSync(
      join(folder, 'reader.ts'),
      'export type FormatReader = { readonly dialect: { readonly format: string } };\n',
    );
    writeFileSync(join(folder, 'list.ts'), formatList([{ id }]));
    const list = (await import(join(folder, 'list.ts'))) as { FORMATS: readonly { dialect: { format: string } }[] };
    expect(list.FORMATS.map(({ dialect }) => dialect.format)).toEqual([id]);
  },
);
