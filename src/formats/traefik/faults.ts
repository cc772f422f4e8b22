import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say, words } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { KEYS, NEEDS_CONTENT, type Keys } from './keys.ts';
import { isDuration, isNumber } from './nodes.ts';

/** A fault for which Traefik refuses the whole file. */
export function refused(at: Span, what: Text, fix: Text): Problem {
  return {
    rule: 'config-unparsable',
    at,
    what,
    why: say`Traefik refuses the whole file: after a start nothing is routed, and at a reload the old configuration silently stays.`,
    fix,
  };
}

/** Values that are decoded into numbers and durations. */
const NUMBERS = /\.(?:weight|priority|percent|port|maxFailedAttempts)$/i;
const DURATIONS = /\.(?:interval|unhealthyInterval|timeout|failureWindow)$/i;

/** Everything in a document that makes Traefik refuse it: unknown keys, maps without content, values of another type. */
export function faultsOf(root: PNode): Problem[] {
  const found: Problem[] = [];
  for (const { key, keyAt, value } of entriesOf(root)) {
    const keys = lookup(KEYS, key);
    // Unknown keys at the top are ignored, and route nothing.
    if (keys === undefined) found.push(...ignoredAtTop(key, keyAt));
    else walk(value, keys, key, keyAt, found);
  }
  return found;
}

function walk(node: PNode, keys: Keys[string], path: string, keyAt: Span, found: Problem[]): void {
  if (NEEDS_CONTENT.some((pattern) => pattern.test(path)) && isEmpty(node)) {
    const what = say`${path} has no content.`;
    found.push(refused(keyAt, what, say`Remove ${path}, or give it content.`));
    return;
  }
  if (keys === 'any') return;
  if (keys === 'value') {
    checkValue(node, path, keyAt, found);
    return;
  }
  if (node.kind === 'seq') {
    for (const item of itemsOf(node)) walk(item, keys, path, headOf(item), found);
    return;
  }
  for (const { key, keyAt: at, value } of entriesOf(node)) {
    const inner = lookup(keys, key);
    if (inner !== undefined) walk(value, inner, `${path}.${key}`, at, found);
    else {
      const meant = didYouMean(key, Object.keys(keys));
      const hint = meant === undefined ? say`.` : say`; did you mean ${meant}?`;
      const fix = meant === undefined ? say`Remove ${key}.` : say`Set ${meant}.`;
      found.push(refused(at, say`unknown key ${key} in ${path}${hint}`, fix));
    }
  }
}

function checkValue(node: PNode, path: string, keyAt: Span, found: Problem[]): void {
  if (node.kind !== 'scalar' || node.value === null) return;
  if (NUMBERS.test(path) && !isNumber(node))
    found.push(
      refused(node.at, say`${String(node.value)} is not a whole number.`, say`Set a whole number for ${path}.`),
    );
  if (DURATIONS.test(path) && !isDuration(node))
    found.push(
      refused(keyAt, say`invalid duration ${String(node.value)}.`, say`Set a duration such as ${'10s'} for ${path}.`),
    );
}

function isEmpty(node: PNode): boolean {
  return node.kind === 'map'
    ? node.entries.size === 0
    : node.kind === 'scalar' && (node.value === null || node.value === '');
}

function lookup(keys: Keys, key: string): Keys[string] | undefined {
  const wanted = key.toLowerCase();
  for (const [name, inner] of Object.entries(keys)) if (name.toLowerCase() === wanted) return inner;
  return keys['*'];
}

/** Keys of Traefik 1 and keys one level too high load without a word and route nothing. */
function ignoredAtTop(key: string, at: Span): Problem[] {
  if (!/^(?:frontends|backends|services|routers|middlewares)$/i.test(key)) return [];
  return [
    {
      rule: 'config-unparsable',
      at,
      what: say`${key} at the top of the file is ignored.`,
      why: words('Traefik loads the file without a word and routes nothing of it.'),
      fix: say`Move ${key} below ${'http'}.`,
    },
  ];
}
