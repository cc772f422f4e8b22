import type { Algorithm, HashKey, Lookup } from '../../model/algorithm.ts';
import type { ZoneUse } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import type { Use } from './found.ts';
import { at, durationAt, isOn, listOf, numberAt, textAt, typedAt, wordAt } from './nodes.ts';

/** The load balancing policy of a cluster, however it is written: as `lb_policy` or as an extension. */
export interface Policy {
  /** A word of `lb_policy`, or the type of an extension that has none. */
  readonly word: Setting<string>;
  /** The message with its settings: `ring_hash_lb_config` or the extension's own. */
  readonly body: PNode | undefined;
  /** The message of the subsets, in `lb_subset_config` or as an extension. */
  readonly subsets: PNode | undefined;
  readonly zones: Setting<ZoneUse>;
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['RoundRobin', 'ROUND_ROBIN'],
  ['LeastRequest', 'LEAST_REQUEST'],
  ['RingHash', 'RING_HASH'],
  ['Maglev', 'MAGLEV'],
  ['Random', 'RANDOM'],
  ['PickFirst', 'pick_first'],
]);

const BODIES: ReadonlyMap<string, string> = new Map([
  ['ROUND_ROBIN', 'round_robin_lb_config'],
  ['LEAST_REQUEST', 'least_request_lb_config'],
  ['RING_HASH', 'ring_hash_lb_config'],
  ['MAGLEV', 'maglev_lb_config'],
]);

/** Reads the policy of a cluster. `local` = the cluster of the callers is known, so that their zone counts. */
export function readPolicy(cluster: PNode, place: Span, local: boolean): Policy {
  const extension = at(cluster, 'load_balancing_policy', 'policies');
  if (extension !== undefined) return readExtension(extension, place, implied(local ? 'nearest' : 'pooled', place));
  const word = wordAt(at(cluster, 'lb_policy'), 'Cluster.LbPolicy') ?? implied('ROUND_ROBIN', place);
  const common = at(cluster, 'common_lb_config');
  return {
    word,
    body: at(cluster, BODIES.get(word.value ?? '') ?? ''),
    subsets: at(cluster, 'lb_subset_config'),
    zones: readZones(common, place, local),
  };
}

/** `locality_weighted_lb_config` in a cluster's common settings or in `locality_lb_config` of an extension. */
function readZones(node: PNode | undefined, place: Span, local: boolean): Setting<ZoneUse> {
  const weighted = at(node, 'locality_weighted_lb_config');
  if (weighted !== undefined) return written('weighted', headOf(weighted));
  const enabled = at(node, 'zone_aware_lb_config', 'routing_enabled', 'value');
  const off = enabled !== undefined && numberAt(enabled)?.value === 0;
  return implied(local && !off ? 'nearest' : 'pooled', place);
}

/** The first policy of the list counts, as every one here is known to Envoy. Policies may wrap another one. */
function readExtension(list: PNode, place: Span, zones: Setting<ZoneUse>, depth = 0): Policy {
  const [node] = listOf(list);
  const typed = typedAt(at(node, 'typed_extension_config', 'typed_config'));
  const where = node === undefined ? place : headOf(node);
  const unknown: Policy = { word: written<string>(typed?.type, where), body: undefined, subsets: undefined, zones };
  if (typed === undefined || depth > 4) return unknown;
  const { type, body } = typed;
  const inner = (name: string): PNode | undefined => at(body, name, 'policies');
  if (type === 'WrrLocality')
    return readExtension(inner('endpoint_picking_policy') ?? body, place, written('weighted', where), depth + 1);
  if (type === 'Subset') {
    return { ...readExtension(inner('subset_lb_policy') ?? body, place, zones, depth + 1), subsets: body };
  }
  const word = EXTENSIONS.get(type);
  if (word === undefined) return unknown;
  const own = readZones(at(body, 'locality_lb_config') ?? body, place, zones.value === 'nearest');
  return { word: written(word, where), body, subsets: undefined, zones: own.written ? own : zones };
}

/** The window in which a server that comes back gets less than its share. */
export function readSlowStart({ body }: Policy): Setting<number> | undefined {
  return durationAt(at(body, 'slow_start_config', 'slow_start_window'));
}

