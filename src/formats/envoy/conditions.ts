import type { Condition, Test } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { at, isOn, listOf, partAt, rawAt } from './nodes.ts';
import { settingsOf } from './settings.ts';

/** A part of a match: what it asks in words, and as tests where the model has them. */
interface Part {
  readonly text: string;
  readonly tests?: readonly Test[];
}

/** What a route asks of requests. Undefined = every request: `prefix: /` and nothing else. */
export function conditionOf(match: PNode | undefined, place: Span): Condition | undefined {
  const where = match === undefined ? place : headOf(match);
  const path = pathOf(match);
  const others = othersOf(match);
  const chance = chanceOf(match);
  if (path === undefined && others.length === 0) {
    if (chance === undefined) return undefined;
    return { text: '', at: where, ...(chance.part === undefined ? {} : { chance: chance.part }) };
  }
  const parts = [
    path,
    ...others.map((text): Part => ({ text })),
    ...(chance === undefined ? [] : [{ text: chance.text }]),
  ];
  const known = parts.flatMap((part) => part ?? []);
  const tests = path?.tests;
  const whole = tests !== undefined && known.length === 1;
  return { text: known.map(({ text }) => text).join(' and '), at: where, ...(whole ? { all: tests } : {}) };
}

function pathOf(match: PNode | undefined): Part | undefined {
  const ignoresCase = !isOn(at(match, 'case_sensitive'), true);
  const test = (how: Test['how'], value: string): readonly Test[] => [
    { subject: 'path', how, values: [value], ...(ignoresCase ? { ignoresCase: true } : {}) },
  ];
  const suffix = ignoresCase ? ' without case' : '';
  const prefix = rawAt(at(match, 'prefix'));
  if (prefix !== undefined)
    return prefix === '/' || prefix === ''
      ? undefined
      : { text: `prefix ${prefix}${suffix}`, tests: test('begins', prefix) };
  const path = rawAt(at(match, 'path'));
  if (path !== undefined) return { text: `path ${path}${suffix}`, tests: test('is', path) };
  const regex = rawAt(at(match, 'safe_regex', 'regex'));
  // The whole path has to match.
  if (regex !== undefined) return { text: `safe_regex ${regex}`, tests: test('matches', `^(?:${regex})$`) };
  const separated = rawAt(at(match, 'path_separated_prefix'));
  if (separated !== undefined) return { text: `path_separated_prefix ${separated}${suffix}` };
  if (at(match, 'connect_matcher') !== undefined) return { text: 'CONNECT' };
  const policy = at(match, 'path_match_policy');
  return policy === undefined ? { text: 'no path' } : { text: textOf('path_match_policy', policy) };
}

const LISTS = ['headers', 'query_parameters', 'cookies', 'dynamic_metadata', 'filter_state'];

/** Everything beside the path, each as one piece of text. */
function othersOf(match: PNode | undefined): string[] {
  const lists = LISTS.flatMap((name) => listOf(at(match, name)).map((item) => textOf(name.replace(/s$/, ''), item)));
  const grpc = at(match, 'grpc') === undefined ? [] : ['grpc'];
  const tls = at(match, 'tls_context');
  return [...lists, ...grpc, ...(tls === undefined ? [] : [textOf('tls_context', tls)])];
}

function textOf(name: string, node: PNode): string {
  const settings = [...settingsOf(node, '')].map(([key, { value }]) =>
    key === 'name' ? (value ?? '') : `${key} ${value ?? ''}`,
  );
  return [name, ...settings].join(' ');
}

/** A part of the requests, drawn anew for each; the run-time key can change it. */
function chanceOf(match: PNode | undefined): { readonly part: number | undefined; readonly text: string } | undefined {
  const fraction = at(match, 'runtime_fraction');
  if (fraction === undefined) return undefined;
  const part = partAt(at(fraction, 'default_value'))?.value;
  return {
    part,
    text: part === undefined ? 'a part of the requests' : `${Math.round(part * 1e6) / 1e4} % of the requests`,
  };
}
