import type { Pool, Server } from '../../../model/pool.ts';
import { numberAt } from '../nodes.ts';
import type { ServicePart } from './parts.ts';

/** A pool with the containers behind its servers: their names, how many there are, and the health checks of Docker. */
export function withContainers(pool: Pool, parts: readonly ServicePart[]): Pool {
  const times = new Map<string, number>();
  const servers = pool.servers.map((server, i): Server => {
    const part = parts[i];
    if (part === undefined) return server;
    const { name } = part.container;
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    return asContainer({ ...server, name: nth === 1 ? name : `${name}#${nth}` }, part);
  });
  const [first] = servers;
  const check = servers.every(({ activeCheck }) => activeCheck !== undefined) ? first?.activeCheck : undefined;
  return { ...pool, servers, ...(check === undefined ? {} : { activeCheck: check }) };
}

/**
 * Traefik asks Docker for the address of each container, so that no name is resolved; without `server.port` it takes the lowest port that
 * the image exposes. It leaves out a container that is not healthy.
 */
function asContainer(server: Server, { container, hasOwnUrl, port }: ServicePart): Server {
  const { resolves, hashedAs, ...rest } = server;
  const check = server.activeCheck ?? container.check;
  const common = {
    ...rest,
    at: container.at,
    instances: hasOwnUrl ? server.instances : container.instances,
    ...(check === undefined ? {} : { activeCheck: check }),
  };
  if (hasOwnUrl)
    return {
      ...common,
      ...(resolves === undefined ? {} : { resolves }),
      ...(hashedAs === undefined ? {} : { hashedAs }),
    };
  return { ...common, address: container.name, port: numberAt(port) };
}
