import { say, words } from '../../../text/say.ts';
import type { Scanner } from './scanner.ts';
import type { Expression, Loop, ObjectEntry, Step } from './syntax.ts';
import { readHeredoc, readString } from './templates.ts';

/** Binary operators from the weakest; those of one rank are taken from left to right. */
const RANKS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads one expression from where the scanner is. */
export function readExpression(scanner: Scanner): Expression {
  return scanner.deeper(() => {
    scanner.skip();
    const start = scanner.at;
    const condition = operation(scanner, 0);
    if (!scanner.take('?')) return condition;
    // A conditional goes on over the ends of lines.
    const yes = scanner.joining(true, () => readExpression(scanner));
    scanner.joining(true, () => {
      scanner.expect(':', words('in a conditional'));
      scanner.skip();
    });
    const no = readExpression(scanner);
    return { kind: 'conditional', at: scanner.span(start), condition, yes, no };
  });
}

function operation(scanner: Scanner, rank: number): Expression {
  const operators = RANKS[rank];
  if (operators === undefined) return unary(scanner);
  const start = scanner.at;
  const first = operation(scanner, rank + 1);
  let end = scanner.at;
  const rest: { operator: string; operand: Expression }[] = [];
  for (;;) {
    scanner.skip();
    const operator = operators.find((one) => scanner.sees(one));
    if (operator === undefined) break;
    scanner.at += operator.length;
    scanner.skip(true);
    rest.push({ operator, operand: operation(scanner, rank + 1) });
    end = scanner.at;
  }
  // Blanks and comments after the last operand belong to nobody.
  scanner.at = end;
  return rest.length === 0 ? first : { kind: 'operation', at: scanner.span(start), first, rest };
}

function unary(scanner: Scanner): Expression {
  scanner.skip();
  const start = scanner.at;
  const sign = scanner.next;
  if (sign !== '!' && sign !== '-') return traversal(scanner);
  scanner.at++;
  const of = scanner.deeper(() => unary(scanner));
  const at = scanner.span(start);
  if (sign === '!') return { kind: 'not', at, of };
  return of.kind === 'literal' && typeof of.value === 'number'
    ? { kind: 'literal', at, value: -of.value }
    : { kind: 'minus', at, of };
}

/** A first part with `.name`, `[0]`, `[*]` and `.0` after it. */
function traversal(scanner: Scanner): Expression {
  const start = scanner.at;
  const root = primary(scanner);
  const steps: Step[] = [];
  for (;;) {
    const step = readStep(scanner);
    if (step === undefined) break;
    steps.push(step);
  }
  return steps.length === 0 ? root : { kind: 'traversal', at: scanner.span(start), root, steps };
}

function readStep(scanner: Scanner): Step | undefined {
  const start = scanner.at;
  if (scanner.sees('.') && !scanner.sees('...')) {
    scanner.at++;
    if (scanner.take('*')) return { kind: 'splat', at: scanner.span(start) };
    const name = scanner.identifier();
    if (name !== undefined) return { kind: 'attribute', at: scanner.span(start), name };
    const number = /^\d+/.exec(scanner.text.slice(scanner.at, scanner.at + 20))?.[0];
    if (number === undefined) scanner.fail(start, scanner.at + 1, say`A name is missing after ${'.'}.`);
    scanner.at += number.length;
    const at = scanner.span(start);
    return { kind: 'index', at, by: { kind: 'literal', at, value: Number(number) } };
  }
  if (!scanner.sees('[')) return undefined;
  scanner.at++;
  return scanner.joining(true, () => {
    if (scanner.take('*')) {
      scanner.expect(']', words('after a splat'));
      return { kind: 'splat', at: scanner.span(start) };
    }
    const by = readExpression(scanner);
    scanner.expect(']', words('after an index'));
    return { kind: 'index', at: scanner.span(start), by };
  });
}

function primary(scanner: Scanner): Expression {
  const start = scanner.at;
  if (scanner.sees('"')) return readString(scanner, () => readExpression(scanner));
  if (scanner.sees('<<')) {
    const text = readHeredoc(scanner, () => readExpression(scanner));
    if (text !== undefined) return text;
  }
  if (scanner.sees('(')) return parenthesis(scanner);
  if (scanner.sees('[')) return bracket(scanner);
  if (scanner.sees('{')) return brace(scanner);
  const number = scanner.number();
  if (number !== undefined) return { kind: 'literal', at: scanner.span(start), value: number };
  const name = scanner.identifier();
  if (name === undefined) scanner.fail(start, start + 1, say`A value is missing.`);
  // Functions of providers: `provider::aws::arn_parse`.
  let called = name;
  while (scanner.sees('::')) {
    scanner.at += 2;
    called += `::${scanner.identifier() ?? ''}`;
  }
  if (scanner.sees('(')) return call(scanner, start, called);
  if (called !== name) scanner.fail(start, scanner.at, say`${'('} is missing after ${called}.`);
  const at = scanner.span(start);
  if (name === 'true' || name === 'false') return { kind: 'literal', at, value: name === 'true' };
  return name === 'null' ? { kind: 'literal', at, value: null } : { kind: 'name', at, name };
}

