import { InputError } from '../model/tree.ts';

/** Bounds that every parser keeps, so that no file can exhaust the machine. Sizes in bytes or counts. */
export const LIMITS = {
  /** YAML and JSON parse at about 1 MB/s. */
  yamlBytes: 2_000_000,
  /** Lines, commas, colons and opening brackets of a YAML or JSON text, which is what its parser takes its time for. */
  yamlMarks: 80_000,
  /** TOML parses at some 0.3 MB/s at worst. */
  tomlBytes: 1_000_000,
  fileBytes: 8_000_000,
  totalBytes: 32_000_000,
  files: 2000,
  includes: 1000,
  includeDepth: 16,
  depth: 64,
  aliases: 10_000,
  visitedNodes: 500_000,
  serversPerTemplate: 10_000,
  /** Lines or directives of one config; more of them take seconds to compare. */
  statements: 25_000,
  pools: 4000,
  servers: 20_000,
  entries: 4000,
  routes: 5000,
  conditions: 2500,
} as const;

/** Throws an InputError that names a YAML or JSON text of more values than are read in bounded time. */
export function guardMarks(path: string, text: string): void {
  let marks = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 44 || code === 58 || code === 91 || code === 123) marks++;
  }
  if (marks > LIMITS.yamlMarks) {
    throw new InputError(
      `${path} has about ${marks} keys, values and lines; the limit is ${LIMITS.yamlMarks}. Split it or name fewer files.`,
    );
  }
}

/** Throws an InputError that names a config that has more statements than are compared in bounded time. */
export function guardStatements(path: string, count: number): void {
  if (count > LIMITS.statements) {
    throw new InputError(
      `${path} has ${count} statements; the limit is ${LIMITS.statements}. Split it or name fewer files.`,
    );
  }
}

/** Throws an InputError that names the file when a text is longer than `limit` or holds a NUL. */
export function guardText(path: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw new InputError(
      `${path} is ${text.length} characters long; the limit is ${limit}. Split it or name fewer files.`,
    );
  }
  if (text.includes('\0')) throw new InputError(`${path} is a binary file. Name text configs only.`);
}
