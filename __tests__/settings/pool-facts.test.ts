import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../src/model/tree.ts';
import { RULES } from '../../src/rules/list.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';
import { reportOf } from '../support/jobs.ts';

const HAPROXY = 'backend jobs\n  server j1 10.1.0.1:80 check weight 50\n  server j2 10.1.0.2:80 check weight 10\n';
const NGINX =
  'upstream jobs { server 10.1.0.1:80 weight=5; server 10.1.0.2:80; }\nserver { location / { proxy_pass http://jobs; } }\n';

const FILES = { 'eu/lb.cfg': HAPROXY, 'us/lb.cfg': HAPROXY, 'web/nginx.conf': NGINX };

/** The files whose pool is told to be uneven, under what the checklist file declares. */
async function uneven(pools: string, files: Readonly<Record<string, string>> = FILES): Promise<readonly string[]> {
  const tree = new MemoryTree({ ...files, 'evenkeel.yml': `version: 1\npools:\n${pools}` });
  const report = await reportOf({ tree, files: Object.keys(files), revision: null });
  return report.findings.filter(({ rule }) => rule === 'weight-imbalance').map(({ at }) => at.source.path);
}

async function refusal(pools: string, files?: Readonly<Record<string, string>>): Promise<string> {
  return uneven(pools, files).then(
    () => 'taken',
    (error: unknown) => (error instanceof InputError ? error.message : String(error)),
  );
}

describe('facts of a pool hold for the one that they name:', () => {
  test.each([
    ['of a file', "  'eu/lb.cfg#jobs': { expect: config }\n", ['us/lb.cfg', 'web/nginx.conf']],
    ['of a format', "  'nginx:jobs': { expect: config }\n", ['eu/lb.cfg', 'us/lb.cfg']],
    [
      'of a file before those of its format',
      "  'haproxy:jobs': { expect: config }\n  'us/lb.cfg#jobs': { expect: even }\n",
      ['us/lb.cfg', 'web/nginx.conf'],
    ],
    [
      'and a plain name for the one that is left',
      "  'eu/lb.cfg#jobs': { expect: even }\n  'us/lb.cfg#jobs': { expect: even }\n  jobs: { expect: config }\n",
      ['eu/lb.cfg', 'us/lb.cfg'],
    ],
  ])('%s', async (_, pools, expected) => {
    expect((await uneven(pools)).toSorted()).toEqual(expected);
  });

  test('a plain name is enough where there is one pool of it', async () => {
    expect(await uneven('  jobs: { expect: config }\n', { 'eu/lb.cfg': HAPROXY })).toEqual([]);
  });
});

test('a plain name of several pools is refused with the names to choose from', async () => {
  expect(await refusal('  jobs: { expect: config }\n')).toBe(
    'The checklist file declares something for the pool "jobs", and there are 3 of that name; write eu/lb.cfg#jobs or us/lb.cfg#jobs or web/nginx.conf#jobs.',
  );
  const two = { 'eu/lb.cfg': HAPROXY, 'web/nginx.conf': NGINX };
  expect(await refusal('  jobs: { expect: config }\n', two)).toMatch(/write haproxy:jobs or nginx:jobs\.$/);
});

describe('one pool is declared once:', () => {
  const one = { 'eu/lb.cfg': HAPROXY };

  test('a plain name beside one with the format is refused with both', async () => {
    const both = "  jobs: { expect: even }\n  'haproxy:jobs': { expect: config }\n";
    expect(await refusal(both, one)).toBe(
      'The checklist file declares the pool "jobs" twice, as "jobs" and as "haproxy:jobs". Remove one of them.',
    );
    const all = `${both}  'eu/lb.cfg#jobs': { single: true }\n`;
    expect(await refusal(all, one)).toMatch(/^The checklist file declares the pool "jobs" twice/);
  });

  test('but not where the plain name is left for another format', async () => {
    const both = "  jobs: { expect: even }\n  'haproxy:jobs': { expect: config }\n";
    expect(await refusal(both, { ...one, 'web/nginx.conf': NGINX })).toBe('taken');
  });

  test('the facts of its file hold instead of those of a plain name, which is said', async () => {
    const declared = "version: 1\npools: { jobs: { expect: config }, 'eu/lb.cfg#jobs': { expect: even } }\n";
    const tree = new MemoryTree({ ...one, 'evenkeel.yml': declared });
    const { notes, findings } = await reportOf({ tree, files: ['eu/lb.cfg'], revision: null });
    expect(findings.map(({ rule }) => rule)).toContain('weight-imbalance');
    expect(notes.map(plain)).toContain('The checklist file declares jobs, but here eu/lb.cfg#jobs holds instead.');
  });
});

