import type { Text } from '../model/text.ts';
import { duration, name, say, sentences, words } from '../text/say.ts';
import type { Client, Variation } from './client.ts';
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

/** What every step of asking one address needs. */
export interface Asking {
  readonly request: ProbeRequest;
  readonly ports: ProbePorts;
  readonly client: Client;
  readonly roster: Roster;
  readonly address: string;
  readonly pacer: Pacer;
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
  const { ports } = asking;
  const tries: Answer[] = [];
  for (let i = 0; i < TRIES; i++) {
    const began = ports.now();
    const answer = await askOnce(asking);
    if (answer.status !== undefined || isHalted(ports)) return undefined;
    tries.push(answer);
    const rest = TRY_EVERY_MS - (ports.now() - began);
    if (i + 1 < TRIES && rest > 0) await ports.sleep(rest);
  }
  const last = tries.at(-1)?.failure;
  if (last === undefined) return undefined;
  const own = tries.every((answer) => answer.failure?.kind === 'own');
  const distrusted = tries.every((answer) => answer.failure?.trust === true);
  const what = own
    ? say`Not asked at ${name(asking.address)}: ${last.what}.`
    : distrusted
      ? say`Not measured at ${name(asking.address)}: ${last.what}.`
      : say`Nothing answered at ${name(asking.address)} in ${TRIES} tries: ${failureText(last)}.`;
  return { down: !own && !distrusted, own, tries, reason: last.fix === undefined ? what : sentences(what, last.fix) };
}

/** Waits until an answer shows the deployed version; the reason why not when it never does. */
export async function awaitVersion(asking: Asking): Promise<Text | undefined> {
  const { request, ports } = asking;
  const { version } = request;
  if (version?.value === undefined) return undefined;
  const until = ports.now() + request.timeoutMs;
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
export async function look(asking: Asking, until = Infinity): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  await askMany(asking, {
    limit: LOOK,
    body: true,
    until,
    stopped: () => false,
    heed: (answer) => answers.push(answer),
  });
  return answers;
}

/**
 * Asks with up to `concurrency` requests at a time until `limit` are sent, it is `until` (ms, the clock of the ports), or
 * it is stopped. What is under way when the time is up is waited for: without it slow servers would be missing.
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
): Promise<void> {
  const { client, request, ports, address, pacer } = asking;
  let sent = 0;
  const ended = (): boolean => how.stopped() || isHalted(ports);
  const over = (): boolean => ended() || ports.now() >= how.until;
  const worker = async (): Promise<void> => {
    while (sent < how.limit && !over()) {
      sent++;
      await pacer.turn(over);
      if (over()) return;
      const answer = await client.ask(address, { ...nextVariation(client, request.vary, ports), body: how.body });
      // What was under way when the end was decided must not move the counts that it was decided on.
      if (ended()) return;
      if (answer.status === 429) pacer.tooMany();
      how.heed(answer);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, request.concurrency) }, worker));
}

/** Whether somebody asked to stop. */
export function isHalted({ stop }: Pick<ProbePorts, 'stop'>): boolean {
  return stop?.aborted === true;
}

async function askOnce(asking: Asking, variation: Variation = {}): Promise<Answer> {
  await asking.pacer.turn();
  const varied = nextVariation(asking.client, asking.request.vary, asking.ports);
  return asking.client.ask(asking.address, { ...varied, ...variation, body: true });
}
