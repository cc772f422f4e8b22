import type { Span } from '../../model/span.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Word } from './words.ts';

export type Truth = 'yes' | 'no' | 'maybe';

interface Block {
  readonly at: Span;
  /** Whether the branch that is being read is taken. */
  now: Truth;
  /** Whether some earlier branch was taken. */
  before: Truth;
}

/** Conditions are at most so long and so deep. */
const MAX_DEPTH = 32;

/** Keeps track of `.if`, `.elif`, `.else` and `.endif`. What the file and the declared version do not decide is `maybe`. */
export class Conditions {
  readonly #blocks: Block[] = [];
  readonly #version: string | undefined;

  constructor(version: string | undefined) {
    this.#version = version;
  }

  /** Takes a line that begins with a dot; the result says what is wrong with it. */
  line(words: readonly Word[]): string | undefined {
    const keyword = words[0]?.raw ?? '';
    const block = this.#blocks.at(-1);
    switch (keyword) {
      case '.if': {
        const at = words[0]?.at;
        if (at === undefined || this.#blocks.length >= MAX_DEPTH) return 'is nested too deep';
        const now = this.#evaluate(words);
        this.#blocks.push({ at, now, before: now });
        return undefined;
      }
      case '.elif': {
        if (!block) return 'has no .if before it';
        block.now = block.before === 'yes' ? 'no' : both(not(block.before), this.#evaluate(words));
        block.before = either(block.before, block.now);
        return undefined;
      }
      case '.else':
        if (!block) return 'has no .if before it';
        block.now = not(block.before);
        block.before = 'yes';
        return undefined;
      case '.endif':
        return this.#blocks.pop() ? undefined : 'has no .if before it';
      default:
        // .notice, .warning, .alert and .diag only print.
        return undefined;
    }
  }

  /** Whether lines are read at this point. */
  state(): Truth {
    return this.#blocks.reduce<Truth>((state, block) => both(state, block.now), 'yes');
  }

  /** The innermost open `.if`. */
  place(): Span | undefined {
    return this.#blocks.at(-1)?.at;
  }

  #evaluate(words: readonly Word[]): Truth {
    const text = words
      .slice(1)
      .map((word) => word.text ?? '\0')
      .join(' ');
    if (text.length > 512) return 'maybe';
    return text.split('||').reduce<Truth>(
      (any, part) =>
        either(
          any,
          part.split('&&').reduce<Truth>((all, term) => both(all, this.#term(term.trim())), 'yes'),
        ),
      'no',
    );
  }

  #term(term: string): Truth {
    if (term.startsWith('!')) return not(this.#term(term.slice(1).trim()));
    if (term === '') return 'no';
    if (/^\d+$/.test(term)) return Number(term) === 0 ? 'no' : 'yes';
    const match = /^(version_atleast|version_before)\(\s*([0-9][0-9.]*)[^)]*\)$/.exec(term);
    if (!match?.[2] || this.#version === undefined) return 'maybe';
    const atLeast = compareVersions(this.#version, match[2]) >= 0;
    return atLeast === (match[1] === 'version_atleast') ? 'yes' : 'no';
  }
}

function not(truth: Truth): Truth {
  return truth === 'yes' ? 'no' : truth === 'no' ? 'yes' : 'maybe';
}

function both(a: Truth, b: Truth): Truth {
  return a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'maybe';
}

function either(a: Truth, b: Truth): Truth {
  return not(both(not(a), not(b)));
}
