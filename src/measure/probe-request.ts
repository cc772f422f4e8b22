import type { KnownServer, ProbeRequest } from '../probe/request.ts';
import type { MeasureRequest } from './measure-request.ts';
import type { Settings } from '../settings/settings.ts';

/** Requests under way at once. */
const CONCURRENCY = 8;
/** Deadlines of one request, ms. */
const CONNECT_MS = 1500;
const REQUEST_MS = 5000;

/** Requests/s: as asked for; a watch goes slower where its requests would not last for all of it. */
export function rateOf({ rate, maxRequests, watchMs }: MeasureRequest): number {
  return watchMs === undefined ? rate : Math.min(rate, maxRequests / (watchMs / 1000));
}

/** How a target is asked, whoever judges the answers. */
export function probeRequest(
  request: MeasureRequest,
  target: URL,
  known: readonly KnownServer[],
  { probe: setting }: Pick<Settings, 'probe'>,
): Omit<ProbeRequest, 'begin' | 'onProgress'> {
  const ca = request.tls?.ca ?? setting.ca;
  return {
    target,
    identifyBy: request.identifyBy,
    known,
    headers: request.headers,
    ...(request.vary === undefined ? {} : { vary: request.vary }),
    rate: rateOf(request),
    maxRequests: request.maxRequests,
    timeoutMs: request.timeoutMs,
    ...(request.watchMs === undefined ? {} : { watchMs: request.watchMs }),
    settleMs: request.settleMs,
    version: request.version,
    concurrency: CONCURRENCY,
    connectMs: CONNECT_MS,
    requestMs: REQUEST_MS,
    tls: {
      insecure: request.tls?.insecure ?? setting.insecure,
      ...(ca === undefined ? {} : { ca }),
      ...(setting.servername === undefined ? {} : { servername: setting.servername }),
    },
    allowLinkLocal: request.allowLinkLocal ?? setting.allowLinkLocal,
  };
}
