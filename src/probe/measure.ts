import type { Counts } from '../model/counts.ts';
import { Text } from '../model/text.ts';
import { duration, name, say, sentences, words } from '../text/say.ts';
import { marksOf } from './cache.ts';
import type { Answer } from './exchange.ts';
import { cookiePhase, keepAlivePhase } from './extras.ts';
import { makeReader, readVersion, type Place, type Reader } from './identity.ts';
import { askMany, awaitVersion, isHalted, look, LOOK, type Asking, type Refusal } from './look.ts';
import { isError, Notes } from './notes.ts';
import { recognise, type Recognition } from './recognise.ts';
import type { AddressResult, ProbeRequest } from './request.ts';
import type { Roster } from './roster.ts';
import { advise } from './snippets.ts';
import { MOST_IDENTITIES, Tally } from './tally.ts';

/** After a reload every worker begins at the first server: so many answers are let pass before counting. */
const WARM_UP = 50;
const WARM_UP_PER_SERVER = 4;
/** The part of the timeout after which warm-up ends, 0..1. */
const WARM_UP_TIME = 1 / 3;
const PROGRESS_MS = 1000;
const OWN_FAILURES = 10;
/** Below this rate, requests/s, the phases after the verdict would hold it up. */
const EXTRAS_RATE = 5;

/** What asking one address came to; `own` = our side could not ask at all. */
export interface Measured {
  readonly result: AddressResult;
  readonly own: boolean;
}

/** Asks one address that answers, from the wait for a version to the last note. */
export async function measure(asking: Asking): Promise<Measured> {
  const { request, ports, address, until } = asking;
  const tally = tallyFor(asking);
  const notes = new Notes();
  if (isHalted(ports)) return halted(asking, tally);
  const missing = await awaitVersion(asking);
  if (isHalted(ports)) return halted(asking, tally);
  if (missing !== undefined) return unanswered(asking, missing, tally, notes);
  const began = ports.now();
  const first = await look(asking);
  if (isHalted(ports)) return halted(asking, tally);
  if (first.length === 0) return unanswered(asking, tooSlow(request), tally, notes);
  const recognition = recognise(first, asking);
  const { detected, obstacle: unclear, snippets } = recognition;
  if (unclear !== undefined) {
    for (const answer of first) notes.seen({ ...answer, failure: undefined }, marksOf(answer));
    const why = snippets.length === 0 ? unclear : sentences(unclear, advise(snippets));
    return unanswered(asking, why, tally, notes);
  }
  const place = detected.place ?? placeToTry(request);
  const read = readerFor(recognition, place, asking.roster);
  const wantsMore = request.begin({
    address,
    identity: detected.seen.size > 0 ? place : undefined,
    addressed: detected.addressed,
    timeoutMs: request.timeoutMs,
  });
  const early = [...first, ...(await warmUp(asking, began + (until - began) * WARM_UP_TIME))];
  notes.warmUp(early);

  const now = ports.now();
  const counting = request.watchMs === undefined ? { began, until } : { began: now, until: now + request.watchMs };
  const { seconds, stop } = await countAnswers(asking, counting, place, wantsMore, read, tally, notes);
  const counts = tally.finish(seconds, notes.versionSeen);
  const extras = await extraNotes(asking, counting, counts, (answer) => read(answer).server, first);
  const obstacle = stop instanceof Text ? { obstacle: stop } : {};
  const remarks = [...notes.texts(asking.pacer.rate), ...extras];
  const interrupted = stop === undefined && isHalted(ports) ? { interrupted: true } : {};
  return { own: false, result: { address, counts, seconds, down: false, ...interrupted, ...obstacle, notes: remarks } };
}

/** The result for an address where nothing answered. */
export function refused(asking: Asking, { tries, down, own, reason }: Refusal): Measured {
  const { address } = asking;
  const tally = tallyFor(asking);
  for (const { failure } of tries) {
    if (down && failure !== undefined && failure.kind !== 'own') tally.failed(failure.kind);
  }
  const counts = tally.finish(0, undefined);
  const why = down ? { notes: [reason] } : { obstacle: reason, notes: [] };
  return { own, result: { address, counts, seconds: 0, down, ...why } };
}

function tallyFor({ request, address }: Asking): Tally {
  return new Tally({ target: shownTarget(request.target), address, started: new Date().toISOString() });
}

function halted({ address }: Asking, tally: Tally): Measured {
  const counts = tally.finish(0, undefined);
  return { own: false, result: { address, counts, seconds: 0, down: false, interrupted: true, notes: [] } };
}

