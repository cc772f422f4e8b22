import type { Problem } from '../model/config.ts';
import type { Unknown } from '../model/pool.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { InputError, type FileTree } from '../model/tree.ts';
import { hasGlob } from '../text/glob.ts';
import { guardText, LIMITS } from '../text/limits.ts';
import { say } from '../text/say.ts';

/** Why a file that is there cannot be read. */
export const UNREADABLE = say`it is too large, no text, or may not be read`;

/** The text of a file that a config includes; null where `UNREADABLE` says why not, undefined where there is none. */
export function includedText(tree: FileTree, path: string): string | null | undefined {
  try {
    const text = tree.read(path);
    if (text !== undefined) guardText(path, text, LIMITS.fileBytes);
    return text;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** What is said of a file that a config names and that was not read. */
export interface NotRead {
  readonly at: Span;
  /** The file as it is named. */
  readonly path: string;
  /** How it is named: `included`. */
  readonly how: Text;
  readonly reason: Text;
  /** What may be in it: `Servers and settings`. */
  readonly missing: Text;
  readonly fix: Text;
}

export function notRead({ at, path, how, reason, missing, fix }: NotRead): {
  readonly unknown: Unknown;
  readonly problem: Problem;
} {
  return {
    unknown: { at, reason: say`${path} is ${how} but ${reason}` },
    problem: {
      rule: 'unresolved-template-or-include',
      at,
      what: say`${path} is ${how} but not read: ${reason}.`,
      why: say`${missing} in it are missing from this report.`,
      fix,
    },
  };
}

/** The setting that says where an absolute path is in the repository: of its last folder without a pattern. */
export function rootMapLine(path: string): string {
  const parts = path.split('/').slice(0, -1);
  const fixed = parts.findIndex((part) => hasGlob(part));
  const folder = (fixed < 0 ? parts : parts.slice(0, fixed)).join('/') || '/';
  return `root-map: { ${folder}: ./FOLDER }`;
}
