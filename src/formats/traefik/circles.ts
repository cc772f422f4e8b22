import { appendTo } from '../../text/append.ts';

type Edges = ReadonlyMap<string, readonly string[]>;

/**
 * The names that lead back to themselves, by the names that each leads to: the strongly connected parts of the graph, found by going
 * through it forwards and backwards (Kosaraju and Sharir), so in time linear in names and edges.
 */
export function namesInCircles(edges: Edges): ReadonlySet<string> {
  const backwards = new Map<string, string[]>();
  for (const [from, names] of edges) for (const name of names) appendTo(backwards, name, from);
  const left = new Set<string>();
  const order = [...edges.keys()].flatMap((name) => leaving(name, edges, left));
  const assigned = new Set<string>();
  return new Set(
    order.toReversed().flatMap((name) => {
      const part = leaving(name, backwards, assigned);
      return part.length > 1 || edges.get(name)?.includes(name) === true ? part : [];
    }),
  );
}

/** What is reached and not seen before, in the order in which a search in depth leaves it. Without recursion: a chain may be as long as the file. */
function leaving(start: string, edges: Edges, seen: Set<string>): string[] {
  const found: string[] = [];
  const open: { readonly name: string; next: number }[] = [];
  const enter = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    open.push({ name, next: 0 });
  };
  enter(start);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const name = edges.get(last.name)?.[last.next++];
    if (name !== undefined) enter(name);
    else {
      found.push(last.name);
      open.pop();
    }
  }
  return found;
}
