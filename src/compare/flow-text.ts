import { nameOfKey } from '../model/keys.ts';
import { boundsOf, type Part } from '../model/share.ts';
import type { Text } from '../model/text.ts';
import { list, percent, say, words } from '../text/say.ts';
import type { ClassFlow, Flow } from './flow.ts';

/** Where requests go, in words: `90% reach be_app, 10% reach be_canary`, `all are refused`. */
export function flowText(flow: Flow): Text {
  const ends = [
    ...[...flow.pools].map(([key, part]) => ({ part, does: say`reach ${nameOfKey(key)}` })),
    { part: flow.answered, does: words('are answered by the balancer itself') },
    { part: flow.lost, does: words('are refused or fail') },
    { part: flow.unknown, does: words('go where the request decides') },
  ].filter(({ part }) => part !== 0 && part !== null);
  const [only] = ends;
  if (ends.length === 1 && only?.part === 1) return say`all ${only.does}`;
  return ends.length === 0
    ? words('none come in')
    : list(
        ends.map(({ part, does }) => say`${partText(part)} ${does}`),
        4,
      );
}

/** A share as a number or as its bounds: `12%`, `at least 44%`, `20% to 50%`. */
export function partText(part: Part): Text {
  if (typeof part === 'number') return percent(part);
  const { low, high } = boundsOf(part);
  if (low === 0 && high === 1) return words('some');
  if (high === 1) return say`at least ${percent(low)}`;
  return low === 0 ? say`at most ${percent(high)}` : say`${percent(low)} to ${percent(high)}`;
}

/** The requests of a class: `the requests if { path_beg /api }`, `all other requests`, `all requests` where nothing else is named. */
export function classText({ when }: Pick<ClassFlow, 'when'>, alone: boolean): Text {
  if (when === undefined) return words(alone ? 'all requests' : 'all other requests');
  return say`the requests ${when.length > LONGEST ? `${when.slice(0, LONGEST)}…` : when}`;
}

/** A condition of many values is shown by its beginning. */
const LONGEST = 120;

/** Whether every request of a class is refused. */
export function isLost({ lost }: Flow): boolean {
  return boundsOf(lost).low > 1 - 1e-9;
}

/** Whether some requests of a class reach a pool for certain. */
export function reachesPool({ pools }: Flow): boolean {
  return [...pools.values()].some((part) => boundsOf(part).low > 0);
}
