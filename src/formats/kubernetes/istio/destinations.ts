import { NO_OPTIONS, type Pool, type Server } from '../../../model/pool.ts';
import type { Target } from '../../../model/route.ts';
import { implied, type Setting, type Span } from '../../../model/span.ts';
import { appendTo } from '../../../text/append.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import type { Cluster } from '../cluster.ts';
import { selectorOf } from '../core/services.ts';
import { dialect } from '../dialect.ts';
import { keyOfPool, type Found } from '../found.ts';
import { at, labelsOf, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { endpointsOf } from './entries.ts';
import { hostKey, serviceNamed } from './hosts.ts';
import { policyOf, withPolicy } from './policy.ts';

export const DESTINATION_RULE = 'networking.istio.io/DestinationRule';

/** One subset of a host, and the rule that defines it. */
export interface Subset {
  readonly name: string;
  readonly at: Span;
  readonly node: PNode;
  readonly rule: KubeObject;
  readonly labels: ReadonlyMap<string, Setting<string>>;
}

const rules = new WeakMap<Cluster, ReadonlyMap<string, readonly KubeObject[]>>();

/** The DestinationRules of each host: subsets of all of them count, and the policy of the first one. */
export function rulesByHost(cluster: Cluster): ReadonlyMap<string, readonly KubeObject[]> {
  const known = rules.get(cluster);
  if (known !== undefined) return known;
  const byHost = new Map<string, KubeObject[]>();
  for (const rule of cluster.of(DESTINATION_RULE)) {
    const host = rawAt(at(rule.spec, 'host'));
    if (host !== undefined) appendTo(byHost, hostKey(host, rule), rule);
  }
  rules.set(cluster, byHost);
  return byHost;
}

export function subsetsOf(rules: readonly KubeObject[]): readonly Subset[] {
  return rules.flatMap((rule) => [...subsetsIn(rule).values()]);
}

const subsets = new WeakMap<KubeObject, ReadonlyMap<string, Subset>>();

function subsetsIn(rule: KubeObject): ReadonlyMap<string, Subset> {
  let known = subsets.get(rule);
  if (known === undefined) {
    known = new Map(
      itemsOf(at(rule.spec, 'subsets')).flatMap((node) => {
        const named = at(node, 'name');
        const name = rawAt(named);
        if (named === undefined || name === undefined) return [];
        return [[name, { name, at: headOf(named), node, rule, labels: labelsOf(at(node, 'labels')) }] as const];
      }),
    );
    subsets.set(rule, known);
  }
  return known;
}

/** Whether one of the rules of a host defines a subset. */
export function defines(rules: readonly KubeObject[], subset: string): boolean {
  return rules.some((rule) => subsetsIn(rule).has(subset));
}

/** Balances the pools of hosts by their DestinationRules, and adds a pool for each subset. */
export function readDestinationRules(_rules: readonly KubeObject[], cluster: Cluster, found: Found): void {
  for (const [key, rules] of rulesByHost(cluster)) {
    const [first] = rules;
    const host = at(first?.spec, 'host');
    if (first === undefined || host === undefined || key.includes('*')) continue;
    const own = keyOfHost(rawAt(host) ?? '', first, found);
    const index = found.pools.findIndex((pool) => pool.key === own.key);
    const known = found.pools[index];
    const pool = known ?? poolWithout(own, headOf(host));
    const shared = at(first.spec, 'trafficPolicy');
    const balanced = withPolicy(pool, policyOf(shared), first.at);
    found.pools.splice(index < 0 ? found.pools.length : index, index < 0 ? 0 : 1, balanced);
    for (const subset of subsetsOf(rules)) {
      const servers = pool.servers.filter((server) => has(subset, server, cluster));
      const name = subsetName(own.name, subset.name);
      const part: Pool = {
        ...pool,
        key: keyOfPool(found, own.namespace, name),
        name,
        at: subset.at,
        servers,
        dynamic: pool.dynamic,
      };
      found.pools.push(withPolicy(part, policyOf(shared, at(subset.node, 'trafficPolicy')), subset.at));
    }
  }
}

/** The pool of a host: that of its Service, or of its ServiceEntry. */
function keyOfHost(
  host: string,
  object: KubeObject,
  found: Pick<Found, 'path'>,
): { key: Pool['key']; name: string; namespace: string } {
  const service = serviceNamed(host, object);
  const [name, namespace] = service === undefined ? [host.toLowerCase(), ''] : [service.name, service.namespace];
  return { key: keyOfPool(found, namespace, name), name, namespace };
}

export function subsetName(pool: string, subset: string): string {
  return `${pool}/${subset}`;
}

/** Whether a server has the labels of a subset: a workload of the Service, or an endpoint of a ServiceEntry. */
function has({ labels }: Subset, { at: place }: Server, cluster: Cluster): boolean {
  const own = labelsByPlace(cluster).get(place);
  return [...labels].every(([key, { value }]) => value === undefined || own?.get(key)?.value === value);
}

type Labels = ReadonlyMap<string, Setting<string>>;
const placed = new WeakMap<Cluster, ReadonlyMap<Span, Labels>>();

/** The labels of workloads and endpoints by the places that their servers have. */
function labelsByPlace(cluster: Cluster): ReadonlyMap<Span, Labels> {
  let known = placed.get(cluster);
  if (known === undefined) {
    known = new Map([
      ...cluster.workloads.map(({ object, labels }) => [object.at, labels] as const),
      ...endpointsOf(cluster).map(({ at: place, labels }) => [place, labels] as const),
    ]);
    placed.set(cluster, known);
  }
  return known;
}

/** The workloads of a Service that a subset picks; undefined where the files do not have the Service or its pods. */
export function workloadsIn(subset: Subset, host: string, cluster: Cluster): number | undefined {
  const name = serviceNamed(host, subset.rule);
  const service = name === undefined ? undefined : cluster.find('Service', name.namespace, name.name);
  if (service === undefined) return undefined;
  const workloads = cluster.selected(service.namespace, selectorOf(service));
  if (workloads.length === 0) return undefined;
  return workloads.filter(({ labels }) =>
    [...subset.labels].every(([key, { value }]) => value === undefined || labels.get(key)?.value === value),
  ).length;
}

/** A host whose members are not in the files. */
function poolWithout({ key, name }: { key: Pool['key']; name: string }, place: Span): Pool {
  return {
    key,
    name,
    dialect,
    at: place,
    protocol: 'unknown',
    algorithm: implied<Pool['algorithm']['value'] & object>(undefined, place),
    servers: [],
    timeouts: {},
    spill: { spare: implied(Infinity, place), standby: 'all', standbyBy: 'algorithm' },
    zones: implied('pooled', place),
    dynamic: true,
    unknowns: [],
    caveats: [],
    answers: [],
    options: NO_OPTIONS,
  };
}

/**
 * Where a destination leads. A subset that the rules of its host do not define has nobody: its requests get 503. Without a rule in the files
 * nobody knows.
 */
export function destinationOf(node: PNode | undefined, object: KubeObject, cluster: Cluster, found: Found): Target {
  const host = at(node, 'host');
  const name = rawAt(host);
  if (name === undefined || (host?.kind === 'scalar' && host.computed))
    return { kind: 'unknown', why: say`the host is filled in by a template` };
  const pool = keyOfHost(name, object, found);
  const subset = rawAt(at(node, 'subset'));
  if (subset === undefined || subset === '') {
    const isKnown = serviceNamed(name, object) !== undefined || found.pools.some(({ key }) => key === pool.key);
    return isKnown
      ? { kind: 'pool', pool: pool.key, name: pool.name }
      : { kind: 'unknown', why: say`${name} is not defined in these files` };
  }
  const rules = rulesByHost(cluster).get(hostKey(name, object));
  if (rules === undefined)
    return { kind: 'unknown', why: say`the subset ${subset} of ${name} is not defined in these files` };
  if (!defines(rules, subset)) return { kind: 'answer', status: 503 };
  const own = subsetName(pool.name, subset);
  return { kind: 'pool', pool: keyOfPool(found, pool.namespace, own), name: own };
}
