import { didYouMean } from '../../text/suggest.ts';
import { CLUSTER } from './messages/cluster.ts';
import { ENUMS } from './messages/enums.ts';
import { HTTP } from './messages/http.ts';
import { LISTENER } from './messages/listener.ts';
import { POLICY } from './messages/policy.ts';
import { ROUTE } from './messages/route.ts';

/**
 * Envoy's configuration as its API (v3) defines it, as far as it is read or checked here. One message begins a line, its fields follow:
 * `name:type`, where the type is `s` text, `b` boolean, `u` whole number, `i` whole number that may be negative, `f` number, `d` duration,
 * `@Enum`, `=Message`, or `?` for what is not looked into. After it: `*` a list, `%` a map, `[low..high]` bounds (`>0` and `<600` leave
 * the bound out), `!` must not be empty, `+` must not be empty where it is given. `!a|b` = one of these fields has to be
 * there, `?a|b` = at most one of them may be.
 */
export interface Field {
  readonly name: string;
  readonly type: 's' | 'b' | 'u' | 'i' | 'f' | 'd' | '?' | 'enum' | 'message';
  /** The name of the enum or message. */
  readonly of: string;
  readonly many: 'list' | 'map' | undefined;
  readonly bounds: { readonly low: number | undefined; readonly high: number | undefined } | undefined;
  readonly above: boolean;
  readonly below: boolean;
  readonly needed: 'always' | 'where-given' | undefined;
}

export interface Message {
  readonly name: string;
  /** By the name in either spelling, see `sameSpelling`. */
  readonly fields: ReadonlyMap<string, Field>;
  readonly oneOf: readonly { readonly names: readonly string[]; readonly needed: boolean }[];
}

/** `lb_policy` and `lbPolicy` are one field; so are `consecutive_5xx` and `consecutive5xx`. */
export function sameSpelling(key: string): string {
  return key.includes('_') ? key.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key;
}

/** The name that the manual uses: `lb_policy`. */
export function manualName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const KINDS = { s: 's', b: 'b', u: 'u', i: 'i', f: 'f', d: 'd', '?': '?', '@': 'enum', '=': 'message' } as const;

const MESSAGES = new Map(
  [CLUSTER, POLICY, ROUTE, HTTP, LISTENER].flatMap(lines).map((line) => [first(line), parse(line)]),
);
const NUMBERS = new Map(
  lines(ENUMS).map((line) => [
    first(line),
    new Map(rest(line).map((pair) => [pair.slice(0, pair.indexOf('=')), Number(pair.slice(pair.indexOf('=') + 1))])),
  ]),
);

/** A message by its name; undefined for those that are not looked into. */
export function messageOf(name: string): Message | undefined {
  return MESSAGES.get(name);
}

/**
 * The name of a value of an enum: written in any case, or as its number, also in quotes. Undefined = Envoy rejects it.
 */
export function enumName(of: string, value: string | number | boolean | null): string | undefined {
  const names = NUMBERS.get(of);
  if (names === undefined || value === null || typeof value === 'boolean') return undefined;
  const text = String(value);
  if (/^-?\d+$/.test(text)) return [...names].find(([, number]) => number === Number(text))?.[0];
  const upper = text.toUpperCase();
  return names.has(upper) ? upper : undefined;
}

/** Names that an enum has. */
export function enumNames(of: string): readonly string[] {
  return [...(NUMBERS.get(of)?.keys() ?? [])];
}

/** A field whose name is nearly the one that is written. */
export function meantField({ fields }: Message, key: string): string | undefined {
  return didYouMean(
    manualName(key),
    [...fields.values()].map(({ name }) => name),
  );
}

function lines(text: string): string[] {
  return text
    .trim()
    .split(/\n(?! )/)
    .map((line) => line.replace(/\s+/g, ' '));
}

function first(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}

function rest(line: string): string[] {
  return line.split(' ').slice(1);
}

function parse(line: string): Message {
  const words = rest(line);
  const isGroup = (word: string): boolean => word.startsWith('!') || word.startsWith('?');
  const fields = words.filter((word) => !isGroup(word)).map(parseField);
  return {
    name: first(line),
    fields: new Map(fields.map((field) => [sameSpelling(field.name), field])),
    oneOf: words.filter(isGroup).map((word) => ({ names: word.slice(1).split('|'), needed: word.startsWith('!') })),
  };
}

function parseField(word: string): Field {
  const [, name = '', kind = '?', of = '', many, low, high, needed] =
    /^(\w+):([sbuifd?@=])([\w.]*)([*%]?)(?:\[([>\d.]*?)\.\.([<\d.]*)\])?([!+]?)/.exec(word) ?? [];
  const number = (text: string | undefined): number | undefined =>
    text === undefined || text === '' ? undefined : Number(text.replace(/[<>]/, ''));
  return {
    name,
    type: KINDS[kind as keyof typeof KINDS],
    of,
    many: many === '*' ? 'list' : many === '%' ? 'map' : undefined,
    bounds: low === undefined ? undefined : { low: number(low), high: number(high) },
    above: low?.startsWith('>') === true,
    below: high?.startsWith('<') === true,
    needed: needed === '!' ? 'always' : needed === '+' ? 'where-given' : undefined,
  };
}
