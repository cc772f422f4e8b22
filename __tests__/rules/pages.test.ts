import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Config } from '../../src/model/config.ts';
import { RULES } from '../../src/rules/list.ts';
import { RULE_PAGES } from '../../src/rules/pages.ts';
import { defaultOptions, type Options, type Rule } from '../../src/rules/rule.ts';
import { examplesOf, type Example } from '../support/examples.ts';
import { changeOf, findings, lineOf, shown } from '../support/run-rules.ts';

const ids = JSON.parse(readFileSync('schemas/rule-ids.json', 'utf8')) as Record<'active' | 'retired', string[]>;
const folders = readdirSync('src/rules', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();

describe('the list of rules', () => {
  test('is one folder each, under the id, with a page', () => {
    expect(RULES.map((rule) => rule.id)).toEqual(folders);
    expect(Object.keys(RULE_PAGES)).toEqual(folders);
    expect(folders.filter((id) => !existsSync(`src/rules/${id}/rule.md`))).toEqual([]);
  });

  test('holds published ids only, none of them retired', () => {
    expect(folders.filter((id) => !ids.active.includes(id))).toEqual([]);
    expect(ids.active.filter((id) => ids.retired.includes(id))).toEqual([]);
    expect(new Set(ids.active).size).toBe(ids.active.length);
  });

  test('covers without going round in circles, and only rules that are there', () => {
    const reach = (id: string, seen: readonly string[]): void => {
      expect(seen).not.toContain(id);
      expect(ids.active).toContain(id);
      for (const next of Object.keys(RULES.find((rule) => rule.id === id)?.covers ?? {})) reach(next, [...seen, id]);
    };
    for (const rule of RULES) reach(rule.id, []);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const page = readFileSync(`src/rules/${id}/rule.md`, 'utf8');
  const examples = examplesOf(page);
  const read = new Set<string>();

  test('has a page with its title, why, fix, sources and examples', () => {
    expect(page.split('\n')[0]).toBe(`# ${rule.title}`);
    expect(page.match(/^## .*$/gm)).toEqual(['## Why', '## Fix', '## Sources', '## Examples']);
    const sources = page.slice(page.indexOf('## Sources'), page.indexOf('## Examples'));
    expect(sources).toMatch(/https:\/\//);
  });

  test('shows a bad, a good and a look-alike example of every format that it claims, and of no other', () => {
    const shown = [...new Set(examples.map(({ format, role }) => `${format} ${role}`))].toSorted();
    const roles = ['bad', 'good', 'look-alike'];
    expect(shown).toEqual(rule.formats.flatMap((format) => roles.map((role) => `${format} ${role}`)).toSorted());
  });

  for (const example of examples) {
    const { format, role, pageLine, line } = example;
    test(`${format} ${role} example at line ${pageLine} of its page`, () => {
      const found = run(rule, example, read).filter((finding) => finding.rule === id);
      if (role === 'bad') expect(found.map(lineOf)).toContain(line);
      else expect(found.map(shown)).toEqual([]);
    });
  }

  test('reads the options that it declares', () => {
    expect([...read].toSorted()).toEqual(Object.keys(rule.options ?? {}).toSorted());
  });
});

/** Runs one rule on one example; notes the options that it reads. */
function run(rule: Rule, example: Example, read: Set<string>) {
  const change = changeOf(example.format, example.before, example.text);
  if (rule.scope === 'change' || rule.scope === 'estate') expect(change.base).toBeDefined();
  for (const config of [...(change.base ?? []), ...change.head]) expectReadable(rule, config, example.format);
  const watched = new Proxy<Options>(defaultOptions(rule), {
    get(target, name) {
      if (typeof name === 'string') read.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  return findings([rule], change, {
    optionsOf: () => watched,
    measuring: example.measuring,
    facts: example.facts,
  });
}

/** An example that the reader finds fault with shows something else than it says; the pages about such faults may. */
function expectReadable(rule: Rule, config: Config, format: string): void {
  if (rule.scope === 'external' || rule.id === 'unparsed-before-or-after') return;
  const faults = config.problems.map(
    ({ rule: id, at }) => `${format} ${id} at line ${at.source.position(at.start).line}`,
  );
  expect(faults).toEqual([]);
}
