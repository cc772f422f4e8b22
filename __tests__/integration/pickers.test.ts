import { blocks, nobody, rotations, type Picker } from '../evidence/balancers.ts';
import { seededRandom } from '../../src/evidence/random.ts';
import { planOf, serving } from '../support/real/trial-scene.ts';
import type { Startable } from '../support/real/products.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

/** The balancers that simulations use are those that run: who answers a quiet, fresh balancer, request by request. */
const WEIGHTS = [5, 3, 1];
const CYCLE = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
const REQUESTS = 10 * CYCLE;

async function orderOf(product: Startable): Promise<readonly number[]> {
  const backends = await startBackends(['web1', 'web2', 'web3']);
  const port = await freePort();
  const plan = planOf({ backends }, WEIGHTS, { workers: 1 });
  const server = await startServer(product, serving({ balancer: { name: product, product }, port }, plan), port);
  const { order } = await send(port, REQUESTS);
  await server.stop();
  return order.map((name) => backends.findIndex((backend) => backend.name === name));
}

const drawn = (pick: Picker): number[] => Array.from({ length: REQUESTS }, pick);

/** Answers by server in each whole cycle, from any place on. */
function inCycles(order: readonly number[]): number[][] {
  return Array.from({ length: order.length - CYCLE + 1 }, (_, from) =>
    WEIGHTS.map((__, server) => order.slice(from, from + CYCLE).filter((one) => one === server).length),
  );
}

describeReal('nginx', 'smooth weighted round robin of nginx', () => {
  test('is the rotation of the simulations, answer by answer', async () => {
    expect(await orderOf('nginx')).toEqual(drawn(rotations(WEIGHTS, 1, nobody)(seededRandom(1))));
  }, 30_000);
});

describe.each(['haproxy', 'envoy', 'traefik'] as const)('weighted round robin of %s', (product) => {
  describeReal(product, 'and its cycles', () => {
    test('every server is off by one answer at most in any cycle, as in the rotation of the simulations', async () => {
      for (const counts of inCycles(await orderOf(product))) {
        counts.forEach((n, server) => expect(Math.abs(n - (WEIGHTS[server] ?? 0))).toBeLessThanOrEqual(1));
      }
    }, 30_000);
  });
});

describeReal('caddy', 'weighted round robin of Caddy', () => {
  test('serves in blocks, as those of the simulations', async () => {
    const runs = (order: readonly number[]) => order.filter((server, i) => i > 0 && server !== order[i - 1]).length;
    const order = await orderOf('caddy');
    const simulated = drawn(blocks(WEIGHTS, nobody)(seededRandom(1)));
    expect(Math.abs(runs(order) - runs(simulated))).toBeLessThanOrEqual(1);
    for (const counts of inCycles(order)) expect(counts).toEqual(WEIGHTS);
  }, 30_000);
});