test('a name that no pool has is told, with the one that is meant', async () => {
  const tree = new MemoryTree({
    ...FILES,
    'evenkeel.yml': "version: 1\npools: { 'eu/lb.cfg#jobz': { single: true } }\n",
  });
  const { notes } = await reportOf({ tree, files: ['eu/lb.cfg'], revision: null });
  expect(notes.map(plain).join('\n')).toContain('no config has it; did you mean eu/lb.cfg#jobs?');
});

describe('product versions', () => {
  const read = (versions: string) =>
    readSettings({
      path: 'evenkeel.yml',
      tree: new MemoryTree({ 'evenkeel.yml': `version: 1\nproduct-versions: ${versions}\n` }),
      rules: RULES,
      schemas: [],
    }).settings.productVersions;

  test.each(["'3.2'", "'2.8.14'", "'3.3-dev4'", "'2.6.12-1+deb12u2'"])('%s is one', (version) => {
    expect(read(`{ haproxy: ${version} }`)).toEqual({ haproxy: version.slice(1, -1) });
  });

  test.each(['latest', "'v3.2'", "'3'", "'3.'", "''", "'3.2 LTS'"])('%s is none', (version) => {
    expect(() => read(`{ haproxy: ${version} }`)).toThrow(
      /^evenkeel\.yml:2:\d+ .*haproxy is .*Set a version with a minor number, such as '3\.2'\./,
    );
  });
});

describe('sets and formats', () => {
  const read = (text: string) =>
    readSettings({
      path: 'evenkeel.yml',
      tree: new MemoryTree({ 'evenkeel.yml': `version: 1\n${text}` }),
      rules: RULES,
      schemas: [],
    }).settings;

  test('are read, in the order in which they are written', () => {
    const { sets, formats } = read(
      'sets: [{ name: edge, format: haproxy, files: [edge/a.cfg, "edge/*.cfg"] }]\nformats: [{ files: "x/**", format: nginx }]\n',
    );
    expect(sets).toEqual([{ name: 'edge', format: 'haproxy', files: ['edge/a.cfg', 'edge/*.cfg'] }]);
    expect(formats).toEqual([{ files: 'x/**', format: 'nginx' }]);
    expect(read('')).toMatchObject({ sets: [], formats: [] });
  });

  test.each([
    ['sets: [{ name: a, format: nginx }]\n', 'files'],
    ['sets: [{ name: a b, format: nginx, files: [a] }]\n', 'name'],
    ['formats: [{ files: a, format: nginx, kind: x }]\n', 'kind'],
  ])('%s', (text, says) => {
    expect(() => read(text)).toThrow(InputError);
    expect(() => read(text)).toThrow(says);
  });

  test('name formats that are read', async () => {
    const refused = async (text: string): Promise<unknown> => {
      const tree = new MemoryTree({ ...FILES, 'evenkeel.yml': `version: 1\n${text}` });
      return reportOf({ tree, files: ['eu/lb.cfg'], revision: null }).catch((error: unknown) => error);
    };
    expect(await refused('formats: [{ files: a, format: ngnix }]\n')).toEqual(
      new InputError('The checklist file names the format "ngnix", which is not read; write nginx.'),
    );
    expect(await refused('sets: [{ name: a, format: f5, files: [a] }]\n')).toMatchObject({
      message: expect.stringMatching(/"f5", which is not read; write one of .*haproxy, .*neutral/) as unknown,
    });
  });

  test('a named format beats what the content looks like, the last one that matches', async () => {
    const fragment = 'j1 10.1.0.1\n';
    const formatOf = async (formats: string): Promise<string | null | undefined> => {
      const tree = new MemoryTree({ 'x/part.inc': fragment, 'evenkeel.yml': `version: 1\n${formats}` });
      const report = await reportOf({ tree, files: ['x/part.inc'], revision: null });
      return report.inputs[0]?.format;
    };
    expect(await formatOf('')).toBeNull();
    expect(await formatOf('formats: [{ files: "x/*.inc", format: haproxy }]\n')).toBe('haproxy');
    expect(await formatOf('formats: [{ files: "**", format: haproxy }, { files: "x/**", format: nginx }]\n')).toBe(
      'nginx',
    );
  });
});
