import type { Reference } from '../model/route.ts';
import type { Setting, Span } from '../model/span.ts';
import type { Collector } from './collector.ts';

/** Proxy settings in force where traffic enters the pool; more places with the same settings are no change. */
export function referenceChanges(
  found: Collector,
  base: readonly Reference[],
  head: readonly Reference[],
  at: Span,
): void {
  // That the last place is gone, or the first is new, is told as a route.
  if ((base.length === 0) !== (head.length === 0)) return;
  const settings = new Map<string, { before: string; after: string; at: Span }>();
  const names = new Set([...base, ...head].flatMap((reference) => [...reference.options.keys(), ...TIMEOUTS]));
  for (const name of names) {
    const before = valuesOf(base, name);
    const after = valuesOf(head, name);
    if (before.join('\n') === after.join('\n')) continue;
    const place = head.find(
      (reference) => after.includes(settingText(reference, name)) && !before.includes(settingText(reference, name)),
    );
    settings.set(name, {
      before: before.join(', '),
      after: after.join(', '),
      at: placeOf(place, name) ?? head[0]?.at ?? at,
    });
  }
  for (const [name, change] of settings) {
    const timeout = TIMEOUTS.includes(name);
    const setting = timeout ? `timeout ${name.slice(0, -2)} (ms)` : name;
    // The place and the pool may inherit one line.
    if (found.changes.some((one) => one.setting === setting && String(one.after) === change.after)) continue;
    found.add(
      timeout ? 'timeout-changed' : 'option-changed',
      undefined,
      setting,
      change.before,
      change.after,
      change.at,
    );
  }
}

const TIMEOUTS: readonly string[] = ['connectMs', 'serverMs', 'clientMs', 'queueMs'];

function settingOf(reference: Reference, name: string): Setting<string> | Setting<number> | undefined {
  if (!TIMEOUTS.includes(name)) return reference.options.get(name);
  return reference.timeouts[name as keyof Reference['timeouts']];
}

function settingText(reference: Reference, name: string): string {
  const value = settingOf(reference, name)?.value;
  return value === undefined ? 'not set' : String(value);
}

function placeOf(reference: Reference | undefined, name: string): Span | undefined {
  if (reference === undefined) return undefined;
  const setting = settingOf(reference, name);
  return setting?.written === true ? setting.at : reference.at;
}

function valuesOf(references: readonly Reference[], name: string): string[] {
  return [...new Set(references.map((reference) => settingText(reference, name)))].toSorted();
}
