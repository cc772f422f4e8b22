import type { Part } from '../model/share.ts';
import { partsOf } from './parts.ts';
import type { Member } from './stages.ts';

/** Shares by weight, exact where every weight is known, else bounds. */
export function byWeight(members: readonly Member[]): Part[] {
  return partsOf(members.map(({ bounds }) => bounds));
}

/** The same where weights are ignored: each instance counts as one. */
export function equally(members: readonly Member[]): Part[] {
  return partsOf(
    members.map(({ server, bounds }) => {
      const count = server.instances.count.value;
      return { low: bounds.low === 0 ? 0 : (count ?? 1), high: count ?? Infinity };
    }),
  );
}
