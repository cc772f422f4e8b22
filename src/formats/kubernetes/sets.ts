import { appendTo } from '../../text/append.ts';

/**
 * The files of one folder are applied together, unless they define the same object: then each of these is read alone, since only one of
 * them can be applied.
 */
export function setsOf(
  files: readonly { readonly path: string; readonly text: string }[],
): readonly (readonly string[])[] {
  const folders = new Map<string, { path: string; names: ReadonlySet<string> }[]>();
  for (const { path, text } of files)
    appendTo(folders, path.slice(0, path.lastIndexOf('/') + 1), { path, names: namesIn(text) });
  return [...folders.values()].flatMap((members) => {
    const times = new Map<string, number>();
    for (const { names } of members) for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
    const isApart = ({ names }: { names: ReadonlySet<string> }): boolean =>
      [...names].some((name) => (times.get(name) ?? 0) > 1);
    const together = members.filter((one) => !isApart(one)).map(({ path }) => path);
    const alone = members.filter(isApart).map(({ path }) => [path]);
    return together.length === 0 ? alone : [together.toSorted((a, b) => (a < b ? -1 : 1)), ...alone];
  });
}

/** The objects of a file as its lines name them: enough to see that two files define the same one. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const document of text.split(/^---/m)) {
    const kind = /^kind:[ \t]*["']?(\w+)/m.exec(document)?.[1];
    const metadata = /^metadata:[^\n]*\n((?:[ \t]+[^\n]*\n?|[ \t]*\r?\n)*)/m.exec(document)?.[1] ?? '';
    const indent = /^[ \t]+(?=\S)/m.exec(metadata)?.[0] ?? '  ';
    const value = (key: string): string | undefined =>
      new RegExp(`^${indent}${key}:[ \\t]*["']?([^\\s"'#]+)`, 'm').exec(metadata)?.[1];
    const name = value('name');
    if (kind !== undefined && name !== undefined) names.add(`${kind} ${value('namespace') ?? ''} ${name}`);
  }
  return names;
}
