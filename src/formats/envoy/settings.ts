import type { Setting } from '../../model/span.ts';
import type { PNode } from '../../text/positioned.ts';
import { settingsBelow } from '../tree-settings.ts';
import { manualName } from './messages.ts';

/** Fields that change nothing about who gets a request and what answers it: names of statistics, logs, traces. */
const SILENT: ReadonlySet<string> = new Set([
  'stat_prefix',
  'alt_stat_name',
  'access_log',
  'access_log_options',
  'access_log_flush_interval',
  'tracing',
  'decorator',
  'track_cluster_stats',
  'track_timeout_budgets',
  'event_log_path',
  'event_logger',
  'always_log_health_check_failures',
  'always_log_health_check_success',
]);

const NAMES = {
  nameOf: (key: string): string | undefined => {
    const name = manualName(key);
    return SILENT.has(name) ? undefined : name;
  },
  dropsNulls: true,
} as const;

/** The settings below a message. `except`: its own fields that are read otherwise. */
export function settingsOf(
  node: PNode | undefined,
  prefix: string,
  except: readonly string[] = [],
): Map<string, Setting<string>> {
  const read = new Set(except);
  return settingsBelow(node, prefix, NAMES, (name) => read.has(name));
}
