import type { Setting } from '../../../model/span.ts';
import { didYouMean } from '../../../text/suggest.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';
import { rewriterOf } from './rewrites.ts';
import { isExternal, selectorOf } from './services.ts';
import type { Workload } from './workloads.ts';

/** A workload that a Service would select but for one label. */
export interface NearMiss {
  readonly workload: Workload;
  readonly key: string;
  readonly wanted: Setting<string>;
  /** Undefined = the pods do not have the label at all. */
  readonly has: Setting<string> | undefined;
  /** The two values differ by a slip of the pen. */
  readonly alike: boolean;
}

/**
 * What a Service that selects nobody most likely means. Another team's pods may have its labels, so a workload counts only if its label
 * is nearly the one that is asked for, or if it has the Service's name and no other Service selects it.
 */
export function nearMissOf(service: KubeObject, cluster: Cluster): NearMiss | undefined {
  const selector = selectorOf(service);
  if (rewriterOf(service, cluster) !== undefined) return undefined;
  if (isExternal(service) || [...selector.values()].some(({ value }) => value === undefined)) return undefined;
  if (selector.size === 0 || cluster.selected(service.namespace, selector).length > 0) return undefined;
  const misses = cluster.workloads.flatMap((workload) =>
    workload.object.namespace === service.namespace ? (missOf(workload, selector) ?? []) : [],
  );
  const alike = misses.find((miss) => miss.alike);
  if (alike !== undefined) return alike;
  if (selector.size < 2) return undefined;
  const named = misses.filter(({ workload }) => workload.object.name === service.name);
  return named.find(({ workload }) => !isServed(workload, cluster));
}

function missOf(workload: Workload, selector: ReadonlyMap<string, Setting<string>>): NearMiss | undefined {
  const differing = [...selector].filter(([key, { value }]) => workload.labels.get(key)?.value !== value);
  const [first, ...others] = differing;
  if (first === undefined || others.length > 0) return undefined;
  const [key, wanted] = first;
  const has = workload.labels.get(key);
  if (has !== undefined && has.value === undefined) return undefined;
  return { workload, key, wanted, has, alike: isAlike(wanted.value ?? '', has?.value) };
}

/** `shop-1` and `shop-2` are two names, not a slip. */
function isAlike(wanted: string, has: string | undefined): boolean {
  if (has === undefined || wanted.length < 3) return false;
  const letters = (text: string): string => text.toLowerCase().replace(/[\d._-]/g, '');
  if (letters(wanted) === letters(has)) return wanted.replace(/\D/g, '') === has.replace(/\D/g, '');
  return didYouMean(wanted, [has]) !== undefined && !/\d/.test(wanted + has);
}

/** Whether a Service of the files selects the pods. */
function isServed({ object, labels }: Workload, cluster: Cluster): boolean {
  return cluster.of('Service').some((service) => {
    const selector = selectorOf(service);
    return (
      service.namespace === object.namespace &&
      selector.size > 0 &&
      [...selector].every(([key, { value }]) => value !== undefined && labels.get(key)?.value === value)
    );
  });
}
