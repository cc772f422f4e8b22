import type { Server } from '../../model/pool.ts';
import { written } from '../../model/span.ts';
import type { Policy } from './policy.ts';

/** Policies under which an address that is listed twice is one with twice the weight. */
const BY_WEIGHT: ReadonlySet<string | undefined> = new Set(['ROUND_ROBIN', 'LEAST_REQUEST', 'MAGLEV']);

/**
 * Endpoints that are listed more than once as one server each, since their requests reach one machine. Not where health divides the
 * traffic, which counts endpoints, and not where weights do not decide.
 */
export function together(servers: readonly Server[], { word }: Policy): readonly Server[] {
  const [first] = servers;
  const isOne = servers.every(
    ({ state, priority }) => state.value === 'up' && priority.value === first?.priority.value,
  );
  if (!isOne || !BY_WEIGHT.has(word.value)) return servers;
  const found = new Map<string, Server>();
  for (const server of servers) {
    const key = keyOf(server);
    const before = found.get(key);
    found.set(key, before === undefined ? server : sum(before, server));
  }
  return [...found.values()];
}

/** What two endpoints have to share; a weight that the file does not say is not added. */
function keyOf({ name, address, port, locality, options, weight, resolves }: Server): string {
  const isKnown = address !== undefined && port?.value !== undefined && weight.value !== undefined && weight.value > 0;
  if (!isKnown || resolves !== undefined || options.size > 0) return name;
  return `${address} ${port.value} ${locality?.name ?? ''}`;
}

function sum(server: Server, again: Server): Server {
  return {
    ...server,
    weight: written((server.weight.value ?? 0) + (again.weight.value ?? 0), again.weight.at),
    alsoAt: [...(server.alsoAt ?? []), again.at],
  };
}
