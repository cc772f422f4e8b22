import type { Counts } from '../model/counts.ts';
import { Text } from '../model/text.ts';
import { count, name, say, sentences, words } from '../text/say.ts';
import { marksOf } from './cache.ts';
import type { Answer } from './exchange.ts';
import { cookiePhase, keepAlivePhase } from './extras.ts';
import { makeReader, readVersion, type Place, type Reader } from './identity.ts';
import { askMany, awaitVersion, knock, look, LOOK, recognise, type Asking } from './look.ts';
import { Notes } from './notes.ts';
import type { AddressResult, ProbeRequest } from './request.ts';
import { advise } from './snippets.ts';
import { MOST_IDENTITIES, Tally } from './tally.ts';

/** After a reload every worker begins at the first server: so many answers are let pass before counting. */
const WARM_UP = 50;
const WARM_UP_PER_SERVER = 4;
const PROGRESS_MS = 1000;
const OWN_FAILURES = 10;
/** Below this rate, requests/s, the phases after the verdict would hold it up. */
const EXTRAS_RATE = 5;

/** What asking one address came to; `own` = our side could not ask at all. */
export interface Measured {
  readonly result: AddressResult;
  readonly own: boolean;
}

/** Asks one address from the first knock to the last note. */
export async function measure(asking: Asking): Promise<Measured> {
  const { request, ports, address } = asking;
  const tally = new Tally({ target: shownTarget(request.target), address, started: new Date().toISOString() });
  const notes = new Notes();
  const refusal = await knock(asking);
  if (refusal !== undefined) {
    for (const { failure } of refusal.tries) {
      if (failure !== undefined && failure.kind !== 'own') tally.failed(failure.kind);
    }
    const { down, own, reason } = refusal;
    const counts = tally.finish(0, undefined);
    const why = own ? { obstacle: reason, notes: [] } : { notes: [reason] };
    return { own, result: { address, counts, seconds: 0, down, ...why } };
  }
  const unanswered = (obstacle: Text): Measured => {
    const counts = tally.finish(0, notes.versionSeen);
    const result = { address, counts, seconds: 0, down: false, obstacle, notes: notes.texts(asking.pacer.rate) };
    return { own: false, result };
  };
  const missing = await awaitVersion(asking);
  if (missing !== undefined) return unanswered(missing);
  const first = await look(asking);
  const { detected, obstacle: unclear, snippets, unmapped } = recognise(first, asking);
  if (unclear !== undefined) {
    for (const answer of first) notes.seen({ ...answer, failure: undefined }, marksOf(answer));
    return unanswered(snippets.length === 0 ? unclear : sentences(unclear, advise(snippets)));
  }
  const place = detected.place ?? placeToTry(request);
  const addressed = detected.addressed || (asking.roster.byAddress && detected.matched === 0);
  const readAll = makeReader(place, asking.roster, addressed);
  const read: Reader = (answer) => {
    const served = readAll(answer);
    return unmapped && served.unexpected ? { ...served, server: undefined, unexpected: false } : served;
  };
  const begun = request.begin({
    address,
    identity: detected.seen.size > 0 ? place : undefined,
    roundTripMs: median(first.map((answer) => answer.totalMs)),
  });
  const body = place.by === 'json' || request.version?.by === 'json';
  const warmUp = warmUpLength(request);
  const early: Answer[] = [...first];
  await askMany(asking, {
    limit: warmUp - LOOK,
    body: false,
    stopped: () => false,
    heed: (answer) => early.push(answer),
  });

  const began = ports.now();
  let reported = began;
  let stop: Text | 'decided' | 'time' | undefined;
  let ownFailures = 0;
  const heed = (answer: Answer): void => {
    if (answer.failure?.kind === 'own') {
      if (++ownFailures >= OWN_FAILURES) stop = say`This machine could not ask any further: ${answer.failure.what}.`;
      return;
    }
    const error = isError(answer);
    countAnswer(answer, read, tally, notes, request);
    const now = ports.now();
    const overload = asking.pacer.ended(error);
    if (overload !== undefined) stop = overload;
    else if (tally.overflowing) stop = unstable(place);
    else if (!begun(tally.counts, now - began)) stop = 'decided';
    else if (now - began >= request.timeoutMs) stop = 'time';
    if (now - reported >= PROGRESS_MS) {
      reported = now;
      request.onProgress?.(tally.counts);
    }
    if (stop !== undefined) asking.client.cancel();
  };
  const timeUp = (): boolean => stop !== undefined || ports.now() - began >= request.timeoutMs;
  await askMany(asking, { limit: Math.max(0, request.maxRequests - warmUp), body, stopped: timeUp, heed });

  const seconds = (ports.now() - began) / 1000;
  const counts = tally.finish(seconds, notes.versionSeen);
  const who = (answer: Answer): string | undefined => read(answer).server;
  const extras = await extraNotes(asking, counts, who, first);
  const obstacle = stop instanceof Text ? { obstacle: stop } : {};
  const remarks = [...notes.texts(asking.pacer.rate), ...warmUpNotes(early), ...extras];
  return { own: false, result: { address, counts, seconds, down: false, ...obstacle, notes: remarks } };
}

