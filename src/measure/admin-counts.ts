import type { Expectation } from '../evidence/expectation.ts';
import { makeJudge } from '../evidence/judge.ts';
import type { ReadState, Terms } from '../evidence/terms.ts';
import type { Counts } from '../model/counts.ts';
import type { LoadedState } from '../model/loaded.ts';
import type { Measurement } from '../model/measurement.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import type { ProbePorts } from '../probe/request.ts';
import {
  ADMIN_FORMS,
  countsBetween,
  readAdminPlace,
  readLoaded,
  type AdminPlace,
  type AdminPorts,
} from '../sources/admin/admin.ts';
import { duration, say } from '../text/say.ts';
import type { MeasureRequest } from './measure-request.ts';

/** Between two readings of the counters, ms, unless the request says how long to watch. */
const BETWEEN_MS = 10_000;

interface AdminOutside {
  readonly probe: ProbePorts;
  readonly admin?: AdminPorts;
}

/** Where the admin interface of the request is, and how it is read. Throws InputError when it is none that is known. */
export function adminOf(
  source: string,
  { admin }: AdminOutside,
): { readonly place: AdminPlace; readonly ports: AdminPorts } {
  const place = readAdminPlace(source);
  if (place === undefined || admin === undefined) {
    throw new InputError(`observe is ${JSON.stringify(source)}; set ${ADMIN_FORMS}.`);
  }
  return { place, ports: admin };
}

/**
 * Judges what a balancer's own counters show between two readings: the traffic of all clients. `readState`: what is loaded
 * otherwise than written, by the second reading.
 */
export async function adminObserved(
  request: MeasureRequest,
  source: string,
  expectation: Expectation,
  terms: Terms,
  outside: AdminOutside,
  readState: (loaded: LoadedState) => ReadState | undefined,
): Promise<{ measurement: Measurement; counts: Counts }> {
  const { place, ports } = adminOf(source, outside);
  const windowMs = request.watchMs ?? Math.min(BETWEEN_MS, request.timeoutMs);
  const began = outside.probe.now();
  const earlier = await readLoaded(place, ports, request.headers);
  if ('unreachable' in earlier) return unread(earlier.unreachable);
  await outside.probe.sleep(windowMs);
  const later = await readLoaded(place, ports, request.headers);
  if ('unreachable' in later) return unread(later.unreachable);
  const seconds = (outside.probe.now() - began) / 1000;
  const between = countsBetween(poolOf(request, expectation, later.state), earlier.state, later.state, seconds);
  return 'refused' in between ? unread(between.refused) : judged(between.counts, seconds, readState(later.state));

  function unread(obstacle: Text): { measurement: Measurement; counts: Counts } {
    return judged({ version: 1, servers: {} }, 0, undefined, obstacle);
  }

  function judged(counts: Counts, seconds: number, read: ReadState | undefined, obstacle?: Text) {
    const notes = [
      say`counted by the balancer for all of its clients in ${duration(seconds * 1000)}; the order of answers is not known`,
    ];
    const measurement = makeJudge(expectation, terms).conclude(counts, {
      source: 'admin',
      target: source,
      address: null,
      seconds,
      down: false,
      ...(read === undefined ? {} : { read }),
      ...(obstacle === undefined ? { notes } : { obstacle, notes: [] }),
    });
    return { measurement: { ...measurement, independent: null }, counts };
  }
}

/** The pool whose counters are meant; without a config the only one there is. */
function poolOf(request: MeasureRequest, { pool }: Expectation, { pools, source }: LoadedState): string {
  const named = pool ?? request.pool;
  if (named !== null && named !== undefined) return named;
  const [only, ...others] = pools;
  if (only !== undefined && others.length === 0) return only.name;
  throw new InputError(`${source} has ${pools.length} pools; name one of them with pool.`);
}
