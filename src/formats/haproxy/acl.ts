import type { Asks } from '../../model/asks.ts';
import type { Test } from '../../model/route.ts';
import { appendTo } from '../../text/append.ts';
import { asksOfName, asksOfTest } from './asks.ts';
import type { Statement } from './sections.ts';
import type { Word } from './words.ts';

/** Which requests a rule is for. */
export interface Condition {
  /** Named conditions are written out, so that a new name for the same thing is no change; undefined = every request. */
  readonly text: string | undefined;
  /** The part of those requests, 0..1, that chance picks (`rand(100) lt 5`). */
  readonly share: number;
  /** Names that nothing defines. */
  readonly undefinedNames: readonly Word[];
  /** What the condition asks for, of all its terms. */
  readonly fetches: readonly string[];
  /** See `Condition.all` of the model. */
  readonly tests?: readonly Test[];
  /** See `Condition.asks` of the model. */
  readonly asks: Asks;
}

/** Conditions that every HAProxy knows. */
const PREDEFINED: ReadonlySet<string> = new Set(
  (
    'FALSE HTTP HTTP_1.0 HTTP_1.1 HTTP_2.0 HTTP_3.0 HTTP_CONTENT HTTP_URL_ABS HTTP_URL_SLASH HTTP_URL_STAR LOCALHOST METH_CONNECT ' +
    'METH_DELETE METH_GET METH_HEAD METH_OPTIONS METH_POST METH_PUT METH_TRACE RDP_COOKIE REQ_CONTENT TRUE WAIT_END'
  ).split(' '),
);

const EVERY: Condition = { text: undefined, share: 1, undefinedNames: [], fetches: [], asks: { all: [] } };

/** The named conditions of one proxy; several lines of one name are alternatives. */
export class Acls {
  readonly #lines = new Map<string, Word[][]>();
  readonly #defined = new Map<string, readonly string[]>();
  readonly #asks = new Map<string, Asks>();

  constructor(statements: readonly Statement[]) {
    for (const { words } of statements) {
      const [keyword, name, ...rest] = words;
      if (keyword?.text !== 'acl' || name === undefined) continue;
      appendTo(this.#lines, name.text ?? name.raw, rest);
    }
  }

  names(): Iterable<string> {
    return this.#lines.keys();
  }

  /** What a name means, worked out once however often it is used. */
  #definitions(name: string): readonly string[] {
    const known = this.#defined.get(name) ?? definitionsOf(this.#lines.get(name) ?? []).map(brief);
    this.#defined.set(name, known);
    return known;
  }

  #asksOf(name: string): Asks {
    const known = this.#asks.get(name) ?? anyOf((this.#lines.get(name) ?? []).map(asksOfTest));
    this.#asks.set(name, known);
    return known;
  }

  /** Reads what stands behind `if` or `unless` on a line; a line without either is for every request. */
  condition(words: readonly Word[]): Condition {
    const start = words.findIndex(({ text }) => text === 'if' || text === 'unless');
    if (start < 0) return EVERY;
    const alternatives: Term[][] = [[]];
    const undefinedNames: Word[] = [];
    let negated = false;
    for (let i = start + 1; i < words.length; i++) {
      const word = words[i];
      if (word === undefined) break;
      if (/^(?:or|\|\|)$/i.test(word.text ?? '')) {
        alternatives.push([]);
        continue;
      }
      const spelt = word.text ?? word.raw;
      const bare = spelt.replace(/^!+/, '');
      if ((spelt.length - bare.length) % 2 === 1) negated = !negated;
      if (bare === '') continue;
      let definitions: readonly string[] = [bare];
      let asks = asksOfName(bare);
      if (bare === '{') {
        const end = words.findIndex(({ text }, j) => j > i && text === '}');
        const test = words.slice(i + 1, end < 0 ? words.length : end);
        definitions = definitionsOf([test]);
        asks = asksOfTest(test);
        i = end < 0 ? words.length : end;
      } else if (this.#lines.has(bare)) {
        definitions = this.#definitions(bare);
        asks = this.#asksOf(bare);
      } else if (!PREDEFINED.has(bare)) undefinedNames.push(word);
      alternatives.at(-1)?.push({ definitions, negated, asks: negated ? { not: asks } : asks });
      negated = false;
    }
    return { ...settled(alternatives, words[start]?.text === 'unless'), undefinedNames };
  }
}

function anyOf(list: readonly Asks[]): Asks {
  const [only] = list;
  return only !== undefined && list.length === 1 ? only : { any: list };
}

interface Term {
  /** Each one fetch with its flags and patterns, sorted; any of them is enough. */
  readonly definitions: readonly string[];
  readonly negated: boolean;
  readonly asks: Asks;
}

/** Lines that match the same thing are one; patterns count in any order. */
function definitionsOf(lines: readonly (readonly Word[])[]): readonly string[] {
  const patterns = new Map<string, Set<string>>();
  for (const line of lines) {
    const texts = line.map(({ text, raw }) => text ?? raw);
    const ordered = texts.some((text) => /^(?:-[fM]|--|eq|ge|gt|le|lt)$/.test(text));
    const head = ordered ? texts.length : afterFlags(texts);
    const key = texts.slice(0, head).join(' ');
    const known = patterns.get(key) ?? new Set();
    for (const text of texts.slice(head)) known.add(text);
    patterns.set(key, known);
  }
  return [...patterns].map(([key, list]) => [key, ...[...list].toSorted()].join(' ')).toSorted();
}

