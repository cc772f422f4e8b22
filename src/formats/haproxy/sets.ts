/** A file as far as it matters which others are loaded with it. */
interface Part {
  readonly path: string;
  readonly globals: number;
  readonly names: ReadonlySet<string>;
  /** Backends that its lines name and it does not define. */
  readonly wants: readonly string[];
  /** Whether a proxy comes before any `defaults`. */
  readonly bare: boolean;
  readonly defaults: boolean;
}

/**
 * Which files one process loads, in the order of `haproxy -f FOLDER`: those of one folder with at most one `global` of which one
 * needs what another gives. Two files that define the same name are never loaded together.
 */
export function setsOf(
  files: readonly { readonly path: string; readonly text: string }[],
): readonly (readonly string[])[] {
  const folders = new Map<string, Part[]>();
  for (const { path, text } of files) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), partOf(path, text)]);
  }
  return [...folders.values()].flatMap((parts) => (parts.length === 1 ? parts.map(alone) : together(parts)));
}

function alone({ path }: Part): readonly string[] {
  return [path];
}

function together(parts: readonly Part[]): readonly (readonly string[])[] {
  const ordered = parts.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const groups: Part[][] = [];
  for (const part of ordered) {
    const linked = groups.filter((group) => group.some((other) => needs(part, other) || needs(other, part)));
    const merged = [...linked.flat(), part].toSorted((a, b) => (a.path < b.path ? -1 : 1));
    for (const group of linked) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.flatMap((group) => (fit(group) ? [group.map(({ path }) => path)] : group.map(alone)));
}

function fit(group: readonly Part[]): boolean {
  const names = group.flatMap((part) => [...part.names]);
  return group.reduce((sum, { globals }) => sum + globals, 0) <= 1 && new Set(names).size === names.length;
}

/** `defaults` reach only the files behind them. */
function needs(one: Part, other: Part): boolean {
  return one.wants.some((name) => other.names.has(name)) || (one.bare && other.defaults && other.path < one.path);
}

function partOf(path: string, text: string): Part {
  const names = new Set<string>();
  const wanted: string[] = [];
  let globals = 0;
  let defaults = false;
  let bare = false;
  for (const [, keyword = '', name = ''] of text.matchAll(
    /^[ \t]*(global|defaults|frontend|backend|listen|use_backend|default_backend)(?:[ \t]+([\w.:-]+))?/gm,
  )) {
    if (keyword === 'global') globals++;
    else if (keyword === 'defaults') defaults = true;
    else if (keyword.endsWith('_backend')) wanted.push(name);
    else {
      if (!defaults) bare = true;
      // A frontend and a backend may have one name.
      names.add(keyword === 'frontend' ? `frontend ${name}` : name);
    }
  }
  return { path, globals, names, wants: wanted.filter((name) => !names.has(name)), bare, defaults };
}
