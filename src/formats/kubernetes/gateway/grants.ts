import { itemsOf, type PNode } from '../../../text/positioned.ts';
import type { Cluster } from '../cluster.ts';
import { at, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

/** What a reference of one namespace leads to in another one. */
export interface Crossing {
  readonly from: KubeObject;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Whether a ReferenceGrant of the other namespace allows a reference. Without one it is invalid. */
export function isGranted({ from, group, kind, namespace, name }: Crossing, cluster: Cluster): boolean {
  const [fromGroup = '', fromKind = ''] = from.kind.split('/');
  return cluster.of('gateway.networking.k8s.io/ReferenceGrant').some((grant) => {
    if (grant.namespace !== namespace) return false;
    const isFrom = itemsOf(at(grant.spec, 'from')).some(
      (one) =>
        rawAt(at(one, 'group')) === fromGroup &&
        rawAt(at(one, 'kind')) === fromKind &&
        rawAt(at(one, 'namespace')) === from.namespace,
    );
    return isFrom && itemsOf(at(grant.spec, 'to')).some((one) => leadsTo(one, group, kind, name));
  });
}

function leadsTo(to: PNode, group: string, kind: string, name: string): boolean {
  const wanted = rawAt(at(to, 'name'));
  return (
    (rawAt(at(to, 'group')) ?? '') === group &&
    rawAt(at(to, 'kind')) === kind &&
    (wanted === undefined || wanted === '' || wanted === name)
  );
}
