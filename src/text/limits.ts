import { InputError } from '../model/tree.ts';

/** Bounds that every parser keeps, so that no file can exhaust the machine. Sizes in bytes or counts. */
export const LIMITS = {
  /** YAML and JSON parse at about 1 MB/s. */
  yamlBytes: 2_000_000,
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
} as const;

/** Throws an InputError that names the file when a text is longer than `limit` or holds a NUL. */
export function guardText(path: string, text: string, limit: number): void {
  if (text.length > limit) {
    throw new InputError(
      `${path} is ${text.length} characters long; the limit is ${limit}. Split it or name fewer files.`,
    );
  }
  if (text.includes('\0')) throw new InputError(`${path} is a binary file. Name text configs only.`);
}
