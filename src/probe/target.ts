import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { words } from '../text/say.ts';
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
  let client: Client;
  try {
    client = makeClient(request);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // The client's refusals are fixed sentences: nothing foreign stands in them.
    return { obstacle: words(error.message) };
  }
  ports.stop?.addEventListener('abort', () => client.cancel());
  if (request.settleMs > 0) await ports.sleep(request.settleMs);
  const resolved = await resolveTarget(request, ports);
  if ('obstacle' in resolved) return resolved;
  const roster = makeRoster(request.known);
  const askings = resolved.addresses.map((address) => {
    return { request, ports, client, roster, address, pacer: new Pacer(request.rate, ports) };
  });
  return { askings, notes: resolved.notes };
}
