import type { Outcome } from '../model/finding.ts';
import type { Explanation, MeasuredServer, Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { count, list, say, words } from '../text/say.ts';
import { blackHole } from './black-hole.ts';
import type { Case } from './case.ts';
import { errorsVerdict, type ErrorsVerdict } from './errors-test.ts';
import type { Candidate } from './expectation.ts';
import { certain, explain } from './explain.ts';
import { errorRate, failureOf, servedElsewhere } from './failure.ts';
import { shareInterval } from './intervals.ts';
import { quantile } from './latency.ts';
import type { Assessment } from './question.ts';
import { besidePools, remarks } from './remarks.ts';
import { ownAnswers, withRead } from './seen-causes.ts';
import { differenceText, differing, mayDiffer, showsNothing, statusesOf, statusMix, wayOut } from './statuses.ts';
import { entry, hasStrangers, tally } from './tally.ts';
import { membersOf } from './unlisted.ts';

/** More answers without a name than this share make every other count doubtful. */
const MOST_ANONYMOUS = 0.05;
/** No pass on fewer requests, since errors must have had a chance to show. */
export const LEAST_TO_PASS = 100;

interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Text;
  readonly explanations?: readonly Explanation[];
  readonly indistinguishable?: Measurement['indistinguishable'];
}

/** The measurement with its verdict: the first line of the ladder that applies. */
export function conclusion(given: Omit<Case, 'known' | 'seen'>): Measurement {
  const { observed, counts, terms, answer, expectation } = given;
  const facts: Case = { ...given, seen: tally(counts, expectation), known: membersOf(expectation, counts) };
  const { seen } = facts;
  const errors = errorsVerdict({ errors: seen.errors, requests: seen.requests, incidents: counts.incidents }, terms);
  const verdict = asFarAsSeen(facts, verdictOf(facts, errors));
  return {
    source: observed.source,
    target: observed.target,
    address: observed.address,
    pool: expectation.pool,
    ...(expectation.file === undefined ? {} : { file: expectation.file }),
    outcome: verdict.outcome,
    reason: verdict.reason,
    requests: seen.requests,
    seconds: observed.seconds,
    tolerance: given.tolerance,
    errors: { share: errors.share, limit: terms.maxErrors },
    evidence: finite(answer.evidence),
    independent: answer.independent,
    indistinguishable: verdict.indistinguishable ?? [],
    servers: measuredServers(facts),
    unexpected: seen.unexpected,
    unidentified: counts.unidentified ?? 0,
    explanations: verdict.explanations ?? [],
    notes: [
      ...answer.notes,
      ...remarks(facts, errors),
      ...readBeside(verdict, facts),
      ...observed.notes.slice(observed.down ? 1 : 0),
    ],
  };
}

/** What is loaded otherwise than written is said where nothing fails of it, too. */
function readBeside({ outcome }: Verdict, { observed }: Case): Text[] {
  return outcome === 'fail' ? [] : (observed.read?.explanations ?? []).map(({ what }) => what);
}

/** What is proved stays so when somebody interrupts; all else is open. */
function asFarAsSeen({ observed, seen, terms }: Case, verdict: Verdict): Verdict {
  const enough = verdict.outcome === 'pass' && seen.requests >= Math.min(LEAST_TO_PASS, terms.maxRequests);
  if (observed.interrupted !== true || verdict.outcome === 'fail' || enough) return verdict;
  const reason = say`interrupted after ${count(seen.requests, 'request')}: ${verdict.reason}`;
  return { ...verdict, outcome: 'inconclusive', reason };
}

function verdictOf(facts: Case, errors: ErrorsVerdict): Verdict {
  const { known, observed, seen, answer, counts, terms } = facts;
  if (observed.obstacle !== undefined) return { outcome: 'inconclusive', reason: observed.obstacle };
  if (observed.down) {
    const explanations = [certain('target-down', known)];
    const [why = say`Nothing answered.`] = observed.notes;
    return { outcome: 'fail', reason: say`the target is down. ${why}`, explanations };
  }
  if (seen.requests === 0) {
    return { outcome: 'inconclusive', reason: say`nothing was measured: no request was counted` };
  }
  const hole = blackHole(known, counts, seen);
  const attributable = seen.anonymous <= MOST_ANONYMOUS * (seen.attributed + seen.anonymous);
  const wrongPool = errors.share <= terms.maxErrors ? servedElsewhere(facts) : undefined;
  if (wrongPool !== undefined) return { outcome: 'inconclusive', reason: wrongPool };
  const failure = failureOf(facts, errors, attributable);
  if (hole !== undefined) {
    const reason = failure ?? say`${hole.server} attracts traffic by failing fast.`;
    return { outcome: 'fail', reason, explanations: [hole.explanation] };
  }
  if (failure !== undefined) return { outcome: 'fail', reason: failure, ...explained(facts) };
  const odd = oneDiffers(facts);
  if (odd !== undefined) return odd;
  if (!attributable) return { outcome: 'inconclusive', reason: anonymous(facts) };
  if (answer.state === 'dependent') {
    const explanations = [certain('sticky-in-front', known, { answers: seen.of })];
    return { outcome: 'inconclusive', reason: answer.reason, explanations, indistinguishable: ['l4-pinned'] };
  }
  // A split that is open is the more to the point where the errors are few.
  if (errors.state === 'doubtful' || (errors.state === 'open' && answer.state === 'holds')) {
    return { outcome: 'inconclusive', reason: say`${errorRate(facts, errors)}: not settled` };
  }
  const unlike = mayDiffer(counts, namesOf(known), terms.expectStatus);
  if (answer.state === 'holds' && unlike !== undefined) {
    const reason = say`${differenceText(unlike)}: not settled. It may be one burst, allow more with ${'max-requests'} and ${'timeout'}`;
    return { outcome: 'inconclusive', reason };
  }
  const statuses = statusesOf(counts, terms.expectStatus);
  if (answer.state === 'holds' && showsNothing(statuses)) {
    const mix = statusMix(statuses) ?? words('');
    const reason = say`${answer.reason}, but ${mix}, so nothing shows that the service works. ${wayOut(statuses)}`;
    return { outcome: 'inconclusive', reason };
  }
  const indistinguishable = answer.alike ?? [];
  if (answer.state !== 'holds') return { outcome: 'inconclusive', reason: answer.reason, indistinguishable };
  const others = [...besidePools(facts).keys()];
  const reason =
    others.length === 0 ? answer.reason : say`${answer.reason}, apart from what the config sends to ${list(others)}`;
  return { outcome: 'pass', reason, indistinguishable };
}

