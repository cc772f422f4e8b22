import type { Span } from '../../../model/span.ts';
import { LIMITS } from '../../../text/limits.ts';
import { say } from '../../../text/say.ts';
import { textOf } from '../../../text/source.ts';
import type { Expression, Loop, Step } from '../hcl/syntax.ts';
import { placed, type Entry, type Value } from '../values.ts';
import { callFunction, identityOf, sorted } from './functions.ts';

/** What names mean at one place. */
export interface Scope {
  /** The value of `var`, `local`, `module` or a resource, and how many steps of the traversal were used up for it. */
  resolve(root: string, steps: readonly Step[], at: Span): { readonly value: Value; readonly used: number } | undefined;
  /** Names of loops, and `each` and `count` of a resource that is repeated. */
  readonly names: ReadonlyMap<string, Value>;
  readonly budget: Budget;
}

/** What evaluating may still cost in one folder. */
export interface Budget {
  steps: number;
  depth: number;
}

/** Values that are made for one folder at most. */
export const MOST_STEPS = 200_000;

/** The value of an expression at its place; what cannot be known is unknown, with the reason. */
export function evaluate(expression: Expression, scope: Scope): Value {
  const { at } = expression;
  const { budget } = scope;
  if (--budget.steps < 0 || budget.depth > LIMITS.depth)
    return unknown(at, say`the file takes more work to evaluate than is spent on it`);
  budget.depth++;
  const value = evaluated(expression, scope);
  budget.depth--;
  // Texts and lists that double from name to name cost what they are long.
  budget.steps -= lengthOf(value);
  return lengthOf(value) > LONGEST ? unknown(at) : value;
}

/** Longer texts and lists are not kept. */
const LONGEST = 50_000;

function lengthOf(value: Value): number {
  if (value.kind === 'list') return value.items.length;
  if (value.kind === 'map') return value.entries.size;
  return value.kind === 'scalar' && typeof value.value === 'string' ? Math.floor(value.value.length / 64) : 0;
}

/** A value that the files do not say. */
export function unknown(at: Span, why?: ReturnType<typeof say>): Value {
  return { kind: 'unknown', at, why: why ?? say`${shortened(textOf(at))} is known only at run time` };
}

/** A value that certainly is not there: an attribute that a known map does not have. */
function failed(at: Span): Value {
  return { ...unknown(at), kind: 'unknown', fails: true } as Value;
}

/** Whether evaluating would end with an error, as far as is certain. */
function fails(value: Value): boolean {
  if (value.kind === 'unknown') return value.fails === true;
  return value.kind === 'list' && value.items.some(fails);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}

function evaluated(expression: Expression, scope: Scope): Value {
  const { at } = expression;
  switch (expression.kind) {
    case 'literal':
      return { kind: 'scalar', at, value: expression.value };
    case 'template':
      return template(expression.parts, at, scope);
    case 'list':
      return { kind: 'list', at, items: expression.items.map((item) => evaluate(item, scope)) };
    case 'object':
      return object(expression.entries, at, scope);
    case 'name':
      return follow(expression, [], at, scope);
    case 'traversal':
      return follow(expression.root, expression.steps, at, scope);
    case 'call':
      return call(expression.name, expression.args, at, scope);
    case 'not': {
      const of = evaluate(expression.of, scope);
      return of.kind === 'scalar' && typeof of.value === 'boolean' ? scalar(!of.value, at) : unknown(at);
    }
    case 'minus': {
      const of = evaluate(expression.of, scope);
      return of.kind === 'scalar' && typeof of.value === 'number' ? scalar(-of.value, at) : unknown(at);
    }
    case 'operation':
      return expression.rest.reduce<Value>(
        (left, { operator, operand }) => operate(operator, left, evaluate(operand, scope), at),
        evaluate(expression.first, scope),
      );
    case 'conditional':
      return conditional(expression, scope);
    case 'for':
      return loop(expression.loop, at, scope);
    case 'opaque':
      return unknown(at);
    default:
      return expression satisfies never;
  }
}

