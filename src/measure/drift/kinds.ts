import type { Server } from '../../model/pool.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';

export const DRIFT_KINDS = [
  'forgotten-reload',
  'loaded-differs',
  'runtime-weight',
  'drained',
  'maintenance',
  'enabled',
  'check-failing',
  'server-added',
  'server-missing',
  'pool-missing',
  'address-changed',
] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** One thing that is loaded otherwise than it is written, with both places. */
export interface Drift {
  readonly kind: DriftKind;
  readonly pool: string;
  readonly server?: string;
  /** The place in the file: the line of the setting, the server or the pool. */
  readonly at: Span;
  /** The revision that is loaded, where one is known (short sha or ref). */
  readonly revision?: string;
  /** The row in the interface: `app/web1`. */
  readonly row: string;
  readonly what: Text;
  readonly fix: Text;
}

/** The setting's own line where it is written there. */
export function placeOf(setting: Setting<unknown>, server: Server): Span {
  return setting.written ? setting.at : server.at;
}
