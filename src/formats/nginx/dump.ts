import { globMatch, hasGlob } from '../../text/glob.ts';
import { withoutDots } from '../../text/paths.ts';

/** One file inside the output of `nginx -T`, as a range of its text. */
export interface DumpedFile {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const MARKER = /^# configuration file (\/[^\n]*):\r?$/gm;

/** The files of a text that is the output of `nginx -T`, the main one first; undefined when it is not. */
export function dumpedFiles(text: string): readonly DumpedFile[] | undefined {
  // The checker's own words come before it when both outputs are kept.
  if (!/^(?:nginx: [^\n]*\n)*# configuration file \//.test(text)) return undefined;
  const markers = [...text.matchAll(MARKER)];
  return markers.map((marker, i) => ({
    path: `/${withoutDots(marker[1] ?? '') ?? ''}`,
    start: marker.index + marker[0].length,
    end: markers[i + 1]?.index ?? text.length,
  }));
}

/** Which files of a dump an include means, in the order of glob(3). `folder` is that of the main file. */
export function dumpedMatches(files: readonly DumpedFile[], include: string, folder: string): readonly DumpedFile[] {
  const absolute = include.startsWith('/') ? include : `${folder}/${include}`;
  const clean = withoutDots(absolute) ?? '';
  const wanted = clean.split('/');
  const fixed = `/${clean.slice(0, clean.search(/[*?[]|$/))}`;
  return files
    .filter(({ path }) => {
      if (!path.startsWith(fixed)) return false;
      const parts = path.slice(1).split('/');
      return (
        parts.length === wanted.length &&
        parts.every((part, i) => {
          const pattern = wanted[i] ?? '';
          return hasGlob(pattern) ? globMatch(pattern, part) : pattern === part;
        })
      );
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
