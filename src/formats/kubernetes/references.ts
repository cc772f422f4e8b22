import type { Reference, Target } from '../../model/route.ts';
import type { PNode } from '../../text/positioned.ts';
import type { Found } from './found.ts';
import { numberAt } from './nodes.ts';

/** Where a reference leads: to a Service of a namespace. */
interface Place {
  readonly to: Extract<Target, { kind: 'pool' }>;
  readonly namespace: string;
  readonly port: PNode | undefined;
}

/** Adds a reference to a Service; one that is not in the files is named like a host, as it may be in the cluster. */
export function addReference(
  reference: Omit<Reference, 'pool' | 'address'>,
  { to, namespace, port }: Place,
  found: Found,
): void {
  const isHere = found.pools.some(({ key }) => key === to.pool);
  const address = { host: `${to.name}.${namespace}`, port: numberAt(port)?.value ?? 80 };
  found.references.push(isHere ? { ...reference, pool: to.name } : { ...reference, pool: undefined, address });
}
