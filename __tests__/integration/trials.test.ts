import { KINDS } from '../support/real/trial-kinds.ts';
import { runTrial } from '../support/real/trials.ts';
import { PRODUCTS, RECIPES, type Startable } from '../support/real/products.ts';
import { describeReal } from '../support/real-servers.ts';

/** Blind trials of `script/bench trials`, drawn by fixed seeds: three of five kinds, each on one of its balancers in turn. */
const SEED = 90_210;
const ALL: readonly Startable[] = [...PRODUCTS, 'traefik'];

const drawn = KINDS.flatMap((kind, i) => {
  const { products = ALL } = kind;
  const product = products[i % products.length];
  return i % 5 < 3 && product !== undefined ? [{ kind, product, seed: SEED + i }] : [];
});

test('there are 40 of them, on every balancer that can be started', () => {
  expect(drawn.length).toBeGreaterThanOrEqual(40);
  expect(new Set(drawn.map(({ product }) => product))).toEqual(new Set(Object.keys(RECIPES)));
});

describe.each(ALL)('blind trials on %s', (product) => {
  describeReal(product, 'verdict, cause and line', () => {
    const own = drawn.filter((one) => one.product === product);
    test.each(own.map(({ kind, seed }) => [kind.name, kind, seed] as const))(
      '%s',
      async (_, kind, seed) => {
        const { right, seen } = await runTrial(kind, { name: product, product }, seed);
        expect({ wrong: Object.entries(right).filter(([, value]) => value === false), seen }).toEqual({
          wrong: [],
          seen,
        });
      },
      60_000,
    );
  });
});