function unanswered({ address, pacer }: Asking, obstacle: Text, tally: Tally, notes: Notes): Measured {
  const counts = tally.finish(0, notes.versionSeen);
  return {
    own: false,
    result: { address, counts, seconds: 0, down: false, obstacle, notes: notes.texts(pacer.rate) },
  };
}

function readerFor({ detected, unmapped }: Recognition, place: Place, roster: Roster): Reader {
  const read = makeReader(place, roster, detected.addressed || (roster.byAddress && detected.matched === 0));
  if (!unmapped) return read;
  return (answer) => {
    const served = read(answer);
    return served.unexpected ? { ...served, server: undefined, unexpected: false } : served;
  };
}

/** Answers that are let pass, beside those of the look. */
async function warmUp(asking: Asking, until: number): Promise<readonly Answer[]> {
  const passed: Answer[] = [];
  await askMany(asking, {
    limit: warmUpLength(asking.request) - LOOK,
    body: false,
    until,
    stopped: () => false,
    heed: (answer) => passed.push(answer),
  });
  return passed;
}

/** Asks and counts until nothing more is wanted, a limit is reached, or going on is of no use; a Text tells why. */
async function countAnswers(
  asking: Asking,
  time: Time,
  place: Place,
  wantsMore: ReturnType<ProbeRequest['begin']>,
  read: Reader,
  tally: Tally,
  notes: Notes,
): Promise<{ readonly seconds: number; readonly stop: Text | 'decided' | undefined }> {
  const { request, ports, client, pacer } = asking;
  const began = ports.now();
  let reported = began;
  let ownFailures = 0;
  let stop: Text | 'decided' | undefined;
  const heed = (answer: Answer): void => {
    if (answer.failure?.kind === 'own') {
      if (++ownFailures >= OWN_FAILURES) stop = say`This machine could not ask any further: ${answer.failure.what}.`;
      return;
    }
    countAnswer(answer, read, tally, notes, request);
    const now = ports.now();
    const overload = pacer.ended(isError(answer));
    if (overload !== undefined) stop = overload;
    else if (tally.overflowing) stop = unstable(place);
    // When the time is up, what is still under way is counted and nothing else asked.
    else if (now < time.until && !wantsMore(tally.counts, now - time.began)) stop = 'decided';
    if (now - reported >= PROGRESS_MS) {
      reported = now;
      request.onProgress?.(tally.counts);
    }
    if (stop !== undefined) client.cancel();
  };
  const late = await askMany(asking, {
    limit: Math.max(0, request.maxRequests - warmUpLength(request)),
    body: place.by === 'json' || request.version?.by === 'json',
    until: time.until,
    stopped: () => stop !== undefined,
    heed,
  });
  notes.late(late);
  return { seconds: (ports.now() - began) / 1000, stop };
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
  const { server, unexpected, retried, ambiguous } = read(answer);
  tally.retried(retried);
  if (status === 429) tally.limited();
  const broken = failure !== undefined;
  if (server !== undefined)
    tally.served(server, { unexpected, error, broken, status, ms: answer.headMs, connectMs: answer.connectMs });
  else if (failure !== undefined) tally.failed(failure.kind === 'own' ? 'broken' : failure.kind);
  else if (status >= 500) tally.failed('anonymous5xx');
  else if (status !== 429) {
    tally.unidentified();
    if (ambiguous === undefined) notes.anonymous(answer);
    else notes.ambiguous(ambiguous);
  }
}

/** The time that counting has, in ms of the ports' clock. */
interface Time {
  readonly began: number;
  readonly until: number;
}

function tooSlow({ timeoutMs }: ProbeRequest): Text {
  return say`No answer came in time to be counted: ${duration(timeoutMs)} (timeout) are too short for this target.`;
}

function warmUpLength({ known, maxRequests }: ProbeRequest): number {
  return Math.max(LOOK, Math.min(Math.max(WARM_UP, WARM_UP_PER_SERVER * known.length), Math.floor(maxRequests / 10)));
}

async function extraNotes(
  asking: Asking,
  { until }: Time,
  counts: Counts,
  who: (answer: Answer) => string | undefined,
  first: readonly Answer[],
): Promise<Text[]> {
  const all = Object.values(counts.servers);
  if (all.length < 2 || asking.pacer.rate < EXTRAS_RATE) return [];
  const largest = Math.max(...all) / all.reduce((sum, n) => sum + n, 0);
  return [...(await cookiePhase(asking, until, who, first)), ...(await keepAlivePhase(asking, until, who, largest))];
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
