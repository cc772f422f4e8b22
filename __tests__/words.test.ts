import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { RULES } from '../src/rules/list.ts';
import { DEFAULT_ITEMS } from '../src/settings/human-items.ts';
import { fixFaults, markdownProse, spokenTexts, wordFaults } from './support/prose.ts';
import list from './support/words-to-do.json' with { type: 'json' };

/** Files whose messages are still to be rewritten. */
const toDo: readonly string[] = list;

const read = (path: string): string => readFileSync(path, 'utf8');

/** Files below a folder by their ending, paths from the top. */
function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .toSorted();
}

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')].filter(
  // Made from the pages of src/rules, which are read themselves.
  (path) => !path.startsWith('docs/rules/'),
);

describe('texts for people', () => {
  const pages = [...PAGES, ...filesBelow('src', '.md')];

  test.each(pages)('%s reads well', (path) => {
    expect(markdownProse(read(path)).flatMap(wordFaults)).toEqual([]);
  });

  test('pages have prose to judge', () => {
    expect(pages.flatMap((path) => markdownProse(read(path))).length).toBeGreaterThan(1000);
  });

  test.each(['action.yml', ...filesBelow('schemas', '.json').filter((path) => path.includes('.schema.'))])(
    'the descriptions of %s read well',
    (path) => {
      const texts = descriptionsOf(parse(read(path)));
      expect(texts.length).toBeGreaterThan(2);
      expect(texts.flatMap(wordFaults)).toEqual([]);
    },
  );

  test('the titles and options of rules, and the questions for people, read well', () => {
    const options = RULES.flatMap((rule) => Object.values(rule.options ?? {}).map((option) => option.describe));
    const texts = [...RULES.map((rule) => rule.title), ...options, ...DEFAULT_ITEMS.map((item) => item.ask)];
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.flatMap(wordFaults)).toEqual([]);
  });

  test.each([[], ['check'], ['inspect'], ['probe'], ['observe'], ['why'], ['demo']])(
    'the help of %s reads well',
    (...command: string[]) => {
      const { stdout } = spawnSync(process.execPath, ['dist/cli/index.js', ...command, '--help'], { encoding: 'utf8' });
      expect(stdout).toContain('--help');
      expect(helpTexts(stdout).flatMap(wordFaults)).toEqual([]);
    },
  );
});

describe('messages', () => {
  // Made from the pages of rules, which are read themselves.
  const files = filesBelow('src', '.ts').filter((path) => path !== 'src/rules/pages.ts');
  const faults = new Map(
    files.map((path) => [path, messageFaults(read(path))] as const).filter(([, found]) => found.length > 0),
  );

  test('messages read well, except in files that are still to do', () => {
    const left = toDo.reduce((sum, path) => sum + (faults.get(path)?.length ?? 0), 0);
    if (toDo.length > 0) console.info(`${toDo.length} files with ${left} messages are still to do.`);
    expect([...faults].filter(([path]) => !toDo.includes(path))).toEqual([]);
  });

  test('the list of files that are still to do only shrinks', () => {
    const done = toDo.filter((path) => !faults.has(path));
    expect(`remove from __tests__/support/words-to-do.json: ${done.join(' ')}`).toMatch(/: $/);
    expect(toDo.length).toBeLessThanOrEqual(TO_DO_AT_FIRST);
  });

  test('messages are found in templates, in nested ones, in words and in input errors', () => {
    expect(
      spokenTexts("say`a ${b ? say`inner ${c}` : words('plain')} end`; throw new InputError(`Set ${x}.`);"),
    ).toEqual(['a □ end', 'inner □', 'plain', 'Set □.']);
    expect(messageFaults('fix: say`Mend it.`')).toHaveLength(2);
    expect(messageFaults('fix: say`Set ${line}.` // it stands, they are no errors')).toEqual([]);
  });
});

describe('the list of banned words', () => {
  test.each([
    'backup servers take turns by weight',
    'what each server stands',
    'no config tells this',
    'X is no directive',
    'They are no errors',
    'Begin with the likeliest',
    'one key always meets the same server',
    'unequal weights are honoured',
    'Longest time that a probe may take',
    'at most so many requests (6000)',
    'a fault of evenkeel',
    'What is left out cannot be judged.',
    `${'word '.repeat(26)}.`,
  ])('finds %s', (text) => {
    expect(wordFaults(text)).not.toEqual([]);
  });

  test.each([
    'One name stands for several servers.',
    'Headers tell servers apart.',
    'There is no other server to retry on.',
    'It is no longer listed.',
    'A standalone server has no standby.',
    'The title is "What stands here is no error".',
    'What is sent',
    `${'word '.repeat(25)}.`,
  ])('leaves %s alone', (text) => {
    expect(wordFaults(text)).toEqual([]);
  });
});

/** The files that the list began with. */
const TO_DO_AT_FIRST = 53;

function messageFaults(source: string): string[] {
  return [...spokenTexts(source).flatMap(wordFaults), ...fixFaults(source)];
}

/** Every `description` of a document, however deep. */
function descriptionsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    key === 'description' && typeof value === 'string' ? [withoutCode(value)] : descriptionsOf(value),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/`[^`]*`/g, '□');
}

/** The texts of a help page: after the two columns of its lists, lines that go on joined. */
function helpTexts(page: string): string[] {
  return page.split(/\n\s*\n|\n {2}(?=\S)/).map((item) => item.replace(/^\S.*? {2,}/, ''));
}
