import type { Text } from '../../model/text.ts';
import { appendTo } from '../../text/append.ts';
import { child, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say, sentence, words } from '../../text/say.ts';
import { textAt, type Trouble } from './trouble.ts';

/** One place that leads from a pool or a route to another one. */
interface Step {
  readonly to: string;
  readonly node: PNode;
  readonly path: readonly string[];
}

/** Pools and routes that lead back to themselves: a request that takes that way reaches no server. */
export function circles(root: PNode): readonly Trouble[] {
  const steps = stepsOf(root);
  const done = new Set<string>();
  return [...steps.keys()].flatMap((start): Trouble[] => {
    const open: { readonly id: string; next: number }[] = [];
    const path = new Set<string>();
    const troubles: Trouble[] = [];
    const enter = (id: string): void => {
      open.push({ id, next: 0 });
      path.add(id);
    };
    if (!done.has(start)) enter(start);
    // Followed without recursion: a chain may be as long as the file.
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const step = steps.get(last.id)?.[last.next++];
      if (step === undefined) {
        done.add(last.id);
        path.delete(last.id);
        open.pop();
      } else if (path.has(step.to)) troubles.push(troubleOf(last.id, step));
      else if (!done.has(step.to)) enter(step.to);
    }
    return troubles;
  });
}

function troubleOf(from: string, { to, node, path }: Step): Trouble {
  const own = from === to;
  return {
    path,
    node,
    problem: {
      rule: 'schema-invalid',
      at: headOf(node),
      what: own
        ? sentence(say`${nameOf(to)} leads to itself.`)
        : sentence(say`${nameOf(from)} leads back to ${nameOf(to)}.`),
      why: words('Requests that are sent there go round and reach no server.'),
      fix: words('Name a target that does not lead back here.'),
    },
  };
}

/** `Pool a`, with its name as a value. */
function nameOf(id: string): Text {
  const [kind = '', ...name] = id.split(' ');
  return say`${words(kind)} ${name.join(' ')}`;
}

/** The steps from each pool and route of a file, by `pool NAME` and `route NAME`. */
function stepsOf(root: PNode): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>();
  const add = (from: string, target: PNode | undefined, path: readonly string[]): void => {
    for (const kind of ['pool', 'route'] as const) {
      const name = textAt(target, kind);
      const node = child(target, kind);
      if (name !== undefined && node !== undefined)
        appendTo(found, from, { to: `${kind} ${name}`, node, path: [...path, kind] });
    }
  };
  itemsOf(child(root, 'pools')).forEach((pool, i) => {
    itemsOf(child(pool, 'answers')).forEach((match, j) =>
      add(`pool ${textAt(pool, 'name') ?? ''}`, child(match, 'to'), ['pools', String(i), 'answers', String(j), 'to']),
    );
  });
  itemsOf(child(root, 'routes')).forEach((route, i) => {
    itemsOf(child(route, 'to')).forEach((branch, j) =>
      add(`route ${textAt(route, 'name') ?? ''}`, branch, ['routes', String(i), 'to', String(j)]),
    );
  });
  return found;
}
