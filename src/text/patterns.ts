/** Longer texts are not tried, since trying is not linear. */
const MAX_LENGTH = 256;
const MAX_REPEATS = 3;

/** Whether a regular expression matches a text; undefined when it holds more than what PCRE, RE2 and JavaScript read alike in bounded time. */
export function matchesPattern(pattern: string, text: string, ignoresCase: boolean): boolean | undefined {
  if (text.length > MAX_LENGTH || pattern.length > MAX_LENGTH) return undefined;
  const plain = pattern.replace(/\(\?P?<\w+>|\(\?:/g, '(');
  // A repeated group may take exponential time.
  if (/\(\?|\(\*|\)[*+?{]|[*+?}]\+|\[\[:|\\[^\W\ddDswSWbBnrt]|\\\d/.test(plain)) return undefined;
  if ((plain.match(/[*+{]/g) ?? []).length > MAX_REPEATS) return undefined;
  try {
    return new RegExp(plain, ignoresCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}
