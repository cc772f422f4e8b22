import type { HealthCheck } from '../../../model/pool.ts';
import { implied, written, type Setting } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { at, entryOf, numberAt, rawAt, textAt } from '../nodes.ts';

/**
 * The readiness probe of a container: pods that fail it leave the Service. Defaults of the Pod API: every 10 s, 1 s to answer,
 * out after 3 failures, in after 1 success.
 */
export function readProbe(container: PNode): HealthCheck | undefined {
  const entry = entryOf(container, 'readinessProbe');
  const probe = at(container, 'readinessProbe');
  if (entry === undefined || probe?.kind !== 'map') return undefined;
  const place = entry.keyAt;
  const [kind, how] = handlerOf(probe);
  const path = textAt(at(how, 'path'));
  const port = portOf(at(how, 'port'), container);
  const host = textAt(at(how, 'host'));
  const https = rawAt(at(how, 'scheme'))?.toUpperCase() === 'HTTPS';
  return {
    type: kind === 'http' && https ? 'https' : kind,
    at: place,
    ...(kind === 'http' ? { path: path ?? implied('/', place), statuses: [[200, 399] as const] } : {}),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    intervalMs: seconds(at(probe, 'periodSeconds')) ?? implied(10_000, place),
    timeoutMs: seconds(at(probe, 'timeoutSeconds')) ?? implied(1000, place),
    fall: numberAt(at(probe, 'failureThreshold')) ?? implied(3, place),
    rise: numberAt(at(probe, 'successThreshold')) ?? implied(1, place),
  };
}

function handlerOf(probe: PNode): readonly [kind: HealthCheck['type'], how: PNode | undefined] {
  const http = at(probe, 'httpGet');
  if (http !== undefined) return ['http', http];
  const tcp = at(probe, 'tcpSocket');
  if (tcp !== undefined) return ['tcp', tcp];
  const grpc = at(probe, 'grpc');
  return grpc === undefined ? ['exec', at(probe, 'exec')] : ['grpc', grpc];
}

/** A port by its number, or by the name that the container gives it. */
function portOf(node: PNode | undefined, container: PNode): Setting<number> | undefined {
  const given = numberAt(node);
  if (node === undefined || given === undefined || given.value !== undefined) return given;
  const named = itemsOf(at(container, 'ports')).find((port) => rawAt(at(port, 'name')) === rawAt(node));
  return written(numberAt(at(named, 'containerPort'))?.value, headOf(node));
}

function seconds(node: PNode | undefined): Setting<number> | undefined {
  const given = numberAt(node);
  return given === undefined
    ? undefined
    : { ...given, value: given.value === undefined ? undefined : given.value * 1000 };
}
