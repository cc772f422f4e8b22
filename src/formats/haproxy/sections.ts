import type { IgnoreComment, Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import { conflictMarker, isConflictMark } from '../../text/conflict.ts';
import { parseIgnore } from '../../text/ignores.ts';
import { say } from '../../text/say.ts';
import { textOf, type SourceFile } from '../../text/source.ts';
import { didYouMean } from '../../text/suggest.ts';
import { Conditions } from './conditions.ts';
import { SECTIONS } from './keywords.ts';
import { linesOf, type Line, type Word } from './words.ts';

/** A line of a section. `conditional` is set when an `.if` that cannot be decided holds it. */
export interface Statement {
  readonly words: readonly Word[];
  readonly at: Span;
  readonly conditional: Span | undefined;
}

export interface Section {
  readonly kind: string;
  readonly name: string | undefined;
  /** Words after the name: `from base`. */
  readonly rest: readonly Word[];
  readonly at: Span;
  /** Set when an `.if` that cannot be decided holds its first line. */
  readonly conditional: Span | undefined;
  readonly statements: readonly Statement[];
  /** Its lines that are not read. */
  readonly unread: readonly Unknown[];
}

/** What is found on the way through a file. */
export interface Scanned {
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
  readonly ignores: IgnoreComment[];
}

type OpenSection = Omit<Section, 'statements' | 'unread'> & { statements: Statement[]; unread: Unknown[] };

/**
 * Splits a file into sections, one after another, so that no more than one is held as words; lines of `.if` branches that
 * are certainly not taken are left out.
 */
export function* readSections(
  source: SourceFile,
  version: string | undefined,
  { problems, unknowns, ignores }: Scanned,
): Generator<Section> {
  const variables = new Map<string, string>();
  const conditions = new Conditions(version);
  let current: OpenSection | undefined;
  let lost = false;
  let waiting: { readonly at: Span; readonly parsed: ReturnType<typeof parseIgnore> }[] = [];

  const settle = (line: Line): void => {
    for (const { at, parsed } of waiting)
      if (parsed) ignores.push({ at, covers: source.span(at.start, line.at.end), ...parsed });
    waiting = [];
  };
  if (source.text.charCodeAt(0) === 0xfeff)
    problems.push(
      unparsable(source.span(0, 1), say`The file begins with a byte order mark.`, say`Save it as UTF-8 without one.`),
    );
  const conflict = conflictMarker(source);
  if (conflict !== undefined)
    problems.push(
      unparsable(conflict, say`A merge left a conflict in the file here.`, say`Choose one of the two sides.`),
    );
  for (const line of linesOf(source, variables)) {
    if (line.comment) {
      const parsed = parseIgnore(line.comment.text);
      if (parsed) waiting.push({ at: line.comment.at, parsed });
      if (parsed && line.words.length > 0) {
        waiting.pop();
        ignores.push({ at: line.comment.at, covers: line.at, ...parsed });
      }
    }
    if (line.fault) {
      problems.push(faultOf(line));
      continue;
    }
    const [first, second, ...rest] = line.words;
    if (first === undefined || (conflict !== undefined && isConflictMark(first.raw))) continue;
    settle(line);
    if (first.raw.startsWith('.')) {
      const fault = conditions.line(line.words);
      if (fault !== undefined)
        problems.push(unparsable(first.at, say`${first.raw} ${fault}`, say`Close every ${'.if'} with ${'.endif'}.`));
      continue;
    }
    const state = conditions.state();
    if (state === 'no') continue;
    const conditional = state === 'maybe' ? conditions.place() : undefined;
    if (isTemplate(line)) {
      const unread = { at: line.at, reason: say`the line is a template and is not read` };
      unknowns.push(unread);
      current?.unread.push(unread);
      problems.push(templated(line.at));
      continue;
    }
    const keyword = first.text ?? first.raw;
    if (SECTIONS.has(keyword)) {
      if (current !== undefined) yield current;
      current = {
        kind: keyword,
        name: second?.text ?? second?.raw,
        rest,
        at: line.at,
        conditional,
        statements: [],
        unread: [],
      };
      continue;
    }
    if (current === undefined) {
      // One finding for all lines up to the first section.
      if (lost) continue;
      lost = true;
      const meant = didYouMean(keyword, SECTIONS);
      problems.push(
        unparsable(
          first.at,
          meant === undefined
            ? say`${keyword} stands outside any section.`
            : say`${keyword} is no section; did you mean ${meant}?`,
          say`Begin the file with a section such as ${'global'}, ${'defaults'} or ${'backend NAME'}.`,
        ),
      );
      continue;
    }
    if (current.kind === 'global') noteVariable(line.words, conditional !== undefined, variables);
    current.statements.push({ words: line.words, at: line.at, conditional });
  }
  const open = conditions.place();
  if (open) problems.push(unparsable(open, say`${'.if'} is never closed.`, say`Add ${'.endif'}.`));
  if (current !== undefined) yield current;
}

/**
 * What the file itself does to its environment. `presetenv` only counts where the process has no such variable, which no file
 * tells; what may have been set or removed is not known any more.
 */
function noteVariable(
  [keyword, name, value]: readonly Word[],
  conditional: boolean,
  variables: Map<string, string>,
): void {
  if (keyword?.text === 'resetenv' || (/^(?:un)?setenv$/.test(keyword?.text ?? '') && name?.text === undefined)) {
    variables.clear();
  } else if (keyword?.text === 'setenv' || keyword?.text === 'unsetenv') {
    if (keyword.text === 'setenv' && value?.text !== undefined && !conditional)
      variables.set(name?.text ?? '', value.text);
    else variables.delete(name?.text ?? '');
  }
}

function isTemplate({ at }: Line): boolean {
  const text = textOf(at);
  return /\{\{|\{%|<%|%\}/.test(text) && !/%\[/.test(text);
}

/** A finding that a part could not be read because it is a template. */
export function templated(at: Span): Problem {
  return {
    rule: 'unresolved-template-or-include',
    at,
    what: say`This line is a template, so what it says is not checked.`,
    why: say`The proxy sees the rendered file, and only that can be judged.`,
    fix: say`Render the file first and name the rendered one.`,
  };
}

function faultOf(line: Line): Problem {
  const at = line.fault?.at ?? line.at;
  return line.fault?.what === 'words'
    ? unparsable(at, say`The line has more than 64 words.`, say`Split it into several lines.`)
    : unparsable(
        at,
        say`A quote is opened and never closed on this line.`,
        say`Close it, or escape it with a backslash.`,
      );
}

/** A fault that keeps HAProxy from loading the file. */
export function unparsable(at: Span, what: Problem['what'], fix: Problem['fix']): Problem {
  return {
    rule: 'config-unparsable',
    at,
    what,
    why: say`HAProxy refuses the whole file, so the next reload or restart fails.`,
    fix,
  };
}
