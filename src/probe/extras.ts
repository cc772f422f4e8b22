import http from 'node:http';
import https from 'node:https';
import type { Text } from '../model/text.ts';
import { list, name, say } from '../text/say.ts';
import type { Variation } from './client.ts';
import type { Answer } from './exchange.ts';
import { cookies } from './identity.ts';
import type { Asking } from './look.ts';
import { nextVariation, withCookie } from './vary.ts';

const KEPT = 12;
const RETURNED = 10;
/** The chance, at most, that a balancer that balances requests looks as if it balanced connections. */
const CHANCE = 0.001;

type WhoAnswered = (answer: Answer) => string | undefined;

/**
 * Whether one connection stays at one server although fresh ones do not: balancing per connection (L4).
 * @param until when to give up, ms of the ports' clock
 * @param largestShare of any server over fresh connections, 0..1
 */
export async function keepAlivePhase(
  asking: Asking,
  until: number,
  who: WhoAnswered,
  largestShare: number,
): Promise<Text[]> {
  const Agent = asking.client.secure ? https.Agent : http.Agent;
  const keep = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const answers = await inTurn(asking, until, KEPT, () => ({ keep }));
    const servers = new Set(answers.map(who));
    const [server] = servers;
    const held = answers.length === KEPT && answers.slice(1).every((answer) => answer.reused);
    if (!held || servers.size !== 1 || server === undefined || largestShare ** (KEPT - 1) > CHANCE) return [];
    return [
      say`${KEPT} requests on one kept connection all went to ${name(server)}, fresh connections to several servers: connections are balanced here, not requests (L4). Clients with long connections spread only as they reconnect.`,
    ];
  } finally {
    keep.destroy();
  }
}

/** Whether a client that returns the cookies of an answer stays at the server that set them. */
export async function cookiePhase(
  asking: Asking,
  until: number,
  who: WhoAnswered,
  first: readonly Answer[],
): Promise<Text[]> {
  const setter = first.find((answer) => cookies(answer).length > 0 && who(answer) !== undefined);
  if (setter === undefined) return [];
  const server = who(setter) ?? '';
  const set = cookies(setter);
  const cookie = set.map(([key, value]) => `${key}=${value}`).join('; ');
  const answers = await inTurn(asking, until, RETURNED, ({ headers }) => ({ headers: withCookie(headers, cookie) }));
  // A balancer that is content with a cookie sets none: where the cookie is the identity, nothing is known then.
  if (answers.length < RETURNED || answers.some((answer) => who(answer) === undefined)) return [];
  const names = list(set.map(([key]) => key));
  const stayed = answers.filter((answer) => who(answer) === server).length;
  if (stayed === answers.length) {
    return [
      say`With its cookies returned (${names}), all ${RETURNED} requests stayed at ${name(server)}: stickiness works.`,
    ];
  }
  return [
    say`With its cookies returned (${names}), ${stayed} of ${RETURNED} requests stayed at ${name(server)}: these cookies hold no client at its server.`,
  ];
}

/** One request after another, each as `vary` wants it and as asked; ends early when one has no answer, or time is up. */
async function inTurn(
  asking: Asking,
  until: number,
  n: number,
  how: (varied: { readonly headers: readonly string[] }) => Variation,
): Promise<Answer[]> {
  const { client, request, ports, address, pacer } = asking;
  const answers: Answer[] = [];
  for (let i = 0; i < n; i++) {
    await pacer.turn(() => ports.now() >= until);
    if (ports.now() >= until) break;
    const varied = nextVariation(client, request.vary, ports);
    const extra = how({ headers: varied.headers ?? client.headers });
    const withinMs = until - ports.now();
    const answer = await client.ask(address, { ...varied, ...extra, body: true, withinMs });
    if (answer.status === undefined || answer.failure !== undefined) break;
    answers.push(answer);
  }
  return answers;
}
