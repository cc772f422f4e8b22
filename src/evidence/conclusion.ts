import type { Counts, FailureKind } from '../model/counts.ts';
import type { Outcome } from '../model/finding.ts';
import type { Explanation, MeasuredServer, Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { count, list, percent, say, words } from '../text/say.ts';
import { blackHole } from './black-hole.ts';
import { errorsVerdict, type ErrorsVerdict } from './errors-test.ts';
import { certain, explain } from './explain.ts';
import type { Expectation } from './expectation.ts';
import { shareInterval } from './intervals.ts';
import type { Observed, Terms } from './judge.ts';
import { quantile } from './latency.ts';
import { remarks } from './remarks.ts';
import type { Answer } from './question.ts';
import { entry, hasStrangers, type Tally } from './tally.ts';
import { seenServers } from './unlisted.ts';

/** More answers without a name than this share make every other count doubtful. */
const MOST_ANONYMOUS = 0.05;

/** Everything that a verdict is made of. */
export interface Case {
  readonly expectation: Expectation;
  readonly terms: Terms;
  readonly counts: Counts;
  readonly seen: Tally;
  /** What the counts say about the split. */
  readonly answer: Answer;
  readonly tolerance: string | null;
  readonly observed: Observed;
}

interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Text;
  readonly explanations?: readonly Explanation[];
  readonly indistinguishable?: Measurement['indistinguishable'];
}

/** The measurement with its verdict: the first line of the ladder that applies. */
export function conclusion(facts: Case): Measurement {
  const { observed, seen, counts, terms, answer } = facts;
  const errors = errorsVerdict(seen.errors, seen.requests, terms.maxErrors);
  const verdict = verdictOf(facts, errors);
  return {
    source: observed.source,
    target: observed.target,
    address: observed.address,
    pool: facts.expectation.pool,
    outcome: verdict.outcome,
    reason: verdict.reason,
    requests: seen.requests,
    seconds: observed.seconds,
    tolerance: facts.tolerance,
    errors: { share: errors.share, limit: terms.maxErrors },
    evidence: finite(answer.evidence),
    independent: answer.independent,
    indistinguishable: verdict.indistinguishable ?? [],
    servers: measuredServers(facts),
    unexpected: seen.unexpected,
    unidentified: counts.unidentified ?? 0,
    explanations: verdict.explanations ?? [],
    notes: [...answer.notes, ...remarks(facts, errors), ...observed.notes],
  };
}

function verdictOf(facts: Case, errors: ErrorsVerdict): Verdict {
  const { expectation, observed, seen, answer } = facts;
  const known = seenServers(expectation, facts.counts);
  if (observed.obstacle !== undefined) return { outcome: 'inconclusive', reason: observed.obstacle };
  if (observed.down)
    return {
      outcome: 'fail',
      reason: say`the target is down: nothing answered`,
      explanations: [certain('target-down', known)],
    };
  if (seen.requests === 0)
    return { outcome: 'inconclusive', reason: say`nothing was measured: no request was counted` };

  const hole = blackHole(known, facts.counts, seen);
  const trusted = seen.anonymous <= MOST_ANONYMOUS * (seen.requests - failedOf(facts.counts));
  const failure = failed(facts, errors, trusted);
  if (failure !== undefined || hole !== undefined) {
    const reason = failure ?? say`${hole?.server ?? ''} attracts traffic by failing fast.`;
    if (hole !== undefined) return { outcome: 'fail', reason, explanations: [hole.explanation] };
    if (answer.explanations !== undefined) return { outcome: 'fail', reason, explanations: answer.explanations };
    if (expectation.kind === 'load-dependent' || expectation.kind === 'one-client') return { outcome: 'fail', reason };
    return { outcome: 'fail', reason, ...whyUneven(facts, known) };
  }
  if (!trusted) return { outcome: 'inconclusive', reason: anonymous(facts) };
  if (answer.state === 'dependent') {
    return {
      outcome: 'inconclusive',
      reason: answer.reason,
      explanations: [certain('sticky-in-front', known, [], seen.of)],
      indistinguishable: ['l4-pinned'],
    };
  }
  if (errors.state === 'doubtful')
    return { outcome: 'inconclusive', reason: say`${errorRate(facts, errors)}: not settled` };
  return { outcome: answer.state === 'holds' ? 'pass' : 'inconclusive', reason: answer.reason };
}

