import { logChoose, logSumExp } from './numerics.ts';

const FALSE_ALARMS = 0.01;
const LEAST_RATIO = 2;
/** Rates apart by less are not worth a word. 0..1. */
const LEAST_DIFFERENCE = 0.02;

export interface ServerErrors {
  readonly server: string;
  readonly answers: number;
  readonly errors: number;
}

export interface ErrorOutlier {
  readonly server: string;
  /** Error rates, 0..1. */
  readonly rate: number;
  readonly others: number;
}

/**
 * Servers with clearly more errors than the rest: one-sided Fisher test (at most `falseAlarms` over all servers,
 * Bonferroni), at least twice the rate of the others and 2 points more.
 */
export function errorOutliers(servers: readonly ServerErrors[], falseAlarms = FALSE_ALARMS): ErrorOutlier[] {
  const answers = servers.reduce((total, s) => total + s.answers, 0);
  const errors = servers.reduce((total, s) => total + s.errors, 0);
  return servers.flatMap((s) => {
    if (s.errors === 0 || answers === s.answers) return [];
    const rate = s.errors / s.answers;
    const others = (errors - s.errors) / (answers - s.answers);
    const clear = rate >= LEAST_RATIO * others && rate - others >= LEAST_DIFFERENCE;
    const chance = logFisher(s.errors, s.answers, errors, answers);
    return clear && chance <= Math.log(falseAlarms / servers.length) ? [{ server: s.server, rate, others }] : [];
  });
}

/** ln of the chance that at least `own` of `errors` fall on `answers` out of `total` when every answer is alike. */
function logFisher(own: number, answers: number, errors: number, total: number): number {
  const all = logChoose(total, errors);
  const terms: number[] = [];
  for (let k = Math.max(own, errors - (total - answers)); k <= Math.min(errors, answers); k++) {
    const term = logChoose(answers, k) + logChoose(total - answers, errors - k) - all;
    terms.push(term);
    // Beyond the mean terms only shrink; the rest adds nothing.
    if (k * total > errors * answers && term < (terms[0] ?? 0) - 40) break;
  }
  return logSumExp(terms);
}
