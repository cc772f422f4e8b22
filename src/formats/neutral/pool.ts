import type { Algorithm } from '../../model/algorithm.ts';
import { poolKey } from '../../model/keys.ts';
import type { DeclaredSplit, HealthCheck, PassiveCheck, Pool, Unknown, ZoneUse } from '../../model/pool.ts';
import type { Stickiness, Timeouts } from '../../model/traffic.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, type PNode } from '../../text/positioned.ts';
import { algorithmOf, WORDS } from './algorithm.ts';
import { dialect } from './dialect.ts';
import { readServers } from './server.ts';
import { keepOptions, orElse, readOrigin, unlessZero, withDefaults, type Values } from './values.ts';

const PROTOCOLS: ReadonlyMap<string, Pool['protocol']> = new Map([
  ['http', 'http'],
  ['https', 'http'],
  ['h2c', 'http'],
  ['grpc', 'http'],
  ['grpcs', 'http'],
  ['fastcgi', 'http'],
  ['tcp', 'tcp'],
  ['tls', 'tcp'],
  ['udp', 'udp'],
]);

const CHECK_TYPES: readonly HealthCheck['type'][] = ['tcp', 'http', 'https', 'grpc', 'exec'];

/** Keys that have no place of their own in the model; they become options. */
const CHECK_OPTIONS = ['enabled', 'port', 'host', 'method', 'expectStatus'];
const KEPT = ['protocol'];
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['protocol', 'http'],
  ['healthCheck.enabled', 'true'],
  ['healthCheck.method', 'GET'],
  ['healthCheck.expectStatus', '200-399'],
  ['passiveHealth.maxEjected', '1'],
  ['retry.nonIdempotent', 'false'],
]);

/** A pool with the keys of `defaults` where it does not set them itself. */
export function readPool(
  node: PNode,
  name: string,
  defaults: PNode | undefined,
  values: Values,
  unknowns: readonly Unknown[],
): Pool {
  const key = withDefaults(node, defaults);
  const at = headOf(child(node, 'name') ?? node);
  const activeCheck = readActiveCheck(key('healthCheck'), values);
  const passiveCheck = readPassiveCheck(key('passiveHealth'), values);
  const slowStartMs = unlessZero(values.duration(key('slowStart')));
  const stickiness = readStickiness(key('stickiness'), values);
  const dynamic = values.boolean(child(node, 'dynamic'));
  const crossZone = values.boolean(child(node, 'crossZone'));
  const panic = values.number(child(node, 'panicThreshold'));
  const panicBelow = panic?.value === 0 ? undefined : panic && share(panic);
  const unchecked = values.boolean(child(key('healthCheck'), 'enabled'))?.value === false;
  const declaredSplit = readSplit(child(key('expect'), 'split'), values);
  return {
    name,
    key: poolKey(dialect.format, at.source.path, name),
    dialect,
    at,
    protocol: PROTOCOLS.get(values.text(child(node, 'protocol'))?.value ?? 'http') ?? 'unknown',
    algorithm: readAlgorithm(key('algorithm'), child(node, 'hashOn'), at, values),
    servers: readServers(node, child(defaults, 'server'), values, {
      ...(activeCheck === undefined ? {} : { activeCheck }),
      ...(passiveCheck === undefined ? {} : { passiveCheck }),
      ...(slowStartMs === undefined ? {} : { slowStartMs }),
    }),
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
    timeouts: readTimeouts(key('timeouts'), values),
    retriesAnswers: implied(true, at),
    retries: orElse(values.number(child(key('retry'), 'attempts')), 0, at),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    spill: {
      spare: implied(Infinity, at),
      ...(panicBelow === undefined ? {} : { panicBelow }),
      standby: 'all',
      standbyBy: 'algorithm',
    },
    zones: crossZone === undefined ? implied('pooled', at) : { ...crossZone, value: zoneUse(crossZone.value) },
    // When the file does not tell whether there are more servers than it lists, the listed ones are not the whole.
    dynamic: dynamic !== undefined && dynamic.value !== false,
    unknowns,
    caveats: [],
    answers: [],
    ...(declaredSplit === undefined ? {} : { declaredSplit }),
    ...(unchecked ? { uncheckedOnPurpose: true as const } : {}),
    ...readExpected(key('expect'), values),
    ...readOrigin(child(node, 'source'), values),
    options: readOptions(node, key),
  };
}

/** A number as the share of healthy servers. */
function share(setting: Setting<number>): NonNullable<Pool['spill']['panicBelow']> {
  return { ...setting, value: setting.value === undefined ? undefined : { share: setting.value } };
}

function zoneUse(crossZone: boolean | undefined): ZoneUse | undefined {
  return crossZone === undefined ? undefined : crossZone ? 'pooled' : 'separate';
}

