import { createHash } from 'node:crypto';
import { textAt } from './context.ts';

/** Longest body of a comment or an issue that GitHub takes, in characters. */
const BODY_LIMIT = 65_536;

/**
 * The hidden line by which a comment or issue is found again. One for each use of the action: two jobs, or one job run
 * for two configs, do not write over each other. Foreign names are hashed, so that nothing can end the line early.
 */
export function markerFor(kind: 'verify' | 'review', ...uses: readonly string[]): string {
  const key = createHash('sha256').update(JSON.stringify(uses)).digest('hex').slice(0, 16);
  return `<!-- evenkeel:${kind}:${key} -->`;
}

/** The body with its marker, shortened to a pointer at the run when GitHub would refuse its length. */
export function markedBody(body: string, marker: string, runUrl: string): string {
  const full = `${body.trimEnd()}\n\n${marker}\n`;
  if (full.length <= BODY_LIMIT) return full;
  const heading = body.trimStart().split('\n', 1)[0] ?? '';
  const short = heading.length < 500 ? heading : '### Load balancers';
  return `${short}\n\nThe report is too long to be shown here; the [summary of the run](${runUrl}) has all of it.\n\n${marker}\n`;
}

/** Whether a comment or issue is one that this token wrote with this marker. Anybody can write the marker; only we have our login. */
export function isOwn(item: unknown, marker: string, login: string): boolean {
  return textAt(item, 'user', 'login') === login && (textAt(item, 'body') ?? '').trimEnd().endsWith(marker);
}

/** Bodies are equal for people: GitHub gives line ends back as CRLF and trims the end. */
export function sameBody(a: string | undefined, b: string): boolean {
  return a !== undefined && a.replaceAll('\r\n', '\n').trimEnd() === b.trimEnd();
}
