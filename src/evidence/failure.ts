import type { FailureKind } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { count, list, percent, plain, say, sentences, words } from '../text/say.ts';
import type { Case } from './case.ts';
import type { ErrorsVerdict } from './errors-test.ts';
import type { Expectation } from './expectation.ts';
import { sum } from './numerics.ts';
import { entry, hasStrangers, type Tally } from './tally.ts';

/** Why the measurement fails; undefined when nothing is proved. */
export function failureOf(facts: Case, now: ErrorsVerdict, attributable: boolean): Text | undefined {
  const { seen, answer, expectation } = facts;
  const uneven = answer.state === 'broken' && attributable ? answer.reason : undefined;
  const failing = tooManyErrors(facts, now);
  // Clients that get nothing come before clients that get it from the wrong server.
  if (failing !== undefined) return uneven === undefined ? failing : sentences(failing, uneven);
  if (uneven !== undefined) return uneven;
  if (hasStrangers(seen)) {
    const identities = seen.unexpected.map((u) => u.identity);
    const reasons = new Map(
      identities.map((identity) => whyNot(identity, expectation)).map((why) => [plain(why), why]),
    );
    return say`${list(identities)} answered ${strange(seen)} of ${seen.requests} requests and must not: ${list([...reasons.values()])}.`;
  }
  return undefined;
}

function strange({ unexpected }: Tally): number {
  return sum(unexpected.map((u) => u.count));
}

/** Why an identity must not answer, in words that fit one and several. */
function whyNot(identity: string, { servers, elsewhere }: Expectation): Text {
  const server = servers.find((s) => s.name === identity);
  if (server !== undefined) return server.never ?? say`kept out of rotation by the config`;
  const pool = elsewhere?.poolOf(identity);
  return pool === undefined ? say`not in the config` : say`listed in another pool, ${pool}`;
}

/** When every answer comes from other pools of the config, the wrong one was named: the balancer may well be right. */
export function servedElsewhere({ seen, expectation }: Case): Text | undefined {
  if (!hasStrangers(seen) || strange(seen) < seen.attributed) return undefined;
  return expectation.elsewhere?.wrongPool(seen.unexpected.map((u) => u.identity));
}

function tooManyErrors(facts: Case, now: ErrorsVerdict): Text | undefined {
  if (now.state === 'above') return say`${errorRate(facts, now)}: ${failures(facts)}.`;
  // Proved while measuring, though later answers brought the rate down again.
  if (facts.errors !== undefined) {
    return say`${errorRate(facts, facts.errors)}, in ${count(facts.errors.requests, 'request')}; in all ${failures(facts)}.`;
  }
  return undefined;
}

/** `errors 2.3%, limit 1%`; within the limit with what is not excluded: `errors 0%, at most 4.2%, limit 1%`. */
export function errorRate({ terms }: Case, { share, atMost }: ErrorsVerdict): Text {
  const most = share > terms.maxErrors ? words('') : say`, at most ${percent(atMost)}`;
  return say`errors ${percent(share)}${most}, limit ${percent(terms.maxErrors)}`;
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
  const broken = (server: string) => entry(counts.broken, server);
  const servers = Object.entries(counts.errors ?? {}).map(([server, n]) => [server, n - broken(server)] as const);
  const cut = Object.keys(counts.broken ?? {}).map((server) => [server, broken(server)] as const);
  const texts = [
    ...kinds.filter(([, n]) => n > 0).map(([kind, n]) => say`${n} ${words(kind)}`),
    ...servers.filter(([, n]) => n > 0).map(([server, n]) => say`${n} ${words('5xx of')} ${server}`),
    ...cut.filter(([, n]) => n > 0).map(([server, n]) => say`${count(n, 'broken answer')} of ${server}`),
  ];
  return say`${list(texts)} in ${count(seen.requests, 'request')}`;
}
