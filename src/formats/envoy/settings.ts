import { written, type Setting } from '../../model/span.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { manualName } from './messages.ts';

type Settings = Map<string, Setting<string>>;

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

/** Every value below a message as a setting of its own, so that a change of what is not read otherwise is reported. */
export function settingsOf(node: PNode | undefined, prefix: string, except: readonly string[] = []): Settings {
  const found: Settings = new Map();
  const skipped = new Set(except);
  for (const { key, value } of entriesOf(node)) {
    const name = manualName(key);
    if (!skipped.has(name) && !SILENT.has(name)) add(value, `${prefix}${name}`, found);
  }
  return found;
}

function add(node: PNode, name: string, found: Settings): void {
  if (node.kind === 'scalar') {
    if (node.value !== null) found.set(name, written(node.computed ? undefined : String(node.value), headOf(node)));
    return;
  }
  const items = itemsOf(node);
  if (items.length > 0 && items.every(({ kind }) => kind === 'scalar')) {
    const values = items.map((item) => (item.kind === 'scalar' ? String(item.value) : ''));
    found.set(name, written(values.join(', '), headOf(node)));
    return;
  }
  items.forEach((item, i) => add(item, `${name}[${i}]`, found));
  const entries = entriesOf(node);
  for (const { key, value } of entries) {
    const inner = manualName(key);
    if (!SILENT.has(inner)) add(value, `${name}.${inner}`, found);
  }
  if (items.length === 0 && entries.length === 0) found.set(name, written('{}', headOf(node)));
}
