import type { Problem } from '../../model/config.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import type { Word } from './parse.ts';
import { FILLED, isFilledIn, refused, wholeNumber } from './values.ts';

export interface Address {
  readonly host: string | undefined;
  readonly port: Setting<number> | undefined;
}

const TAGS = /\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{[^}]*\}/g;

/** Tags in a word that is longer than any address are not looked for, since looking is not linear. */
const MAX_LENGTH = 500;

/** `host[:port]`, `[v6][:port]` or `unix:path`. In `http` the port is 80 when none is written, in `stream` it must be. */
export function readAddress(word: Word, context: 'http' | 'stream', report: (problem: Problem) => void): Address {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(word.text)?.[0];
  if (scheme !== undefined) {
    const what = say`Invalid address ${word.text}: ${'server'} takes no ${scheme}.`;
    report(refused(word.at, what, say`Set ${word.text.slice(scheme.length)}; ${'proxy_pass'} has the scheme.`));
  }
  const text = word.text.slice(scheme?.length ?? 0);
  const wrong = (what: Problem['what']): void => report(refused(word.at, what, say`Set ${'host:port'}.`));
  if (text.startsWith('unix:')) {
    if (text === 'unix:') wrong(say`${text} has no path.`);
    return { host: isFilledIn(word) ? undefined : text, port: undefined };
  }
  // What a template fills in may hold colons of its own.
  const masked = text.length > MAX_LENGTH ? text : text.replace(TAGS, (filled) => '\0'.repeat(filled.length));
  const bracket = masked.startsWith('[') ? masked.indexOf(']') : -1;
  const colon = masked.indexOf(':', Math.max(bracket, 0));
  const head = colon < 0 ? text : text.slice(0, colon);
  if (bracket < 0 && !isFilledIn(word) && /^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(text)) {
    wrong(say`${text} needs brackets: ${`[${text}]`}.`);
    return { host: text, port: undefined };
  }
  const host = head.replace(/^\[(.*)\]$/, '$1');
  if (host === '') wrong(say`${word.text} names no host.`);
  else if (
    bracket < 0 ? head.includes('[') : !/^[\da-f:.\0]+$/i.test(masked.slice(1, bracket)) || bracket !== head.length - 1
  )
    wrong(say`Invalid host ${head}.`);
  else if (head.includes('/') && !isFilledIn(word)) wrong(say`A server takes no path, but ${word.text} has one.`);
  const told = host !== '' && !FILLED.test(head);
  return {
    host: told ? host : undefined,
    port: readPort(colon < 0 ? undefined : text.slice(colon + 1), word, context, report),
  };
}

function readPort(
  text: string | undefined,
  word: Word,
  context: 'http' | 'stream',
  report: (problem: Problem) => void,
): Setting<number> | undefined {
  if (text === undefined) {
    if (context === 'http') return isFilledIn(word) ? written<number>(undefined, word.at) : implied(80, word.at);
    if (!isFilledIn(word))
      report(refused(word.at, say`${word.text} has no port.`, say`Add one; ${'stream'} has no default port.`));
    return undefined;
  }
  if (FILLED.test(text)) return written<number>(undefined, word.at);
  const port = wholeNumber(text);
  if (port !== undefined && port > 0 && port < 65_536) return written(port, word.at);
  const path = text.indexOf('/');
  const what = path < 0 ? say`Invalid port ${text}.` : say`A server takes no path, but ${word.text} has one.`;
  report(refused(word.at, what, say`Set ${'host:port'}, with a port from 1 to 65535.`));
  return written(path > 0 ? wholeNumber(text.slice(0, path)) : undefined, word.at);
}

/** The address in one spelling, so that a default port written out names the same server. */
export function nameOf(word: Word, host: string | undefined, port: Setting<number> | undefined): string {
  if (host === undefined || (port !== undefined && port.value === undefined)) return word.text;
  const bracketed = host.includes(':') && !host.startsWith('unix:') ? `[${host}]` : host;
  return port === undefined ? bracketed : `${bracketed}:${port.value ?? ''}`;
}
