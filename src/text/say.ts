import { Text, type Part } from '../model/text.ts';

/**
 * Builds a message: say`${name(server)} gets ${percent(0.714)}`.
 * Literal words are ours; every interpolated string is treated as foreign and shown as a value (code in Markdown).
 * Texts nest; numbers are ours.
 */
export function say(words: TemplateStringsArray, ...values: readonly (string | number | Text)[]): Text {
  const parts: Part[] = [];
  words.forEach((text, i) => {
    if (text !== '') parts.push({ kind: 'words', text });
    const value = values[i];
    if (value === undefined) return;
    if (value instanceof Text) parts.push(...value.parts);
    else if (typeof value === 'number') parts.push({ kind: 'words', text: formatNumber(value) });
    else parts.push({ kind: 'value', text: value });
  });
  return new Text(parts);
}

/** Foreign text, shown as a value. */
export function name(text: string): Text {
  return new Text([{ kind: 'value', text }]);
}

/** Our own words, chosen by the program: never pass text from a file, a PR or a server. */
export function words(text: string): Text {
  return new Text([{ kind: 'words', text }]);
}

/** Emphasis for our own words or a number. */
export function strong(text: string): Text {
  return new Text([{ kind: 'strong', text }]);
}

/** A share 0..1 as a percentage: `71%`, `2.3%` under 10, `0.04%` under 0.1; `unknown` for null. All and nothing are said only of all and nothing. */
export function percent(share: number | null): Text {
  return words(formatPercent(share));
}

/** See `percent`. */
export function formatPercent(share: number | null): string {
  if (share === null) return 'unknown';
  const p = share * 100;
  const magnitude = Math.abs(p);
  if (magnitude > 0 && magnitude < 0.005) return 'under 0.01%';
  if (magnitude >= 99.5 && magnitude < 100) return `${Math.min(99.9, Number(p.toFixed(1)))}%`;
  const digits = magnitude === 0 || magnitude >= 10 ? 0 : magnitude >= 0.1 ? 1 : 2;
  return `${trimZeros(p.toFixed(digits))}%`;
}

/** Points between two shares 0..1: `38 points`. */
export function points(difference: number): Text {
  return words(`${trimZeros((difference * 100).toFixed(Math.abs(difference) >= 0.1 ? 0 : 1))} points`);
}

/** Milliseconds in the largest fitting unit: `250 ms`, `30 s`, `5 min`, `1 h`. */
export function duration(ms: number): Text {
  return words(formatDuration(ms));
}

/** See `duration`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${formatNumber(Math.round(ms))} ms`;
  if (ms < 120_000) return `${trimZeros((ms / 1000).toFixed(1))} s`;
  if (ms < 3_600_000) return `${trimZeros((ms / 60_000).toFixed(1))} min`;
  return `${trimZeros((ms / 3_600_000).toFixed(1))} h`;
}

/** `1 server`, `3 servers`. The plural form defaults to the singular and an s. */
export function count(n: number, one: string, many = `${one}s`): Text {
  return words(`${formatNumber(n)} ${n === 1 ? one : many}`);
}

/** `a, b and c`; after `limit` items `and N more`. */
export function list(items: readonly (Text | string)[], limit = 8): Text {
  const texts = items.map((item) => (item instanceof Text ? item : name(item)));
  const shown = texts.length > limit ? [...texts.slice(0, limit), words(`${texts.length - limit} more`)] : texts;
  return join(shown);
}

/** Texts one after another, a space between. */
export function sentences(...texts: readonly Text[]): Text {
  return new Text(texts.flatMap((t, i) => (i === 0 ? t.parts : [{ kind: 'words' as const, text: ' ' }, ...t.parts])));
}

/** A message as a sentence: a capital first when the words are ours, a full stop when it has no end. */
export function sentence(text: Text): Text {
  return ended(capitalised(text));
}

function capitalised(text: Text): Text {
  const parts = [...text.parts];
  const first = parts[0];
  if (first !== undefined && first.kind !== 'value') {
    parts[0] = { kind: first.kind, text: first.text.charAt(0).toUpperCase() + first.text.slice(1) };
  }
  return new Text(parts);
}

/** A message with a full stop when it has no end of its own. */
export function ended(text: Text): Text {
  const parts = [...text.parts];
  const last = parts.at(-1);
  if (last !== undefined && (last.kind === 'value' || !/[.!?:]\s*$/.test(last.text))) {
    parts.push({ kind: 'words', text: '.' });
  }
  return new Text(parts);
}

/** The message without any escaping, for JSON documents and for comparing; never for an output that people see. */
export function plain(text: Text): string {
  return text.parts.map((part) => part.text).join('');
}

// Made once: a number format costs a hundred times what using it does.
const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** Thousands separated: `12,345`. At most three decimals. */
export function formatNumber(n: number): string {
  return NUMBER.format(n);
}

function join(texts: readonly Text[]): Text {
  const parts: Part[] = [];
  texts.forEach((text, i) => {
    if (i > 0) parts.push({ kind: 'words', text: i === texts.length - 1 ? ' and ' : ', ' });
    parts.push(...text.parts);
  });
  return new Text(parts);
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
