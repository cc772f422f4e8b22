import type { Config } from '../../model/config.ts';
import type { Setting } from '../../model/span.ts';
import { appendTo } from '../../text/append.ts';
import { podsOf, SCALERS, type Workload } from './core/workloads.ts';
import type { KubeObject } from './objects.ts';

/** The objects of one set of manifests, and who selects whom. */
export class Cluster {
  readonly workloads: readonly Workload[];
  readonly #byKind = new Map<string, KubeObject[]>();
  readonly #byName = new Map<string, KubeObject>();
  readonly #byLabel = new Map<string, Workload[]>();

  constructor(objects: readonly KubeObject[]) {
    for (const object of objects) {
      appendTo(this.#byKind, object.kind, object);
      // Of two objects of one name the last one applied stays.
      this.#byName.set(nameKey(object.kind, object.namespace, object.name), object);
    }
    const scalers = SCALERS.flatMap((kind) => this.of(kind));
    this.workloads = objects.flatMap((object) => podsOf(object, scalers) ?? []);
    for (const workload of this.workloads)
      for (const [key, { value }] of workload.labels)
        appendTo(this.#byLabel, labelKey(workload.object.namespace, key, value), workload);
  }

  /** Every kind that the files have objects of. */
  get kinds(): readonly string[] {
    return [...this.#byKind.keys()];
  }

  /** The objects of a kind (`Service`, `apps/Deployment`), in the order of the files. */
  of(kind: string): readonly KubeObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  find(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#byName.get(nameKey(kind, namespace, name));
  }

  /** The workloads of a namespace whose pods have every label of a selector; none for a selector without labels. */
  selected(namespace: string, selector: ReadonlyMap<string, Setting<string>>): readonly Workload[] {
    const [first, ...others] = selector;
    if (first === undefined) return [];
    const [key, { value }] = first;
    return (this.#byLabel.get(labelKey(namespace, key, value)) ?? []).filter(({ labels }) =>
      others.every(([other, wanted]) => wanted.value !== undefined && labels.get(other)?.value === wanted.value),
    );
  }
}

function nameKey(kind: string, namespace: string, name: string): string {
  return `${kind}\0${namespace}\0${name}`;
}

function labelKey(namespace: string, key: string, value: string | undefined): string {
  return `${namespace}\0${key}\0${value ?? ''}`;
}

const clusters = new WeakMap<Config, Cluster>();

/** Keeps the objects of a config for the rules of the format, which ask for more than the model says. */
export function remember(config: Config, cluster: Cluster): Config {
  clusters.set(config, cluster);
  return config;
}

/** The objects that a config was read from; undefined for a config of another format. */
export function clusterOf(config: Config): Cluster | undefined {
  return clusters.get(config);
}
