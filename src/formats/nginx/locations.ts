/** How a `location` is matched. `prefix` with `final` is `^~`: no regular expression is tried after it. */
export interface LocationMatch {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'named';
  /** The path, the pattern of a regular expression, or the name with its `@`. */
  readonly path: string;
  readonly final?: true;
  readonly ignoresCase?: true;
}

/** Reads the words of a `location`, whose modifier may be a word of its own or begin the path; undefined when nginx refuses them. */
export function locationOf(args: readonly string[]): LocationMatch | undefined {
  const [first, second, more] = args;
  if (first === undefined || more !== undefined) return undefined;
  if (second !== undefined) return withModifier(first, second);
  if (first.startsWith('@')) return { kind: 'named', path: first };
  const modifier = ['=', '^~', '~*', '~'].find((text) => first.startsWith(text));
  return modifier === undefined
    ? { kind: 'prefix', path: first }
    : withModifier(modifier, first.slice(modifier.length));
}

function withModifier(modifier: string, path: string): LocationMatch | undefined {
  switch (modifier) {
    case '=':
      return { kind: 'exact', path };
    case '^~':
      return { kind: 'prefix', path, final: true };
    case '~':
      return { kind: 'regex', path };
    case '~*':
      return { kind: 'regex', path, ignoresCase: true };
    default:
      return undefined;
  }
}