/** How a cluster picks a server; the routes that lead to it say what it hashes. */
export function readAlgorithm(policy: Policy, uses: readonly Use[], canPlace: boolean): Setting<Algorithm> {
  const { word } = policy;
  const of = (algorithm: Algorithm): Setting<Algorithm> => ({ ...word, value: algorithm });
  switch (word.value) {
    case undefined:
      return { ...word, value: undefined };
    case 'ROUND_ROBIN':
      return of({ native: 'ROUND_ROBIN', kind: 'round-robin', serves: 'in-turn', weights: 'used' });
    case 'LEAST_REQUEST':
      // Weights are divided by what is open, so under load a heavier server gets less than its weight says.
      return of({ native: 'LEAST_REQUEST', kind: 'least-connections', idle: 'by-weight', loaded: 'between' });
    case 'RANDOM':
      return of({ native: 'RANDOM', kind: 'random', choices: 1, draw: 'equal', idle: 'as-drawn', loaded: 'equal' });
    case 'RING_HASH':
    case 'MAGLEV':
      return of(hashing(word.value, policy, uses, canPlace));
    case 'pick_first':
      return of({ native: 'pick_first', kind: 'fill', order: 'listed' });
    default:
      return of({ native: word.value, kind: 'unknown' });
  }
}

/** Without a hash policy Envoy hashes a random number, so that each request is an independent draw from the table. */
function hashing(native: string, policy: Policy, uses: readonly Use[], canPlace: boolean): Algorithm {
  const lookup = native === 'MAGLEV' ? maglev(policy) : ring(policy, canPlace);
  const key = uses.map(({ hash }) => hash).find((hash): hash is HashKey => typeof hash === 'object');
  if (key === undefined && uses.length > 0 && uses.every(({ hash }) => hash === 'none'))
    return {
      native,
      kind: 'random',
      choices: 1,
      draw: lookup.table === 'ring' ? lookup : 'by-weight',
      idle: 'as-drawn',
      loaded: 'by-weight',
    };
  const unknown: HashKey = { of: 'other', native: 'the hash policy of the route' };
  return { native, kind: 'hash', key: key ?? unknown, lookup, without: 'random' };
}

function maglev({ body }: Policy): Lookup {
  return { table: 'maglev', size: numberAt(at(body, 'table_size'))?.value ?? 65_537 };
}

/** Points are named by the address, unless the hash or the names of the points are others. */
function ring({ body }: Policy, canPlace: boolean): Lookup & { readonly table: 'ring' } {
  const hash = textAt(at(body, 'hash_function'))?.value ?? 'XX_HASH';
  const byName =
    isOn(at(body, 'use_hostname_for_hashing')) ||
    isOn(at(body, 'consistent_hashing_lb_config', 'use_hostname_for_hashing'));
  const isKnown = canPlace && !byName && /^(?:XX_HASH|DEFAULT_HASH|0)$/i.test(hash);
  return {
    table: 'ring',
    points: {
      min: numberAt(at(body, 'minimum_ring_size'))?.value ?? 1024,
      max: numberAt(at(body, 'maximum_ring_size'))?.value ?? 8_388_608,
    },
    place: isKnown ? 'address' : 'unknown',
    hash: isKnown ? 'xxhash64' : 'unknown',
    owner: 'next',
  };
}

/** What requests are hashed by: the first policy that ends the list, or several together. */
export function readHash(policies: readonly PNode[]): HashKey | 'none' {
  const keys = policies.map(keyOf);
  const [first, ...others] = keys;
  if (first === undefined) return 'none';
  // What follows a terminal policy counts only for requests that lack its key.
  if (others.length === 0 || isOn(at(policies[0], 'terminal'))) return first;
  return { of: 'other', native: keys.map(({ native }) => native).join(' and ') };
}

function keyOf(node: PNode): HashKey {
  const header = textAt(at(node, 'header', 'header_name'))?.value;
  if (header !== undefined) return { of: header === ':path' ? 'uri' : 'header', native: `header ${header}` };
  const cookie = textAt(at(node, 'cookie', 'name'))?.value;
  if (cookie !== undefined) return { of: 'cookie', native: `cookie ${cookie}` };
  const parameter = textAt(at(node, 'query_parameter', 'name'))?.value;
  if (parameter !== undefined) return { of: 'query', native: `query parameter ${parameter}` };
  const isSource = isOn(at(node, 'connection_properties', 'source_ip')) || at(node, 'source_ip') !== undefined;
  return isSource ? { of: 'source', native: 'source_ip' } : { of: 'other', native: 'the filter state' };
}
