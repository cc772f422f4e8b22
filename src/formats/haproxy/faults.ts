import type { Problem } from '../../model/config.ts';
import { duration, say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { Acls } from './acl.ts';
import { choosesCheck } from './check.ts';
import { EXPECTED, PROXY_KEYWORDS, TIMEOUTS } from './keywords.ts';
import { unparsable, type Section, type Statement } from './sections.ts';
import type { Settings } from './settings.ts';
import { durationMs } from './values.ts';
import { lineOf } from '../../model/span.ts';

/** Lines of a proxy section for which HAProxy refuses the file: its own keywords and names, whatever they are set to. */
export function checkKeywords(section: Section, problems: Problem[]): void {
  const pool = section.name ?? section.kind;
  for (const statement of section.statements) {
    const fault = takenBack(statement) ?? misspelt(statement) ?? noTime(statement);
    if (fault !== undefined) problems.push({ ...fault, pool });
  }
}

function takenBack({ words, at }: Statement): Problem | undefined {
  const [first, ...negated] = words;
  if (first?.text !== 'no' || !choosesCheck({ words: negated, at, conditional: undefined })) return undefined;
  const option = negated[1]?.text ?? '';
  const what = say`${`option ${option}`} cannot be taken back with ${'no'}.`;
  return unparsable(at, what, say`Choose another check after it; ${'option tcp-check'} only connects.`);
}

/** A word where HAProxy knows all that may stand there; an unknown one is only a fault when a known one was meant. */
function misspelt({ words }: Statement): Problem | undefined {
  const [first, second] = words;
  if (first?.text === undefined) return undefined;
  const expected = first.text === 'http-check' && second?.text === 'expect' ? whatIsExpected(words) : undefined;
  const [word, known] =
    expected !== undefined
      ? [expected, EXPECTED]
      : first.text === 'timeout' && second !== undefined
        ? [second, TIMEOUTS]
        : [first, PROXY_KEYWORDS];
  const { text } = word;
  if (text === undefined || known.has(text)) return undefined;
  const beginning =
    known === PROXY_KEYWORDS || text.length < 3 ? undefined : [...known].find((one) => one.startsWith(text));
  const meant = beginning ?? didYouMean(text, known);
  return meant === undefined
    ? undefined
    : unparsable(word.at, say`${text} is no keyword; did you mean ${meant}?`, say`Write ${meant}.`);
}

/** A timeout whose value HAProxy refuses, or reads only in part. */
function noTime({ words: [keyword, , value] }: Statement): Problem | undefined {
  if (keyword?.text !== 'timeout' || value?.text === undefined) return undefined;
  const { text, at } = value;
  const ms = durationMs(text);
  if (ms === undefined)
    return unparsable(at, say`${text} is no time.`, say`Write a whole number and a unit, such as ${'30s'}.`);
  if (/^\d+(?:us|ms|[smhd])?$/.test(text)) return undefined;
  return {
    rule: 'malformed-number',
    at,
    what: say`${text} is no plain time, and HAProxy reads it as ${duration(ms)}.`,
    why: say`HAProxy warns and leaves out what follows the unit; newer versions refuse the file.`,
    fix: say`Write the unit as ${'us'}, ${'ms'}, ${'s'}, ${'m'}, ${'h'} or ${'d'}.`,
  };
}

/** The word of `http-check expect` that says what is looked at, behind `!` and the options that take a value. */
function whatIsExpected(words: Statement['words']): Statement['words'][number] | undefined {
  let i = 2;
  while (/^(?:min-recv|comment|(?:ok|error|tout)-status|on-(?:success|error)|status-code)$/.test(words[i]?.text ?? ''))
    i += 2;
  if (words[i]?.text === '!') i++;
  const word = words[i];
  return word?.text === undefined ? word : { ...word, text: word.text.replace(/^!/, '') };
}

/** Lines whose condition may name what `acl` has to define. */
const CONDITIONAL = new Set(
  (
    'use_backend use-server redirect force-persist ignore-persist http-request http-response http-after-response tcp-request ' +
    'tcp-response stick'
  ).split(' '),
);

/** HAProxy refuses a condition of a name that nothing defines. What a template fills in may define it. */
export function checkConditions(section: Section, settings: Settings, problems: Problem[]): void {
  if (section.unread.length > 0) return;
  const acls = new Acls([...settings.inherited, ...settings.own]);
  for (const { words, conditional } of section.statements) {
    if (conditional !== undefined || !CONDITIONAL.has(words[0]?.text ?? '')) continue;
    // `set-header X-Cause if` ends in a value.
    const start = words.findLastIndex(({ raw }) => raw === 'if' || raw === 'unless');
    const { undefinedNames } = acls.condition(start < 0 ? [] : words.slice(start));
    const missing = undefinedNames.find(({ raw }) => /^!*[\w.:-]+$/.test(raw));
    if (missing === undefined) continue;
    const name = missing.raw.replace(/^!+/, '');
    const meant = didYouMean(name, acls.names());
    const what = say`No ${'acl'} line of this section defines ${name}${meant === undefined ? say`` : say`; did you mean ${meant}?`}`;
    const fix =
      meant === undefined ? say`Define it above, or write the condition out in braces.` : say`Write ${meant}.`;
    problems.push({ ...unparsable(missing.at, what, fix), pool: section.name ?? section.kind });
  }
}

/** HAProxy tells sections that take requests in apart by their name. */
export function fronts(): (section: Section, problems: Problem[]) => void {
  const first = new Map<string, Section>();
  return (section, problems) => {
    const { kind, name, at } = section;
    if (name === undefined || section.conditional !== undefined || (kind !== 'frontend' && kind !== 'listen')) return;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, section);
    else if (kind === 'frontend' || earlier.kind === 'frontend') {
      const line = String(lineOf(earlier.at));
      const what = say`${name} is already the name of the ${earlier.kind} at line ${line}.`;
      problems.push(unparsable(at, what, say`Give it another name, or merge the two.`));
    }
  };
}
