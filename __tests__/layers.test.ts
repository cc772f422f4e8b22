import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

/** Ranks of the house, the lowest first; rooms of one rank do not import each other. */
const RANKS = [
  ['model'],
  ['text'],
  ['formats'],
  ['compare'],
  ['rules', 'evidence', 'probe', 'sources'],
  ['settings'],
  ['measure'],
  ['verify'],
  ['report'],
  ['github', 'workspace'],
  ['cli', 'demo'],
  ['main.ts', 'cli.ts'],
];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly package: boolean;
  /** Only types are imported, so nothing of it is left at run time. */
  readonly types: boolean;
}

const imports = files.flatMap((file): Import[] =>
  [...readFileSync(join('src', file), 'utf8').matchAll(/(import type [^;']*?)?(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, type, specifier = '']) => {
      const inside = specifier.startsWith('.');
      return {
        from: file,
        to: inside ? relative('src', join('src', dirname(file), specifier)) : specifier,
        package: !inside,
        types: type !== undefined,
      };
    },
  ),
);

/** A product's own rules are rules, though they live with the product. */
function room(file: string): string {
  return /^formats\/[^/]+\/rules\//.test(file) ? 'rules' : (file.split('/')[0] ?? file);
}

function rank(file: string): number {
  return RANKS.findIndex((rooms) => rooms.includes(room(file)));
}

test('every file stands in a room of the house', () => {
  const homeless = files.filter((file) => rank(file) < 0 && file !== 'version.ts');
  expect(homeless).toEqual([]);
  expect(imports.length).toBeGreaterThan(300);
});

test('no file is longer than can be kept in mind', () => {
  const long = files.filter((file) => readFileSync(join('src', file), 'utf8').split('\n').length - 1 > 330);
  expect(long).toEqual([]);
});

test('arrows point down, and rooms of one rank do not know each other', () => {
  const allowed = new Set([
    // GitHub reads commits that the clone does not have, and counts files, through the workspace.
    'github workspace',
  ]);
  const wrong = imports.filter(({ from, to, package: outside }) => {
    if (outside || to.startsWith('..') || room(from) === room(to) || to === 'version.ts') return false;
    if (allowed.has(`${room(from)} ${room(to)}`)) return false;
    return rank(to) >= rank(from);
  });
  expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
});

test('no file imports itself by way of others', () => {
  // The types of the model name each other: a pool has its dialect, and a dialect is asked about a pool.
  const inside = imports.filter((one) => !one.package && !(one.types && room(one.from) === 'model'));
  const circles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const { to } of inside.filter(({ from }) => from === file)) visit(to, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

test('formats are reached through their lists, by those that read them alone, except by the demo', () => {
  const reached = imports.filter(({ from, to }) => room(to) === 'formats' && room(from) !== 'formats');
  const byVerify = (from: string, to: string): boolean =>
    room(from) === 'verify' && /^formats\/(list|reader)\.ts$/.test(to);
  const bySources = (from: string, to: string): boolean =>
    room(from) === 'sources' && /^formats\/(admins|admin-reader)\.ts$/.test(to);
  const byProbe = (from: string, to: string): boolean =>
    room(from) === 'probe' && /^formats\/(identities|identity)\.ts$/.test(to);
  const product = (file: string): string => file.split('/').slice(0, 2).join('/');
  const wrong = reached.filter(
    ({ from, to }) =>
      !byVerify(from, to) &&
      !bySources(from, to) &&
      !byProbe(from, to) &&
      room(from) !== 'demo' &&
      // A product's rules know how the product is read.
      product(from) !== product(to),
  );
  expect(wrong).toEqual([]);
});

test('one format knows nothing of another, and one rule nothing of another', () => {
  const wrong = imports.filter(({ from, to, package: outside }) => {
    const [a, b] = [from.split('/'), to.split('/')];
    if (outside || a[0] !== b[0] || (a[0] !== 'formats' && a[0] !== 'rules')) return false;
    if (a[0] === 'rules') return a.length > 2 && b.length > 2 && a[1] !== b[1] && b[1] !== 'shared';
    return a.length > 2 && b.length > 2 && a[1] !== b[1];
  });
  expect(wrong).toEqual([]);
});

test('one rule of a product knows nothing of another', () => {
  const wrong = imports.filter(({ from, to }) => {
    const [a, b] = [from.split('/'), to.split('/')];
    return a[0] === 'formats' && b[0] === 'formats' && a[2] === 'rules' && b[2] === 'rules' && a[3] !== b[3];
  });
  expect(wrong).toEqual([]);
});

test('only GitHub and the entry of the Action know @actions', () => {
  const wrong = imports.filter(
    ({ from, to }) => to.startsWith('@actions/') && room(from) !== 'github' && from !== 'main.ts',
  );
  expect(wrong).toEqual([]);
});

test('the decision path asks neither disk, network, clock nor environment', () => {
  const pure = [
    'model',
    'text',
    'formats',
    'compare',
    'rules',
    'evidence',
    'sources',
    'settings',
    'measure',
    'verify',
    'report',
  ];
  const allowed = new Set(['node:vm', 'node:crypto']);
  const wrong = imports.filter(
    ({ from, to }) => pure.includes(room(from)) && to.startsWith('node:') && !allowed.has(to),
  );
  expect(wrong).toEqual([]);
  const impure = files
    // The time limit of policies is a clock by its nature.
    .filter((file) => pure.includes(room(file)) && file !== 'settings/policy-schema.ts')
    .filter((file) =>
      /\bprocess\.|Date\.now\(|new Date\(\)|performance\.now|Math\.random/.test(
        readFileSync(join('src', file), 'utf8'),
      ),
    );
  expect(impure).toEqual([]);
});
