import type { HealthCheck } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import { byKeyword, type Statement } from './statements.ts';
import { numberOf, secondsOf } from './values.ts';

const TYPES: ReadonlyMap<string, HealthCheck['type']> = new Map<string, HealthCheck['type']>([
  ['TCP_CHECK', 'tcp'],
  ['HTTP_GET', 'http'],
  ['SSL_GET', 'https'],
  ['MISC_CHECK', 'exec'],
  ...['SMTP_CHECK', 'DNS_CHECK', 'BFD_CHECK', 'UDP_CHECK', 'PING_CHECK', 'FILE_CHECK'].map(
    (name): [string, HealthCheck['type']] => [name, 'other'],
  ),
]);

/**
 * The first checker of a real server; all of them have to succeed. Times are in the checker, else in the real server, else in
 * the virtual server. Undefined = it is not checked.
 */
export function readCheck(
  realServer: readonly Statement[],
  virtualServer: ReadonlyMap<string, Statement>,
): HealthCheck | undefined {
  const checker = realServer.find(({ words: [{ text }] }) => TYPES.has(text));
  const type = TYPES.get(checker?.words[0].text ?? '');
  if (checker === undefined || type === undefined) return undefined;
  const { at, block: inside = [], words } = checker;
  const own = byKeyword(inside);
  const places = [own, byKeyword(realServer), virtualServer];
  const nearest = (keyword: string): Statement | undefined =>
    places.map((place) => place.get(keyword)).find((found) => found !== undefined);
  const kind = words[0].text;
  const intervalMs = secondsOf(nearest('delay_loop')) ?? implied(60_000, at);
  const retries = numberOf(nearest('retry')) ?? implied(RETRIES.get(kind) ?? 1, at);
  const asks = type === 'http' || type === 'https' ? readUrl(inside, nearest('virtualhost')) : {};
  const port = numberOf(own.get('connect_port'));
  return {
    type,
    at,
    ...asks,
    ...(port === undefined ? {} : { port }),
    intervalMs,
    retryIntervalMs: secondsOf(nearest('delay_before_retry')) ?? retryDelay(kind, intervalMs),
    timeoutMs:
      secondsOf(type === 'exec' ? own.get('misc_timeout') : nearest('connect_timeout')) ??
      implied(type === 'exec' ? intervalMs.value : 5000, at),
    fall: { ...retries, value: retries.value === undefined ? undefined : retries.value + 1 },
    rise: implied(1, at),
  };
}

/** The words of every checker that `readCheck` puts into the model. */
export const DESCRIBED_OF_CHECKS: readonly string[] = [...TYPES.keys()].flatMap((kind) => [
  kind,
  ...'delay_loop retry delay_before_retry connect_timeout connect_port misc_timeout url url.path url.status_code url.virtualhost'
    .split(' ')
    .map((word) => `${kind}.${word}`),
]);

/** Further checks before a server is taken out, where that is not 1. */
const RETRIES: ReadonlyMap<string, number> = new Map([
  ['DNS_CHECK', 3],
  ['MISC_CHECK', 0],
]);

function retryDelay(kind: string, interval: Setting<number>): Setting<number> {
  if (kind === 'DNS_CHECK') return interval;
  return implied(kind === 'HTTP_GET' || kind === 'SSL_GET' ? 3000 : 1000, interval.at);
}

/** The first `url` of a checker. */
function readUrl(
  inside: readonly Statement[],
  inherited: Statement | undefined,
): Partial<Pick<HealthCheck, 'path' | 'host' | 'expects'>> {
  const url = byKeyword(inside.find(({ words: [{ text }] }) => text === 'url')?.block ?? []);
  const [path, status, host] = [url.get('path'), url.get('status_code'), url.get('virtualhost') ?? inherited];
  return {
    ...(path === undefined ? {} : { path: textOf(path) }),
    ...(status === undefined ? {} : { expects: textOf(status) }),
    ...(host === undefined ? {} : { host: textOf(host) }),
  };
}

function textOf({ words: [, ...rest], at }: Statement): Setting<string> {
  return written(rest.map(({ text }) => text).join(' '), at);
}
