import type { Measurement } from '../../../src/model/measurement.ts';
import { nodePorts } from '../../../src/probe/ports.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import type { Revisioned } from '../../../src/verify/check.ts';
import { configOf, neutralOf, type PoolPlan } from './configs.ts';
import type { Product } from './products.ts';
import { measureRequest, reportOf } from '../jobs.ts';

/** How a real balancer on `port` of 127.0.0.1 is probed. */
export interface Asked {
  /** The config that should be loaded, and the one before this deploy. */
  readonly head: PoolPlan;
  readonly base?: PoolPlan;
  readonly expect?: 'config';
  /** Addresses of the target when it is a name. */
  readonly addresses?: readonly string[];
  /** Requests/s. */
  readonly rate: number;
  /** Default: those of the action. */
  readonly maxRequests?: number;
  readonly timeoutMs?: number;
}

/** Probes it the way the product does, judged by its own config where that is read, else by the same in the neutral format. */
export async function probeReal(product: Product, port: number, asked: Asked): Promise<readonly Measurement[]> {
  const { addresses, rate, maxRequests = 6000, timeoutMs = 120_000 } = asked;
  const host = addresses === undefined ? '127.0.0.1' : 'lb.test';
  const ports = { ...nodePorts(), lookup: () => Promise.resolve(addresses ?? []) };
  const report = await reportOf(
    revisionOf(product, port, asked.head, 'new'),
    {
      base: asked.base && revisionOf(product, port, asked.base, 'old'),
      measure: measureRequest({
        target: new URL(`http://${host}:${port}/`),
        expect: asked.expect,
        maxRequests,
        rate,
        timeoutMs,
      }),
    },
    { probe: ports },
  );
  return report.measurements;
}

function revisionOf(product: Product, port: number, plan: PoolPlan, sha: string): Revisioned {
  const read = product === 'nginx' || product === 'haproxy';
  const path = read ? `${product}.${product === 'nginx' ? 'conf' : 'cfg'}` : 'pools.yml';
  const text = read ? configOf(product, plan, port) : neutralOf(plan);
  return { tree: new MemoryTree({ [path]: text }), files: [path], revision: { ref: sha, sha: null } };
}
