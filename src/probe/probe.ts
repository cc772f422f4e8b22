import type { Text } from '../model/text.ts';
import { list, say } from '../text/say.ts';
import { isLocalName } from './addresses.ts';
import { isHalted } from './look.ts';
import { measure, type Measured } from './measure.ts';
import type { AddressResult, Probe } from './request.ts';
import { openTarget } from './target.ts';

/**
 * Asks every address of the target in turn and counts who answered; `maxRequests` and `timeoutMs` are per address.
 * Never rejects for anything that the target or the network does.
 */
export const probe: Probe = async (request, ports) => {
  const opened = await openTarget(request, ports);
  if ('obstacle' in opened) return [unasked(request.target.hostname, opened.obstacle)];
  const measured: Measured[] = [];
  const local = isLocalName(request.target.hostname);
  for (const asking of opened.askings) {
    const one = await measure(asking);
    measured.push(one);
    if (isHalted(ports) || (local && !one.own && !one.result.down)) break;
  }
  const left = opened.askings.slice(measured.length).map(({ address }) => address);
  const notes = isHalted(ports) && left.length > 0 ? [say`Not asked before the interruption: ${list(left)}.`] : [];
  return withoutUnreachable(measured, local, [...opened.notes, ...notes]);
};

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
