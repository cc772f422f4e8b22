import type { Span } from '../../model/span.ts';
import { SourceFile } from '../../text/source.ts';
import type { TreeRead } from '../../text/tree-faults.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import { KINDS } from './kinds.ts';

const WORDS: ReadonlySet<string> = new Set([...KINDS.keys()].map((kind) => kind.slice(kind.indexOf('/') + 1)));

/**
 * The documents of a file that may route traffic. The others are not parsed at all: definitions of resources are the largest documents
 * there are, and a fault in what is not read is nobody's concern.
 */
export function readDocuments(source: SourceFile): TreeRead {
  return readYaml(new Masked(source));
}

/** A text in which documents of other kinds are blank; every place is one in the whole file. */
class Masked extends SourceFile {
  readonly #whole: SourceFile;

  constructor(whole: SourceFile) {
    super(whole.path, masked(whole.text));
    this.#whole = whole;
  }

  override span(start: number, end: number): Span {
    return this.#whole.span(start, end);
  }
}

function masked(text: string): string {
  const starts = [0, ...[...text.matchAll(/^---/gm)].map(({ index }) => index).filter((index) => index > 0)];
  return starts
    .map((start, i) => {
      const document = text.slice(start, starts[i + 1] ?? text.length);
      if (mayRoute(document)) return document;
      // The marker stays, so that what follows it is a document of its own.
      const marker = document.startsWith('---') ? 3 : 0;
      return `${document.slice(0, marker)}${document.slice(marker).replaceAll(/[^\r\n]/g, ' ')}`;
    })
    .join('');
}

function mayRoute(document: string): boolean {
  const top = /^["']?kind["']?:[ \t]*["']?(\w+)/m.exec(document)?.[1];
  if (top !== undefined) return WORDS.has(top) || top.endsWith('List');
  // One line, or everything indented.
  return [...document.matchAll(/\bkind["']?[ \t]*:[ \t]*["']?(\w+)/g)].some(
    ([, word = '']) => WORDS.has(word) || word.endsWith('List'),
  );
}
