import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import { wholeNumber } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

const PREFIX = 'nginx.ingress.kubernetes.io/';

/** An annotation of ingress-nginx. */
export function annotation({ annotations }: KubeObject, name: string): Setting<string> | undefined {
  return annotations.get(`${PREFIX}${name}`);
}

/** Whether ingress-nginx takes an Ingress for the canary of another one: its other canary annotations are not read without this one. */
export function isCanary(ingress: KubeObject): boolean {
  // As Go's strconv.ParseBool reads it.
  return /^(?:1|t|T|true|TRUE|True)$/.test(annotation(ingress, 'canary')?.value ?? '');
}

/** The first annotation that only a canary has; undefined on an Ingress that has none. */
export function canarySetting(ingress: KubeObject): Span | undefined {
  return ['canary-weight', 'canary-by-header', 'canary-by-cookie', 'canary-weight-total']
    .map((name) => annotation(ingress, name)?.at)
    .find((place) => place !== undefined);
}

/**
 * The split of a canary: `canary-weight` of `canary-weight-total`, which counts from 100 up. What is no number is 0; a weight above the
 * total gives the canary everything (ingress-nginx, annotations/canary and balancer.lua).
 */
export function readCanary(ingress: KubeObject): { readonly main: Setting<number>; readonly canary: Setting<number> } {
  const weight = annotation(ingress, 'canary-weight');
  if (weight === undefined) return { main: implied(1, ingress.at), canary: implied(0, ingress.at) };
  const asked = wholeNumber(annotation(ingress, 'canary-weight-total')?.value ?? '100') ?? 100;
  const total = asked > 100 ? asked : 100;
  if (weight.value === undefined)
    return { main: implied<number>(undefined, weight.at), canary: { ...weight, value: undefined } };
  const own = Math.min(total, Math.max(0, wholeNumber(weight.value) ?? 0));
  return { main: implied(total - own, weight.at), canary: written(own, weight.at) };
}
