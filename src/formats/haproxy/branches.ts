import type { Span } from '../../model/span.ts';
import { lineOf } from '../../model/span.ts';
import { truthOf, type Surroundings, type Truth } from './conditions.ts';
import type { Tag } from './tags.ts';
import type { Line } from './words.ts';

/** Which readings of a file take a branch: those from `from` to before `to`. */
interface Readings {
  readonly from: number;
  readonly to: number;
}

/** Every branch of `.if` and of a template's tags, by where it begins; each is taken by a reading of its own. */
export interface Plan {
  readonly readings: ReadonlyMap<number, Readings>;
  /** How many readings it takes until every branch was read once. */
  readonly count: number;
}

/** What opens, divides or closes branches, from `.if` and from tags. */
type Step = 'if' | 'elif' | 'else' | 'end' | 'loop';

function stepsOf({ words: [first], tags }: Line): readonly { readonly step: Step; readonly at: number }[] {
  const step = DIRECTIVES.get(first?.text ?? '');
  if (step !== undefined && first !== undefined) return [{ step, at: first.at.start }];
  return tags.flatMap(({ kind, at }) => (kind === 'text' || kind === 'nothing' ? [] : [{ step: kind, at: at.start }]));
}

const DIRECTIVES: ReadonlyMap<string, Step> = new Map([
  ['.if', 'if'],
  ['.elif', 'elif'],
  ['.else', 'else'],
  ['.endif', 'end'],
]);

/** Plans the readings, so that branches of one condition are never read together and no two conditions are multiplied. */
export function planBranches(lines: Iterable<Line>): Plan {
  const readings = new Map<number, Readings>();
  // Each open condition: where its current branch begins, from which reading on, and how many readings that branch takes.
  const open: { at: number; from: number; width: number; closed: boolean }[] = [];
  let count = 1;
  const use = (to: number): void => {
    const around = open.at(-1);
    if (around === undefined) count = Math.max(count, to);
    else around.width = Math.max(around.width, to - around.from);
  };
  for (const line of lines) {
    for (const { step, at } of stepsOf(line)) {
      if (step === 'if' || step === 'loop') {
        const from = open.at(-1)?.from ?? 0;
        open.push({ at, from, width: 1, closed: false });
        continue;
      }
      const current = open.at(-1);
      if (current === undefined) continue;
      readings.set(current.at, { from: current.from, to: current.from + current.width });
      if (step !== 'end') {
        Object.assign(current, { at, from: current.from + current.width, width: 1, closed: step === 'else' });
        continue;
      }
      open.pop();
      // Without `else` one more reading takes none of them.
      use(current.from + current.width + (current.closed ? 0 : 1));
    }
  }
  return { readings, count };
}

interface Block {
  readonly at: Span;
  readonly kind: 'condition' | 'tag' | 'loop';
  /** Whether the branch that is being read is taken, and whether an earlier one was. */
  taken: boolean;
  done: boolean;
  closed: boolean;
}

/** `.if` blocks are at most so deep. */
const MAX_DEPTH = 32;

/** Follows the branches of one reading. */
export class Branches {
  readonly #blocks: Block[] = [];
  readonly #plan: Plan;
  readonly #reading: number;

  constructor(plan: Plan, reading: number) {
    this.#plan = plan;
    this.#reading = reading;
  }

  /** Whether lines count at this point. */
  taken(): boolean {
    return this.#blocks.every(({ taken }) => taken);
  }

  /** The innermost loop or macro of a template. */
  loop(): Span | undefined {
    return this.#blocks.findLast(({ kind }) => kind === 'loop')?.at;
  }

  /** The innermost open block of the kind that HAProxy itself knows. */
  unclosed(): Span | undefined {
    return this.#blocks.findLast(({ kind }) => kind === 'condition')?.at;
  }

  /** Takes a line of tags. */
  tags(tags: readonly Tag[]): void {
    for (const { kind, at } of tags) {
      const block = this.#blocks.at(-1);
      if (kind === 'if' || kind === 'loop') {
        const taken = kind === 'loop' || this.#planned(at.start);
        this.#blocks.push({ at, kind: kind === 'if' ? 'tag' : 'loop', taken, done: taken, closed: false });
      } else if (kind === 'end') this.#blocks.pop();
      else if (block?.kind === 'tag' && (kind === 'elif' || kind === 'else')) {
        block.taken = !block.done && (kind === 'else' || this.#planned(at.start));
        block.done ||= block.taken;
      }
    }
  }

  /** Takes a line that begins with a dot; the result says what is wrong with it. */
  directive({ words }: Line, around: Surroundings): string | undefined {
    const [first, ...rest] = words;
    if (first === undefined) return undefined;
    const block = this.#blocks.at(-1);
    switch (first.text ?? '') {
      case '.if': {
        if (this.#blocks.length >= MAX_DEPTH) return 'is nested too deep';
        const truth = this.taken() ? truthOf(rest, around) : 'no';
        const taken = truth === 'yes' || (truth === 'maybe' && this.#planned(first.at.start));
        this.#blocks.push({ at: first.at, kind: 'condition', taken, done: taken, closed: false });
        return truth === undefined ? 'cannot be read' : undefined;
      }
      case '.elif':
      case '.else': {
        if (block?.kind !== 'condition') return 'has no .if before it';
        if (block.closed) return `follows the .else of the .if at line ${lineOf(block.at)}`;
        if (first.text === '.else' && rest.length > 0) return 'has no arguments';
        block.taken = false;
        block.closed = first.text === '.else';
        const reached = !block.done && this.#blocks.slice(0, -1).every(({ taken }) => taken);
        const truth: Truth | undefined = !reached ? 'no' : block.closed ? 'yes' : truthOf(rest, around);
        block.taken = truth === 'yes' || (truth === 'maybe' && this.#planned(first.at.start));
        block.done ||= block.taken;
        return truth === undefined ? 'cannot be read' : undefined;
      }
      case '.endif':
        if (rest.length > 0) return 'has no arguments';
        if (block?.kind !== 'condition') return 'has no .if before it';
        this.#blocks.pop();
        return undefined;
      case '.notice':
      case '.warning':
      case '.diag':
        return undefined;
      case '.alert':
        return this.taken() ? 'stops HAProxy' : undefined;
      default:
        return this.taken() ? 'is no directive' : undefined;
    }
  }

  #planned(at: number): boolean {
    const readings = this.#plan.readings.get(at);
    return readings === undefined || (this.#reading >= readings.from && this.#reading < readings.to);
  }
}