/** Counts one answer (how-the-probe-asks.md): every request counts, a 5xx and whatever broke off is an error. */
function countAnswer(answer: Answer, read: Reader, tally: Tally, notes: Notes, request: ProbeRequest): void {
  const marks = marksOf(answer);
  notes.seen(answer, marks);
  const { status, failure } = answer;
  if (status === undefined) {
    if (failure !== undefined && failure.kind !== 'own') tally.failed(failure.kind);
    return;
  }
  const error = isError(answer);
  if (!error && marks.cached) return tally.cached();
  const version = request.version === undefined ? undefined : readVersion(answer, request.version);
  if (version !== undefined) notes.version(version);
  const { server, unexpected, retried } = read(answer);
  tally.retried(retried);
  if (server !== undefined) tally.served(server, unexpected, error, answer.headMs);
  else if (failure !== undefined) tally.failed(failure.kind === 'own' ? 'broken' : failure.kind);
  else if (status >= 500) tally.failed('anonymous5xx');
  else if (status !== 429) {
    tally.unidentified();
    notes.anonymous(answer);
  }
}

function isError({ status, failure }: Answer): boolean {
  return failure !== undefined || status === undefined || status >= 500;
}

function warmUpLength({ known, maxRequests }: ProbeRequest): number {
  return Math.max(LOOK, Math.min(Math.max(WARM_UP, WARM_UP_PER_SERVER * known.length), Math.floor(maxRequests / 10)));
}

function warmUpNotes(early: readonly Answer[]): Text[] {
  const failed = early.filter(isError).length;
  if (failed === 0) return [];
  return [say`${failed} of the first ${count(early.length, 'request')} failed; they are warm-up and not counted.`];
}

async function extraNotes(
  asking: Asking,
  counts: Counts,
  who: (answer: Answer) => string | undefined,
  first: readonly Answer[],
): Promise<Text[]> {
  const all = Object.values(counts.servers);
  if (all.length < 2 || asking.pacer.rate < EXTRAS_RATE) return [];
  const largest = Math.max(...all) / all.reduce((sum, n) => sum + n, 0);
  return [...(await cookiePhase(asking, who, first)), ...(await keepAlivePhase(asking, who, largest))];
}

/** While only errors come, `auto` has nothing to choose from: the commonest header is tried. */
function placeToTry({ identifyBy }: ProbeRequest): Place {
  return identifyBy.by === 'auto' ? { by: 'header', name: 'x-served-by' } : identifyBy;
}

function unstable(place: Place): Text {
  return say`The ${words(place.by)} ${name(place.name)} had more than ${MOST_IDENTITIES} different values: it does not name servers. Name another place with identify-by, or group the values with identify in the checklist file.`;
}

/** Without what may be secret: user, password, query. */
function shownTarget(target: URL): string {
  return `${target.origin}${target.pathname}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
