import { poolKey } from '../../model/keys.ts';
import type { Caveat, DeclaredSplit, Locality, Pool, Unknown, ZoneUse } from '../../model/pool.ts';
import type { Spill } from '../../model/traffic.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { readAlgorithm } from './algorithm.ts';
import { isUncheckedOnPurpose, readActiveCheck, readPassiveCheck, readStickiness, readTimeouts } from './checks.ts';
import { dialect } from './dialect.ts';
import { readServers, type Inherited } from './server.ts';
import { readMatch, type Scope } from './targets.ts';
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

/** Defaults of keys that have no place of their own in the model; those become options. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['protocol', 'http'],
  ['retry.nonIdempotent', 'false'],
]);

/** Keys of `retry` and `expect` that the model has a place for. */
const MODELLED: ReadonlySet<string> = new Set(['attempts', 'answers', 'budget', 'split', 'surviveLoss', 'peakRps']);

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
  const scope: Scope = { values, scope: at.source.path };
  const activeCheck = readActiveCheck(key('healthCheck'), values);
  const passiveCheck = readPassiveCheck(key('passiveHealth'), values);
  const slowStartMs = unlessZero(values.duration(key('slowStart')));
  const stickiness = readStickiness(key('stickiness'), values);
  const dynamic = values.boolean(child(node, 'dynamic'));
  const declaredSplit = readSplit(child(key('expect'), 'split'), values);
  const retryBudget = values.number(child(key('retry'), 'budget'));
  const peak = values.number(child(key('expect'), 'peakRps'));
  const surviveLoss = values.number(child(key('expect'), 'surviveLoss'));
  const servers = readServers(node, child(defaults, 'server'), readLocalities(node, values), values, {
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    ...tlsOf(values.text(child(node, 'protocol'))?.value ?? 'http', at),
  });
  // Values that some servers have are written at the servers.
  const isWritten = servers.some(({ server }) => server.stickyValue);
  // A peak is requests per second: capacities in another unit cannot be compared with it.
  const unit = servers.find(({ server }) => server.capacity)?.server.options.get('capacity.unit')?.value ?? 'rps';
  return {
    name,
    key: poolKey(dialect.format, at.source.path, name),
    dialect,
    at,
    protocol: PROTOCOLS.get(values.text(child(node, 'protocol'))?.value ?? 'http') ?? 'unknown',
    algorithm: readAlgorithm(key('algorithm'), child(node, 'hashOn'), at, values),
    servers: servers.map(({ server }) => server),
    ...(stickiness === undefined ? {} : { stickiness: isWritten ? { ...stickiness, values: 'written' } : stickiness }),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(isUncheckedOnPurpose(key('healthCheck'), values) ? { uncheckedOnPurpose: true as const } : {}),
    ...(passiveCheck === undefined ? {} : { passiveCheck }),
    timeouts: readTimeouts(key('timeouts'), values),
    retriesAnswers: orElse(values.boolean(child(key('retry'), 'answers')), true, at),
    retries: orElse(values.number(child(key('retry'), 'attempts')), 0, at),
    ...(retryBudget === undefined ? {} : { retryBudget }),
    ...(slowStartMs === undefined ? {} : { slowStartMs }),
    spill: readSpill(node, at, values),
    zones: orElse<ZoneUse>(values.oneOf(child(node, 'zones'), ZONES), 'pooled', at),
    // When the file does not tell whether there are more servers than it lists, the listed ones are not the whole.
    dynamic: dynamic !== undefined && dynamic.value !== false,
    unknowns,
    caveats: [...readCaveats(child(node, 'caveats'), values), ...servers.flatMap(({ caveat }) => caveat ?? [])],
    answers: itemsOf(child(node, 'answers')).flatMap((answer) => readMatch(answer, scope) ?? []),
    ...(declaredSplit === undefined ? {} : { declaredSplit }),
    ...(peak === undefined || unit !== 'rps' ? {} : { peak }),
    ...(surviveLoss === undefined ? {} : { surviveLoss }),
    ...readOrigin(child(node, 'source'), values),
    options: readOptions(node, key),
  };
}

/** Plain protocols speak no TLS to servers unless one says so; of the others a health check may speak plainly. */
function tlsOf(protocol: string, at: Span): Pick<Inherited, 'tls'> {
  return PLAIN.has(protocol) ? { tls: implied(false, at) } : {};
}

const PLAIN: ReadonlySet<string> = new Set(['http', 'h2c', 'grpc', 'fastcgi']);

const ZONES: readonly ZoneUse[] = ['pooled', 'separate', 'weighted', 'nearest'];

function readSpill(node: PNode, at: Span, values: Values): Spill {
  const panic = child(node, 'panicThreshold');
  const panicBelow = panic && readPanic(panic, values);
  return {
    spare: orElse(values.number(child(node, 'spare')), Infinity, at),
    ...(panicBelow === undefined ? {} : { panicBelow }),
    standby: values.oneOf(child(node, 'standby'), ['all', 'first'])?.value ?? 'all',
    standbyBy: values.oneOf(child(node, 'standbyBy'), ['algorithm', 'round-robin'])?.value ?? 'algorithm',
  };
}

/** A share of healthy servers, or their number; 0 = never. */
function readPanic(node: PNode, values: Values): Spill['panicBelow'] {
  const at = headOf(node);
  if (node.kind === 'map') {
    const count = values.number(child(node, 'servers'))?.value;
    return written(count === undefined ? undefined : { count }, at);
  }
  const share = values.number(node)?.value;
  return share === 0 ? undefined : written(share === undefined ? undefined : { share }, at);
}

function readLocalities(node: PNode, values: Values): ReadonlyMap<string, Locality> {
  const found = itemsOf(child(node, 'localities')).flatMap((item): Locality[] => {
    const name = child(item, 'name');
    const called = values.text(name)?.value;
    const weight = values.number(child(item, 'weight'));
    if (name === undefined || called === undefined) return [];
    return [{ name: called, at: headOf(name), ...(weight === undefined ? {} : { weight }) }];
  });
  return new Map(found.map((locality) => [locality.name, locality]));
}

function readCaveats(node: PNode | undefined, values: Values): Caveat[] {
  return itemsOf(node).map((item) => ({
    at: headOf(child(item, 'reason') ?? item),
    reason: say`${values.text(child(item, 'reason'))?.value ?? 'unknown'}`,
    bends: values.oneOf(child(item, 'bends'), ['some', 'all'])?.value ?? 'some',
  }));
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

function readOptions(node: PNode, key: (key: string) => PNode | undefined): ReadonlyMap<string, Setting<string>> {
  const options = new Map<string, Setting<string>>();
  keepOptions(options, 'protocol', child(node, 'protocol'), DEFAULTS);
  for (const name of ['idle', 'drain'])
    keepOptions(options, `timeouts.${name}`, child(key('timeouts'), name), DEFAULTS);
  for (const map of ['retry', 'expect'])
    for (const entry of entriesOf(key(map)))
      if (!MODELLED.has(entry.key)) keepOptions(options, `${map}.${entry.key}`, entry.value, DEFAULTS);
  const split = child(key('expect'), 'split');
  if (split !== undefined) keepOptions(options, 'expect.split', split, DEFAULTS);
  return options;
}
