import type { HealthCheck } from '../../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { at, entryOf, labelsOf, numberAt, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';
import { readProbe } from './probes.ts';

/** Objects that run pods: the group and kind, and how many pods there are. */
const RUNNERS: ReadonlyMap<string, 'replicas' | 'one' | 'per-node'> = new Map([
  ['apps/Deployment', 'replicas'],
  ['apps/StatefulSet', 'replicas'],
  ['apps/ReplicaSet', 'replicas'],
  ['ReplicationController', 'replicas'],
  ['argoproj.io/Rollout', 'replicas'],
  ['apps/DaemonSet', 'per-node'],
  ['Pod', 'one'],
]);

/** What autoscalers change the number of. */
export const SCALERS: readonly string[] = ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'];

/** Equal pods behind a Service. */
export interface Workload {
  readonly object: KubeObject;
  readonly labels: ReadonlyMap<string, Setting<string>>;
  /** Undefined value = an autoscaler, a template or the number of nodes decides. */
  readonly replicas: Setting<number>;
  readonly perNode: boolean;
  /** The autoscaler that decides the number of pods. */
  readonly scaledBy?: KubeObject;
  /** Whether something keeps the pods on different nodes. */
  readonly spread: 'each-node' | 'preferred' | 'no';
  readonly containers: readonly PNode[];
  readonly check?: HealthCheck;
}

/** The pods of an object that runs some; undefined for every other object and for patches, which have no template. */
export function podsOf(object: KubeObject, scalers: readonly KubeObject[]): Workload | undefined {
  const runs = RUNNERS.get(object.kind);
  const template = runs === 'one' ? object.node : at(object.spec, 'template');
  const spec = at(template, 'spec');
  if (runs === undefined || spec?.kind !== 'map') return undefined;
  const containers = [...itemsOf(at(spec, 'initContainers')).filter(isSidecar), ...itemsOf(at(spec, 'containers'))];
  const scaledBy = runs === 'replicas' ? scalerOf(object, scalers) : undefined;
  const [check] = containers.flatMap((container) => readProbe(container) ?? []);
  return {
    object,
    labels: labelsOf(at(template, 'metadata', 'labels')),
    replicas: replicasOf(object, runs, scaledBy),
    perNode: runs === 'per-node',
    ...(scaledBy === undefined ? {} : { scaledBy }),
    spread: runs === 'per-node' ? 'each-node' : spreadOf(spec),
    containers,
    ...(check === undefined ? {} : { check }),
  };
}

/** Init containers that stay up take part in readiness. */
function isSidecar(container: PNode): boolean {
  return rawAt(at(container, 'restartPolicy')) === 'Always';
}

function replicasOf(object: KubeObject, runs: 'replicas' | 'one' | 'per-node', scaledBy?: KubeObject): Setting<number> {
  if (runs === 'one') return implied(1, object.at);
  if (runs === 'per-node') return implied<number>(undefined, object.at);
  if (scaledBy !== undefined) return written<number>(undefined, scaledBy.at);
  return numberAt(at(object.spec, 'replicas')) ?? implied(1, object.at);
}

function scalerOf({ kind, name, namespace }: KubeObject, scalers: readonly KubeObject[]): KubeObject | undefined {
  const own = kind.slice(kind.indexOf('/') + 1);
  return scalers.find((scaler) => {
    const target = at(scaler.spec, 'scaleTargetRef');
    const wanted = rawAt(at(target, 'kind')) ?? 'Deployment';
    return scaler.namespace === namespace && wanted === own && rawAt(at(target, 'name')) === name;
  });
}

/** `each-node`: at most one pod a node. `preferred`: the scheduler tries, within limits that other pods share. */
function spreadOf(spec: PNode): Workload['spread'] {
  const anti = at(spec, 'affinity', 'podAntiAffinity');
  const required = itemsOf(at(anti, 'requiredDuringSchedulingIgnoredDuringExecution'));
  if (required.some((term) => rawAt(at(term, 'topologyKey')) === 'kubernetes.io/hostname')) return 'each-node';
  const spreads = itemsOf(at(spec, 'topologySpreadConstraints'));
  return required.length > 0 || spreads.length > 0 || anti !== undefined ? 'preferred' : 'no';
}

/** The number of a port that a Service names in `targetPort`; undefined where no container has it. */
export function portNamed(name: string, { containers }: Workload): Setting<number> | undefined {
  for (const container of containers)
    for (const port of itemsOf(at(container, 'ports')))
      if (rawAt(at(port, 'name')) === name) return numberAt(at(port, 'containerPort'));
  return undefined;
}

/** Where the labels of the pods are, for pointing at them. */
export function labelsPlace({ object }: Workload): Span {
  const metadata = object.kind === 'Pod' ? at(object.node, 'metadata') : at(object.spec, 'template', 'metadata');
  const labels = entryOf(metadata, 'labels');
  return labels === undefined ? object.at : headOf(labels.value);
}
