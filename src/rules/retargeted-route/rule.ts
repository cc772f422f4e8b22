import { classText, flowText, reachesPool } from '../../compare/flow-text.ts';
import { poolsOf } from '../../compare/references.ts';
import type { EstateChange } from '../../compare/compare.ts';
import type { Path, PathChange } from '../../compare/routing.ts';
import type { Pool } from '../../model/pool.ts';
import { nameOfTarget } from '../../model/route.ts';
import { count, say, sentence } from '../../text/say.ts';
import { servingCount } from '../shared/comparing.ts';
import { groupBy } from '../shared/lookups.ts';
import { inEntry, isSplit, lostPath, readsLess, requestsOf, takerOf } from '../shared/routes.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'retargeted-route',
  title: 'Routes keep their pool',
  severity: 'warning',
  scope: 'estate',
  covers: { 'unused-pool': 'pool' },
  *check({ estate }) {
    const { routing } = estate;
    const takers = new Set(routing.changes.map((change) => lostPath(change, routing)?.taker));
    const retargetedAlike = groupBy(routing.changes, ({ kind, base, head }) =>
      kind === 'retargeted' ? JSON.stringify([head?.config.dialect.format, base?.target, head?.target]) : undefined,
    );
    for (const [, [first, ...others]] of retargetedAlike) {
      if (first === undefined || (first.head && isSplit(first.head, routing))) continue;
      const draft = retargeted(first, others, estate);
      if (draft) yield draft;
    }
    for (const change of routing.changes) {
      if (change.kind === 'retargeted') continue;
      const path = change.head ?? change.base;
      if (path === undefined || isSplit(path, routing)) continue;
      // What takes all that another path lost is told there.
      if (change.head !== undefined && takers.has(change.head)) continue;
      const draft = change.kind === 'removed' ? removed(change, estate) : moved(change, estate);
      if (draft) yield draft;
    }
    yield* reordered(estate);
  },
});

/** Requests that match another line first, so that another pool gets them, though every line is as before. */
function* reordered({ entries, routing }: EstateChange): Generator<Draft> {
  for (const { base, head, classes } of entries) {
    if (base === undefined || head === undefined) continue;
    const { name } = head.entry;
    for (const { when, before, after, at } of classes) {
      if (when === undefined) continue;
      const [old, now] = [base, head].map(({ entry }) => entry.matches.find((match) => match.when?.text === when));
      if (old === undefined || now === undefined || nameOfTarget(old.to) !== nameOfTarget(now.to)) continue;
      const reported = routing.changes.some((change) =>
        [change.base, change.head].some((path) => path?.reference.from === name && path.when === when),
      );
      if (reported || !reachesPool(before) || !reachesPool(after)) continue;
      yield {
        at,
        key: `${name} ${when}`,
        what: say`In ${name}, ${classText({ when }, false)} now match this line first: ${flowText(after)}; before, ${flowText(before)}.`,
        why: say`The first line that matches decides, so the later one no longer gets these requests.`,
        fix: say`Move the more specific condition first.`,
      };
    }
  }
}

/** Whether the balancer redirects the requests of a path now: they are answered, and come back elsewhere. */
function isRedirected({ when, reference }: Path, { entries }: EstateChange): boolean {
  const found = entries.find(({ head }) => head?.entry.name === reference.from)?.head?.classes;
  const own = found?.find((one) => one.when === when) ?? found?.find((one) => one.when === undefined);
  const last = own?.matches.at(-1);
  return last?.to.kind === 'redirect' && own?.flow.answered === 1;
}