/** Long lists of patterns are told apart by a sum over their letters (FNV-1a). */
function brief(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  let sum = 2_166_136_261;
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 16_777_619);
  return `${text.slice(0, MAX_TEXT)}… ${(sum >>> 0).toString(16)}`;
}

const MAX_TEXT = 500;

/** Where the patterns begin: behind the fetch and its flags. */
function afterFlags(texts: readonly string[]): number {
  let i = 1;
  while (texts[i]?.startsWith('-') === true) i += texts[i] === '-m' || texts[i] === '-u' ? 2 : 1;
  return i;
}

function settled(alternatives: readonly (readonly Term[])[], unless: boolean): Omit<Condition, 'undefinedNames'> {
  const fetches = alternatives.flat().flatMap(({ definitions }) => definitions);
  const [only] = alternatives;
  if (alternatives.length > 1 || only === undefined || (unless && only.length > 1)) {
    const said = alternatives.map((terms) => terms.map(termText).join(' ')).toSorted();
    const any = anyOf(alternatives.map((terms) => ({ all: terms.map(({ asks }) => asks) })));
    const asks: Asks = unless ? { not: any } : any;
    return { text: `${unless ? 'unless' : 'if'} ${said.join(' or ')}`, share: 1, fetches, asks };
  }
  const terms = unless ? only.map((term) => ({ ...term, negated: !term.negated, asks: { not: term.asks } })) : only;
  const chances = terms.map(chanceOf);
  const share = chances.reduce<number>((product, chance) => product * (chance ?? 1), 1);
  const rest = terms.filter((_, i) => chances[i] === undefined).map(termText);
  const tests = terms.filter((_, i) => chances[i] === undefined).map(testOf);
  const known = tests.every((test) => test !== undefined) ? { tests: tests.flatMap((test) => test ?? []) } : {};
  const asks: Asks = { all: terms.flatMap((term, i) => (chances[i] === undefined ? term.asks : [])) };
  return { text: rest.length === 0 ? undefined : `if ${rest.toSorted().join(' ')}`, share, fetches, asks, ...known };
}

const HOW: Readonly<Record<string, Test['how']>> = { beg: 'begins', end: 'ends', str: 'is', reg: 'matches' };

/** `path_beg /a /b`, `hdr(host) -i shop.example`, `path -m end .png`; undefined for what asks anything else. */
const SIMPLE =
  /^(?:(path)|(?:req\.)?(hdr)(?=_(?:beg|end|reg)\(host\)|\(host\)))(?:_(beg|end|reg))?(?:\(host\))?( -i)?(?: -m (beg|end|str|reg))?( -i)? ([^-…][^…]*)$/i;

function testOf({ definitions, negated }: Term): Test | undefined {
  if (negated) return undefined;
  const found = definitions.map((text): Test | undefined => {
    const [, path, , suffix, before, method, after, values] = SIMPLE.exec(text) ?? [];
    if (values === undefined) return undefined;
    return {
      subject: path === undefined ? 'host' : 'path',
      how: HOW[(method ?? suffix ?? 'str').toLowerCase()] ?? 'is',
      values: values.split(' '),
      ...((before ?? after) === undefined ? {} : { ignoresCase: true as const }),
    };
  });
  const [first] = found;
  const alike = (one: Test | undefined): boolean =>
    one?.subject === first?.subject && one?.how === first?.how && one?.ignoresCase === first?.ignoresCase;
  if (first === undefined || !found.every(alike)) return undefined;
  return { ...first, values: found.flatMap((one) => one?.values ?? []) };
}

function termText({ definitions, negated }: Term): string {
  const all = definitions.map((one) => `{ ${one} }`).join(' or ');
  return `${negated ? '!' : ''}${definitions.length > 1 ? `(${all})` : all}`;
}

/** What every request matches. */
const ALWAYS = /^(?:TRUE|always_true|path_beg \/|path -m beg \/|path_reg \^\/?|url_beg \/|src 0\.0\.0\.0\/0)$/;

/** How likely a term holds where nothing but chance decides, 0..1. */
function chanceOf({ definitions, negated }: Term): number | undefined {
  const [only = ''] = definitions;
  if (definitions.length > 1) return undefined;
  const found = /^rand\((\d+)\)(?: -m int)? (eq|ge|gt|le|lt) (\d+)$/.exec(only);
  const range = Number(found?.[1]);
  const limit = Number(found?.[3]);
  // `rand(N)` is a whole number from 0 to N - 1.
  const counts: Readonly<Record<string, number>> = {
    eq: 1,
    lt: limit,
    le: limit + 1,
    gt: range - limit - 1,
    ge: range - limit,
  };
  const chance = ALWAYS.test(only)
    ? 1
    : /^(?:FALSE|always_false)$/.test(only)
      ? 0
      : range > 0
        ? Math.min(1, Math.max(0, (counts[found?.[2] ?? ''] ?? 0) / range))
        : undefined;
  return chance === undefined ? undefined : negated ? 1 - chance : chance;
}

/** Words of a condition that read a request, which a proxy in `mode tcp` has not got when it chooses a backend. */
const OF_REQUESTS =
  /^(?:path|url|uri|base|query|hdr|req\.(?:hdr|fhdr|cook|body|ver)|cook|method|http_|capture\.req|urlp|url_param|HTTP|METH_)/;

/** Whether a condition can only hold for requests that were read as HTTP. */
export function readsRequests({ fetches }: Condition): boolean {
  return fetches.some((text) => OF_REQUESTS.test(text));
}