function scalar(value: string | number | boolean, at: Span): Value {
  return { kind: 'scalar', at, value };
}

function template(parts: readonly (string | Expression)[], at: Span, scope: Scope): Value {
  const [only, ...more] = parts;
  // "${x}" is x itself, whatever its type.
  if (only !== undefined && typeof only !== 'string' && more.length === 0) return placed(evaluate(only, scope), at);
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') texts.push(part);
    else {
      const value = evaluate(part, scope);
      if (value.kind !== 'scalar' || value.value === null) return unknown(at);
      texts.push(String(value.value));
    }
  }
  return scalar(texts.join(''), at);
}

function object(entries: readonly { key: Expression; value: Expression }[], at: Span, scope: Scope): Value {
  const found = new Map<string, Entry>();
  for (const { key, value } of entries) {
    const name = evaluate(key, scope);
    if (name.kind !== 'scalar') return unknown(at);
    found.set(String(name.value), { keyAt: key.at, value: evaluate(value, scope) });
  }
  return { kind: 'map', at, entries: found };
}

function conditional(expression: Expression & { kind: 'conditional' }, scope: Scope): Value {
  const { at, condition, yes, no } = expression;
  const asked = evaluate(condition, scope);
  if (fails(asked)) return failed(at);
  const holds = asked.kind === 'scalar' ? String(asked.value) : '';
  if (holds === 'true') return placed(evaluate(yes, scope), at);
  if (holds === 'false') return placed(evaluate(no, scope), at);
  // Where both sides are the same value the condition does not matter.
  const [a, b] = [evaluate(yes, scope), evaluate(no, scope)];
  const identity = identityOf(a);
  return identity !== undefined && identity === identityOf(b) ? placed(a, at) : unknown(at);
}

function call(name: string, args: readonly Expression[], at: Span, scope: Scope): Value {
  const values = args.map((arg) => evaluate(arg, scope));
  if (name === 'try') {
    const first = values.find((value) => !fails(value));
    return first === undefined ? failed(at) : placed(first, at);
  }
  if (name === 'can') {
    const [first] = values;
    if (first !== undefined && (fails(first) || first.kind !== 'unknown')) return scalar(!fails(first), at);
  }
  if (values.some(fails)) return failed(at);
  const value = callFunction(name, values, at);
  return value === undefined ? unknown(at) : placed(value, at);
}

function operate(operator: string, left: Value, right: Value, at: Span): Value {
  if (operator === '==' || operator === '!=') {
    const nothing = [left, right].filter(isNull).length;
    const sure = left.kind !== 'unknown' && right.kind !== 'unknown';
    if (nothing > 0 && sure) return scalar((nothing === 2) === (operator === '=='), at);
    const [a, b] = [identityOf(left), identityOf(right)];
    // Two attributes of resources may have equal values.
    const known =
      a !== undefined && b !== undefined && (a === b || (left.kind === 'scalar' && right.kind === 'scalar'));
    return known ? scalar((a === b) === (operator === '=='), at) : unknown(at);
  }
  const [a, b] = [left, right].map((one) => (one.kind === 'scalar' ? one.value : undefined));
  if (operator === '&&' || operator === '||') {
    const decisive = operator === '||';
    if (a === decisive || b === decisive) return scalar(decisive, at);
    return a === !decisive && b === !decisive ? scalar(!decisive, at) : unknown(at);
  }
  if (typeof a !== 'number' || typeof b !== 'number') return unknown(at);
  const result = arithmetic(operator, a, b);
  return typeof result === 'number' && !Number.isFinite(result) ? unknown(at) : scalar(result, at);
}

