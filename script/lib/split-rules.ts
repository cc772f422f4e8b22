/** Rules that people use to decide whether a split is right, as published; each fails or passes a measurement. */

export interface Rule {
  readonly name: string;
  readonly what: string;
  /** One measurement of the rule; `draw` gives the server of the next answer. */
  readonly fails: (expected: readonly number[], draw: () => number) => boolean;
}

const chiSquare = (requests: number): Rule => ({
  name: `chi ${requests}`,
  what: `chi-square at 1 % after ${requests} requests`,
  fails: (expected, draw) => {
    const counts = count(expected.length, requests, draw);
    const statistic = expected.reduce(
      (total, p, i) => total + ((counts[i] ?? 0) - p * requests) ** 2 / (p * requests),
      0,
    );
    return statistic > chiSquareLimit(expected.length - 1);
  },
});

const withinShare: Rule = {
  name: '25% 100',
  what: 'each share within 25 % of what is expected after 100 requests',
  fails: (expected, draw) => {
    const counts = count(expected.length, 100, draw);
    return expected.some((p, i) => Math.abs((counts[i] ?? 0) / 100 - p) > 0.25 * p);
  },
};

const gateway: Rule = {
  name: 'gateway',
  what: 'Gateway API conformance: each share within 5 points of 500 requests, passed by any of 10 tries',
  fails: (expected, draw) => {
    for (let attempt = 0; attempt < 10; attempt++) {
      const counts = count(expected.length, 500, draw);
      if (expected.every((p, i) => Math.abs((counts[i] ?? 0) / 500 - p) <= 0.05)) return false;
    }
    return true;
  },
};

/** Default concentration of the published prior, and the requests after which nobody waits any longer. */
const CONCENTRATION = 10_000;
const LONGEST = 10_000;

const ratioMismatch: Rule = {
  name: 'ssrm',
  what: `sequential sample ratio mismatch test at 1 %, default prior (Dirichlet, concentration ${CONCENTRATION}), up to ${LONGEST} requests`,
  fails: (expected, draw) => {
    const counts = expected.map(() => 0);
    let log = 0;
    for (let n = 0; n < LONGEST; n++) {
      const i = draw();
      const p = expected[i] ?? 0;
      log += Math.log((CONCENTRATION * p + (counts[i] ?? 0)) / (CONCENTRATION + n) / p);
      counts[i] = (counts[i] ?? 0) + 1;
      if (log >= Math.log(100)) return true;
    }
    return false;
  },
};

export const RULES: readonly Rule[] = [chiSquare(100), chiSquare(1000), withinShare, gateway, ratioMismatch];

function count(servers: number, requests: number, draw: () => number): number[] {
  const counts = Array.from({ length: servers }, () => 0);
  for (let n = 0; n < requests; n++) {
    const i = draw();
    counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}

/** 99th percentile of chi-square (Wilson-Hilferty; within 1 % for these degrees of freedom, exact at 1 and 2). */
function chiSquareLimit(freedom: number): number {
  if (freedom === 1) return 6.634897;
  if (freedom === 2) return 9.21034;
  const part = 2 / (9 * freedom);
  return freedom * (1 - part + 2.326348 * Math.sqrt(part)) ** 3;
}
