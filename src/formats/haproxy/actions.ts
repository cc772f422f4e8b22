import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { freeFault } from './arguments.ts';
import { missing, specFault, unknownWord } from './grammar.ts';
import { ACTION_SPECS } from './line-specs.ts';
import {
  HTTP_AFTER_RESPONSE,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  TCP_REQUEST_CONNECTION,
  TCP_REQUEST_CONTENT,
  TCP_REQUEST_SESSION,
  TCP_RESPONSE_CONTENT,
} from './line-words.ts';
import { rowsOf, type Table } from './table.ts';
import type { Word } from './words.ts';

const ACTIONS: ReadonlyMap<string, Table> = new Map([
  ['http-request', HTTP_REQUEST],
  ['http-response', HTTP_RESPONSE],
  ['http-after-response', HTTP_AFTER_RESPONSE],
  ['tcp-request connection', TCP_REQUEST_CONNECTION],
  ['tcp-request session', TCP_REQUEST_SESSION],
  ['tcp-request content', TCP_REQUEST_CONTENT],
  ['tcp-response content', TCP_RESPONSE_CONTENT],
]);

/** What HAProxy refuses of `http-request ACTION` and its kin. */
export function actionFault(words: readonly Word[], at: Span, version: string | undefined): Problem | undefined {
  const [first, second] = words;
  if (first?.text === undefined) return undefined;
  const layered = first.text.startsWith('tcp-re');
  if (layered && second?.text === 'inspect-delay') return undefined;
  const key = layered ? `${first.text} ${second?.text ?? ''}` : first.text;
  const actions = ACTIONS.get(key);
  if (actions === undefined) {
    if (!layered || (second !== undefined && second.text === undefined)) return undefined;
    const layers = [...ACTIONS.keys()].flatMap((one) =>
      one.startsWith(`${first.text ?? ''} `) ? [one.slice((first.text ?? '').length + 1)] : [],
    );
    return second === undefined
      ? missing(at, first.text, 'a layer')
      : unknownWord(second, [...layers, 'inspect-delay'], `behind ${first.text}`);
  }
  const [action, ...args] = words.slice(layered ? 2 : 1);
  if (action === undefined) return missing(at, key, 'an action');
  if (action.text === undefined || action.text.startsWith('lua.')) return undefined;
  const { text } = action;
  const base = text.split('(', 1)[0] ?? '';
  const names = [text, `${base}*`, ...(/^track-sc\d+$/.test(text) ? ['track-sc*'] : [])];
  const open = text.includes('(') && !text.endsWith(')');
  if (open || !names.some((name) => rowsOf(actions, name, version).length > 0))
    return unknownWord(
      action,
      [...actions.keys()].map((name) => name.replace('*', '')),
      `behind ${key}`,
    );
  if (text === 'del-header' && args[1]?.text === '-m') return undefined;
  const spec = ACTION_SPECS.get(text) ?? ACTION_SPECS.get(`${base}(`);
  return spec === undefined ? freeFault(text, args, action.at) : specFault(spec, args, { at: action.at, text });
}
