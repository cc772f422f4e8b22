import { poolKey, routeKey } from '../../model/keys.ts';
import type { Branch, Route } from '../../model/route.ts';
import { dialect } from './dialect.ts';
import { written, type Span } from '../../model/span.ts';
import type { Directive } from './parse.ts';
import type { Scope } from './scope.ts';

/** One value that a variable or a text may have, with its part of all requests (0..100) where the file tells it. */
export interface Alternative {
  readonly text: string;
  readonly percent: number | undefined;
  readonly at: Span;
  /** What selects it, as `map` and `geo` write it: `$host = default`. */
  readonly when?: readonly string[];
}

/** A text with variables is followed into at most so many values, so deep; all texts of a file in so many steps. */
const MAX_ALTERNATIVES = 64;
const MAX_DEPTH = 8;
const MAX_STEPS = 200_000;

/** Variables that `map`, `geo` and `split_clients` define, by name in lower case without `$`. */
export class Variables {
  readonly #definitions: ReadonlyMap<string, Directive>;
  #steps = 0;

  constructor(directives: readonly Directive[]) {
    const found = new Map<string, Directive>();
    for (const directive of directives) {
      const { name, args, block } = directive;
      if (block === undefined || !/^(?:map|geo|split_clients)$/.test(name)) continue;
      const variable = args.at(-1)?.text;
      if (variable?.startsWith('$') === true) found.set(variable.slice(1).toLowerCase(), directive);
    }
    this.#definitions = found;
  }

  /** The values that a text can have; undefined when a part of it is only known at run time. */
  expand(text: string, at: Span, scope: Scope): readonly Alternative[] | undefined {
    return this.#expand(text, at, scope, 0);
  }

  #expand(text: string, at: Span, scope: Scope | undefined, depth: number): readonly Alternative[] | undefined {
    const variable = /\$(?:\{(\w+)\}|(\w+))/.exec(text);
    if (variable === null) return [{ text, percent: 100, at }];
    if (depth > MAX_DEPTH || ++this.#steps > MAX_STEPS) return undefined;
    const values = this.#valuesOf((variable[1] ?? variable[2] ?? '').toLowerCase(), scope, depth + 1);
    const before = text.slice(0, variable.index);
    const after = text.slice(variable.index + variable[0].length);
    const tails = values && this.#expand(after, at, scope, depth + 1);
    if (values === undefined || tails === undefined || values.length * tails.length > MAX_ALTERNATIVES)
      return undefined;
    return values.flatMap((value) =>
      tails.map((tail) => ({
        text: `${before}${value.text}${tail.text}`,
        percent: tails.length === 1 ? value.percent : undefined,
        at: value.at,
        when: [...(value.when ?? []), ...(tail.when ?? [])],
      })),
    );
  }

  /** A route for every variable that chooses between pools, with percentages where `split_clients` tells them. */
  routes(scope: string, poolOf: (text: string) => string | undefined): Route[] {
    return [...this.#definitions].flatMap(([name, { at, name: directive, args }]): Route[] => {
      const values = this.#valuesOf(name, undefined, 0) ?? [];
      if (values.length < 2 || !values.some(({ text }) => poolOf(text) !== undefined)) return [];
      const to = values.flatMap((value): Branch[] => {
        if (value.text === '')
          return [
            {
              to: { kind: 'answer', status: 500 },
              weight: written<number>(undefined, at),
              role: 'serves',
              at,
            },
          ];
        const pool = poolOf(value.text) ?? value.text;
        return [
          {
            to: { kind: 'pool', pool: poolKey(dialect.format, scope, pool), name: pool },
            weight: written(value.percent, value.at),
            role: 'serves',
            at: value.at,
          },
        ];
      });
      const last = values.at(-1);
      const rest = values.reduce((left, { percent }) => left - (percent ?? Number.NaN), 100);
      if (directive === 'split_clients' && last !== undefined && rest > 1e-6)
        to.push({
          to: { kind: 'answer', status: 500 },
          weight: written(Math.round(rest * 100) / 100, last.at),
          role: 'serves',
          at: last.at,
        });
      const drawnBy = directive === 'split_clients' ? { drawnBy: args[0]?.text ?? '' } : {};
      return [
        { key: routeKey(dialect.format, scope, `$${name}`), name: `$${name}`, at, kind: 'weighted', ...drawnBy, to },
      ];
    });
  }

  #valuesOf(name: string, scope: Scope | undefined, depth: number): readonly Alternative[] | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const set = scope === undefined ? [] : assignments(name, scope);
    if (set.length > 0) return this.#assigned(set, scope, depth);
    const definition = this.#definitions.get(name);
    if (definition === undefined) return undefined;
    if (definition.name === 'split_clients') return merged(splitValues(definition));
    const entries = mapEntries(definition);
    if (entries === undefined) return undefined;
    const source = definition.name === 'map' ? definition.args[0] : undefined;
    const from = source && this.#expand(source.text, source.at, undefined, depth + 1);
    // A map of a split is a split: each part takes the value that its own value selects.
    const chosen: (Alternative | undefined)[] = from
      ? from.map((part) => {
          const value = lookUp(entries, part.text);
          return value && { ...value, percent: part.percent };
        })
      : entries.map(({ key, text, at }) => ({
          text,
          percent: undefined,
          at,
          when: [`${definition.args.length > 1 ? (definition.args[0]?.text ?? '') : 'client'} = ${key}`],
        }));
    if (chosen.some((value) => value === undefined)) return undefined;
    const values = chosen.filter((value) => value !== undefined);
    if (values.every(({ text }) => !text.includes('$'))) return merged(values);
    const followed = values.map((value) => this.#expand(value.text, value.at, scope, depth + 1));
    if (followed.some((list) => list === undefined)) return undefined;
    return merged(
      followed.flatMap((list, i) =>
        (list ?? []).map((value) => ({ ...value, percent: list?.length === 1 ? values[i]?.percent : undefined })),
      ),
    );
  }

  #assigned(set: readonly Alternative[], scope: Scope | undefined, depth: number): readonly Alternative[] | undefined {
    const values: Alternative[] = [];
    for (const assigned of set) {
      const expanded = this.#expand(assigned.text, assigned.at, scope, depth + 1);
      if (expanded === undefined) return undefined;
      values.push(...expanded.map((value) => (set.length === 1 ? value : { ...value, percent: undefined })));
    }
    return merged(values);
  }
}

