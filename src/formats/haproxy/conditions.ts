import { compareVersions } from '../../text/versions.ts';
import type { Variables, Word } from './words.ts';

/** Whether a condition holds; `maybe` where the file and the declared version do not decide it. */
export type Truth = 'yes' | 'no' | 'maybe';

/** What conditions may ask for. */
export interface Surroundings {
  readonly version: string | undefined;
  readonly variables: Variables;
}

/** Expressions are read to so many characters. */
const MAX_LENGTH = 4096;

/** What follows `.if` or `.elif`; undefined when HAProxy cannot read it and refuses the file. */
export function truthOf(words: readonly Word[], around: Surroundings): Truth | undefined {
  // What a variable gives may be anything.
  if (words.some(({ text }) => text === undefined)) return 'maybe';
  const text = words.map((word) => word.text ?? '').join(' ');
  if (text.length > MAX_LENGTH) return 'maybe';
  const parser = new Expression(text, around);
  const truth = parser.any();
  return parser.ended() ? truth : undefined;
}

/** Nesting of parentheses is followed so deep. */
const MAX_DEPTH = 32;

/** `expression || expression`, `&&`, `!`, parentheses, numbers and functions. */
class Expression {
  readonly #text: string;
  readonly #around: Surroundings;
  #i = 0;
  #depth = 0;

  constructor(text: string, around: Surroundings) {
    this.#text = text;
    this.#around = around;
  }

  ended(): boolean {
    this.#space();
    return this.#i >= this.#text.length;
  }

  any(): Truth | undefined {
    let truth = this.#all();
    while (truth !== undefined && this.#eat('||')) {
      const more = this.#all();
      truth = more && either(truth, more);
    }
    return truth;
  }

  #all(): Truth | undefined {
    let truth = this.#term();
    while (truth !== undefined && this.#eat('&&')) {
      const more = this.#term();
      truth = more && both(truth, more);
    }
    return truth;
  }

  #term(): Truth | undefined {
    let negated = false;
    while (this.#eat('!')) negated = !negated;
    const truth = this.#eat('(') ? this.#group() : this.#atom();
    return truth !== undefined && negated ? not(truth) : truth;
  }

  #group(): Truth | undefined {
    if (++this.#depth > MAX_DEPTH) return undefined;
    const truth = this.any();
    this.#depth--;
    return this.#eat(')') ? truth : undefined;
  }

  #atom(): Truth | undefined {
    const rest = this.#text.slice(this.#i);
    const number = /^[+-]?\d+/.exec(rest)?.[0];
    if (number !== undefined) {
      this.#i += number.length;
      return truth(Number(number) !== 0);
    }
    const [whole, name = '', list = ''] = /^([a-z_]+)\(([^()]*)\)/.exec(rest) ?? [];
    if (whole === undefined) return rest === '' ? 'no' : undefined;
    this.#i += whole.length;
    const args = list.split(',').map((arg) => arg.trim());
    return args.length === ARGUMENTS.get(name) ? this.#call(name, args) : undefined;
  }

  #call(name: string, [a = '', b = '']: readonly string[]): Truth {
    const { version, variables } = this.#around;
    switch (name) {
      case 'streq':
        return truth(a === b);
      case 'strneq':
        return truth(a !== b);
      case 'strstr':
        return truth(a.includes(b));
      case 'defined':
        return variables.has(a) ? 'yes' : 'maybe';
      case 'version_atleast':
      case 'version_before':
        if (version === undefined || !/^\d/.test(a)) return 'maybe';
        return truth(compareVersions(version, a) >= 0 === (name === 'version_atleast'));
      default:
        // How HAProxy was built and started.
        return 'maybe';
    }
  }

  #space(): void {
    while (this.#text[this.#i] === ' ' || this.#text[this.#i] === '\t') this.#i++;
  }

  #eat(word: string): boolean {
    this.#space();
    if (!this.#text.startsWith(word, this.#i)) return false;
    this.#i += word.length;
    this.#space();
    return true;
  }
}

/** Functions by the number of their arguments. */
const ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ['streq', 2],
  ['strneq', 2],
  ['strstr', 2],
  ['defined', 1],
  ['feature', 1],
  ['enabled', 1],
  ['version_atleast', 1],
  ['version_before', 1],
  ['openssl_version_atleast', 1],
  ['openssl_version_before', 1],
  ['ssllib_name_startswith', 1],
  ['awslc_api_atleast', 1],
  ['awslc_api_before', 1],
]);

function truth(yes: boolean): Truth {
  return yes ? 'yes' : 'no';
}

function not(one: Truth): Truth {
  return one === 'yes' ? 'no' : one === 'no' ? 'yes' : 'maybe';
}

function both(a: Truth, b: Truth): Truth {
  return a === 'no' || b === 'no' ? 'no' : a === 'yes' && b === 'yes' ? 'yes' : 'maybe';
}

function either(a: Truth, b: Truth): Truth {
  return not(both(not(a), not(b)));
}