/** Why the measurement fails; undefined when nothing is proved. */
function failed(facts: Case, errors: ErrorsVerdict, trusted: boolean): Text | undefined {
  const { seen, answer } = facts;
  if (answer.state === 'broken' && trusted) return answer.reason;
  if (hasStrangers(seen)) {
    const [first] = seen.unexpected;
    const who = list(seen.unexpected.map((u) => u.identity));
    const answers = seen.unexpected.reduce((total, u) => total + u.count, 0);
    const listed = facts.expectation.servers.some((s) => s.name === first?.identity);
    return say`${who} answered ${answers} of ${seen.requests} requests and must not: ${words(listed ? 'the config keeps it out of rotation' : 'it is not in the config')}.`;
  }
  if (errors.state === 'above') return say`${errorRate(facts, errors)}: ${failures(facts)}.`;
  return undefined;
}

/** Explanations of a split that is off; nothing when errors alone failed and the split is as expected. */
function whyUneven(
  { answer, seen, counts }: Case,
  known: Expectation,
): Pick<Verdict, 'explanations' | 'indistinguishable'> {
  if (answer.state !== 'broken' && !hasStrangers(seen)) return {};
  const { explanations, indistinguishable } = explain(known, seen, (server) => entry(counts.retried, server));
  return { explanations, indistinguishable };
}

function errorRate({ terms }: Case, errors: ErrorsVerdict): Text {
  return say`errors ${percent(errors.share)}, limit ${percent(terms.maxErrors)}`;
}

const KINDS: Readonly<Record<FailureKind, string>> = {
  refused: 'connection refused',
  reset: 'connection reset',
  timeout: 'timeout',
  tls: 'TLS',
  broken: 'broken answer',
  anonymous5xx: '5xx without a server',
};

/** `7 timeout and 5 5xx of web1 in 560 requests`. */
function failures({ counts, seen }: Case): Text {
  const kinds = Object.entries(counts.failed ?? {}).map(
    ([kind, n]) => [KINDS[kind as FailureKind] ?? kind, n] as const,
  );
  const servers = Object.entries(counts.errors ?? {});
  const texts = [
    ...kinds.filter(([, n]) => n > 0).map(([kind, n]) => say`${n} ${words(kind)}`),
    ...servers.filter(([, n]) => n > 0).map(([server, n]) => say`${n} ${words('5xx of')} ${server}`),
  ];
  return say`${list(texts)} in ${count(seen.requests, 'request')}`;
}

function anonymous({ counts, seen }: Case): Text {
  const answers = seen.requests - failedOf(counts);
  const cached = counts.cached ?? 0;
  if (cached * 2 > seen.anonymous) {
    return say`${cached} of ${answers} answers came from a cache or CDN, not from a server of the pool. Probe a path that is not cached, or the balancer itself`;
  }
  return say`${counts.unidentified ?? 0} of ${answers} answers do not tell which server gave them. Name the header, cookie or JSON field in ${'identify-by'}; for a redirect use the target it points to, for 401 or 403 give ${'headers'}`;
}

function failedOf(counts: Counts): number {
  return Object.values(counts.failed ?? {}).reduce((total, n) => total + n, 0);
}

function measuredServers({ expectation, counts, seen }: Case): MeasuredServer[] {
  return seenServers(expectation, counts).servers.map(({ name, expected }) => {
    const answers = seen.of(name);
    const sketch =
      counts.latencyMs !== undefined && Object.hasOwn(counts.latencyMs, name) ? counts.latencyMs[name] : undefined;
    const [p50, p95] = sketch === undefined ? [] : [quantile(sketch, 0.5), quantile(sketch, 0.95)];
    return {
      name,
      expected,
      count: answers,
      share: seen.attributed === 0 ? 0 : answers / seen.attributed,
      ...shareInterval(answers, seen.attributed),
      errors: entry(counts.errors, name),
      latencyMs: p50 === undefined || p95 === undefined ? null : { p50, p95 },
    };
  });
}

/** JSON has no infinity. */
function finite(evidence: Answer['evidence']): Answer['evidence'] {
  if (evidence === null) return null;
  const clamp = (x: number) => Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE);
  return { ...evidence, uneven: clamp(evidence.uneven), even: clamp(evidence.even) };
}
