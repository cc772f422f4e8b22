import type { ChangeKind, DiffChange } from '../model/diff.ts';
import type { Pool } from '../model/pool.ts';
import type { Setting, Span } from '../model/span.ts';
import { UNKNOWN } from './texts.ts';

/** A change with the place that shows it (in head, or in base for what is gone). */
export interface LocatedChange extends Omit<DiffChange, 'file' | 'line'> {
  readonly at: Span;
}

type Value = LocatedChange['before'];

/** A setting as a change shows it: null = not set, `unknown` = the config does not tell. */
export function told<T extends string | number | boolean>(setting: Setting<T> | undefined): T | 'unknown' | null {
  return setting === undefined ? null : (setting.value ?? UNKNOWN);
}

/** A pool, or a server with the dialect of its pool. */
type Optioned = Pick<Pool, 'options' | 'dialect'>;

/** Gathers what differs between two revisions of a pool. */
export class Collector {
  readonly changes: LocatedChange[] = [];

  add(kind: ChangeKind, server: string | undefined, setting: string, before: Value, after: Value, at: Span): void {
    this.changes.push({ kind, server: server ?? null, setting, before, after, at });
  }

  setting<T extends string | number | boolean>(
    kind: ChangeKind,
    server: string | undefined,
    setting: string,
    before: Setting<T> | undefined,
    after: Setting<T> | undefined,
    fallback: Span,
  ): void {
    const a = told(before);
    const b = told(after);
    if (a !== b) this.add(kind, server, setting, a, b, after?.written === true ? after.at : fallback);
  }

  options(
    server: string | undefined,
    { options: before }: Optioned,
    { options: after, dialect }: Optioned,
    at: Span,
  ): void {
    if (before.size === 0 && after.size === 0) return;
    for (const option of new Set([...before.keys(), ...after.keys()])) {
      const kind = dialect.isOfCheck(option) ? 'check-changed' : 'option-changed';
      this.setting(kind, server, option, before.get(option), after.get(option), at);
    }
  }
}
