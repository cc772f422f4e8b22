import type { IgnoreComment, Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import { conflictMarker, isConflictMark } from '../../text/conflict.ts';
import { parseIgnore } from '../../text/ignores.ts';
import { say } from '../../text/say.ts';
import type { SourceFile } from '../../text/source.ts';
import { didYouMean } from '../../text/suggest.ts';
import { Branches, type Plan } from './branches.ts';
import { SECTIONS } from './keywords.ts';
import type { Tag } from './tags.ts';
import { linesOf, type Line, type LineFault, type Word } from './words.ts';

/** A line of a section, up to its first empty word. */
export interface Statement {
  readonly words: readonly Word[];
  /** All of them where one is empty. */
  readonly all?: readonly Word[];
  readonly at: Span;
}

export interface Section {
  readonly kind: string;
  readonly name: string | undefined;
  /** Words after the name: `from base`. */
  readonly rest: readonly Word[];
  readonly at: Span;
  readonly statements: readonly Statement[];
  /** Its lines that are not read. */
  readonly unread: readonly UnreadLine[];
}

/** A line that is not read. */
export interface UnreadLine extends Unknown {
  /** Its keyword comes from the environment: nobody knows what the line is. */
  readonly word?: true;
}

/** What is found on the way through a file. */
export interface Scanned {
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
  readonly ignores: IgnoreComment[];
  /** Lines that decide which other lines count: `.if`, tags of a template. */
  readonly branching: Span[];
}

/** One file, and which of its branches are read. */
export interface Reading {
  readonly source: SourceFile;
  /** Those of a template; none in a file that HAProxy reads as it is. */
  readonly tags: readonly Tag[];
  readonly plan: Plan;
  readonly number: number;
  readonly version: string | undefined;
}

/** So many faults of directives are listed; any one of them keeps the file from loading. */
const MAX_FAULTS = 1000;

type OpenSection = Omit<Section, 'statements' | 'unread'> & { statements: Statement[]; unread: UnreadLine[] };

/** Splits a file into sections, one after another, so that no more than one is held as words. */
export function* readSections(reading: Reading, variables: Map<string, string>, scanned: Scanned): Generator<Section> {
  const { source, tags, plan, number, version } = reading;
  const { problems } = scanned;
  const branches = new Branches(plan, number);
  const comments = new Comments(source, scanned.ignores);
  let current: OpenSection | undefined;
  let lost = false;
  // The section that a loop makes last is the one that lines behind it belong to.
  let looped: Span | undefined;
  const conflict = wholeFile(source, problems);
  const unread = (at: Span, reason: Unknown['reason'], word?: true): void => {
    scanned.unknowns.push({ at, reason });
    if (looped === undefined) current?.unread.push({ at, reason, ...(word ? { word } : {}) });
  };
  for (const line of linesOf(source, variables, tags)) {
    comments.take(line);
    if (line.fault) problems.push(faultOf(line.fault));
    const [first, second, ...rest] = line.words;
    if (line.tags.length > 0) {
      scanned.branching.push(line.at);
      branches.tags(line.tags);
      const filled = line.tags.find(({ kind }) => kind === 'text');
      if (filled !== undefined && branches.taken()) unread(line.at, say`a template fills in this line`);
      continue;
    }
    if (first === undefined || line.fault || (conflict !== undefined && isConflictMark(first.raw))) continue;
    if (first.text?.startsWith('.') === true) {
      const fault = branches.directive(line, { version, variables });
      scanned.branching.push(line.at);
      if (fault !== undefined && problems.length < MAX_FAULTS)
        problems.push(unparsable(line.at, say`${first.raw} ${fault}.`, directiveFix(fault)));
      continue;
    }
    if (!branches.taken() || first.text?.startsWith('[') === true) continue;
    const loop = branches.loop();
    const opens = first.text !== undefined && SECTIONS.has(first.text);
    if (loop !== undefined || (looped !== undefined && !opens)) {
      if (opens) looped = loop;
      unread(line.at, say`a template repeats or leaves out this line`);
      continue;
    }
    looped = undefined;
    if (first.text === undefined) {
      unread(line.at, say`${first.raw} is filled in from outside the file, so nobody knows what the line is`, true);
      continue;
    }
    if (opens) {
      if (current !== undefined) yield current;
      const name = second?.text ?? second?.raw;
      current = { kind: first.text, name, rest, at: line.at, statements: [], unread: [] };
      if (second !== undefined && second.text === undefined)
        unread(second.at, say`the name of this ${first.text} is filled in from outside the file`);
    } else if (current !== undefined) {
      if (current.kind === 'global') noteVariable(line, variables);
      current.statements.push({ words: standard(line.words), at: line.at, ...(line.all ? { all: line.all } : {}) });
    } else {
      // One finding for all lines up to the first section.
      if (!lost) problems.push(outside(first, first.text));
      lost = true;
    }
  }
  const open = branches.unclosed();
  if (open) problems.push(unparsable(open, say`${'.if'} is never closed.`, say`Add ${'.endif'}.`));
  if (current !== undefined) yield current;
}

/** `default option NAME` takes an option back as `no option NAME` does. */
function standard(words: readonly Word[]): readonly Word[] {
  const [first, ...rest] = words;
  if (first?.text !== 'default') return words;
  return rest[0]?.text === 'log' && rest.length > 1 ? rest : [{ ...first, text: 'no' }, ...rest];
}

/** Faults of a file as a whole; the result is where a merge left a conflict. */
function wholeFile(source: SourceFile, problems: Problem[]): Span | undefined {
  if (source.text.charCodeAt(0) === 0xfeff)
    problems.push(
      unparsable(source.span(0, 1), say`The file begins with a byte order mark.`, say`Save it as UTF-8 without one.`),
    );
  const conflict = conflictMarker(source);
  if (conflict !== undefined)
    problems.push(
      unparsable(
        conflict,
        say`A merge left a conflict in the file here.`,
        say`Remove one of the two sides and the markers.`,
      ),
    );
  return conflict;
}

/** Collects ignore comments; one on a line of its own is for the next line with words. */
class Comments {
  readonly #source: SourceFile;
  readonly #ignores: IgnoreComment[];
  #waiting: { readonly at: Span; readonly parsed: NonNullable<ReturnType<typeof parseIgnore>> }[] = [];

  constructor(source: SourceFile, ignores: IgnoreComment[]) {
    this.#source = source;
    this.#ignores = ignores;
  }

  take(line: Line): void {
    const parsed = line.comment && parseIgnore(line.comment.text);
    if (line.words.length > 0 && line.fault === undefined) {
      for (const { at, parsed: earlier } of this.#waiting)
        this.#ignores.push({ at, covers: this.#source.span(at.start, line.at.end), ...earlier });
      this.#waiting = [];
      if (line.comment && parsed) this.#ignores.push({ at: line.comment.at, covers: line.at, ...parsed });
    } else if (line.comment && parsed) this.#waiting.push({ at: line.comment.at, parsed });
  }
}

/**
 * What the file itself does to its environment. `presetenv` only counts where the process has no such variable, which no file
 * tells; what may have been set or removed is not known any more.
 */
function noteVariable({ words: [keyword, name, value], all }: Line, variables: Map<string, string>): void {
  if (keyword?.text === 'resetenv' || (/^(?:un)?setenv$/.test(keyword?.text ?? '') && name?.text === undefined)) {
    variables.clear();
  } else if (keyword?.text === 'setenv' || keyword?.text === 'unsetenv') {
    const text = value === undefined && all?.[2]?.text === '' ? '' : value?.text;
    if (keyword.text === 'setenv' && text !== undefined) variables.set(name?.text ?? '', text);
    else variables.delete(name?.text ?? '');
  }
}

function outside(first: Word, keyword: string): Problem {
  const meant = didYouMean(keyword, SECTIONS);
  return unparsable(
    first.at,
    meant === undefined
      ? say`${keyword} is outside any section.`
      : say`Unknown section ${keyword}; did you mean ${meant}?`,
    say`Add a section before it, such as ${'global'}, ${'defaults'} or ${'backend NAME'}.`,
  );
}

function directiveFix(fault: string): Problem['fix'] {
  return fault === 'stops HAProxy' ? say`Remove it.` : say`Add an ${'.endif'} for every ${'.if'}.`;
}

const FAULTS: Readonly<Record<LineFault, readonly [Problem['what'], Problem['fix']]>> = {
  words: [say`The line has more than 64 words.`, say`Move words to lines of their own.`],
  quote: [
    say`A quote is opened and never closed on this line.`,
    say`Add the closing quote, or escape it with a backslash.`,
  ],
  hex: [say`${'\\x'} needs two hexadecimal digits.`, say`Set ${'\\x41'}, or ${'\\\\x'} for a backslash.`],
  variable: [
    say`A dollar sign in double quotes needs the name of a variable.`,
    say`Set ${'\\$'}, or put the word in single quotes.`,
  ],
  brace: [say`The name of a variable is not closed.`, say`Set ${'${NAME}'} with letters, digits and underscores.`],
  newline: [
    say`The last line does not end with a newline, so HAProxy takes the file for cut off.`,
    say`Add a newline at the end of the file.`,
  ],
};

function faultOf({ what, at }: NonNullable<Line['fault']>): Problem {
  const [text, fix] = FAULTS[what];
  return unparsable(at, text, fix);
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
