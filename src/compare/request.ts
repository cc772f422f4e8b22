import { afterChanges, type Asks, type Changed, type RequestTest } from '../model/asks.ts';
import type { Condition, Match } from '../model/route.ts';
import type { Text } from '../model/text.ts';
import { isInNetwork } from '../text/networks.ts';
import { matchesPattern } from '../text/patterns.ts';
import { say } from '../text/say.ts';

/** One request, as far as it is given. */
export interface Request {
  readonly url: URL;
  readonly method: string;
  /** By lower-case name; '' = the request has no such header. Headers that are not here are not known. */
  readonly headers: ReadonlyMap<string, string>;
  /** The IP address of the client; undefined = not given. */
  readonly address: string | undefined;
}

/** Whether a condition holds for a request, and what else it depends on where that is open. */
export interface Answer {
  readonly holds: 'yes' | 'no' | 'open';
  readonly dependsOn: readonly Text[];
}

const YES: Answer = { holds: 'yes', dependsOn: [] };
const NO: Answer = { holds: 'no', dependsOn: [] };
const open = (on: Text): Answer => ({ holds: 'open', dependsOn: [on] });
const known = (holds: boolean): Answer => (holds ? YES : NO);

/** A request at one place of its way. */
export interface Asked {
  readonly request: Request;
  /** The length of the longest prefix of the entry that holds. */
  readonly longest: number;
  /** What is not as it came in any more. */
  readonly changed: Changed | undefined;
}

/** Whether a match takes a request; one without conditions does. */
export function answerOf({ when }: Pick<Match, 'when'>, asked: Asked): Answer {
  return when === undefined ? YES : workedOut(asksOf(when) ?? { open: when.text }, asked);
}

/** Whether a request that a match takes stays with it. */
export function staysOf({ stays }: Pick<Match, 'stays'>, asked: Asked): Answer {
  return stays === undefined ? YES : workedOut(stays, asked);
}

function workedOut(asks: Asks, { request, longest, changed }: Asked): Answer {
  return work(changed === undefined ? asks : afterChanges(asks, changed), request, longest);
}

function asksOf({ asks, all, text }: Condition): Asks | undefined {
  if (asks !== undefined) return asks;
  // Chance alone has no text.
  if (text === '') return { all: [] };
  return all && { all: all.map((test) => ({ test })) };
}

/** The length of the longest prefix that holds, of those of which the longest decides; 0 = none. */
export function longestPrefix(matches: readonly Match[], request: Request): number {
  let longest = 0;
  const visit = (asks: Asks): void => {
    if ('test' in asks) {
      const { longest: isOne, values } = asks.test;
      for (const value of isOne === true ? values : [])
        if (value.length > longest && pathsOf(request).every((path) => path.startsWith(value))) longest = value.length;
    } else for (const inner of 'all' in asks ? asks.all : 'any' in asks ? asks.any : []) visit(inner);
  };
  for (const { when } of matches) {
    const asks = when && asksOf(when);
    if (asks !== undefined) visit(asks);
  }
  return longest;
}

/** The prefix with a slash that a request for it without one is redirected to; undefined where something else decides. */
export function redirectedTo(matches: readonly Match[], request: Request): Match | undefined {
  const path = request.url.pathname;
  const has = (asks: Asks | undefined, wanted: (test: RequestTest) => boolean): boolean => {
    if (asks === undefined) return false;
    if ('test' in asks) return wanted(asks.test);
    return 'all' in asks && asks.all.some((inner) => has(inner, wanted));
  };
  const asked = matches.map((match) => ({ match, asks: match.when && asksOf(match.when) }));
  const own = asked.some(({ asks }) =>
    has(
      asks,
      ({ subject, how, longest, values }) =>
        subject === 'path' && (longest === true || how === 'is') && values.includes(path),
    ),
  );
  if (own) return undefined;
  return asked.find(({ asks }) =>
    has(asks, ({ redirectsToSlash, values }) => redirectsToSlash === true && values.includes(`${path}/`)),
  )?.match;
}

function work(asks: Asks, request: Request, longest: number): Answer {
  if ('open' in asks) return open(say`${asks.open}`);
  if ('not' in asks) {
    const { holds, dependsOn } = work(asks.not, request, longest);
    return holds === 'open' ? { holds, dependsOn } : known(holds === 'no');
  }
  if ('test' in asks) return ask(asks.test, request, longest);
  const [list, ends] = 'all' in asks ? ([asks.all, 'no'] as const) : ([asks.any, 'yes'] as const);
  const dependsOn: Text[] = [];
  for (const inner of list) {
    const answer = work(inner, request, longest);
    if (answer.holds === ends) return known(ends === 'yes');
    dependsOn.push(...answer.dependsOn);
  }
  return dependsOn.length > 0 ? { holds: 'open', dependsOn } : known(ends === 'no');
}