/**
 * What `set` may have given a variable by the time a request reaches a block. Kept by block and name: many locations stand in
 * one server, and all that it sets reaches each of them.
 */
function assignments(name: string, scope: Scope): readonly Alternative[] {
  let known = assigned.get(scope);
  if (known === undefined) assigned.set(scope, (known = new Map()));
  let result = known.get(name);
  if (result === undefined) known.set(name, (result = findAssignments(name, scope)));
  return result;
}

const assigned = new WeakMap<Scope, Map<string, readonly Alternative[]>>();

function findAssignments(name: string, scope: Scope): readonly Alternative[] {
  const before = scope.parent === undefined ? [] : assignments(name, scope.parent);
  // `http` blocks may be long and hold neither.
  if (scope.own('set').length + scope.own('if').length === 0) return before;
  let found = [...before];
  for (const { name: directive, args, block: inside } of scope.directives) {
    if (directive === 'set') {
      if (isNamed(args[0]?.text, name)) found = valueOf(args[1]);
    } else if (directive === 'if' && inside !== undefined) {
      for (const inner of inside) {
        if (inner.name === 'set' && isNamed(inner.args[0]?.text, name)) found.push(...valueOf(inner.args[1]));
      }
    }
  }
  return found;
}

function isNamed(written: string | undefined, name: string): boolean {
  return written?.startsWith('$') === true && written.slice(1).toLowerCase() === name;
}

function valueOf(word: Directive['args'][number] | undefined): Alternative[] {
  return word === undefined ? [] : [{ text: word.text, percent: 100, at: word.at }];
}

/** Percentages are exact to two decimals; `*` takes the rest. */
function splitValues({ block }: Directive): readonly Alternative[] {
  let left = 10_000;
  const found: Alternative[] = [];
  for (const { name, args, at, tag } of block ?? []) {
    if (tag !== undefined) continue;
    const hundredths = name === '*' ? left : Math.round(Number(/^(\d+(?:\.\d{1,2})?)%$/.exec(name)?.[1]) * 100);
    const known = Number.isFinite(hundredths);
    if (known) left -= hundredths;
    found.push({ text: args[0]?.text ?? '', percent: known ? hundredths / 100 : undefined, at });
  }
  return found;
}

interface Entry extends Alternative {
  readonly key: string;
}

/** The entries of a `map` or `geo`; undefined when some of them are not in the file. */
function mapEntries({ block }: Directive): readonly Entry[] | undefined {
  const found: Entry[] = [];
  let fallback = false;
  for (const { name, args, at, tag } of block ?? []) {
    if (tag !== undefined || name === 'include') return undefined;
    const value = args[0];
    // `hostnames`, `volatile`, `ranges` stand alone; `proxy` and `delete` of `geo` name no value.
    if (value === undefined || /^(?:proxy|delete)$/.test(name)) continue;
    fallback ||= name === 'default';
    found.push({ key: name, text: value.text, percent: undefined, at });
  }
  const { at } = block?.[0] ?? { at: undefined };
  if (!fallback && at !== undefined) found.push({ key: 'default', text: '', percent: undefined, at });
  return found;
}

/** The value that a map gives a literal; undefined when a pattern decides. */
function lookUp(entries: readonly Entry[], text: string): Entry | undefined {
  const exact = entries.find(({ key }) => key.replace(/^\\/, '').toLowerCase() === text.toLowerCase());
  if (exact !== undefined) return exact;
  if (entries.some(({ key }) => key.startsWith('~') || key.includes('*'))) return undefined;
  return entries.find(({ key }) => key === 'default');
}

/** Equal values as one, their parts added. */
function merged(values: readonly Alternative[]): readonly Alternative[] {
  const found = new Map<string, Alternative>();
  const selectors = new Map<string, Set<string>>();
  for (const value of values) {
    const same = found.get(value.text);
    const when = selectors.get(value.text) ?? new Set();
    selectors.set(value.text, when);
    for (const selector of value.when ?? []) when.add(selector);
    const sum =
      same?.percent === undefined || value.percent === undefined
        ? undefined
        : Math.round((same.percent + value.percent) * 100) / 100;
    found.set(value.text, same === undefined ? value : { ...same, percent: sum });
  }
  return [...found.values()].map((value) => ({ ...value, when: [...(selectors.get(value.text) ?? [])].toSorted() }));
}
