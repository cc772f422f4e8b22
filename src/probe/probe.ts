import type { Text } from '../model/text.ts';
import { list, say } from '../text/say.ts';
import { isLocalName } from './addresses.ts';
import { isHalted, knock, type Asking } from './look.ts';
import { measure, refused, type Measured } from './measure.ts';
import type { AddressResult, Probe } from './request.ts';
import { openTarget } from './target.ts';

/**
 * Asks every address of the target and counts who answered: all at once whether anything answers there, then those that
 * do one after another. `maxRequests` is per address, the time is divided among those that answer. Never rejects for
 * anything that the target or the network does.
 */
export const probe: Probe = async (request, ports) => {
  const opened = await openTarget(request, ports);
  if ('obstacle' in opened) return [unasked(request.target.hostname, opened.obstacle)];
  return askAddresses(opened.askings, opened.notes, isLocalName(request.target.hostname));
};

/** @param local the addresses are those of this machine, and one that answers is enough */
export async function askAddresses(
  askings: readonly Asking[],
  notes: readonly Text[],
  local: boolean,
): Promise<readonly AddressResult[]> {
  const refusals = await Promise.all(askings.map(knock));
  const halted = (): boolean => askings.some(({ ports }) => isHalted(ports));
  const measured: Measured[] = [];
  let left = local ? 1 : refusals.filter((refusal) => refusal === undefined).length;
  const part = left;
  for (const [i, asking] of askings.entries()) {
    const refusal = refusals[i];
    const one = refusal === undefined ? await measure(inPart(asking, part, left--)) : refused(asking, refusal);
    measured.push(one);
    if (halted() || (local && !one.own && !one.result.down)) break;
  }
  const rest = askings.slice(measured.length).map(({ address }) => address);
  const untold = halted() && rest.length > 0 ? [say`Not asked before the interruption: ${list(rest)}.`] : [];
  return withoutUnreachable(measured, local, [...notes, ...untold]);
}

/** The asking with its time: an equal part of the timeout, so that the same pool is always tested alike, or what is left. */
function inPart(asking: Asking, of: number, left: number): Asking {
  const { request, ports, until } = asking;
  const now = ports.now();
  const part = Math.min(request.timeoutMs / of, Math.max(0, until - now) / Math.max(1, left));
  const watch = request.watchMs === undefined ? {} : { watchMs: request.watchMs / of };
  return { ...asking, request: { ...request, timeoutMs: request.timeoutMs / of, ...watch }, until: now + part };
}

/**
 * Leaves out addresses that this machine cannot ask (no IPv6 here) where others answered, and says so on the first
 * that is left. Of `localhost` one address is enough.
 */
function withoutUnreachable(all: readonly Measured[], local: boolean, notes: readonly Text[]): AddressResult[] {
  const asked = all.filter(({ own, result }) => !own && !(local && result.down));
  const kept = asked.length === 0 ? all.slice(0, local ? 1 : undefined) : asked;
  const dropped = all.filter((one) => !kept.includes(one));
  const more = [...notes, ...dropped.flatMap(({ result }) => result.obstacle ?? result.notes)];
  return kept.map(({ result }, i) => (i === 0 ? { ...result, notes: [...result.notes, ...more] } : result));
}

function unasked(address: string, obstacle: Text): AddressResult {
  return { address, counts: { version: 1, servers: {} }, seconds: 0, down: false, obstacle, notes: [] };
}
