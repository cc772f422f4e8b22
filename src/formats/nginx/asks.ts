import type { Asks, RequestTest } from '../../model/asks.ts';
import type { LocationMatch } from './locations.ts';
import type { AccessLine, LocationBlock, RewriteStep } from './server-blocks.ts';

const ALWAYS: Asks = { all: [] };
const NEVER: Asks = { any: [] };

/** What each condition of a server asks of a request, by its text. */
export class Formulas {
  readonly #byText = new Map<string, Asks>();

  /** Of every request where there is no condition. */
  of(text: string | undefined): Asks | undefined {
    return text === undefined ? ALWAYS : this.#byText.get(text);
  }

  note(text: string | undefined, asks: Asks): void {
    if (text !== undefined) this.#byText.set(text, asks);
  }

  /**
   * Which requests come to a location. nginx tries regular expressions inside of the longest prefix before those outside
   * (`inside`), and one inside of another location takes only what that one takes.
   */
  located({ match, pass }: LocationBlock, around: string | undefined, inside: Asks): Asks {
    const own = locationAsks(match, pass !== undefined);
    const outer = this.of(around) ?? { open: around ?? '' };
    return match.kind === 'regex' ? { all: [outer, own, { not: inside }] } : own;
  }

  /** A condition within another one. */
  both(first: string | undefined, second: string, asks: Asks): string {
    const text = first === undefined ? second : `${first} ${second}`;
    this.note(text, { all: [this.of(first) ?? { open: first ?? '' }, asks] });
    return text;
  }
}

/** Which paths come to a location; `passes`: it sends them on. */
function locationAsks({ kind, path, ignoresCase }: LocationMatch, passes: boolean): Asks {
  const about = { subject: 'path' as const, values: [path] };
  if (kind === 'exact') return { test: { ...about, how: 'is' } };
  if (kind === 'regex') return pathMatches(path, ignoresCase);
  if (kind !== 'prefix') return { open: path };
  const slash = passes && path.endsWith('/') && path !== '/' ? { redirectsToSlash: true as const } : {};
  return { test: { ...about, how: 'begins', longest: true, ...slash } };
}

/** The requests of regular expressions in prefixes of a list of locations. */
export function regexesInside(locations: readonly LocationBlock[]): Asks {
  return {
    any: locations.flatMap((outer) =>
      outer.match.kind !== 'prefix'
        ? []
        : outer.locations
            .filter(({ match }) => match.kind === 'regex')
            .map((inner) => ({ all: [locationAsks(outer.match, false), locationAsks(inner.match, false)] })),
    ),
  };
}

export function pathMatches(pattern: string, ignoresCase?: true): Asks {
  return {
    test: { subject: 'path', how: 'matches', values: [pattern], ...(ignoresCase === true ? { ignoresCase } : {}) },
  };
}

/** The condition of an `if`, with its parentheses: `($http_x = a)`. */
export function ifAsks(condition: string): Asks {
  const found = /^\(\s*\$(\w+)\s*(?:(!?)(=|~\*?)\s*(.*?))?\s*\)$/s.exec(condition);
  const [, name, negation, operator, value = ''] = found ?? [];
  if (name === undefined) return { open: condition };
  const about = subjectOf(name);
  if (about === undefined) return { open: condition };
  const { https, ...subject } = about;
  const test = (how: RequestTest['how'], values: readonly string[], ignoresCase = false): Asks => ({
    test: { ...subject, how, values, ...(ignoresCase ? { ignoresCase } : {}) },
  });
  if (https === true) return operator === undefined ? test('is', ['https']) : { open: condition };
  // A variable that is empty or 0 holds for nothing.
  if (operator === undefined) return { all: [test('exists', []), { not: test('is', ['0']) }] };
  const asks = operator === '=' ? test('is', [value]) : test('matches', [value], operator === '~*');
  return negation === '!' ? { not: asks } : asks;
}

/** `$host = shop.example`: a value of a map that is chosen. Strings of a map are the same in any letter case. */
export function choiceAsks(text: string): Asks {
  const [, name = '', value = ''] = /^\$\{?(\w+)\}? = (.*)$/s.exec(text) ?? [];
  const about = subjectOf(name);
  if (about === undefined || about.https === true || value === '' || /^[~*.\\]|\*$/.test(value)) return { open: text };
  return {
    test: {
      subject: about.subject,
      ...(about.name === undefined ? {} : { name: about.name }),
      how: 'is',
      values: [value],
      ignoresCase: true,
    },
  };
}

interface About extends Pick<RequestTest, 'subject' | 'name'> {
  /** It is `on` or empty. */
  readonly https?: true;
}

const VARIABLES: Readonly<Record<string, RequestTest['subject']>> = {
  host: 'host',
  request_method: 'method',
  scheme: 'scheme',
  uri: 'path',
  document_uri: 'path',
  request_uri: 'url',
  args: 'query',
  query_string: 'query',
  remote_addr: 'address',
  server_port: 'port',
};

function subjectOf(variable: string): About | undefined {
  const name = variable.toLowerCase();
  if (name === 'https') return { subject: 'scheme', https: true };
  const subject = VARIABLES[name];
  if (subject !== undefined) return { subject };
  const [, kind, rest = ''] = /^(http|arg|cookie)_(\w+)$/.exec(name) ?? [];
  if (kind === 'http') return { subject: 'header', name: rest.replaceAll('_', '-') };
  if (kind === 'arg') return { subject: 'argument', name: rest };
  return kind === 'cookie' ? { subject: 'cookie', name: rest } : undefined;
}

/** Who is refused: the first line that names an address decides. */
export function deniedAsks(access: readonly AccessLine[]): Asks {
  return access.reduceRight<Asks>((later, { allow, who }) => {
    const named: Asks =
      who === 'all' ? ALWAYS : who === 'unix:' ? NEVER : { test: { subject: 'address', how: 'within', values: [who] } };
    return allow ? { all: [{ not: named }, later] } : { any: [named, later] };
  }, NEVER);
}

/** Where a `rewrite` may give a request another path, its location is looked for again; undefined where none does. */
export function staysAsks(steps: readonly RewriteStep[]): Asks | undefined {
  const found: Asks[] = [];
  for (const step of steps) {
    if (step.kind === 'break' || (step.kind === 'rewrite' && step.flag === 'break')) break;
    if (step.kind === 'if' && step.block.steps.some(({ kind }) => kind === 'rewrite'))
      found.push({ any: [{ not: ifAsks(step.condition) }, { open: `a rewrite if ${step.condition}` }] });
    if (step.kind !== 'rewrite' || /^(?:redirect|permanent)$/.test(step.flag)) continue;
    found.push({ any: [{ not: pathMatches(step.pattern) }, { open: `rewrite ${step.pattern} ${step.to}` }] });
  }
  return found.length === 0 ? undefined : { all: found };
}
