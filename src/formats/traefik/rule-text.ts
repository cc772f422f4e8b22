import type { Asks, RequestTest } from '../../model/asks.ts';
import type { Condition, Test } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';

/** One matcher of a rule, or its opposite. `text` is the same for every way of writing it. */
interface Atom {
  readonly text: string;
  readonly test: Test | undefined;
  readonly asks: Asks;
  /** Every request has it. */
  readonly always: boolean;
}

/** Any of the rows holds, where every atom of a row does. */
type Rows = readonly (readonly Atom[])[];

/** How many values each matcher of rule syntax v3 takes. */
const MATCHERS: ReadonlyMap<string, readonly [name: string, least: number, most: number]> = new Map(
  (
    [
      ['Host', 1, 1],
      ['HostRegexp', 1, 1],
      ['Path', 1, 1],
      ['PathPrefix', 1, 1],
      ['PathRegexp', 1, 1],
      ['Method', 1, 1],
      ['ClientIP', 1, 1],
      ['Header', 2, 2],
      ['HeaderRegexp', 2, 2],
      ['Query', 1, 2],
      ['QueryRegexp', 1, 2],
      ['HostSNI', 1, 1],
      ['HostSNIRegexp', 1, 1],
      ['ALPN', 1, 1],
    ] as const
  ).map((entry) => [entry[0].toLowerCase(), entry]),
);

/** More alternatives than these stay one condition. */
const MOST_ROWS = 64;
const MOST_DEPTH = 50;
const LONGEST_RULE = 16_384;

/**
 * The conditions of a rule (syntax v3), any of which is enough; an undefined condition = every request. `undefined` where Traefik cannot
 * read the rule, and drops its router.
 */
export function conditionsOf(rule: string, at: Span): readonly (Condition | undefined)[] | undefined {
  // A longer rule is one condition, whatever it asks.
  if (rule.length > LONGEST_RULE) return [{ text: rule, at, asks: { open: rule.slice(0, 120) } }];
  const tokens = tokensOf(rule);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens);
  const rows = parser.either(false, 0);
  if (rows === undefined || !parser.isAtEnd()) return undefined;
  if (rows.length > MOST_ROWS) return [{ text: rule, at, asks: { open: rule } }];
  const conditions = rows.map((row) => conditionOf(row, at));
  return conditions.includes(undefined)
    ? [undefined]
    : [...new Map(conditions.map((one) => [one?.text, one] as const)).values()];
}

function conditionOf(row: readonly Atom[], at: Span): Condition | undefined {
  const asked = [
    ...new Map(row.filter(({ always }) => !always).map((atom) => [atom.text, atom] as const)).values(),
  ].toSorted((a, b) => (a.text < b.text ? -1 : 1));
  if (asked.length === 0) return undefined;
  const tests = asked.flatMap(({ test }) => test ?? []);
  return {
    text: asked.map(({ text }) => text).join(' && '),
    at,
    asks: { all: asked.map((atom) => atom.asks) },
    ...(tests.length === asked.length ? { all: tests } : {}),
  };
}

type Token = { readonly kind: 'sign' | 'word' | 'value'; readonly text: string };

