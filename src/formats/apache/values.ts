import type { Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import type { Word } from './lines.ts';

/** What goes wrong in a file, and what it does not say. */
export interface Found {
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** A fault for which Apache does not start. */
export function refused(at: Span, what: Text, fix: Text, rule: Problem['rule'] = 'config-unparsable'): Problem {
  return { rule, at, what, why: say`Apache rejects the whole config and does not start with it.`, fix };
}

/** The value of a word; undefined where a variable that no file defines is part of it. */
export function settingOf({ text, at, isOpen }: Word): Setting<string> {
  return written(isOpen ? undefined : text, at);
}

/** `key=value` of a word with the place of each; undefined when it has no `=`. */
export function pairOf(
  word: Word,
): { readonly key: string; readonly value: Setting<string>; readonly at: Span } | undefined {
  const equals = word.text.indexOf('=');
  if (equals <= 0) return undefined;
  const own = word.at.source.text.slice(word.at.start, word.at.end);
  const offset = own.indexOf('=');
  const text = word.text.slice(equals + 1);
  const rest = own.slice(offset + 1).replace(/["']$/, '');
  const start = word.at.start + offset + 1;
  const at = offset < 0 ? word.at : { ...word.at, start, end: start + rest.length };
  return {
    key: word.text.slice(0, equals).toLowerCase(),
    value: written(word.isOpen ? undefined : text, at),
    at: word.at,
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, mi: 60_000, min: 60_000, s: 1000, h: 3_600_000, '': 1000 };

/** `30`, `500ms`, `5min`: seconds where no unit is written. In ms; undefined when it is none. */
export function duration(text: string): number | undefined {
  const match = /^(\d{1,9})(ms|mi|min|s|h|)$/i.exec(text);
  const unit = UNIT_MS[match?.[2]?.toLowerCase() ?? 'none'];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