function readAlgorithm(
  node: PNode | undefined,
  hashOn: PNode | undefined,
  at: Span,
  values: Values,
): Setting<Algorithm> {
  const word = values.oneOf(node, WORDS);
  if (word === undefined) return implied(algorithmOf('round-robin', undefined), at);
  const value = word.value === undefined ? undefined : algorithmOf(word.value, values.text(hashOn)?.value);
  return written(value, word.at);
}

function readActiveCheck(node: PNode | undefined, values: Values): HealthCheck | undefined {
  if (node === undefined || values.boolean(child(node, 'enabled'))?.value === false) return undefined;
  const at = headOf(node);
  const type = orElse<HealthCheck['type']>(values.oneOf(child(node, 'type'), CHECK_TYPES), 'http', at);
  const path = values.text(child(node, 'path'));
  const web = type.value === 'http' || type.value === 'https';
  return {
    type: type.value ?? 'other',
    at,
    ...(path !== undefined ? { path } : web ? { path: implied('/', at) } : {}),
    intervalMs: orElse(values.duration(child(node, 'interval')), 5000, at),
    timeoutMs: orElse(values.duration(child(node, 'timeout')), 2000, at),
    rise: orElse(values.number(child(node, 'healthyAfter')), 2, at),
    fall: orElse(values.number(child(node, 'unhealthyAfter')), 3, at),
  };
}

function readPassiveCheck(node: PNode | undefined, values: Values): PassiveCheck | undefined {
  if (node === undefined) return undefined;
  const at = headOf(node);
  return {
    at,
    maxFails: orElse(values.number(child(node, 'maxFails')), 1, at),
    windowMs: orElse(values.duration(child(node, 'window')), 10_000, at),
    ejectMs: orElse(values.duration(child(node, 'ejectFor')), 10_000, at),
  };
}

function readStickiness(node: PNode | undefined, values: Values): Stickiness | undefined {
  const type = values.oneOf(child(node, 'type'), ['cookie', 'app-cookie', 'source-ip', 'header', 'table'])?.value;
  if (node === undefined || type === undefined) return undefined;
  const name = values.text(child(node, 'name'));
  const ttlMs = values.duration(child(node, 'ttl'));
  return {
    type,
    at: headOf(node),
    ...(name === undefined ? {} : { name }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}

function readTimeouts(node: PNode | undefined, values: Values): Timeouts {
  const connectMs = values.duration(child(node, 'connect'));
  const serverMs = values.duration(child(node, 'request'));
  const queueMs = values.duration(child(node, 'queue'));
  return {
    ...(connectMs === undefined ? {} : { connectMs }),
    ...(serverMs === undefined ? {} : { serverMs }),
    ...(queueMs === undefined ? {} : { queueMs }),
  };
}

/** Only what is written counts: without it the checklist file decides, and else an even split is expected. */
function readSplit(node: PNode | undefined, values: Values): Setting<DeclaredSplit> | undefined {
  if (node === undefined) return undefined;
  const at = headOf(node);
  if (node.kind === 'map') {
    const shares = new Map<string, number>();
    for (const entry of entriesOf(node)) {
      const share = values.number(entry.value)?.value;
      if (share === undefined) return written<DeclaredSplit>(undefined, at);
      shares.set(entry.key, share);
    }
    return written<DeclaredSplit>(shares, at);
  }
  const word = values.oneOf(node, ['weights', 'even', 'capacity'])?.value;
  return written<DeclaredSplit>(word === 'weights' ? 'config' : word, at);
}

function readExpected(node: PNode | undefined, values: Values): Pick<Pool, 'peak' | 'surviveLoss'> {
  const peak = values.number(child(node, 'peakRps'));
  const surviveLoss = values.number(child(node, 'surviveLoss'));
  return { ...(peak === undefined ? {} : { peak }), ...(surviveLoss === undefined ? {} : { surviveLoss }) };
}

function readOptions(node: PNode, key: (key: string) => PNode | undefined): ReadonlyMap<string, Setting<string>> {
  const options = new Map<string, Setting<string>>();
  for (const name of KEPT) keepOptions(options, name, child(node, name), DEFAULTS);
  for (const name of CHECK_OPTIONS)
    keepOptions(options, `healthCheck.${name}`, child(key('healthCheck'), name), DEFAULTS);
  for (const name of ['idle', 'drain'])
    keepOptions(options, `timeouts.${name}`, child(key('timeouts'), name), DEFAULTS);
  for (const entry of entriesOf(key('retry'))) {
    if (entry.key !== 'attempts') keepOptions(options, `retry.${entry.key}`, entry.value, DEFAULTS);
  }
  for (const entry of entriesOf(key('expect'))) {
    if (entry.key !== 'split') keepOptions(options, `expect.${entry.key}`, entry.value, DEFAULTS);
  }
  keepOptions(options, 'passiveHealth.maxEjected', child(key('passiveHealth'), 'maxEjected'), DEFAULTS);
  return options;
}
