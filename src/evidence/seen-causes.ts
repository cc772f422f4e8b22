import type { Explanation } from '../model/measurement.ts';
import type { Case } from './case.ts';
import { certain } from './explain.ts';
import { hasStrays } from './groups.ts';
import { matches } from './hypotheses.ts';
import { sum } from './numerics.ts';
import { entry } from './tally.ts';

/** So large a part of the requests without a server's name (0..1) is no fault of single servers. */
const NEARLY_ALL = 0.9;

/** Causes that need no weighing: the balancer says that it answers itself. */
export function ownAnswers({ known, counts, seen }: Case): Explanation[] {
  const own = counts.failed?.anonymous5xx ?? 0;
  if (seen.requests === 0 || own < NEARLY_ALL * seen.requests) return [];
  const said = known.findings?.find(({ leavesNone }) => leavesNone);
  if (said === undefined) return [{ ...certain('balancer-answers', known), ...checkLine(known) }];
  const { cause, at, what, next } = said;
  return [{ cause, at, predicts: {}, fits: true, what, next }];
}

/** The line of the health check: the first place to look where no server passes it. */
function checkLine({ checkAt }: Case['known']): Pick<Explanation, 'at'> {
  return checkAt === undefined ? {} : { at: checkAt };
}

/**
 * What was read from the balancer goes before what is inferred, where the split that it has loaded is the one that is seen; else
 * behind it.
 */
export function withRead(
  explanations: readonly Explanation[],
  { observed, known, window }: Case,
): readonly Explanation[] {
  const { explanations: read = [], shares } = observed.read ?? {};
  if (read.length === 0) return explanations;
  const servers = [...new Set([...known.servers.map(({ name }) => name), ...(shares?.keys() ?? [])])];
  const counts = servers.map((name) => entry(window.servers, name));
  const split = servers.map((name) => shares?.get(name) ?? 0);
  const tested = known.kind === 'split' && shares !== undefined && sum(counts) > 0;
  const isSeen = !tested || (!hasStrays(split, counts) && matches([split], counts));
  if (!isSeen) return [...explanations, ...read.map((one) => ({ ...one, fits: false }))];
  const causes = new Set(read.map(({ cause }) => cause));
  return [...read, ...explanations.filter(({ cause }) => cause !== 'none-fits' && !causes.has(cause))];
}
