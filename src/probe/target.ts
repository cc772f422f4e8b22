import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { duration, say, words } from '../text/say.ts';
import { resolveTarget } from './addresses.ts';
import { makeClient, type Client } from './client.ts';
import type { Asking } from './look.ts';
import { Pacer } from './pacing.ts';
import type { ProbePorts, ProbeRequest } from './request.ts';
import { makeRoster } from './roster.ts';

export type Opened =
  { readonly askings: readonly Asking[]; readonly notes: readonly Text[] } | { readonly obstacle: Text };

/** Settles, resolves the target once and makes ready to ask each of its addresses; or says why it cannot be asked. */
export async function openTarget(request: ProbeRequest, ports: ProbePorts): Promise<Opened> {
  const { settleMs, timeoutMs } = request;
  if (settleMs >= timeoutMs) {
    const all = say`${duration(settleMs)} (settle) leave no time to ask: the timeout is ${duration(timeoutMs)}.`;
    return { obstacle: say`${all} Set timeout to more than settle.` };
  }
  const until = ports.now() + timeoutMs;
  let client: Client;
  try {
    client = makeClient(request);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The client's refusals are fixed sentences: nothing foreign stands in them.
    return { obstacle: words(error.message) };
  }
  ports.stop?.addEventListener('abort', () => client.cancel());
  if (settleMs > 0) await ports.sleep(settleMs);
  const resolved = await resolveTarget(request, ports, until - ports.now());
  if ('obstacle' in resolved) return resolved;
  const roster = makeRoster(request.known);
  const askings = resolved.addresses.map((address) => {
    return { request, ports, client, roster, address, until, pacer: new Pacer(request.rate, ports) };
  });
  return { askings, notes: resolved.notes };
}