function tokensOf(rule: string): Token[] | undefined {
  const tokens: Token[] = [];
  const pattern = /\s+|(&&|\|\||[!(),])|([a-z]+)|`([^`]*)`|"((?:[^"\\\n]|\\.)*)"/iy;
  while (pattern.lastIndex < rule.length) {
    const match = pattern.exec(rule);
    if (match === null) return undefined;
    const [, sign, word, raw, quoted] = match;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (raw !== undefined) tokens.push({ kind: 'value', text: raw });
    else if (quoted !== undefined) tokens.push({ kind: 'value', text: quoted.replace(/\\(.)/g, '$1') });
  }
  return tokens;
}

/** Parses into alternatives at once: a negation is pushed down to the matchers. */
class Parser {
  private next = 0;

  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.next === this.tokens.length;
  }

  either(negated: boolean, depth: number): Rows | undefined {
    return this.chain('||', negated, depth, () => this.chain('&&', negated, depth, () => this.one(negated, depth)));
  }

  private chain(sign: '&&' | '||', negated: boolean, depth: number, part: () => Rows | undefined): Rows | undefined {
    if (depth > MOST_DEPTH) return undefined;
    let rows = part();
    while (rows !== undefined && this.takes(sign)) {
      const other = part();
      if (other === undefined) return undefined;
      rows = (sign === '||') === negated ? both(rows, other) : [...rows, ...other];
    }
    return rows;
  }

  private one(negated: boolean, depth: number): Rows | undefined {
    if (this.takes('!')) return depth > MOST_DEPTH ? undefined : this.one(!negated, depth + 1);
    if (this.takes('(')) {
      const inner = this.either(negated, depth + 1);
      return inner !== undefined && this.takes(')') ? inner : undefined;
    }
    const name = this.take('word');
    if (name === undefined || !this.takes('(')) return undefined;
    const values: string[] = [];
    do {
      const value = this.take('value');
      if (value === undefined) return undefined;
      values.push(value);
    } while (this.takes(','));
    const atom = this.takes(')') ? atomOf(name, values, negated) : undefined;
    return atom && [[atom]];
  }

  private takes(sign: string): boolean {
    const token = this.tokens[this.next];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.next += 1;
    return true;
  }

  private take(kind: 'word' | 'value'): string | undefined {
    const token = this.tokens[this.next];
    if (token?.kind !== kind) return undefined;
    this.next += 1;
    return token.text;
  }
}

/** Both of two sets of alternatives; cut where there are more than are kept apart. */
function both(rows: Rows, other: Rows): Rows {
  const kept = other.slice(0, MOST_ROWS + 1);
  return rows
    .slice(0, MOST_ROWS + 1)
    .flatMap((row) => kept.map((own) => [...row, ...own]))
    .slice(0, MOST_ROWS + 1);
}

function atomOf(word: string, given: readonly string[], negated: boolean): Atom | undefined {
  const matcher = MATCHERS.get(word.toLowerCase());
  if (matcher === undefined) return undefined;
  const [name, least, most] = matcher;
  if (given.length < least || given.length > most) return undefined;
  const values = /^(?:Host|HostSNI)$/.test(name) ? given.map((value) => value.toLowerCase()) : given;
  const [first = ''] = values;
  const always = !negated && ((name === 'PathPrefix' && first === '/') || (name === 'HostSNI' && first === '*'));
  const text = `${negated ? '!' : ''}${name}(${values.map((value) => `\`${value}\``).join(', ')})`;
  const asks = asksOf(name, values);
  return { text, test: negated ? undefined : testOf(name, values), asks: negated ? { not: asks } : asks, always };
}

/** What a matcher asks for; SNI is the host of a TLS client. */
function asksOf(name: string, values: readonly string[]): Asks {
  const [first = '', second = ''] = values;
  const test = (subject: RequestTest['subject'], how: RequestTest['how'], value = first, named?: string): Asks => ({
    test: { subject, how, values: how === 'exists' ? [] : [value], ...(named === undefined ? {} : { name: named }) },
  });
  switch (name) {
    case 'Host':
    case 'HostSNI':
      return { test: { subject: 'host', how: 'is', values, ignoresCase: true } };
    case 'HostRegexp':
    case 'HostSNIRegexp':
      return { test: { subject: 'host', how: 'matches', values, ignoresCase: true } };
    case 'Path':
      return test('path', 'is');
    case 'PathPrefix':
      return test('path', 'begins');
    case 'PathRegexp':
      return test('path', 'matches');
    case 'Method':
      return { test: { subject: 'method', how: 'is', values, ignoresCase: true } };
    case 'ClientIP':
      return test('address', 'within');
    case 'Header':
      return test('header', 'is', second, first);
    case 'HeaderRegexp':
      return test('header', 'matches', second, first);
    case 'Query':
      return values.length === 1 ? test('argument', 'exists', '', first) : test('argument', 'is', second, first);
    case 'QueryRegexp':
      return values.length === 1 ? { open: `QueryRegexp ${first}` } : test('argument', 'matches', second, first);
    default:
      return { open: `${name} ${values.join(' ')}` };
  }
}

function testOf(name: string, values: readonly string[]): Test | undefined {
  if (name === 'Host') return { subject: 'host', how: 'is', values, ignoresCase: true };
  if (name === 'Path') return { subject: 'path', how: 'is', values };
  return name === 'PathPrefix' ? { subject: 'path', how: 'begins', values } : undefined;
}
