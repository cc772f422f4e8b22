import { LIMITS } from '../../../text/limits.ts';

/** The variables of a project: what `.env` beside the compose file sets. */
export type Variables = ReadonlyMap<string, string>;

/** A text with its variables filled in; `computed` where one has no value in the files. */
export interface Filled {
  readonly text: string;
  readonly computed: boolean;
}

const VARIABLE = /\$(?:\$|([a-z_]\w*)|\{([a-z_]\w*)(?:(:?[-+?])|\}))/gi;

/**
 * Fills in `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:+instead}` and `${X+instead}`; `$$` is a dollar. The environment of the
 * shell comes before both `.env` and defaults and is not in the files; what the files say is taken. Defaults nest.
 */
export function fill(text: string, variables: Variables, depth = 0): Filled {
  if (!text.includes('$') || depth > LIMITS.includeDepth) return { text, computed: text.includes('$') };
  let filled = '';
  let computed = false;
  let from = 0;
  const pattern = new RegExp(VARIABLE);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    filled += text.slice(from, match.index);
    const [whole, bare, braced, sign] = match;
    const end = sign === undefined ? pattern.lastIndex : closing(text, pattern.lastIndex);
    if (end === undefined) return { text, computed: true };
    const word = sign === undefined ? '' : text.slice(pattern.lastIndex, end - 1);
    const value: Filled | undefined =
      whole === '$$'
        ? { text: '$', computed: false }
        : valueOf(variables.get(bare ?? braced ?? ''), sign, word, variables, depth);
    filled += value?.text ?? text.slice(match.index, end);
    computed ||= value?.computed ?? true;
    from = end;
    pattern.lastIndex = end;
  }
  return { text: filled + text.slice(from), computed };
}

function valueOf(
  value: string | undefined,
  sign: string | undefined,
  word: string,
  variables: Variables,
  depth: number,
): Filled | undefined {
  const isSet = value !== undefined && (value !== '' || sign?.startsWith(':') !== true);
  if (sign?.endsWith('+') === true) return isSet ? fill(word, variables, depth + 1) : { text: '', computed: false };
  if (isSet) return { text: value, computed: false };
  return sign?.endsWith('-') === true ? fill(word, variables, depth + 1) : undefined;
}

/** The offset after the brace that closes the one before `from`. */
function closing(text: string, from: number): number | undefined {
  let open = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{' && text[i - 1] === '$') open++;
    if (text[i] === '}' && --open === 0) return i + 1;
  }
  return undefined;
}

/** The lines `NAME=value` of a `.env` file; quotes around a value do not belong to it. */
export function variablesOf(text: string): Variables {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?([a-z_]\w*)[ \t]*=[ \t]*(.*)$/gim);
  return new Map(
    [...lines].map(([, name = '', value = '']) => [
      name,
      /^(["'])(.*)\1[ \t]*(?:#.*)?$/.exec(value.trim())?.[2] ?? value.replace(/(?:^|[ \t])#.*$/, '').trim(),
    ]),
  );
}