function isNull(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function arithmetic(operator: string, a: number, b: number): number | boolean {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

/** Follows a traversal from its first name. */
function follow(root: Expression, steps: readonly Step[], at: Span, scope: Scope): Value {
  if (root.kind !== 'name') return take(evaluate(root, scope), steps, at, scope);
  const own = scope.names.get(root.name);
  if (own !== undefined) return take(own, steps, at, scope);
  const found = scope.resolve(root.name, steps, at);
  return found === undefined ? unknown(at) : take(found.value, steps.slice(found.used), at, scope);
}

function take(start: Value, steps: readonly Step[], at: Span, scope: Scope): Value {
  let value = start;
  for (const [i, step] of steps.entries()) {
    if (value.kind === 'unknown') return placed(value, at);
    if (step.kind === 'splat') {
      const items = elements(value);
      if (items === undefined) return unknown(at);
      const rest = steps.slice(i + 1);
      return { kind: 'list', at, items: items.map((item) => take(item, rest, at, scope)) };
    }
    const by = step.kind === 'attribute' ? undefined : evaluate(step.by, scope);
    const next: Value | undefined =
      step.kind === 'attribute' ? attributeOf(value, step.name, at) : by && elementOf(value, by);
    if (next === undefined) return by?.kind === 'unknown' && by.fails !== true ? unknown(at) : failed(at);
    value = next;
  }
  return placed(value, at);
}

function attributeOf(value: Value, name: string, at: Span): Value | undefined {
  if (value.kind === 'map') return value.entries.get(name)?.value;
  if (value.kind !== 'reference') return undefined;
  if (value.attribute !== '') return undefined;
  const own = value.own?.(name);
  return own ?? { ...value, at, attribute: name };
}

function elementOf(value: Value, index: Value): Value | undefined {
  if (index.kind !== 'scalar') return undefined;
  if (value.kind === 'list') return typeof index.value === 'number' ? value.items[index.value] : undefined;
  // An element of a list that is known only at run time: the same index is the same element.
  if (value.kind === 'reference' && value.attribute !== '' && typeof index.value === 'number')
    return { ...value, attribute: `${value.attribute}[${index.value}]` };
  return value.kind === 'map' ? value.entries.get(String(index.value))?.value : undefined;
}

/** What `[*]` makes of a value: a single one is a list of one. */
function elements(value: Value): readonly Value[] | undefined {
  if (value.kind === 'list') return value.items;
  return value.kind === 'scalar' || value.kind === 'reference' ? [value] : undefined;
}

/** The members of something that is iterated over, with their keys; undefined where they are unknown. */
export function membersOf(value: Value): readonly { readonly key: Value; readonly value: Value }[] | undefined {
  if (value.kind === 'list') return value.items.map((item, i) => ({ key: scalar(i, item.at), value: item }));
  if (value.kind !== 'map') return undefined;
  return sorted(value.entries).map(([key, entry]) => ({ key: scalar(key, entry.keyAt), value: entry.value }));
}

function loop({ names, over, key, value, condition, grouped }: Loop, at: Span, scope: Scope): Value {
  const members = membersOf(evaluate(over, scope));
  if (members === undefined || grouped) return unknown(at);
  const items: Value[] = [];
  const entries = new Map<string, Entry>();
  for (const member of members) {
    const [first = '', second] = names;
    const own = new Map(scope.names).set(second ?? first, member.value);
    if (second !== undefined) own.set(first, member.key);
    const inner: Scope = { resolve: scope.resolve.bind(scope), budget: scope.budget, names: own };
    const wanted = condition === undefined ? undefined : evaluate(condition, inner);
    if (wanted !== undefined && (wanted.kind !== 'scalar' || typeof wanted.value !== 'boolean')) return unknown(at);
    if (wanted?.kind === 'scalar' && wanted.value === false) continue;
    const made = evaluate(value, inner);
    if (key === undefined) items.push(made);
    else {
      const name = evaluate(key, inner);
      if (name.kind !== 'scalar') return unknown(at);
      entries.set(String(name.value), { keyAt: key.at, value: made });
    }
  }
  return key === undefined ? { kind: 'list', at, items } : { kind: 'map', at, entries };
}
