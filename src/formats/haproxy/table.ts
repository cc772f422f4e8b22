import { compareVersions } from '../../text/versions.ts';

/** The versions that the tables were taken from; of others only what all of these refuse is known. */
export const VERSIONS = ['2.6', '2.8', '3.2'] as const;

interface Entry {
  /** What the row says of the word: the sections that hold it, or the number of its arguments. */
  readonly row: string;
  readonly from: string | undefined;
  readonly until: string | undefined;
}

/** Words by what HAProxy takes them for, from version to version. */
export type Table = ReadonlyMap<string, readonly Entry[]>;

/** Reads rows such as `DFLB 2.8-: log-steps be-unpublished`; a word may be in several. */
export function table(text: string): Table {
  const found = new Map<string, Entry[]>();
  for (const line of text.trim().split('\n')) {
    const [, row = '', from, until, words = ''] = /^\s*(\S+?)(?: (?:([\d.]+)-|-([\d.]+)))?: (.*)$/.exec(line) ?? [];
    for (const word of words.split(' ')) {
      const entries = found.get(word) ?? [];
      entries.push({ row, from, until });
      found.set(word, entries);
    }
  }
  return found;
}

/** The rows of a word in a version; without one, those of every version. Between two listed versions both count. */
export function rowsOf(words: Table, word: string, version: string | undefined): readonly string[] {
  return (words.get(word) ?? [])
    .filter(({ from, until }) => {
      if (version === undefined) return true;
      if (from !== undefined) return compareVersions(version, before(from)) > 0;
      return until === undefined || compareVersions(version, after(until)) < 0;
    })
    .map(({ row }) => row);
}

function before(version: string): string {
  return VERSIONS.findLast((listed) => compareVersions(listed, version) < 0) ?? version;
}

function after(version: string): string {
  return VERSIONS.find((listed) => compareVersions(listed, version) > 0) ?? '3.3';
}

/** Whether the tables are to be held against a declared version: older ones knew words that are long gone. */
export function isListed(version: string | undefined): boolean {
  return version === undefined || compareVersions(version, VERSIONS[0]) >= 0;
}
