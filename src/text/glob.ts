/**
 * Matches one path component against a glob(3) pattern: `*`, `?`, `[a-z]`, `[!a]`, backslash escapes. A leading dot is
 * matched only by a literal dot. Linear in name times pattern, without regular expressions.
 */
export function globMatch(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.') && !pattern.startsWith('\\.')) return false;
  let p = 0;
  let n = 0;
  let star = -1;
  let mark = 0;
  while (n < name.length) {
    const step = pattern[p] === '*' ? undefined : matchOne(pattern, p, name[n] ?? '');
    if (pattern[p] === '*') {
      star = p++;
      mark = n;
    } else if (step !== undefined) {
      p = step;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** True when a path holds a glob character that glob(3) would expand. */
export function hasGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The place in the pattern after one matched character; undefined when it does not match. */
function matchOne(pattern: string, p: number, c: string): number | undefined {
  const symbol = pattern[p];
  if (symbol === undefined) return undefined;
  if (symbol === '?') return p + 1;
  if (symbol === '\\' && p + 1 < pattern.length) return pattern[p + 1] === c ? p + 2 : undefined;
  const end =
    symbol === '[' ? pattern.indexOf(']', p + 2 + (pattern[p + 1] === '!' || pattern[p + 1] === '^' ? 1 : 0)) : -1;
  if (end < 0) return symbol === c ? p + 1 : undefined;
  const negated = pattern[p + 1] === '!' || pattern[p + 1] === '^';
  let found = false;
  for (let i = p + (negated ? 2 : 1); i < end; i++) {
    const from = pattern[i] ?? '';
    if (pattern[i + 1] === '-' && i + 2 < end) {
      found ||= c >= from && c <= (pattern[i + 2] ?? '');
      i += 2;
    } else found ||= c === from;
  }
  return found === negated ? undefined : end + 1;
}
