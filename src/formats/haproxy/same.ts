import type { Setting } from '../../model/span.ts';

/** Whether something is a value with the place that says it. */
export function isSetting(value: unknown): value is Setting<unknown> {
  return typeof value === 'object' && value !== null && 'written' in value && 'at' in value;
}

/** Whether two parts of the model say the same, wherever they are written. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isSetting(a) && isSetting(b)) return sameValue(a.value, b.value);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && sameValue(value, b.get(key)));
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  keys.delete('at');
  const inA: ReadonlyMap<string, unknown> = new Map(Object.entries(a));
  const inB: ReadonlyMap<string, unknown> = new Map(Object.entries(b));
  return [...keys].every((key) => sameValue(inA.get(key), inB.get(key)));
}

/** A value for people: `5`, `leastconn`, `http /health`, `not set`. */
export function shown(value: unknown): string {
  const inner = isSetting(value) ? value.value : value;
  if (inner === undefined) return 'not set';
  if (inner === '') return 'set';
  if (typeof inner === 'string' || typeof inner === 'number' || typeof inner === 'boolean') return String(inner);
  if (typeof inner !== 'object' || inner === null) return 'set differently';
  const parts = new Map<string, unknown>(Object.entries(inner));
  if (parts.has('native')) return shown(parts.get('native'));
  const texts = ['type', 'name', 'path']
    .filter((part) => parts.get(part) !== undefined)
    .map((part) => shown(parts.get(part)));
  return texts.length === 0 ? 'set differently' : texts.join(' ');
}
