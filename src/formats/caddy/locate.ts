import type { FileTree } from '../../model/tree.ts';
import { globMatch } from '../../text/glob.ts';
import { withoutDots } from '../../text/paths.ts';

/** The files that an import names, seen from the file that has it; `outside` = the path leads out of the tree. */
export function findFiles(
  pattern: string,
  from: string,
  tree: FileTree,
  rootMap: Readonly<Record<string, string>>,
): { readonly paths: readonly string[]; readonly outside: boolean } {
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
  const path = pattern.startsWith('/') ? mapped(pattern, rootMap) : withoutDots(`${folder}${pattern}`);
  if (path === undefined) return { paths: [], outside: true };
  let found = [''];
  const parts = path.split('/');
  parts.forEach((part, i) => {
    const isLast = i === parts.length - 1;
    found = found.flatMap((before) =>
      tree
        .list(before)
        .filter((name) => name.endsWith('/') !== isLast && matches(part, name.replace(/\/$/, '')))
        .map((name) => `${before === '' ? '' : `${before}/`}${name.replace(/\/$/, '')}`),
    );
  });
  // Only a pattern that begins with the star leaves hidden files out.
  return { paths: found.toSorted(), outside: false };
}

function matches(part: string, name: string): boolean {
  return /[*?[]/.test(part) ? globMatch(part, name) : part === name;
}

function mapped(path: string, rootMap: Readonly<Record<string, string>>): string | undefined {
  const [best] = Object.entries(rootMap)
    .map(([from, to]) => [from.replace(/\/+$/, ''), to.replace(/\/+$/, '')] as const)
    .filter(([from]) => path.startsWith(`${from}/`))
    .toSorted((a, b) => b[0].length - a[0].length);
  return best === undefined ? undefined : withoutDots(`${best[1]}${path.slice(best[0].length)}`);
}
