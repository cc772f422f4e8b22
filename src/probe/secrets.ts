import type { Answer } from './exchange.ts';

/** Headers whose values let somebody in. Others (`X-Forwarded-For: …`) may well come back as the name of a server. */
const CREDENTIALS = /auth|cookie|token|secret|password|session|api-?key/i;
/** Shorter parts are words such as `Bearer`, and would be found by chance. */
const SHORTEST = 8;

/** What nobody may see of the headers that are sent: whole values of credentials and their parts, the longest first. */
export function secretsOf(headers: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const found = headers
    .filter(([name]) => CREDENTIALS.test(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;,="]+/)])
    .filter((part) => part.length >= SHORTEST);
  return [...new Set(found)].toSorted((a, b) => b.length - a.length);
}

/** The answer without secrets that the target sent back: what names a server goes into reports, which nobody masks. */
export function withoutSecrets(answer: Answer, secrets: readonly string[]): Answer {
  const cleaned = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text);
  const holds = (text: string): boolean => secrets.some((secret) => text.includes(secret));
  if (!holds(answer.body) && !answer.rawHeaders.some(holds)) return answer;
  return { ...answer, rawHeaders: answer.rawHeaders.map(cleaned), body: cleaned(answer.body) };
}
