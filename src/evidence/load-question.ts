import type { Counts } from '../model/counts.ts';
import type { Explanation } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { count, list, percent, say, words } from '../text/say.ts';
import { certain, lostOf } from './explain.ts';
import type { Expectation } from './expectation.ts';
import { Envelope, heavyServers, LEAST_SLOWER, logHeavy, silence, slowestTold, type Silence } from './load-evidence.ts';
import { at, sum } from './numerics.ts';
import { missable } from './plan.ts';
import type { Assessment, Question } from './question.ts';
import { splitQuestion } from './split-question.ts';
import { THRESHOLD } from './split-test.ts';
import { answersOf, tally, type Tally } from './tally.ts';
import type { Terms } from './terms.ts';

const LEAST_REQUESTS = 100;
const LEAST_ANSWERS_EACH = 3;
/** Part of an even share that servers of large weight may get more where no relative tolerance is given. */
const DEFAULT_TOLERANCE = 0.25;

/**
 * Does every server answer, and do weights that nobody declared stay without effect? For pools whose shares follow load: what
 * the split should be is then known only between idle and saturated.
 */
export function loadQuestion(expectation: Expectation, terms: Terms): Question {
  const members = expectation.servers.filter((s) => s.expected !== 0);
  const servers = members.map((s) => s.name);
  const weights = normalised(members.map((s) => s.weight ?? s.expected ?? 1 / members.length));
  const equal = servers.map(() => 1 / servers.length);
  // A pool without load may ignore weights, so that a server of large weight is sure of an even share only.
  const sure = weights.map((w, i) => (missable(terms.maxRequests)(w) ? Math.min(w, at(equal, i)) : 0));
  const slower = slowestTold(sure, terms.maxRequests);
  const even = splitQuestion({ ...expectation, declared: false }, { servers, shares: equal }, terms.tolerance, terms);
  const envelope = new Envelope(servers, weights, terms.maxRequests);
  const tolerance = terms.tolerance.kind === 'relative' ? terms.tolerance.share : DEFAULT_TOLERANCE;
  const { heavy } = expectation;
  const enough = Math.min(LEAST_REQUESTS, terms.maxRequests);
  const why = expectation.reason ?? words('shares follow load here');

  return {
    tolerance: () => (heavy === undefined ? null : even.tolerance()),
    plan:
      heavy === undefined
        ? say`Testing whether ${count(servers.length, 'server')} answer without errors: ${why}, so no share is tested. ${enough} requests or more.`
        : say`Testing whether unequal weights take effect: ${why}, and nobody declared the weights. ${enough} requests or more.`,
    follow(counts) {
      even.follow?.(counts);
      envelope.follow(counts, countsOf(counts));
    },
    assess,
    logBroken(counts) {
      const answers = countsOf(counts);
      return Math.max(silenceOf(answers, tally(counts, expectation)).log, weightOf(answers));
    },
  };

  /** A server that is only slow loses no requests. */
  function silenceOf(answers: readonly number[], seen: Tally): Silence {
    return silence(answers, sure, lostOf(seen) === undefined ? slower : LEAST_SLOWER);
  }

  function weightOf(answers: readonly number[]): number {
    return heavy === undefined ? -Infinity : logHeavy(answers, weights, tolerance);
  }

  function countsOf(counts: Counts): number[] {
    return servers.map((server) => answersOf(counts, server));
  }

  function assess(counts: Counts): Assessment {
    const answers = countsOf(counts);
    const seen = tally(counts, expectation);
    const quiet = silenceOf(answers, seen);
    const weighty = weightOf(answers);
    const assessment = (state: Assessment['state'], reason: Text, explanations?: Explanation[]): Assessment => ({
      state,
      reason,
      evidence: null,
      independent: null,
      notes: heavy === undefined ? [say`shares and latency are shown, not judged`] : [],
      ...(explanations === undefined ? {} : { explanations }),
    });
    if (quiet.log >= THRESHOLD) return assessment('broken', ...silentServers(quiet.silent, counts));
    if (heavy !== undefined && weighty >= THRESHOLD)
      return assessment('broken', heavyText(answers), heavyCause(answers));
    const split = even.assess(counts);
    if (heavy !== undefined && split.state !== 'holds') return assessment('open', weightsOpen(split));
    if (envelope.isOutside(answers)) return assessment('unanswerable', outsideText(answers));
    const { requests } = seen;
    const rare = servers.filter((_, i) => at(sure, i) > 0 && at(answers, i) < LEAST_ANSWERS_EACH);
    if (rare.length > 0) {
      return assessment(
        'open',
        say`${list(rare)} answered fewer than ${LEAST_ANSWERS_EACH} of ${requests} requests: not settled`,
      );
    }
    if (requests < enough) return assessment('open', say`only ${requests} requests, ${enough} are needed`);
    return assessment('holds', heldText(split));
  }

  /** A skew that would fail without the config is named, and why it passes. */
  function heldText(split: Assessment): Text {
    if (heavy !== undefined) {
      return say`${split.reason} at this load; under more load the unequal weights take effect`;
    }
    if (split.state !== 'broken') return say`every server answers; ${why}`;
    return say`${split.reason} This uneven split is accepted because ${why}; every server answers`;
  }

  function silentServers(silent: readonly number[], counts: Counts): [Text, Explanation[]] {
    const seen = tally(counts, expectation);
    const names = silent.map((i) => servers[i] ?? '');
    const lost = lostOf(seen);
    const reason = say`${list(names)} answered none of ${seen.requests} requests: down, or full of long-lived connections.`;
    const about = { about: names, answers: seen.of, ...(lost && { lost }) };
    return [reason, [certain('server-down', expectation, about)]];
  }

  function heavyText(answers: readonly number[]): Text {
    const which = heavyServers(weights);
    const share = sum(which.map((i) => at(answers, i))) / sum(answers);
    const names = list(which.map((i) => servers[i] ?? ''));
    const verb = words(which.length === 1 ? 'answers' : 'together answer');
    return say`${names} ${verb} ${percent(share)} of the requests; ${percent(which.length / servers.length)} expected.`;
  }

  function heavyCause(answers: readonly number[]): Explanation[] {
    if (heavy === undefined) return [];
    const seen = (server: string) => at(answers, servers.indexOf(server));
    return [certain('configured-weights', expectation, { answers: seen, candidate: heavy })];
  }

  function weightsOpen(split: Assessment): Text {
    const said = split.state === 'broken' ? say` ${split.reason}` : words('');
    return say`the weights are unequal and not declared; neither an even split nor their effect is proved.${said} Set equal weights, or declare the split with ${'expect: config'}`;
  }

  function outsideText(answers: readonly number[]): Text {
    const total = sum(answers);
    const shares = list(servers.map((server, i) => say`${server} ${percent(at(answers, i) / total)}`));
    return say`shares follow load here, but the split (${shares}) does not follow from weights and response times. Look first at long-lived connections of other clients, which count as load, then at health checks`;
  }
}

function normalised(weights: readonly number[]): number[] {
  const total = sum(weights);
  return weights.map((w) => w / total);
}