/** The same requests are sent to another pool, here and in other places alike. */
function retargeted(
  { base, head }: PathChange,
  others: readonly PathChange[],
  estate: EstateChange,
): Draft | undefined {
  if (base === undefined || head === undefined) return undefined;
  const old = poolOf(estate, 'base', base);
  const now = poolOf(estate, 'head', head);
  // A target that is nowhere defined is the finding of undefined-pool-reference.
  if (now === undefined && (head.reference.address === undefined || poolOf(estate, 'base', head))) return undefined;
  const more = others.length === 0 ? say`` : say`, and ${count(others.length, 'other route')} with it`;
  const fewer = old !== undefined && now !== undefined && servingCount(now) < 2 && servingCount(old) >= 2;
  return {
    at: head.reference.at,
    ...(old === undefined ? {} : { pool: base.meant }),
    severity: fewer ? 'error' : 'warning',
    key: `${base.target} ${head.target}`,
    what: sentence(
      say`${inEntry(head)}${head.reference.kind} sends ${requestsOf(head)} to ${head.target} now; before this change to ${base.target}${more}.`,
    ),
    related: others.flatMap(({ head: other }) =>
      other === undefined
        ? []
        : [{ at: other.reference.at, note: sentence(say`${inEntry(other)}${requestsOf(other)} too`) }],
    ),
    why:
      old !== undefined && now !== undefined
        ? say`All its traffic moves from ${count(servingCount(old), 'server')} to ${count(servingCount(now), 'server')} at once.`
        : say`All its traffic moves at once.`,
    fix: WARM,
  };
}

/** Requests that went to a pool go elsewhere or nowhere. A pool that is gone altogether is the finding of pool-removed. */
function removed(change: PathChange, estate: EstateChange): Draft | undefined {
  const lost = lostPath(change, estate.routing);
  // `entry-changed` reports what is redirected.
  if (lost === undefined || (lost.taker === undefined && isRedirected(lost.base, estate))) return undefined;
  if (readsLess(estate.base, estate.head, lost.base.config.dialect.format)) return undefined;
  const { base, left, taker, severity, what, why } = lost;
  const pool = estate.pools.find(({ head }) => head?.pool.key === base.pool)?.head?.pool;
  if (pool === undefined && poolOf(estate, 'base', base) !== undefined) return undefined;
  return {
    at: (left ?? taker)?.reference.at ?? pool?.at ?? base.reference.at,
    ...(pool === undefined ? {} : { pool: pool.name }),
    severity,
    key: keyOf(base),
    what: sentence(what),
    why,
    fix:
      taker === undefined
        ? say`Add a route to a pool, or make sure that no client sends these requests.`
        : say`Add the route again, unless ${taker.target} is the intended target and large enough.`,
  };
}

/** A route takes other requests than before, or is new and takes them from a pool. */
function moved({ kind, base, head }: PathChange, { routing }: EstateChange): Draft | undefined {
  if (head === undefined) return undefined;
  const from = takerOf(head, routing.base);
  // Where everything else goes to the same pool, it makes no difference which line says so.
  if (from !== undefined && from !== base && from.meant === head.meant) return undefined;
  if (kind === 'added' && from === undefined) return undefined;
  if (base !== undefined && base.when === head.when) return undefined;
  // What is left over when others are chosen from it is told with each of those.
  if (base !== undefined && head.when !== undefined && head.when === head.otherwise) return undefined;
  const { reference, target } = head;
  return {
    at: reference.at,
    key: keyOf(head),
    what: sentence(
      base === undefined
        ? say`${inEntry(head)}${reference.kind} sends ${requestsOf(head)} to ${target} now; before this change they went to ${from?.target ?? ''}.`
        : say`${inEntry(head)}${reference.kind} sends ${requestsOf(head)} to ${target} now; before this change ${requestsOf(base)}.`,
    ),
    why: say`Requests move between pools at once; the config does not say how many match the condition.`,
    fix: say`Set the condition to match only the intended requests, and make sure that the pool is warm and large enough.`,
  };
}

const WARM = say`Move the traffic in steps, or make sure that the new target is warm and large enough.`;

function keyOf({ entry, target, when, reference: { kind } }: Path): string {
  return [kind, entry, when ?? '', target].join(' ');
}

function poolOf({ base = [], head }: EstateChange, side: 'base' | 'head', { config, target }: Path): Pool | undefined {
  return poolsOf(side === 'base' ? base : head).named(config, target)?.pool;
}
