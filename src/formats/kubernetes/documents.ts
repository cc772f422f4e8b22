import type { Position, Span } from '../../model/span.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { SourceFile } from '../../text/source.ts';
import { MAX_FAULTS, type TreeRead } from '../../text/tree-faults.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import { KINDS } from './kinds.ts';

const WORDS: ReadonlySet<string> = new Set([...KINDS.keys()].map((kind) => kind.slice(kind.indexOf('/') + 1)));

/**
 * The documents of a file that may route traffic. The others are not parsed at all: definitions of resources are the largest documents
 * there are, and a fault in what is not read is nobody's concern. Throws InputError when what is left is too large.
 */
export function readDocuments(source: SourceFile): TreeRead {
  const parts = partsOf(source).filter(({ text }) => mayRoute(text));
  const size = parts.reduce((sum, { text }) => sum + text.length, 0);
  guardText(source.path, size > LIMITS.yamlBytes ? source.text : '', LIMITS.yamlBytes);
  const read = parts.map((part) => readYaml(part));
  return {
    documents: read.flatMap(({ documents }) => documents),
    faults: read.flatMap(({ faults }) => faults).slice(0, MAX_FAULTS),
  };
}

/** A part of a text; every place in it is one in the whole file. */
class Part extends SourceFile {
  readonly #whole: SourceFile;
  readonly #start: number;

  constructor(whole: SourceFile, start: number, end: number) {
    super(whole.path, whole.text.slice(start, end));
    this.#whole = whole;
    this.#start = start;
  }

  override span(start: number, end: number): Span {
    return this.#whole.span(this.#start + start, this.#start + end);
  }

  override position(offset: number): Position {
    return this.#whole.position(offset);
  }
}

function partsOf(source: SourceFile): Part[] {
  const starts = [0, ...[...source.text.matchAll(/^---/gm)].map(({ index }) => index).filter((index) => index > 0)];
  return starts.map((start, i) => new Part(source, start, starts[i + 1] ?? source.text.length));
}

function mayRoute(document: string): boolean {
  const top = /^["']?kind["']?:[ \t]*["']?(\w+)/m.exec(document)?.[1];
  if (top !== undefined) return WORDS.has(top) || top.endsWith('List');
  // One line, or everything indented.
  return [...document.matchAll(/\bkind["']?[ \t]*:[ \t]*["']?(\w+)/g)].some(
    ([, word = '']) => WORDS.has(word) || word.endsWith('List'),
  );
}