function ask(test: RequestTest, request: Request, longest: number): Answer {
  if (test.longest === true)
    return known(
      test.values.some((value) => value.length === longest && pathsOf(request).every((path) => path.startsWith(value))),
    );
  const values = valuesOf(test, request);
  if (values === undefined) return open(missing(test));
  if (
    test.how === 'exists' &&
    test.subject === 'argument' &&
    values[0] === '' &&
    request.url.searchParams.has(test.name ?? '')
  )
    return open(say`whether ${test.name ?? ''} counts without a value`);
  if (test.how === 'exists') return known(values.some((value) => value !== ''));
  const answers = values.map((value) => compare(test, value));
  // Spellings of one value that products tell apart decide only where they agree.
  if (answers.every((one) => one === true)) return YES;
  if (answers.every((one) => one === false)) return NO;
  const text = `${test.how} ${test.values.join(' ')}`;
  return open(say`whether ${test.subject === 'header' ? `header ${test.name ?? ''}` : test.subject} ${text}`);
}

function compare({ how, values, ignoresCase }: RequestTest, value: string): boolean | undefined {
  const same = (text: string): string => (ignoresCase === true ? text.toLowerCase() : text);
  const own = same(value);
  const found = values.map((one): boolean | undefined => {
    const asked = same(one);
    switch (how) {
      case 'is':
        return own === asked;
      case 'begins':
        return own.startsWith(asked);
      case 'ends':
        return own.endsWith(asked);
      case 'contains':
        return own.includes(asked);
      case 'matches':
        return matchesPattern(one, value, ignoresCase === true);
      case 'within':
        return isInNetwork(value, one);
      case 'exists':
        return true;
      default:
        return how satisfies never;
    }
  });
  return found.includes(true) ? true : found.includes(undefined) ? undefined : false;
}

/** What a test looks at, in every spelling that a product may compare; undefined = it is not given. */
function valuesOf({ subject, name = '' }: RequestTest, request: Request): readonly string[] | undefined {
  const { url, method, headers, address } = request;
  const header = (wanted: string): readonly string[] | undefined => {
    const value = headers.get(wanted.toLowerCase());
    // Some products compare a list of values item by item.
    if (value === undefined) return undefined;
    return value.includes(',') ? [value, ...value.split(',').map((item) => item.trim())] : [value];
  };
  switch (subject) {
    case 'host':
      return [hostOf(request)];
    case 'path':
      return pathsOf(request);
    case 'url':
      return [url.pathname + url.search];
    case 'query':
      return [url.search.slice(1)];
    case 'method':
      return [method];
    case 'scheme':
      return [url.protocol.slice(0, -1)];
    case 'port':
      return [portOf(url)];
    case 'address':
      return address === undefined ? undefined : [address];
    case 'header':
      return name.toLowerCase() === 'host' ? [headers.get('host') ?? url.host] : header(name);
    case 'argument':
      return [url.searchParams.get(name) ?? ''];
    case 'cookie':
      return headers.has('cookie') ? [cookieIn(headers.get('cookie') ?? '', name)] : undefined;
    default:
      return subject satisfies never;
  }
}

function cookieIn(text: string, name: string): string {
  const own = text.split(';').map((pair) => pair.trim());
  return own.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** As it is sent, and decoded without `//`, where that is another path. */
function pathsOf({ url: { pathname } }: Request): readonly string[] {
  if (!/%|\/\//.test(pathname)) return [pathname];
  try {
    return [pathname, decodeURIComponent(pathname).replaceAll(/\/{2,}/g, '/')];
  } catch {
    return [pathname];
  }
}

/** The host that a request asks for, in lower case and without a port. */
export function hostOf({ url, headers }: Pick<Request, 'url' | 'headers'>): string {
  return (headers.get('host') ?? url.hostname).replace(/:\d+$/, '').toLowerCase();
}

/** The port that a URL leads to. */
export function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

function missing({ subject, name = '' }: RequestTest): Text {
  if (subject === 'address') return say`the address of the client; set ${'--ip'}`;
  if (subject === 'cookie') return say`the cookie ${name}; set ${'--header'} with ${'Cookie'}`;
  return say`the header ${name}; set ${'--header'}`;
}