function parenthesis(scanner: Scanner): Expression {
  scanner.at++;
  return scanner.joining(true, () => {
    const inner = readExpression(scanner);
    scanner.expect(')', words('after an expression'));
    return inner;
  });
}

function call(scanner: Scanner, start: number, name: string): Expression {
  scanner.at++;
  return scanner.joining(true, () => {
    const args: Expression[] = [];
    let spread = false;
    while (!scanner.take(')')) {
      if (args.length > 0) scanner.expect(',', words('between arguments'));
      if (scanner.take(')')) break;
      args.push(readExpression(scanner));
      spread = scanner.take('...') || spread;
    }
    const at = scanner.span(start);
    return spread ? { kind: 'opaque', at } : { kind: 'call', at, name, args };
  });
}

function bracket(scanner: Scanner): Expression {
  const start = scanner.at;
  scanner.at++;
  return scanner.joining(true, () => {
    const loop = readLoop(scanner, ']');
    if (loop !== undefined) return { kind: 'for', at: scanner.span(start), loop };
    const items: Expression[] = [];
    while (!scanner.take(']')) {
      if (items.length > 0) scanner.expect(',', words('between the items of a list'));
      if (scanner.take(']')) break;
      items.push(readExpression(scanner));
    }
    return { kind: 'list', at: scanner.span(start), items };
  });
}

function brace(scanner: Scanner): Expression {
  const start = scanner.at;
  scanner.at++;
  const loop = scanner.joining(true, () => readLoop(scanner, '}'));
  if (loop !== undefined) return { kind: 'for', at: scanner.span(start), loop };
  return scanner.joining(false, () => {
    const entries: ObjectEntry[] = [];
    scanner.skip(true);
    while (!scanner.take('}')) {
      entries.push(readEntry(scanner));
      scanner.skip();
      const parted = scanner.next === ',' || scanner.next === '\n';
      if (!parted && scanner.next !== '}')
        scanner.fail(scanner.at, scanner.at + 1, say`${','} or the end of the line is missing after a value.`);
      if (scanner.next === ',') scanner.at++;
      scanner.skip(true);
    }
    return { kind: 'object', at: scanner.span(start), entries };
  });
}

function readEntry(scanner: Scanner): ObjectEntry {
  const start = scanner.at;
  const word = scanner.identifier();
  scanner.skip();
  let key: Expression;
  // A bare word is itself, not the value of a variable.
  if (word !== undefined && (scanner.next === ':' || (scanner.next === '=' && !scanner.sees('=='))))
    key = { kind: 'literal', at: scanner.span(start, start + word.length), value: word };
  else {
    scanner.at = start;
    key = readExpression(scanner);
  }
  scanner.skip();
  if (scanner.next !== '=' && scanner.next !== ':')
    scanner.fail(scanner.at, scanner.at + 1, say`${'='} is missing after a key.`);
  scanner.at++;
  return { key, value: readExpression(scanner) };
}

/** `for k, v in xs : k => v if c` up to the closing mark; undefined where it is something else. */
function readLoop(scanner: Scanner, close: ']' | '}'): Loop | undefined {
  scanner.skip();
  const start = scanner.at;
  if (scanner.identifier() !== 'for' || !/[\s/#]/.test(scanner.next)) {
    scanner.at = start;
    return undefined;
  }
  const names: string[] = [];
  do {
    scanner.skip();
    names.push(scanner.identifier() ?? '');
  } while (scanner.take(','));
  scanner.skip();
  if (scanner.identifier() !== 'in') {
    // `for` may be a key of an object.
    if (close === ']') scanner.fail(start, scanner.at, say`${'in'} is missing in a ${'for'} expression.`);
    scanner.at = start;
    return undefined;
  }
  const over = readExpression(scanner);
  scanner.expect(':', words('in a for expression'));
  const first = readExpression(scanner);
  const isObject = close === '}';
  if (isObject) scanner.expect('=>', words('in a for expression'));
  const value = isObject ? readExpression(scanner) : first;
  const grouped = scanner.take('...');
  scanner.skip();
  const before = scanner.at;
  const hasCondition = scanner.identifier() === 'if';
  if (!hasCondition) scanner.at = before;
  const condition = hasCondition ? readExpression(scanner) : undefined;
  scanner.expect(close, words('after a for expression'));
  return { names, over, key: isObject ? first : undefined, value, condition, grouped };
}
