import type { Text } from '../model/text.ts';
import { duration, name, say, sentences, words } from '../text/say.ts';
import type { Client } from './client.ts';
import type { Answer } from './exchange.ts';
import { readVersion } from './identity.ts';
import { failureText } from './notes.ts';
import type { Pacer } from './pacing.ts';
import type { ProbePorts, ProbeRequest } from './request.ts';
import type { Roster } from './roster.ts';
import { nextVariation } from './vary.ts';

/** Answers that a first look takes. */
export const LOOK = 10;
const TRIES = 3;
const TRY_EVERY_MS = 1000;
const VERSION_EVERY_MS = 500;
/** What is under way when the time is up has so long to end, ms: without it slow servers would be missing. */
const GRACE_MS = 1000;

/** What every step of asking one address needs. */
export interface Asking {
  readonly request: ProbeRequest;
  readonly ports: ProbePorts;
  readonly client: Client;
  readonly roster: Roster;
  readonly address: string;
  readonly pacer: Pacer;
  /** When all asking of the address is over, ms of the ports' clock. */
  readonly until: number;
}

/** Why an address cannot be measured. */
export interface Refusal {
  readonly down: boolean;
  /** Our own side's fault; the target may be well. */
  readonly own: boolean;
  readonly tries: readonly Answer[];
  readonly reason: Text;
}

/** Whether anything answers, in three tries at least a second apart. */
export async function knock(asking: Asking): Promise<Refusal | undefined> {
  const { ports, until } = asking;
  const tries: Answer[] = [];
  for (let i = 0; i < TRIES && ports.now() < until; i++) {
    const began = ports.now();
    const answer = await askOnce(asking);
    if (answer.status !== undefined || isHalted(ports)) return undefined;
    if (answer.failure?.late === true) break;
    tries.push(answer);
    const rest = Math.min(began + TRY_EVERY_MS, until) - ports.now();
    if (i + 1 < TRIES && rest > 0) await ports.sleep(rest);
  }
  return refusal(asking, tries);
}

function refusal({ address, request }: Asking, tries: readonly Answer[]): Refusal | undefined {
  const last = tries.at(-1)?.failure;
  const own = tries.length > 0 && tries.every((answer) => answer.failure?.kind === 'own');
  const distrusted = tries.length > 0 && tries.every((answer) => answer.failure?.trust === true);
  if (last !== undefined && (own || distrusted)) {
    const not = own ? say`Not asked at ${name(address)}` : say`Not measured at ${name(address)}`;
    return { down: false, own, tries, reason: withFix(say`${not}: ${last.what}.`, last.fix) };
  }
  if (tries.length < TRIES) {
    const why = last === undefined ? words('') : say`: ${failureText(last)}`;
    const least = duration(request.settleMs + TRIES * Math.max(TRY_EVERY_MS, request.requestMs));
    const reason = say`Nothing answered at ${name(address)} within the timeout of ${duration(request.timeoutMs)}${why}. Set timeout to ${least} or more: ${TRIES} tries show whether it is down.`;
    return { down: false, own: false, tries, reason };
  }
  if (last === undefined) return undefined;
  const reason = say`Nothing answered at ${name(address)} in ${TRIES} tries: ${failureText(last)}.`;
  return { down: true, own: false, tries, reason: withFix(reason, last.fix) };
}

function withFix(what: Text, fix: Text | undefined): Text {
  return fix === undefined ? what : sentences(what, fix);
}

/** Waits until an answer shows the deployed version; the reason why not when it never does. */
export async function awaitVersion(asking: Asking): Promise<Text | undefined> {
  const { request, ports, until } = asking;
  const { version } = request;
  if (version?.value === undefined) return undefined;
  let last: string | undefined;
  for (;;) {
    const answer = await askOnce(asking);
    const seen = readVersion(answer, version);
    if (seen === version.value) return undefined;
    last = seen ?? last;
    if (isHalted(ports) || ports.now() + VERSION_EVERY_MS >= until) break;
    await ports.sleep(VERSION_EVERY_MS);
  }
  const where = say`${words(version.by)} ${name(version.name)}`;
  const shown = last === undefined ? say`No answer had ${where}` : say`${where} was last ${name(last)}`;
  return say`The deployed version ${name(version.value)} did not appear within ${duration(request.timeoutMs)}. ${shown}. Check that the balancer was reloaded with the deployed file, and that version names what it sends.`;
}

/** Ten answers, fewer when time runs out before, with bodies where something may have to be read from them. */
export async function look(asking: Asking): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  await askMany(asking, {
    limit: LOOK,
    body: true,
    until: asking.until,
    stopped: () => false,
    heed: (answer) => answers.push(answer),
  });
  return answers;
}

/**
 * Asks with up to `concurrency` requests at a time until `limit` are sent, it is `until` (ms, the clock of the ports), or
 * it is stopped. Resolves with the number of requests that were still under way a second after `until`; nobody heeds them.
 */
export async function askMany(
  asking: Asking,
  how: {
    readonly limit: number;
    readonly body: boolean;
    readonly until: number;
    readonly stopped: () => boolean;
    readonly heed: (answer: Answer) => void;
  },
): Promise<number> {
  const { client, request, ports, address, pacer } = asking;
  let sent = 0;
  let late = 0;
  const ended = (): boolean => how.stopped() || isHalted(ports);
  const over = (): boolean => ended() || ports.now() >= how.until;
  const worker = async (): Promise<void> => {
    while (sent < how.limit && !over()) {
      sent++;
      await pacer.turn(over);
      if (over()) return;
      const withinMs = how.until + GRACE_MS - ports.now();
      const varied = nextVariation(client, request.vary, ports);
      const answer = await client.ask(address, { ...varied, body: how.body, withinMs });
      // What was under way when the end was decided must not move the counts that it was decided on.
      if (ended()) return;
      if (answer.status === 429) pacer.tooMany();
      if (answer.failure?.late === true) late++;
      else how.heed(answer);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, request.concurrency) }, worker));
  return late;
}

/** Whether somebody asked to stop. */
export function isHalted({ stop }: Pick<ProbePorts, 'stop'>): boolean {
  return stop?.aborted === true;
}

async function askOnce({ client, request, ports, address, pacer, until }: Asking): Promise<Answer> {
  await pacer.turn(() => ports.now() >= until);
  const varied = nextVariation(client, request.vary, ports);
  const withinMs = Math.max(0, until - ports.now());
  const answer = await client.ask(address, { ...varied, body: true, withinMs });
  if (answer.status === 429) pacer.tooMany();
  return answer;
}
