import { existsSync, readFileSync } from 'node:fs';
import { FORMATS } from '../../src/formats/list.ts';
import { RULES } from '../../src/rules/list.ts';
import { RULE_PAGES } from '../../src/rules/pages.ts';
import { plain } from '../../src/text/say.ts';
import { FIX_VERBS } from '../support/banned-words.ts';
import { examplesOf, ruleFolders } from '../support/examples.ts';
import { lineOf, runExample, shown } from '../support/run-rules.ts';

const ids = JSON.parse(readFileSync('schemas/rule-ids.json', 'utf8')) as Record<'active' | 'retired', string[]>;
const folders = ruleFolders();

/** A fix says first what to do. */
const FIX = new RegExp(`^(?:${FIX_VERBS.join('|')}) `);

/** In a neutral file every server has an identity: its name, when nothing else is declared. */
const NOT_IN_NEUTRAL: ReadonlySet<string> = new Set(['no-backend-identity']);

/** The formats whose folders have native examples of a rule. */
function nativeFormats(id: string): readonly string[] {
  return FORMATS.map(({ dialect }) => dialect.format).filter((format) =>
    existsSync(`src/formats/${format}/examples/${id}.md`),
  );
}
const names = folders.map(({ id }) => id);

describe('the list of rules', () => {
  test('is one folder each, under the id, with a page', () => {
    expect(RULES.map((rule) => rule.id)).toEqual(names);
    expect(RULES.map((rule) => rule.format)).toEqual(folders.map(({ format }) => format));
    expect(Object.keys(RULE_PAGES)).toEqual(names);
    expect(folders.filter(({ folder }) => !existsSync(`${folder}/rule.md`))).toEqual([]);
  });

  test('holds published ids only, none of them retired', () => {
    expect(names.filter((id) => !ids.active.includes(id))).toEqual([]);
    expect(ids.active.filter((id) => ids.retired.includes(id))).toEqual([]);
    expect(new Set(ids.active).size).toBe(ids.active.length);
  });

  test('covers without going round in circles, and only rules that are there', () => {
    const reach = (id: string, seen: readonly string[]): void => {
      expect(seen).not.toContain(id);
      expect(ids.active).toContain(id);
      const inverse = RULES.filter(({ coveredBy = {} }) => id in coveredBy).map((rule) => rule.id);
      const covered = Object.keys(RULES.find((rule) => rule.id === id)?.covers ?? {});
      for (const next of [...covered, ...inverse]) reach(next, [...seen, id]);
    };
    for (const rule of RULES) reach(rule.id, []);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const folder = folders.find((one) => one.id === id)?.folder ?? '';
  const page = readFileSync(`${folder}/rule.md`, 'utf8');
  const examples = examplesOf(page);
  const read = new Set<string>();

  test('has a page with its title, why, fix, sources and examples', () => {
    expect(page.split('\n')[0]).toBe(`# ${rule.title}`);
    expect(page.match(/^## .*$/gm)).toEqual(['## Why', '## Fix', '## Sources', '## Examples']);
    const sources = page.slice(page.indexOf('## Sources'), page.indexOf('## Examples'));
    expect(sources).toMatch(/https:\/\//);
  });

  test('shows a bad, a good and a look-alike example in its product, or in the neutral format', () => {
    const shown = [...new Set(examples.map(({ format, role }) => `${format} ${role}`))].toSorted();
    const roles = ['bad', 'good', 'look-alike'];
    // The neutral format has no line that is not judged.
    const own = /^un(?:judged|readable)-change$/.test(id) ? 'haproxy' : 'neutral';
    // What is found elsewhere (policies, ignores, measurements) has no example of a config.
    if (rule.scope === 'external' && shown.length === 0) return;
    if (NOT_IN_NEUTRAL.has(id)) {
      expect(nativeFormats(id).length).toBeGreaterThan(1);
      return;
    }
    expect(shown).toEqual(roles.map((role) => `${rule.format ?? own} ${role}`).toSorted());
  });

  for (const example of examples) {
    const { format, role, pageLine, line } = example;
    test(`${format} ${role} example at line ${pageLine} of its page`, () => {
      const found = runExample(rule, example, read).filter((finding) => finding.rule === id);
      // What readers say of a file is held to its own list of words.
      if (rule.scope !== 'external')
        expect(found.map((one) => plain(one.fix)).filter((fix) => !FIX.test(fix))).toEqual([]);
      if (role === 'bad') expect(found.map(lineOf)).toContain(line);
      else expect(found.map(shown)).toEqual([]);
    });
  }

  test('reads the options that it declares', () => {
    expect([...read].toSorted()).toEqual(Object.keys(rule.options ?? {}).toSorted());
  });
});
