import type { Config } from '../../../model/config.ts';
import type { Pool } from '../../../model/pool.ts';
import { clusterOf, type Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';

/** The Service that a pool stands for, with the objects around it; undefined for a pool of an Ingress or another route. */
export function serviceOf(pool: Pool, config: Config): { service: KubeObject; cluster: Cluster } | undefined {
  const cluster = clusterOf(config);
  const service = cluster?.of('Service').find(({ at }) => at.source === pool.at.source && at.start === pool.at.start);
  return cluster === undefined || service === undefined ? undefined : { service, cluster };
}
