import type { LatencySketch } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { duration, percent, say, words } from '../text/say.ts';
import type { Case } from './case.ts';
import { sharesOf } from './causes.ts';
import { differs } from './differs.ts';
import type { ErrorsVerdict } from './errors-test.ts';
import { latencyOutliers } from './latency.ts';
import { sum } from './numerics.ts';
import { errorOutliers } from './server-errors.ts';
import { showsNothing, statusesOf, statusMix } from './statuses.ts';
import { entry } from './tally.ts';

/** What is worth telling beside the verdict: drift, slow and failing servers, hidden failures, a window too short. */
export function remarks(facts: Case, errors: ErrorsVerdict): Text[] {
  return [
    ...strays(facts, errors),
    ...beside(facts),
    ...independence(facts),
    ...drift(facts),
    ...slowServers(facts),
    ...failingServers(facts),
    ...statuses(facts),
    ...hiddenFailures(facts),
    ...shortWindow(facts),
  ];
}

function strays({ seen, answer, terms }: Case, errors: ErrorsVerdict): Text[] {
  const [stranger, ...more] = seen.unexpected;
  const one = stranger !== undefined && more.length === 0 && stranger.count === 1;
  return [
    ...(one ? [say`${stranger.identity} answered once and must not: a second answer would fail this`] : []),
    ...(errors.state === 'doubtful' && answer.state === 'broken'
      ? [
          say`errors ${percent(errors.share)}, limit ${percent(terms.maxErrors)}: ${seen.errors} of ${seen.requests} requests`,
        ]
      : []),
    ...(errors.share <= terms.maxErrors
      ? [
          say`errors ${percent(errors.share)}: ${seen.errors} of ${seen.requests} requests, at most ${percent(errors.atMost)} (99% sure)`,
        ]
      : []),
  ];
}

/** Other pools that the config sends a part of these requests to: expected, and not judged. */
function beside(facts: Case): Text[] {
  return [...besidePools(facts)].map(
    ([pool, { part, answers }]) =>
      say`${pool} answered ${percent(answers / facts.seen.requests)} of the requests; the config sends it ${percent(part)}, which is not judged here`,
  );
}

/** The other pools that answered because the config sends a part (0..1) of these requests there, by name. */
export function besidePools({
  counts,
  expectation,
}: Pick<Case, 'counts' | 'expectation'>): ReadonlyMap<string, { readonly part: number; readonly answers: number }> {
  const pools = new Map<string, { part: number; answers: number }>();
  for (const [identity, answers] of Object.entries(counts.unexpected ?? {})) {
    const other = expectation.elsewhere?.beside?.(identity);
    if (other === undefined) continue;
    const before = pools.get(other.pool)?.answers ?? 0;
    pools.set(other.pool, { part: other.part, answers: before + answers });
  }
  return pools;
}

function independence({ answer, expectation, counts }: Case): Text[] {
  if (answer.state !== 'broken' && answer.state !== 'holds') return [];
  if (answer.independent === false)
    return [say`answers repeat the server before them more often than chance: there may be something sticky in front`];
  const unknown = answer.evidence !== null && counts.repeats === undefined;
  return unknown && expectation.guard
    ? [say`the order of the answers is not known, so they are taken as independent`]
    : [];
}

function drift({ known, counts, seen, answer }: Case): Text[] {
  if (counts.firstHalf === undefined) return [];
  const servers = known.servers;
  const first = servers.map((s) => entry(counts.firstHalf, s.name));
  const second = servers.map((s, i) => Math.max(0, seen.of(s.name) - (first[i] ?? 0)));
  if (!differs(first, second)) return [];
  const parts = (half: readonly number[]) => half.map((n) => n / sum(half));
  const off = (half: readonly number[]) =>
    Math.max(...parts(half).map((q, i) => Math.abs(q - (servers[i]?.expected ?? q))));
  const recovering = answer.state === 'broken' && off(second) < off(first) / 2;
  return [
    say`${words(recovering ? 'uneven, but recovering' : 'the split changed while it was measured')}: ${sharesOf(parts(first))} in the first half, ${sharesOf(parts(second))} in the second. Start later with ${'settle'} if a change was under way`,
  ];
}

function slowServers({ known, counts }: Case): Text[] {
  const names = new Set(known.servers.map((s) => s.name));
  const sketches = new Map<string, LatencySketch>(
    Object.entries(counts.latencyMs ?? {}).filter(([server]) => names.has(server)),
  );
  return latencyOutliers(sketches)
    .filter((o) => o.direction === 'slow')
    .map((o) => say`${o.server} is slow: median ${duration(o.median)}, the others ${duration(o.others)}`);
}

function failingServers({ known, counts, seen }: Case): Text[] {
  const servers = known.servers.filter((s) => seen.of(s.name) > 0);
  const rates = servers.map(({ name }) => ({
    server: name,
    answers: seen.of(name),
    errors: entry(counts.errors, name),
  }));
  return errorOutliers(rates).map(
    (o) => say`${o.server} fails more than the others: ${percent(o.rate)} errors against ${percent(o.others)}`,
  );
}

/** Redirects and refusals count for shares and are no errors, but never go unsaid. */
function statuses({ counts, terms, answer }: Case): Text[] {
  const seen = statusesOf(counts, terms.expectStatus);
  const mix = statusMix(seen);
  const isReason = answer.state === 'holds' && showsNothing(seen);
  return mix === undefined || isReason ? [] : [mix];
}

function hiddenFailures({ counts }: Case): Text[] {
  return Object.entries(counts.retried ?? {})
    .filter(([, n]) => n > 0)
    .map(
      ([server, n]) =>
        say`${server} failed ${n} ${words(n === 1 ? 'time' : 'times')}, hidden by the balancer, which asked another server`,
    );
}

/** What "even" may have missed. */
function shortWindow({ answer, expectation, observed }: Case): Text[] {
  if (answer.state !== 'holds') return [];
  const measured = observed.seconds * 1000;
  const { ejectionWindowMs = 0, slowStartMs = 0 } = expectation;
  return [
    ...(measured < ejectionWindowMs
      ? [
          say`measured for ${duration(measured)}, shorter than a failed server stays ejected (${duration(ejectionWindowMs)}): one that failed just before may be missing`,
        ]
      : []),
    ...(measured < slowStartMs
      ? [
          say`measured for ${duration(measured)}, shorter than slow start (${duration(slowStartMs)}): a server that came up just before still gets less`,
        ]
      : []),
  ];
}
