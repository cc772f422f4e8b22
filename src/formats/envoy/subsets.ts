import type { Server } from '../../model/pool.ts';
import { implied } from '../../model/span.ts';
import { entriesOf, type PNode } from '../../text/positioned.ts';
import type { Subset } from './found.ts';
import { at, listOf, rawAt, wordAt } from './nodes.ts';

/** The namespace of metadata that chooses servers. */
const NAMESPACE = 'envoy.lb';

/** Keys and values that a route asks for, sorted by key. */
export function criteriaOf(metadata: PNode | undefined): readonly (readonly [string, string])[] {
  return [...valuesOf(metadata)].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** `version=v2, stage=prod` */
export function criteriaText(wanted: Subset['wanted']): string {
  return wanted.map(([key, value]) => `${key}=${value}`).join(', ');
}

/** `app [version=v2]`: a subset as messages call it. */
export function subsetName(cluster: string, wanted: Subset['wanted']): string {
  return wanted.length === 0 ? cluster : `${cluster} [${criteriaText(wanted)}]`;
}

function valuesOf(metadata: PNode | undefined): ReadonlyMap<string, string> {
  const map = at(metadata, 'filter_metadata');
  const own = map?.kind === 'map' ? map.entries.get(NAMESPACE)?.value : undefined;
  return new Map(entriesOf(own).map(({ key, value }) => [key, textOf(value)]));
}

function textOf(node: PNode): string {
  return node.kind === 'scalar'
    ? String(node.value)
    : [...new Map(entriesOf(node).map(({ key, value }) => [key, textOf(value)]))].join();
}

type Choice = 'all' | 'none' | ((values: ReadonlyMap<string, string>) => boolean);

/**
 * The servers of a cluster with subsets as one route uses them: those that the route does not choose get nothing. A subset exists for
 * the keys of a selector; where no selector has the route's keys, or no server its values, the fallback decides.
 */
export function membersOf(
  { wanted }: Subset,
  config: PNode | undefined,
  servers: readonly Server[],
  groups: readonly PNode[],
): readonly Server[] {
  const nodes = groups.flatMap((group) => [
    ...listOf(at(group, 'lb_endpoints') ?? at(group, 'load_balancer_endpoints', 'lb_endpoints')),
  ]);
  const values = nodes.map((node) => valuesOf(at(node, 'metadata')));
  const choice = choose(wanted, config, values);
  return servers.map((server, i) => {
    const isIn = choice === 'all' || (choice !== 'none' && choice(values[i] ?? new Map<string, string>()));
    return isIn ? server : { ...server, weight: implied(0, server.at) };
  });
}

function choose(
  wanted: Subset['wanted'],
  config: PNode | undefined,
  servers: readonly ReadonlyMap<string, string>[],
): Choice {
  const has = (pairs: Subset['wanted']): Choice => {
    const holds = (values: ReadonlyMap<string, string>): boolean =>
      pairs.every(([key, value]) => values.get(key) === value);
    return servers.some(holds) ? holds : 'none';
  };
  const keys = wanted.map(([key]) => key).join('\0');
  const selector = listOf(at(config, 'subset_selectors')).find(
    (one) =>
      listOf(at(one, 'keys'))
        .flatMap((key) => rawAt(key) ?? [])
        .toSorted()
        .join('\0') === keys,
  );
  const chosen = selector === undefined || wanted.length === 0 ? 'none' : has(wanted);
  if (chosen !== 'none') return chosen;
  const own = wordAt(
    at(selector, 'fallback_policy'),
    'Cluster.LbSubsetConfig.LbSubsetSelector.LbSubsetSelectorFallbackPolicy',
  )?.value;
  const common = wordAt(at(config, 'fallback_policy'), 'Cluster.LbSubsetConfig.LbSubsetFallbackPolicy')?.value;
  const fallback: string = (own === undefined || own === 'NOT_DEFINED' ? common : own) ?? 'NO_FALLBACK';
  switch (fallback) {
    case 'ANY_ENDPOINT':
      return 'all';
    case 'DEFAULT_SUBSET':
      return has([...defaultsOf(config)]);
    case 'KEYS_SUBSET': {
      const fewer = new Set(listOf(at(selector, 'fallback_keys_subset')).flatMap((key) => rawAt(key) ?? []));
      return has(wanted.filter(([key]) => fewer.has(key)));
    }
    default:
      return 'none';
  }
}

function defaultsOf(config: PNode | undefined): Subset['wanted'] {
  return entriesOf(at(config, 'default_subset')).map(({ key, value }) => [key, textOf(value)] as const);
}
