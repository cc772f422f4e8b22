import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { FORMATS } from '../../src/formats/list.ts';
import { RULES } from '../../src/rules/list.ts';
import { plain } from '../../src/text/say.ts';
import { FIX_VERBS } from '../support/banned-words.ts';
import { examplesOf } from '../support/examples.ts';
import { lineOf, runExample, shown } from '../support/run-rules.ts';

/** A fix says first what to do. */
const FIX = new RegExp(`^(?:${FIX_VERBS.join('|')}) `);

/**
 * What a format owes to the rules that hold for all: from its own syntax it fills every field that they read. Each file of
 * `src/formats/<product>/examples` has a bad example at the line that a person would point at, and good ones.
 */
describe.each(FORMATS.map(({ dialect }) => dialect.format))('%s', (format) => {
  const folder = `src/formats/${format}/examples`;
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  for (const file of files) {
    const id = file.replace(/\.md$/, '');
    const rule = RULES.find((one) => one.id === id && one.format === undefined);
    const examples = examplesOf(readFileSync(`${folder}/${file}`, 'utf8'));

    test(`${id} is a rule for every format and has native examples`, () => {
      expect(rule).toBeDefined();
      expect(examples.filter((example) => example.format !== format)).toEqual([]);
      expect(examples.map(({ role }) => role)).toEqual(expect.arrayContaining(['bad', 'good']));
    });

    for (const example of examples) {
      test(`${id}: ${example.role} example at line ${example.pageLine}`, () => {
        const found = rule === undefined ? [] : runExample(rule, example).filter((finding) => finding.rule === id);
        if (rule?.scope !== 'external')
          expect(found.map(({ fix }) => plain(fix)).filter((fix) => !FIX.test(fix))).toEqual([]);
        if (example.role === 'bad') expect(found.map(lineOf)).toContain(example.line);
        else expect(found.map(shown)).toEqual([]);
      });
    }
  }
});
