import type { Pool } from '../../model/pool.ts';
import type { PNode } from '../../text/positioned.ts';
import { SPACES, type Found, type Service } from './found.ts';
import { readPool } from './pool.ts';
import { readRouters } from './routers.ts';
import { checkCycles, readRoute, servicesOf } from './services.ts';

/** Reads services and routers of a tree of dynamic configuration. `complete` adds what the tree does not say of a pool. */
export function readSpaces(
  root: PNode,
  found: Found,
  complete: (pool: Pool, service: Service) => Pool = (pool) => pool,
): void {
  for (const space of SPACES) {
    const services = servicesOf(root, space);
    for (const service of services.values()) {
      if (found.dropped.has(service.node)) continue;
      if (service.kind === 'loadBalancer') found.pools.push(complete(readPool(service, root, found), service));
      else if (service.kind !== 'broken') found.routes.push(readRoute(service, services, found));
    }
    checkCycles(services, found);
    readRouters(root, space, services, found);
  }
}

/** Whether nothing was left out. */
export function isWhole({ problems, unknowns, pools }: Found): boolean {
  return problems.length === 0 && unknowns.length === 0 && pools.every((pool) => pool.unknowns.length === 0);
}
