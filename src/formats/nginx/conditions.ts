import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';

/** What is wrong with the condition of an `if`, read word for word as nginx does: `($a = b)`, `($a ~* re)`, `(-f file)`. */
export function conditionFault(args: readonly string[]): Text | undefined {
  const wrong = (text: string): Text => say`invalid condition ${text}.`;
  const [first = ''] = args;
  const final = args.at(-1) ?? '';
  if (!first.startsWith('(')) return wrong(first);
  if (!final.endsWith(')')) return wrong(final);
  const words = conditionWords(args);
  const [subject = '', operator, ...rest] = words;
  if (subject.startsWith('$') && subject.length > 1) {
    if (operator === undefined) return undefined;
    if (rest.length !== 1) return wrong(subject);
    return /^(?:=|!=|!?~\*?)$/.test(operator) ? undefined : say`unexpected ${operator} in condition.`;
  }
  if (!/^!?-.$/s.test(subject)) return wrong(subject);
  return words.length === 2 && /^!?-[fdex]$/.test(subject) ? undefined : wrong(subject);
}

/** The words between the parentheses, each of which may be a word of its own or belong to the next or last one. */
export function conditionWords(args: readonly string[]): readonly string[] {
  const words = [...args];
  if (words[0] === '(') words.shift();
  else words[0] = (words[0] ?? '').slice(1);
  const last = words.at(-1) ?? '';
  if (last === ')') words.pop();
  else words[words.length - 1] = last.slice(0, -1);
  return words;
}

/** Whether a regular expression of a path matches all of them: each begins with a slash. */
export function matchesEveryPath(pattern: string): boolean {
  return /^(?:\^?\/?|\^?\/?\(?\.\*\)?\$?|\$)$/.test(pattern);
}

/** Whether an `if` asks for a variable that every request has and that is never `0`, which would count as nothing. */
export function alwaysHolds(condition: string): boolean {
  return /^\(\s*\$(?:request_method|request_uri|uri|document_uri|scheme|remote_addr|server_port|request)\s*\)$/.test(
    condition,
  );
}
