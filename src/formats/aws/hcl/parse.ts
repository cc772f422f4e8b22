import { guardText, LIMITS } from '../../../text/limits.ts';
import { say } from '../../../text/say.ts';
import type { SourceFile } from '../../../text/source.ts';
import { readExpression } from './expressions.ts';
import { Broken, Scanner } from './scanner.ts';
import type { Attribute, Block, Body, Parsed } from './syntax.ts';

/** Faults that are kept of one file: enough to repair it, too few to flood a report. */
const MOST_FAULTS = 20;

/** Where the next block of a file may begin, after a fault. */
const BLOCK = /^[ \t]*(?:resource|data|variable|locals|module|output|provider|terraform)\b[^=\n]*\{/gm;

/**
 * Splits a file of HCL into attributes and blocks, and reads every expression. After a fault it goes on with the next block
 * of the file. Linear in the length of the text. Throws InputError for a text that is too large or binary, nothing else.
 */
export function parseHcl(source: SourceFile): Parsed {
  guardText(source.path, source.text, LIMITS.fileBytes);
  const scanner = new Scanner(source);
  const body: (Attribute | Block)[] = [];
  while (!scanner.done && scanner.faults.length < MOST_FAULTS) {
    try {
      readItems(scanner, body);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      scanner.reset();
      BLOCK.lastIndex = scanner.at + 1;
      scanner.at = BLOCK.exec(scanner.text)?.index ?? scanner.text.length;
    }
  }
  return { body, comments: scanner.comments, faults: scanner.faults };
}

function readItems(scanner: Scanner, body: (Attribute | Block)[]): void {
  for (scanner.skip(true); !scanner.done; scanner.skip(true)) {
    if (scanner.next === '}') scanner.fail(scanner.at, scanner.at + 1, say`Unexpected ${'}'}: no block is open here.`);
    body.push(readLine(scanner));
  }
}

/** An attribute or block with the end of its line. */
function readLine(scanner: Scanner): Attribute | Block {
  const item = readItem(scanner);
  scanner.skip();
  if (!scanner.done && scanner.next !== '\n') {
    const what = item.kind === 'attribute' ? say`The value of ${item.name}` : say`The block ${item.type}`;
    scanner.fail(scanner.at, scanner.at + 1, say`${what} does not end with its line.`);
  }
  return item;
}

function readItem(scanner: Scanner): Attribute | Block {
  const start = scanner.at;
  const name = scanner.identifier();
  if (name === undefined) scanner.fail(start, start + 1, say`Unexpected ${scanner.next}.`);
  const nameAt = scanner.span(start);
  scanner.skip();
  if (!scanner.sees('=') || scanner.sees('==')) return readBlock(scanner, start, name);
  scanner.at++;
  const value = readExpression(scanner);
  return { kind: 'attribute', name, nameAt, at: scanner.span(start, value.at.end), value };
}

function readBlock(scanner: Scanner, start: number, type: string): Block {
  const labels: string[] = [];
  for (scanner.skip(); scanner.next !== '{'; scanner.skip()) {
    const label = scanner.sees('"') ? readExpression(scanner) : undefined;
    const text = label?.kind === 'literal' ? String(label.value) : scanner.identifier();
    if (text === undefined) scanner.fail(scanner.at, scanner.at + 1, say`${'='} or ${'{'} is missing after ${type}.`);
    labels.push(text);
  }
  scanner.at++;
  const at = scanner.span(start);
  const body = scanner.deeper(() => readBody(scanner, type, at.start));
  return { kind: 'block', type, labels, at, body };
}

/** A block on one line has at most one attribute. */
function readBody(scanner: Scanner, type: string, start: number): Body {
  const body: (Attribute | Block)[] = [];
  scanner.skip();
  if (!scanner.done && scanner.next !== '\n' && scanner.next !== '}') {
    const item = readItem(scanner);
    scanner.skip();
    if (item.kind === 'block' || scanner.next !== '}')
      scanner.fail(start, start + type.length, say`The block ${type} has more than one argument on its line.`);
    body.push(item);
  }
  for (scanner.skip(true); scanner.next !== '}'; scanner.skip(true)) {
    if (scanner.done) scanner.fail(start, start + type.length, say`The block ${type} never ends.`);
    body.push(readLine(scanner));
  }
  scanner.at++;
  return body;
}
