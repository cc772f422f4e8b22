import { KINDS } from '../support/real/trial-kinds.ts';
import { runTrial } from '../support/real/trials.ts';
import { describeReal, type Product } from '../support/real-servers.ts';

/** A few blind trials of `script/bench trials`, drawn by fixed seeds: verdict, cause and line. */
const SEED = 90_210;
const OTHERS: readonly Product[] = ['nginx', 'apache', 'caddy', 'envoy'];

describeReal('haproxy', 'blind trials on HAProxy', () => {
  test.each(KINDS.map((kind, i) => [kind.name, kind, SEED + i] as const))(
    '%s',
    async (_, kind, seed) => {
      const { right, seen } = await runTrial(kind, { name: 'HAProxy', product: 'haproxy' }, seed);
      expect({ ...right, seen }).toEqual({ verdict: true, cause: true, line: true, seen });
    },
    60_000,
  );
});

describe.each(OTHERS)('blind trials on %s', (product) => {
  const kinds = KINDS.filter(({ name }) => name === 'forgotten reload' || name === 'weighted, not declared');
  describeReal(product, 'two kinds', () => {
    test.each(kinds.map((kind, i) => [kind.name, kind, SEED + 50 + i] as const))(
      '%s',
      async (_, kind, seed) => {
        const { right, seen } = await runTrial(kind, { name: product, product }, seed);
        expect({ ...right, seen }).toEqual({ verdict: true, cause: true, line: true, seen });
      },
      60_000,
    );
  });
});
