import { appendTo } from '../../../text/append.ts';
import type { KubeObject } from '../objects.ts';
import { isCanary } from './canary.ts';
import { classOf, pathsOf, type IngressPath } from './paths.ts';

/** Everything that Ingresses of one class say about one host and path. */
export interface Claim {
  /** The older Ingress that is not a canary; undefined where the files have canaries only. */
  readonly main: IngressPath | undefined;
  readonly claims: readonly IngressPath[];
}

/** Claims by class and host, hosts in the order of the files. */
export function claimsByHost(ingresses: readonly KubeObject[]): ReadonlyMap<string, readonly Claim[]> {
  const byHost = new Map<string, Map<string, IngressPath[]>>();
  for (const ingress of ingresses)
    for (const path of pathsOf(ingress)) {
      const host = `${classOf(ingress) ?? ''}\0${path.host}`;
      const claims = byHost.get(host) ?? new Map<string, IngressPath[]>();
      byHost.set(host, claims);
      appendTo(
        claims,
        `${path.pathType}\0${path.path?.value ?? ''}\0${path.path === undefined ? 'default' : ''}`,
        path,
      );
    }
  return new Map(
    [...byHost].map(([host, byPath]) => [
      host,
      [...byPath.values()].map((claims) => ({ main: claims.find(({ ingress }) => !isCanary(ingress)), claims })),
    ]),
  );
}
