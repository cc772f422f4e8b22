import type { HealthCheck, PassiveCheck } from '../../model/pool.ts';
import type { Stickiness, Timeouts } from '../../model/traffic.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { child, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { orElse, type Values } from './values.ts';

const CHECK_TYPES: readonly HealthCheck['type'][] = ['tcp', 'http', 'https', 'grpc', 'exec'];

/** The active check of a pool; undefined where there is none, or none on purpose. */
export function readActiveCheck(node: PNode | undefined, values: Values): HealthCheck | undefined {
  if (node === undefined || isUncheckedOnPurpose(node, values)) return undefined;
  const at = headOf(node);
  const type = orElse<HealthCheck['type']>(values.oneOf(child(node, 'type'), CHECK_TYPES), 'http', at);
  const path = values.text(child(node, 'path'));
  const web = type.value === 'http' || type.value === 'https';
  const port = values.number(child(node, 'port'));
  const host = values.text(child(node, 'host'));
  const method = values.text(child(node, 'method'));
  const expects = readStatuses(child(node, 'expectStatus'));
  const retryIntervalMs = values.duration(child(node, 'retryInterval'));
  const version = values.text(child(node, 'version'));
  const follows = values.text(child(node, 'follows'));
  return {
    type: type.value ?? 'other',
    at,
    ...(path !== undefined ? { path } : web ? { path: implied('/', at) } : {}),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(method === undefined || method.value === 'GET' ? {} : { method }),
    ...(expects === undefined || expects.value === '200-399' ? {} : { expects }),
    ...(web ? statusesOf(expects) : {}),
    ...(retryIntervalMs === undefined ? {} : { retryIntervalMs }),
    ...(version === undefined ? {} : { version }),
    ...(follows === undefined ? {} : { follows }),
    intervalMs: orElse(values.duration(child(node, 'interval')), 5000, at),
    timeoutMs: orElse(values.duration(child(node, 'timeout')), 2000, at),
    rise: orElse(values.number(child(node, 'healthyAfter')), 2, at),
    fall: orElse(values.number(child(node, 'unhealthyAfter')), 3, at),
  };
}

/** Whether the file says that there is no active check on purpose. */
export function isUncheckedOnPurpose(node: PNode | undefined, values: Values): boolean {
  return values.boolean(child(node, 'enabled'))?.value === false;
}

/** Codes and ranges in one text: `200 301-308`. */
function readStatuses(node: PNode | undefined): Setting<string> | undefined {
  if (node === undefined) return undefined;
  const items = itemsOf(node);
  const known = node.kind === 'seq' && items.every((item) => item.kind === 'scalar' && !item.computed);
  const text = items.map((item) => (item.kind === 'scalar' ? String(item.value) : '')).join(' ');
  return written(known ? text : undefined, headOf(node));
}

/** Without a word about them every status from 200 to 399 is good. */
function statusesOf(expects: Setting<string> | undefined): Pick<HealthCheck, 'statuses'> {
  if (expects === undefined) return { statuses: [[200, 399]] };
  const statuses = expects.value?.split(' ').map((part): readonly [number, number] => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return [from, to];
  });
  return statuses === undefined ? {} : { statuses };
}

/** What takes a server out by its failures. */
export function readPassiveCheck(node: PNode | undefined, values: Values): PassiveCheck | undefined {
  if (node === undefined) return undefined;
  const at = headOf(node);
  const maxEjected = values.number(child(node, 'maxEjected'));
  const sees = values.oneOf(child(node, 'sees'), ['answers', 'connections'])?.value;
  return {
    at,
    maxFails: orElse(values.number(child(node, 'maxFails')), 1, at),
    windowMs: orElse(values.duration(child(node, 'window')), 10_000, at),
    ejectMs: orElse(values.duration(child(node, 'ejectFor')), 10_000, at),
    ...(maxEjected === undefined || maxEjected.value === 1 ? {} : { maxEjected }),
    ...(sees === undefined ? {} : { sees }),
  };
}

/** What keeps a client on its server; undefined for `none`. */
export function readStickiness(node: PNode | undefined, values: Values): Stickiness | undefined {
  const type = values.oneOf(child(node, 'type'), ['cookie', 'app-cookie', 'source-ip', 'header', 'table'])?.value;
  if (node === undefined || type === undefined) return undefined;
  const from = values.oneOf(child(node, 'values'), ['written', 'made'])?.value;
  const name = values.text(child(node, 'name'));
  const ttlMs = values.duration(child(node, 'ttl'));
  return {
    type,
    at: headOf(node),
    ...(from === undefined ? {} : { values: from }),
    ...(name === undefined ? {} : { name }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}

/** The timeouts that the model has; `idle` and `drain` are options. */
export function readTimeouts(node: PNode | undefined, values: Values): Timeouts {
  const connectMs = values.duration(child(node, 'connect'));
  const serverMs = values.duration(child(node, 'request'));
  const clientMs = values.duration(child(node, 'client'));
  const queueMs = values.duration(child(node, 'queue'));
  return {
    ...(connectMs === undefined ? {} : { connectMs }),
    ...(serverMs === undefined ? {} : { serverMs }),
    ...(clientMs === undefined ? {} : { clientMs }),
    ...(queueMs === undefined ? {} : { queueMs }),
  };
}
