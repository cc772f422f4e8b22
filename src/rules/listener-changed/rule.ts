import type { LocatedChange } from '../../compare/collector.ts';
import type { EntryChange } from '../../compare/entries.ts';
import type { EntryFlow } from '../../compare/flow.ts';
import type { EstateChange } from '../../compare/compare.ts';
import { nameOfKey, type PoolKey } from '../../model/keys.ts';
import { list, say, words } from '../../text/say.ts';
import { readsLess } from '../shared/routes.ts';
import { defineRule, type Draft } from '../rule.ts';

/** A bare `*`, with no port, listens wherever the product does. */
const EVERYWHERE = '*';

export const rule = defineRule({
  id: 'listener-changed',
  title: 'Listeners keep their ports and protocols',
  severity: 'warning',
  scope: 'estate',
  *check({ estate }) {
    const listening = new Set(
      estate.entries.flatMap(({ head }) => head?.entry.listens.map(({ address }) => address) ?? []),
    );
    const idle = idlePools(estate);
    for (const change of estate.entries) {
      if (change.base === undefined) continue;
      if (change.head === undefined) yield* removed(change.base, listening, idle, estate);
      else yield* moved(change, listening);
    }
  },
});

/** Addresses that nobody listens on any more; an error where the pools that they led to stay and get nothing at all now. */
function* removed(
  { entry, total }: EntryFlow,
  listening: ReadonlySet<string>,
  idle: ReadonlySet<PoolKey>,
  { entries }: EstateChange,
): Generator<Draft> {
  const gone = entry.listens.filter(({ address }) => !listening.has(address) && !listening.has(EVERYWHERE));
  const led = [...total.pools.keys()];
  const cutOff = led.every((key) => idle.has(key)) ? led : [];
  if (cutOff.length === 0 && (gone.length === 0 || entries.every(({ head }) => head === undefined))) return;
  const nothing =
    gone.length === 0
      ? say`no requests reach ${list(cutOff.map(nameOfKey), 3)}`
      : say`nothing listens on ${list(
          gone.map(({ address }) => address),
          3,
        )}`;
  yield {
    at: entry.at,
    key: entry.name,
    ...(cutOff.length === 0 ? {} : { severity: 'error' as const }),
    what: say`${entry.name} is removed, and ${nothing} now.`,
    why: say`Clients that still connect there are refused.`,
    fix: say`Add the listener again, or make sure that no client connects there.`,
  };
}

/** Pools that stay and that nothing leads to now, of the products whose files head reads as far as base did. */
function idlePools({ base, head, pools, entries, routing }: EstateChange): ReadonlySet<PoolKey> {
  const formats = [...new Set(head.map(({ dialect }) => dialect.format))];
  const whole = new Set(formats.filter((format) => !readsLess(base, head, format)));
  const served = new Set([
    ...entries.flatMap((one) => [...(one.head?.total.pools.keys() ?? [])]),
    ...routing.head.flatMap(({ pool, reference }) => (pool === undefined || reference.isPart ? [] : [pool])),
  ]);
  return new Set(
    pools.flatMap(({ head: side }) =>
      side === undefined || served.has(side.pool.key) || !whole.has(side.pool.dialect.format) ? [] : [side.pool.key],
    ),
  );
}

function* moved({ head, changes }: EntryChange, listening: ReadonlySet<string>): Generator<Draft> {
  const listens = changes.filter(({ kind }) => kind === 'listen-changed');
  const gone = listens.filter(({ before, after }) => lost(before, after, listening));
  const now = listens.filter(({ after }) => after !== null);
  const [first] = [...now, ...gone];
  const entry = head?.entry.name ?? '';
  if (first !== undefined && gone.length > 0) {
    yield {
      at: first.at,
      key: entry,
      what: say`${entry} no longer listens on ${list(
        gone.map(({ before }) => addressOf(before)),
        3,
      )}${
        now.length === 0
          ? words('')
          : say`; it listens on ${list(
              now.map(({ after }) => addressOf(after)),
              3,
            )} now`
      }.`,
      why: say`Clients that still connect there are refused.`,
      fix: say`Move the clients first, and keep the old listener until then.`,
    };
  }
  for (const { before, after, at } of listens) {
    if (typeof before !== 'string' || typeof after !== 'string' || addressOf(before) !== addressOf(after)) continue;
    const [was, is] = [wordsOf(before), wordsOf(after)];
    const dropped = ['TLS', 'PROXY protocol'].filter((word) => was.includes(word) !== is.includes(word));
    yield {
      at,
      key: `${entry} ${addressOf(after)}`,
      severity: dropped.length > 0 ? 'warning' : 'notice',
      what: say`The listener ${addressOf(after)} of ${entry} goes from ${before} to ${after}.`,
      why:
        dropped.length > 0
          ? say`Clients that connect as before are refused: both sides have to agree on ${list(dropped)}.`
          : say`Clients may negotiate different options than before, or other requests may arrive here.`,
      fix: say`Set the old value again, unless every client of this listener works with the new one.`,
    };
  }
}

function lost(before: LocatedChange['before'], after: LocatedChange['after'], listening: ReadonlySet<string>): boolean {
  if (before === null) return false;
  const address = addressOf(before);
  return (after === null || addressOf(after) !== address) && !listening.has(address) && !listening.has(EVERYWHERE);
}

function addressOf(listener: LocatedChange['before']): string {
  return String(listener ?? '').split(' ')[0] ?? '';
}

function wordsOf(listener: string): string {
  return listener.slice(addressOf(listener).length);
}
