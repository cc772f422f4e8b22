import { exactly } from '../../model/share.ts';
import type { EstateChange } from '../../compare/compare.ts';
import type { Path } from '../../compare/routing.ts';
import { nameOfTarget } from '../../model/route.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { percent, plain, points, say } from '../../text/say.ts';
import { alike, isSplit, requestsOf } from '../shared/routes.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'canary-jump',
  title: 'Traffic moves between versions in small steps',
  severity: 'warning',
  scope: 'estate',
  options: {
    'max-step': { type: 'percent', default: 0.25, describe: 'Maximum step, in points, before it is a warning.' },
    'notice-step': { type: 'percent', default: 0.1, describe: 'Maximum step, in points, before it is a notice.' },
  },
  *check({ estate, options }) {
    for (const { before, after, of, at } of [...routesOf(estate), ...splitsOf(estate)]) {
      const [worst] = [...after]
        .map(([pool, part]) => ({ pool, before: before.get(pool) ?? 0, part, step: part - (before.get(pool) ?? 0) }))
        .toSorted((a, b) => b.step - a.step);
      if (worst === undefined || before.size === 0 || worst.step <= options['notice-step']) continue;
      yield {
        at: at(worst.pool),
        severity: worst.step > options['max-step'] ? 'warning' : 'notice',
        key: plain(of),
        what: say`${worst.pool} goes from ${percent(worst.before)} to ${percent(worst.part)} of ${of}, ${points(worst.step)} in one step.`,
        why: say`If ${worst.pool} cannot handle that, ${points(worst.step)} more of these requests fail before anyone sees the first errors.`,
        fix: say`Set smaller steps, and probe after each.`,
      };
    }
  },
});

/** Parts by pool, 0..1, on both sides; empty when they are not told. */
interface Split {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  readonly of: Text;
  readonly at: (pool: string) => Span;
}

/** Choices between pools that base and head have. */
function routesOf({ routes }: EstateChange): Split[] {
  return routes.flatMap(({ base, head, parts }) => {
    if (base === undefined || head === undefined) return [];
    // What the balancer answers itself is no version; `requests-refused` tells what that costs.
    const answers = new Set(
      [...base.to, ...head.to].flatMap(({ to }) =>
        to.kind === 'answer' || to.kind === 'redirect' ? [nameOfTarget(to)] : [],
      ),
    );
    const partsBy = (side: 'before' | 'after'): ReadonlyMap<string, number> => {
      const there = parts.filter((part) => part[side] !== null);
      return there.some((part) => typeof part[side] !== 'number')
        ? new Map()
        : new Map(
            there
              .filter(({ name }) => !answers.has(name))
              .map((part) => [part.name, exactly(part[side]) ?? 0] as const),
          );
    };
    return [
      {
        before: partsBy('before'),
        after: partsBy('after'),
        of: say`the route ${head.name}`,
        at: (pool: string) => parts.find(({ name }) => name === pool)?.at ?? head.at,
      },
    ];
  });
}

/** Requests that chance splits by conditions, which are not routes of their own, and those that a route splits on one side only. */
function splitsOf({ routing }: EstateChange): Split[] {
  const told = new Set<string>();
  return routing.head.flatMap((path): Split[] => {
    const key = `${path.entry}\0${path.when ?? ''}`;
    if (told.has(key) || !isSplit(path, routing)) return [];
    told.add(key);
    const [base, head] = [alike(path, routing.base), alike(path, routing.head)];
    if (isRoute(base) && isRoute(head)) return [];
    return [
      {
        before: partsByPath(base, (path) => nameInHead(path, head)),
        after: partsByPath(head, ({ target }) => target),
        of: requestsIn(path),
        at: (pool) => (head.find(({ target }) => target === pool) ?? path).reference.at,
      },
    ];
  });
}

/** Whether a route says how the requests are split. */
function isRoute(paths: readonly Path[]): boolean {
  return paths.some(({ reference }) => reference.isPart === true);
}

/** What head calls the target of a path of base. */
function nameInHead(path: Path, head: readonly Path[]): string {
  return head.find(({ meant }) => meant === path.meant)?.target ?? path.target;
}

function requestsIn(path: Path): Text {
  const { from } = path.reference;
  return from === undefined ? requestsOf(path, false) : say`${requestsOf(path, false)} in ${from}`;
}

function partsByPath(paths: readonly Path[], nameOf: (path: Path) => string): Map<string, number> {
  const parts = new Map<string, number>();
  for (const path of paths) {
    const { share } = path.reference;
    if (share === undefined && paths.length > 1) return new Map();
    parts.set(nameOf(path), (parts.get(nameOf(path)) ?? 0) + (share ?? 1));
  }
  return parts;
}
