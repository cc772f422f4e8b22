import type { LocatedChange } from '../../compare/collector.ts';
import type { EstateChange } from '../../compare/compare.ts';
import { placeKey, type Span } from '../../model/span.ts';
import { defineRule } from '../rule.ts';
import { count, list, say } from '../../text/say.ts';

/** A few pools are changed together as a matter of course. */
const FEW = 3;

export const rule = defineRule({
  id: 'blast-radius',
  title: 'One change affects only some of the pools',
  severity: 'warning',
  scope: 'estate',
  options: {
    'max-pools': { type: 'percent', default: 0.5, describe: 'Maximum part of the pools that one change may affect.' },
  },
  *check({ estate, options }) {
    const there = estate.pools.filter(({ base }) => base !== undefined);
    const touched = there.filter(({ change, changes }) => change === 'removed' || changes.some(moves));
    if (touched.length < FEW || touched.length <= there.length * options['max-pools']) return;
    const shared = sharedPlace(estate);
    const first = touched.find(({ head }) => head !== undefined)?.head?.pool.at;
    const at = shared?.at ?? first ?? estate.head[0]?.source;
    if (at === undefined) return;
    const names = touched.map(({ base, head }) => (head ?? base)?.pool.name ?? '');
    yield {
      at: 'source' in at ? at : { source: at, start: 0, end: 0 },
      what: say`This change affects ${touched.length} of ${count(there.length, 'pool')}: ${list(names)}.`,
      why:
        shared === undefined
          ? say`If it is wrong, most of the pools behind this balancer fail at once.`
          : say`This line alone changes ${count(shared.pools, 'pool')}; if it is wrong, all of them fail at once.`,
      fix: say`Move the change to one pool first, probe it, then change the others.`,
    };
  },
});

/** Whether a change does something to a pool: a new name, and lines that call it by that name, do not. */
function moves({ kind, setting }: LocatedChange): boolean {
  return kind !== 'route-changed' && !(kind === 'option-changed' && setting === 'name');
}

/** The one place in head that changes the most pools, when it changes more than one: a default that they inherit. */
function sharedPlace({ pools }: EstateChange): { readonly at: Span; readonly pools: number } | undefined {
  const places = new Map<string, { at: Span; pools: number }>();
  for (const { changes } of pools) {
    for (const { at } of new Map(changes.filter(inHead).map((change) => [placeKey(change.at), change])).values()) {
      const place = places.get(placeKey(at));
      if (place) place.pools++;
      else places.set(placeKey(at), { at, pools: 1 });
    }
  }
  const [most] = [...places.values()].toSorted((a, b) => b.pools - a.pools);
  return most !== undefined && most.pools > 1 ? most : undefined;
}

function inHead({ kind }: LocatedChange): boolean {
  return kind !== 'server-removed';
}
