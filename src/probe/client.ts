import { X509Certificate } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import { InputError } from '../model/tree.ts';
import { Exchange, type Answer } from './exchange.ts';
import type { ProbeRequest } from './request.ts';
import { secretsOf, withoutSecrets } from './secrets.ts';

/** How exact deadlines are, ms. */
const SWEEP_MS = 20;
const HEAD_BYTES = 65_536;

/** What differs from one request to the next. */
export interface Variation {
  readonly path?: string;
  readonly headers?: readonly string[];
  /** A connection that is kept; without it every request has its own. */
  readonly keep?: http.Agent;
  /** Give the body with the answer. */
  readonly body?: boolean;
  /** The probe ends the request after so long, ms, whatever deadlines it has. */
  readonly withinMs?: number;
}

export interface Client {
  /** Asks once; never rejects. `address` is where to connect; Host and SNI stay those of the target. */
  ask(address: string, variation?: Variation): Promise<Answer>;
  /** Ends all requests that are under way; their answers are failures nobody should count. */
  cancel(): void;
  /** Path and headers of a plain request, for variations. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly secure: boolean;
}

/**
 * The probe's client: every request on a fresh connection, no cookies, no redirects, no proxy, no TLS resumption.
 * @throws InputError, whose message holds no header value, when a header or the CA cannot be used
 */
export function makeClient(request: ProbeRequest): Client {
  const { target, connectMs, requestMs } = request;
  const secure = target.protocol === 'https:';
  const send = secure ? https.request : http.request;
  const path = target.pathname + target.search;
  const headers = requestHeaders(request);
  const secrets = secretsOf(pairs(headers));
  const fixed: https.RequestOptions = {
    port: target.port === '' ? (secure ? 443 : 80) : Number(target.port),
    method: 'GET',
    path,
    headers,
    maxHeaderSize: HEAD_BYTES,
    // What a browser accepts (heads with LF only, bytes after the end) is no fault of the balancer. There is nothing
    // to smuggle: a connection carries one request.
    insecureHTTPParser: true,
    // Keeps nothing: no connection, and no TLS session, which would hide a certificate that has just expired.
    agent: secure ? new https.Agent({ keepAlive: false, maxCachedSessions: 0 }) : new http.Agent({ keepAlive: false }),
    ...(secure ? secureOptions(request) : {}),
  };
  const conditional = pairs(headers).some(([name]) => /^if-/i.test(name));
  const running = new Set<Exchange>();
  let sweeper: NodeJS.Timeout | undefined;

  // One timer for all deadlines: two per request would cost more than the request's other bookkeeping.
  function sweep(): void {
    const now = performance.now();
    for (const exchange of running) exchange.expire(now);
    if (running.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  function ask(address: string, variation: Variation = {}): Promise<Answer> {
    sweeper ??= setInterval(sweep, SWEEP_MS);
    return new Promise((resolve) => {
      const { keep, body = false, withinMs, ...changed } = variation;
      const sent = send({ ...fixed, ...changed, host: address, ...(keep === undefined ? {} : { agent: keep }) });
      const limits = { connectMs, requestMs, ...(withinMs === undefined ? {} : { withinMs }) };
      const how = { secure, keepBody: body, conditional, ...limits };
      const exchange = new Exchange(sent, how, (answer) => {
        running.delete(exchange);
        resolve(secrets.length === 0 ? answer : withoutSecrets(answer, secrets));
      });
      running.add(exchange);
    });
  }

  return {
    ask,
    path,
    headers,
    secure,
    cancel: () => {
      for (const exchange of running) exchange.cancel();
    },
  };
}

/** All values of a header, in the order of the response. */
export function headerValues(answer: Pick<Answer, 'rawHeaders'>, header: string): string[] {
  const values: string[] = [];
  const wanted = header.toLowerCase();
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const field = answer.rawHeaders[i] ?? '';
    if (field.length === wanted.length && field.toLowerCase() === wanted) values.push(answer.rawHeaders[i + 1] ?? '');
  }
  return values;
}

/** Ours first, each replaced where the user gives the same header; flat, which node:http sends as it is. */
function requestHeaders({ target, headers }: ProbeRequest): string[] {
  const all = new Map<string, readonly [string, string]>([
    ['host', ['Host', target.host]],
    ['user-agent', ['User-Agent', 'evenkeel']],
    ['accept', ['Accept', '*/*']],
    ['cache-control', ['Cache-Control', 'no-cache']],
  ]);
  if (target.username !== '' || target.password !== '') {
    const pair = `${unescape(target.username)}:${unescape(target.password)}`;
    all.set('authorization', ['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`]);
  }
  for (const [name, value] of headers) {
    try {
      http.validateHeaderName(name);
      http.validateHeaderValue(name, value);
    } catch {
      throw new InputError('A request header has a name or value that HTTP does not allow.');
    }
    if (!/^(connection|content-length|transfer-encoding|upgrade|expect)$/i.test(name)) {
      all.set(name.toLowerCase(), [name, value]);
    }
  }
  return [...all.values()].flat();
}

function pairs(flat: readonly string[]): (readonly [string, string])[] {
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? ''] as const] : []));
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secureOptions({ target, tls: { ca, insecure, servername } }: ProbeRequest): tls.ConnectionOptions {
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    secureContext: secureContext(ca),
    rejectUnauthorized: !insecure,
    ...(name === undefined ? {} : { servername: name }),
  };
}

function secureContext(ca: string | undefined): tls.SecureContext {
  if (ca === undefined) return tls.createSecureContext();
  try {
    // createSecureContext passes over what it cannot read.
    new X509Certificate(ca).toString();
    return tls.createSecureContext({ ca: [...tls.rootCertificates, ca] });
  } catch {
    throw new InputError('The CA is not a PEM certificate.');
  }
}
