import type { HealthCheck, PassiveCheck } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { at, durationAt, listOf, numberAt, orDefault, textAt, wordAt } from './nodes.ts';

/** The first active check of a cluster; its times and thresholds have to be written. */
export function readCheck(cluster: PNode, tls: boolean): HealthCheck | undefined {
  const [node] = listOf(at(cluster, 'health_checks'));
  if (node === undefined) return undefined;
  const http = at(node, 'http_health_check');
  const port = numberAt(at(node, 'alt_port'));
  const base = {
    at: headOf(node),
    ...(port === undefined ? {} : { port }),
    ...times(node),
  };
  if (http !== undefined) return { ...base, type: tls ? 'https' : 'http', ...readHttp(http) };
  if (at(node, 'tcp_health_check') !== undefined) return { ...base, type: 'tcp' };
  return { ...base, type: at(node, 'grpc_health_check') === undefined ? 'other' : 'grpc' };
}

/** Fields of a check that the model has; the others are options of the pool. */
export const CHECK_FIELDS: readonly string[] = [
  'timeout',
  'interval',
  'unhealthy_interval',
  'unhealthy_threshold',
  'healthy_threshold',
  'alt_port',
];
export const HTTP_CHECK_FIELDS: readonly string[] = ['path', 'host', 'method', 'expected_statuses'];

function times(node: PNode): Pick<HealthCheck, 'intervalMs' | 'timeoutMs' | 'fall' | 'rise' | 'retryIntervalMs'> {
  const interval = durationAt(at(node, 'interval'));
  const retry = durationAt(at(node, 'unhealthy_interval'));
  const timeout = durationAt(at(node, 'timeout'));
  const fall = numberAt(at(node, 'unhealthy_threshold'));
  const rise = numberAt(at(node, 'healthy_threshold'));
  return {
    ...(interval === undefined ? {} : { intervalMs: interval }),
    ...(retry === undefined ? {} : { retryIntervalMs: retry }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(fall === undefined ? {} : { fall }),
    ...(rise === undefined ? {} : { rise }),
  };
}

/** Only 200 counts as good unless ranges are written; their ends are not part of them. */
function readHttp(node: PNode): Pick<HealthCheck, 'path' | 'host' | 'method' | 'expects' | 'statuses'> {
  const path = textAt(at(node, 'path'));
  const host = textAt(at(node, 'host'));
  const method = wordAt(at(node, 'method'), 'RequestMethod');
  const expected = at(node, 'expected_statuses');
  const ranges = listOf(expected).map((range): readonly [number, number] => [
    numberAt(at(range, 'start'))?.value ?? 0,
    (numberAt(at(range, 'end'))?.value ?? 1) - 1,
  ]);
  const expects = ranges.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join('; ');
  return {
    ...(path === undefined ? {} : { path }),
    ...(host === undefined ? {} : { host }),
    ...(method === undefined ? {} : { method }),
    ...(expected === undefined || ranges.length === 0
      ? { statuses: [[200, 200]] }
      : { expects: written(expects, headOf(expected)), statuses: ranges }),
  };
}

/** Outlier detection; failures in a row count, answers with 5xx among them. */
export function readPassive(cluster: PNode): PassiveCheck | undefined {
  const node = at(cluster, 'outlier_detection');
  if (node === undefined) return undefined;
  const place = headOf(node);
  const enforced = numberAt(at(node, 'enforcing_consecutive_5xx'));
  const fails: Setting<number> =
    enforced?.value === 0 ? written(0, enforced.at) : orDefault(numberAt(at(node, 'consecutive_5xx')), 5, place);
  const most = numberAt(at(node, 'max_ejection_percent'));
  return {
    at: place,
    maxFails: fails,
    sees: 'answers',
    windowMs: orDefault(durationAt(at(node, 'interval')), 10_000, place),
    ejectMs: orDefault(durationAt(at(node, 'base_ejection_time')), 30_000, place),
    maxEjected:
      most === undefined
        ? implied(0.1, place)
        : { ...most, value: most.value === undefined ? undefined : most.value / 100 },
  };
}

export const PASSIVE_FIELDS: readonly string[] = [
  'consecutive_5xx',
  'interval',
  'base_ejection_time',
  'max_ejection_percent',
];