/** A server that answers the same request otherwise than its siblings: a wrong release, or a config of its own. */
function oneDiffers({ known, counts, terms, seen }: Case): Verdict | undefined {
  const odd = differing(counts, namesOf(known), terms.expectStatus);
  if (odd.length === 0) return undefined;
  const servers = [...new Set(odd.map((one) => one.server))];
  return {
    outcome: 'fail',
    reason: say`${list(odd.map(differenceText))}: one pool should answer alike.`,
    explanations: [certain('server-differs', known, { about: servers, answers: seen.of })],
  };
}

function namesOf({ servers }: Case['known']): string[] {
  return servers.map((server) => server.name);
}

/** Causes of a failure; none when single errors alone failed and the split is as expected. */
function explained(facts: Case): Pick<Verdict, 'explanations' | 'indistinguishable'> {
  const own = ownAnswers(facts);
  const weighed = own.length > 0 ? { explanations: own } : weighedCauses(facts);
  return { ...weighed, explanations: withRead(weighed.explanations ?? [], facts) };
}

function weighedCauses(facts: Case): Pick<Verdict, 'explanations' | 'indistinguishable'> {
  const { answer, seen, known, window, expectation, observed } = facts;
  if (answer.state === 'broken' && answer.explanations !== undefined) return { explanations: answer.explanations };
  if (answer.state !== 'broken' && !hasStrangers(seen)) return {};
  if (expectation.kind === 'load-dependent') return { explanations: listedElsewhere(facts) };
  const retried = (server: string) => entry(window.retried, server);
  const { explanations, indistinguishable } = explain(known, tally(window, known), retried, observed.seconds);
  return { explanations, indistinguishable };
}

/** Where shares tell nothing: the newest other file that lists every server which must not answer. */
function listedElsewhere({ known, seen }: Case): Explanation[] {
  const lists = (file: Candidate) => seen.unexpected.every(({ identity }) => file.shares.has(identity));
  const file = known.candidates.find((c) => c.cause !== 'configured-weights' && lists(c));
  return file === undefined ? [] : [certain(file.cause, known, { answers: seen.of, candidate: file })];
}

function anonymous({ counts, seen }: Case): Text {
  const answers = seen.attributed + seen.anonymous;
  const cached = counts.cached ?? 0;
  if (cached * 2 > seen.anonymous) {
    return say`${cached} of ${answers} answers came from a cache or CDN, not from a server of the pool. Probe a path that is not cached, or the balancer itself`;
  }
  return say`${counts.unidentified ?? 0} of ${answers} answers do not identify the server. Set ${'identify-by'} to the header, cookie or JSON field that does. For a redirect set ${'target'} to its location, for 401 or 403 set ${'headers'}`;
}

function measuredServers({ known, counts, draws, window, seen }: Case): MeasuredServer[] {
  // Shares are those that the verdict is about: since a fault began, or one answer a client.
  const since = tally(window, known);
  const drawn = since.attributed > 0 ? since : tally(draws, known);
  // Where no share is tested none is promised.
  const tested = known.kind === 'split' || known.kind === 'unlisted';
  return known.servers.map(({ name, expected }) => {
    const sketch =
      counts.latencyMs !== undefined && Object.hasOwn(counts.latencyMs, name) ? counts.latencyMs[name] : undefined;
    const [p50, p95] = sketch === undefined ? [] : [quantile(sketch, 0.5), quantile(sketch, 0.95)];
    return {
      name,
      expected: tested || expected === 0 ? expected : null,
      count: seen.of(name),
      share: drawn.attributed === 0 ? 0 : drawn.of(name) / drawn.attributed,
      ...shareInterval(drawn.of(name), drawn.attributed),
      errors: entry(counts.errors, name),
      latencyMs: p50 === undefined || p95 === undefined ? null : { p50, p95 },
    };
  });
}

/** JSON has no infinity. */
function finite(evidence: Assessment['evidence']): Assessment['evidence'] {
  if (evidence === null) return null;
  const clamp = (x: number) => Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE);
  return { ...evidence, uneven: clamp(evidence.uneven), even: clamp(evidence.even) };
}
