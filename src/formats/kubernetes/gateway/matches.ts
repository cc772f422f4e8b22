import type { Condition, Test } from '../../../model/route.ts';
import { itemsOf, headOf, type PNode } from '../../../text/positioned.ts';
import { at, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

/** One match of a rule, with what decides its place among the matches of all routes. */
export interface RouteMatch {
  readonly condition: Condition | undefined;
  /** Compared one after the other, the larger first: the precedence of the specification. */
  readonly rank: readonly number[];
}

/** The matches of a rule of an HTTPRoute; one that every request has where there is none. */
export function httpMatches(rule: PNode): RouteMatch[] {
  const written = itemsOf(at(rule, 'matches'));
  return written.length === 0 ? [EVERY] : written.map(httpMatch);
}

/** The path `/` as a prefix, which is what no match stands for, is the shortest there is. */
const EVERY: RouteMatch = { condition: undefined, rank: [0, 0, 1, 0, 0, 0] };

/**
 * Exact paths come first, then the longest prefix, then a method, then the most headers, then the most query parameters
 * (HTTPRouteRule.matches). Where regular expressions come is the implementation's business; here they are behind exact paths.
 */
function httpMatch(node: PNode): RouteMatch {
  const path = at(node, 'path');
  const type = rawAt(at(path, 'type')) ?? 'PathPrefix';
  const value = rawAt(at(path, 'value')) ?? '/';
  const method = rawAt(at(node, 'method'));
  const headers = itemsOf(at(node, 'headers'));
  const params = itemsOf(at(node, 'queryParams'));
  const prefix = value.length > 1 ? value.replace(/\/$/, '') : value;
  const isAny = type === 'PathPrefix' && value === '/';
  const test: Test | undefined =
    type === 'Exact'
      ? { subject: 'path', how: 'is', values: [value] }
      : type === 'PathPrefix'
        ? { subject: 'path', how: 'begins', values: [prefix], longest: true }
        : { subject: 'path', how: 'matches', values: [value] };
  const words = { Exact: '=', PathPrefix: 'begins with' }[type] ?? 'matches';
  const pathText = `path ${words} ${type === 'PathPrefix' ? prefix : value}`;
  const others = [
    ...(method === undefined ? [] : [`method = ${method}`]),
    ...headers.map((header) => pairText('header', header)),
    ...params.map((param) => pairText('query', param)),
  ].toSorted();
  const texts = [...(isAny ? [] : [pathText]), ...others];
  const rank = [
    type === 'Exact' ? 1 : 0,
    type === 'RegularExpression' ? 1 : 0,
    value.length,
    method === undefined ? 0 : 1,
    headers.length,
    params.length,
  ];
  if (texts.length === 0) return { condition: undefined, rank };
  const condition = { text: texts.join(' and '), at: headOf(at(path, 'value') ?? node) };
  return { condition: others.length === 0 ? { ...condition, all: [test] } : condition, rank };
}

/** The matches of a rule of a GRPCRoute: the longest service, then the longest method, then the most headers. */
export function grpcMatches(rule: PNode): RouteMatch[] {
  const written = itemsOf(at(rule, 'matches'));
  return written.length === 0 ? [{ condition: undefined, rank: [0, 0, 0] }] : written.map(grpcMatch);
}

function grpcMatch(node: PNode): RouteMatch {
  const called = at(node, 'method');
  const [service, method] = [rawAt(at(called, 'service')), rawAt(at(called, 'method'))];
  const headers = itemsOf(at(node, 'headers'));
  const isPattern = rawAt(at(called, 'type')) === 'RegularExpression';
  const path = `/${service ?? '*'}/${method ?? '*'}`;
  const isAny = service === undefined && method === undefined;
  const texts = [
    ...(isAny ? [] : [`${isPattern ? 'path matches' : 'path ='} ${path}`]),
    ...headers.map((header) => pairText('header', header)).toSorted(),
  ];
  const rank = [service?.length ?? 0, method?.length ?? 0, headers.length];
  if (texts.length === 0) return { condition: undefined, rank };
  return { condition: { text: texts.join(' and '), at: headOf(called ?? node) }, rank };
}

function pairText(what: string, node: PNode): string {
  const sign = rawAt(at(node, 'type')) === 'RegularExpression' ? 'matches' : '=';
  return `${what} ${(rawAt(at(node, 'name')) ?? '').toLowerCase()} ${sign} ${rawAt(at(node, 'value')) ?? ''}`;
}

/** Of equal matches those of the older route come first, then those of the first name; the order of the files stands for age. */
export function byRank(a: { rank: readonly number[] }, b: { rank: readonly number[] }): number {
  for (const [i, value] of a.rank.entries()) {
    const difference = (b.rank[i] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What a route is called in messages: `HTTPRoute shop`. */
export function titleOf({ kind, name }: KubeObject): string {
  return `${kind.slice(kind.indexOf('/') + 1)} ${name}`;
}
