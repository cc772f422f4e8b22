import { afterChanges, type Asks } from '../../model/asks.ts';
import type { Condition, Match, Target } from '../../model/route.ts';
import { written, type Setting } from '../../model/span.ts';
import type { Acls, Condition as Read } from './acl.ts';
import { changedBy } from './asks.ts';
import type { Statement } from './sections.ts';
import { textOf, type Settings } from './settings.ts';
import type { Word } from './words.ts';

/**
 * What a proxy answers itself, in the order in which HAProxy asks (configuration manual, 4.2 `http-request`): rules on the
 * connection, then `http-request` lines, then `redirect` lines, and what becomes of the servers' answers last. An `allow` lets
 * requests past the `http-request` lines after it. A refused answer is a refused request to the client that waits for it.
 */
export function answersOf(settings: Settings): Match[] {
  const rules = (keyword: string, action: (words: readonly Word[]) => readonly Word[], denied?: number): Match[] =>
    inOrder(settings.all(keyword), settings.acls, action, denied);
  const ofTcp = (words: readonly Word[]): readonly Word[] => (words[1]?.text === 'inspect-delay' ? [] : words.slice(2));
  const ofHttp = (words: readonly Word[]): readonly Word[] => words.slice(1);
  return [
    ...rules('tcp-request', ofTcp),
    ...rules('http-request', ofHttp),
    ...rules('redirect', (words) => words),
    ...rules('tcp-response', ofTcp),
    ...rules('http-response', ofHttp, 502),
  ];
}

/** The final actions of one rule set. `action` gives the words from the action on, `denied` the status that `deny` has. */
function inOrder(
  lines: readonly Statement[],
  acls: Acls,
  action: (words: readonly Word[]) => readonly Word[],
  denied = 403,
): Match[] {
  const found: Match[] = [];
  const past: { readonly text: string; readonly asks: Asks }[] = [];
  const changed = new Set<string>();
  for (const { words, at } of lines) {
    const [verb, ...rest] = action(words);
    const read = acls.condition(words);
    const condition = { ...read, asks: afterChanges(read.asks, changed) };
    for (const what of changedBy(words)) changed.add(what);
    if (verb?.text === 'allow' || verb?.text === 'accept') {
      if (condition.text === undefined && condition.share === 1) return found;
      const { text = 'by chance', asks, share } = condition;
      past.push({ text, asks: share === 1 ? asks : { open: text } });
      continue;
    }
    const to = verb === undefined ? undefined : targetOf(verb.text ?? '', rest, denied);
    if (to === undefined) continue;
    const when = conditionOf(condition, at, past);
    found.push({ at, to, ...(when === undefined ? {} : { when }) });
    if (when === undefined) return found;
  }
  return found;
}

/** A condition of the model; undefined = every request. */
export function conditionOf(
  { text, share, tests, asks }: Read,
  at: Condition['at'],
  past: readonly { readonly text: string; readonly asks: Asks }[] = [],
): Condition | undefined {
  const open = [...(text === undefined ? [] : [text]), ...past.map((one) => `not allowed ${one.text}`)];
  if (open.length === 0 && share === 1) return undefined;
  const formula = past.length === 0 ? asks : { all: [asks, ...past.map((one) => ({ not: one.asks }))] };
  const all = tests === undefined || past.length > 0 ? {} : { all: tests };
  const ofAnswers = readsAnswers(text) ? { ofAnswers: true as const } : {};
  return { text: open.join(', '), at, ...(share === 1 ? {} : { chance: share }), ...all, asks: formula, ...ofAnswers };
}

/** Whether a condition looks at answers, those with the status of an error apart: to replace these is what such lines are for. */
function readsAnswers(text = ''): boolean {
  const others = text.replaceAll(/\{ status(?: [45]\d\d(?::[45]\d\d)?)+ \}/g, '');
  return /\{ (?:status|res\.|shdr|scook)/.test(others);
}

/** What an action answers; undefined when the request goes on. */
function targetOf(verb: string, rest: readonly Word[], denied: number): Target | undefined {
  const end = rest.findIndex(({ text }) => text === 'if' || text === 'unless');
  // A condition may ask for a `status` too.
  const args = end < 0 ? rest : rest.slice(0, end);
  const option = (name: string): string | undefined => {
    const i = args.findIndex(({ text }) => text === name);
    return i < 0 ? undefined : args[i + 1]?.text;
  };
  switch (verb) {
    case 'deny':
      return { kind: 'answer', status: Number(option('deny_status') ?? option('status') ?? denied) };
    case 'tarpit':
      return { kind: 'answer', status: Number(option('deny_status') ?? option('status') ?? 500) };
    case 'auth':
      return { kind: 'answer', status: 401 };
    case 'reject':
    case 'silent-drop':
      return { kind: 'answer', status: 'refused' };
    case 'return':
      return { kind: 'answer', status: Number(option('status') ?? 200) };
    case 'use-service':
      return { kind: 'answer', status: 200 };
    case 'redirect': {
      const [how] = rest;
      return { kind: 'redirect', location: textOf(rest.slice(0, 2)) ?? how?.raw ?? '' };
    }
    default:
      return undefined;
  }
}

/** Lines that change which requests these are, or how many come in: what the entry's own settings are. */
const ENTRY_SETTINGS =
  /^(?:maxconn|rate-limit|mode|monitor-uri|http-request (?:set-path|set-pathq|set-uri|set-query|replace-path|replace-pathq|replace-uri|normalize-uri|set-method|set-src|set-dst|set-host)|http-request (?:set-header|replace-header|del-header) (?:host|x-forwarded-for|x-forwarded-proto|upgrade|connection))$/i;

/** What holds for every request of an entry, by the words that name it. Lines of one name are kept in their order. */
export function entrySettings(settings: Settings): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const { words, at } of settings.statements) {
    const texts = words.map(({ text, raw }) => text ?? raw);
    for (const length of [3, 2, 1]) {
      const key = texts.slice(0, length).join(' ');
      if (!ENTRY_SETTINGS.test(key)) continue;
      const value = texts.slice(length).join(' ');
      const before = found.get(key)?.value;
      const repeated = before !== undefined && key.startsWith('http-request');
      found.set(key, written(repeated ? `${before}; ${value}` : value, at));
      break;
    }
  }
  return found;
}
