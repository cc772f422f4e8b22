/** A stretch of the expanded text that stands in the file as it is. */
interface Piece {
  readonly from: number;
  readonly original: number;
  readonly env: Environment;
}

/** What the environment has to do with a text: nothing, it may replace a default, or it alone says what is there. */
export type Environment = 'none' | 'default' | 'open';

/**
 * A file with each `{$NAME:default}` replaced by its default, as Caddy does before it splits words where the environment has no
 * such variable. `{$NAME}` without a default stays as it is.
 */
export class ExpandedText {
  readonly text: string;
  readonly #pieces: readonly Piece[];
  readonly #length: number;

  constructor(original: string) {
    const pieces: Piece[] = [];
    const parts: string[] = [];
    let length = 0;
    const add = (start: number, end: number, env: Environment): void => {
      if (start >= end) return;
      pieces.push({ from: length, original: start, env });
      parts.push(original.slice(start, end));
      length += end - start;
    };
    let at = 0;
    for (let open = original.indexOf('{$'); open >= 0; open = original.indexOf('{$', at)) {
      const close = original.indexOf('}', open + 2);
      if (close < 0) break;
      add(at, open, 'none');
      const colon = original.indexOf(':', open);
      if (close === open + 2) add(open, close + 1, 'none');
      else if (colon < 0 || colon > close) add(open, close + 1, 'open');
      else add(colon + 1, close, 'default');
      at = close + 1;
    }
    add(at, original.length, 'none');
    this.text = parts.join('');
    this.#pieces = pieces;
    this.#length = original.length;
  }

  /** Where the characters from `start` to `end` are in the file, and what the environment has to do with them. */
  place(start: number, end: number): { readonly start: number; readonly end: number; readonly env: Environment } {
    const [first, last] = [this.#index(start), this.#index(Math.max(start, end - 1))];
    const piece = this.#pieces[first];
    const final = this.#pieces[last];
    if (piece === undefined || final === undefined) return { start: this.#length, end: this.#length, env: 'none' };
    let env: Environment = 'none';
    for (let i = first; i <= last && env !== 'open'; i++) {
      const own = this.#pieces[i]?.env ?? 'none';
      if (own !== 'none') env = own;
    }
    return { start: piece.original + start - piece.from, end: final.original + end - final.from, env };
  }

  #index(offset: number): number {
    let [low, high] = [0, this.#pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#pieces[middle]?.from ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
