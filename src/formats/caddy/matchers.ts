import type { Condition, Test } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';
import type { Token } from './lexer.ts';
import type { Directive } from './directive.ts';

/** One question of a matcher: its name and its values. */
export interface Question {
  readonly name: string;
  readonly values: readonly string[];
}

/** What asks all of some questions; `path` alone is told by its tests. */
export function conditionOf(questions: readonly Question[], at: Span): Condition | undefined {
  if (questions.length === 0) return undefined;
  const text = questions.map(({ name, values }) => [name, ...values].join(' ')).join(' and ');
  const tests = questions.map(testOf);
  const isWhole = tests.every((test) => test !== undefined);
  return { text, at, ...(isWhole ? { all: tests } : {}) };
}

/** `path /api/*`: a star at its end or beginning; other patterns are not compared. */
function testOf({ name, values }: Question): Test | undefined {
  if (values.length === 0 || values.some((value) => value.includes('{'))) return undefined;
  if (name === 'host')
    return values.some((value) => value.includes('*'))
      ? undefined
      : { subject: 'host', how: 'is', values, ignoresCase: true };
  if (name !== 'path') return undefined;
  const kinds = new Set(values.map(kindOf));
  const [how] = kinds;
  if (kinds.size !== 1 || how === undefined || how === 'matches') return undefined;
  return { subject: 'path', how, values: values.map((value) => value.replaceAll('*', '')), ignoresCase: true };
}

function kindOf(value: string): Test['how'] {
  const middle = value.replace(/^\*/, '').replace(/\*$/, '');
  if (/[*?[\\%]/.test(middle) || (value.startsWith('*') && value.endsWith('*'))) return 'matches';
  return value.endsWith('*') ? 'begins' : value.startsWith('*') ? 'ends' : 'is';
}

/** The condition of `@name path /api/*`, of its block, or of an expression. */
export function namedCondition({ name, args, block = [] }: Directive): Condition | undefined {
  const [first, ...rest] = args;
  const questions: Question[] = [];
  if (first !== undefined)
    questions.push(
      first.quoted && rest.length === 0 ? { name: 'expression', values: [first.text] } : question(first, rest),
    );
  for (const one of block)
    questions.push(
      one.args.length === 0 && one.name.quoted && one.block === undefined
        ? { name: 'expression', values: [one.name.text] }
        : nested(one),
    );
  return conditionOf(merged(questions), name.at);
}

function question({ text }: Token, values: readonly Token[]): Question {
  return { name: text, values: values.map((value) => value.text) };
}

function nested({ name, args, block = [] }: Directive): Question {
  return {
    name: name.text,
    values: [
      ...args.map(({ text }) => text),
      ...block.map((one) => [nested(one).name, ...nested(one).values].join(' ')),
    ],
  };
}

/** Lines of one name in one matcher are one question with all their values. */
function merged(questions: readonly Question[]): Question[] {
  const found = new Map<string, Question>();
  for (const { name, values } of questions) {
    const before = name === 'not' ? undefined : found.get(name);
    found.set(name === 'not' ? `not ${found.size}` : name, { name, values: [...(before?.values ?? []), ...values] });
  }
  return [...found.values()];
}
