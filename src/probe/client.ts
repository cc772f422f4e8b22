import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import tls from 'node:tls';
import { expired, nameFailure, type Cut, type Failure, type Phase } from './failures.ts';
import type { ProbeRequest } from './probe.ts';

const BODY_BYTES = 65_536;
const HEAD_BYTES = 65_536;

/** One response, or what was there of it. Times in ms since the request began. */
export interface Answer {
  /** Undefined when no response head came. */
  readonly status: number | undefined;
  /** Name, value, name, value, … as sent. */
  readonly rawHeaders: readonly string[];
  /** At most 64 KiB; empty unless asked for. */
  readonly body: string;
  readonly failure: Failure | undefined;
  readonly connectMs: number;
  /** To the end of the head. */
  readonly headMs: number;
  readonly totalMs: number;
  /** True when an earlier request had used the connection. */
  readonly reused: boolean;
}

/** What differs from one request to the next. */
export interface Variation {
  readonly path?: string;
  readonly headers?: readonly string[];
  /** A connection that is kept; without it every request has its own. */
  readonly keep?: http.Agent;
  /** Give the body with the answer. */
  readonly body?: boolean;
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
 * @throws an Error whose message holds no header value when a header or the CA cannot be used
 */
export function makeClient(request: ProbeRequest): Client {
  const { target, connectMs, requestMs } = request;
  const secure = target.protocol === 'https:';
  const send = secure ? https.request : http.request;
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const path = target.pathname + target.search;
  const headers = requestHeaders(request);
  const servername = request.tls.servername ?? (isIP(host) === 0 ? host : undefined);
  const shared: https.RequestOptions = {
    port: target.port === '' ? (secure ? 443 : 80) : Number(target.port),
    method: 'GET',
    path,
    headers,
    agent: false,
    maxHeaderSize: HEAD_BYTES,
    // What a browser accepts (heads with LF only, bytes after the end) is no fault of the balancer. There is nothing
    // to smuggle: a connection carries one request.
    insecureHTTPParser: true,
    ...(secure
      ? {
          secureContext: secureContext(request.tls.ca),
          rejectUnauthorized: !request.tls.insecure,
          ...(servername === undefined ? {} : { servername }),
        }
      : {}),
  };
  const running = new Set<() => void>();

  function ask(address: string, variation?: Variation): Promise<Answer> {
    return new Promise((resolve) => {
      const began = performance.now();
      let phase: Phase = 'connect';
      let response: http.IncomingMessage | undefined;
      let cut: Cut = 'before';
      let ended = false;
      let connected = 0;
      let head = 0;
      let size = 0;
      const chunks: Buffer[] = [];
      const keepBody = variation?.body === true;
      const total = setTimeout(() => finish(expired(phase, requestMs)), requestMs);
      let step = setTimeout(() => finish(expired(phase, connectMs)), connectMs);
      const sent = send({
        ...shared,
        host: address,
        ...(variation?.path === undefined ? {} : { path: variation.path }),
        ...(variation?.headers === undefined ? {} : { headers: variation.headers }),
        ...(variation?.keep === undefined ? {} : { agent: variation.keep }),
      });
      running.add(cancel);

      function cancel(): void {
        finish(expired(phase, performance.now() - began));
      }

      function finish(failure: Failure | undefined): void {
        if (!running.delete(cancel)) return;
        clearTimeout(total);
        clearTimeout(step);
        const now = performance.now() - began;
        if (!ended) sent.destroy();
        resolve({
          status: response?.statusCode,
          rawHeaders: response?.rawHeaders ?? [],
          body: keepBody ? Buffer.concat(chunks).toString('utf8', 0, BODY_BYTES) : '',
          failure,
          connectMs: connected,
          headMs: head === 0 ? now : head,
          totalMs: now,
          reused: sent.reusedSocket,
        });
      }

      function fail(error: Error): void {
        // Whatever follows a whole response is not part of it.
        if (response?.complete === true) return finish(undefined);
        // On TLS the handshake's own bytes would count.
        if (cut !== 'reset' && !secure && (sent.socket?.bytesRead ?? 0) > 0) cut = 'amid';
        finish(nameFailure(error, phase, cut));
      }

      sent.on('error', fail);
      sent.on('socket', (socket) => {
        if (!socket.connecting) return toHead();
        // Before node:http's own listener, which ends the request.
        socket.prependOnceListener('error', () => (cut = 'reset'));
        socket.once('connect', () => {
          connected = performance.now() - began;
          if (!secure) return toHead();
          phase = 'tls';
          clearTimeout(step);
          step = setTimeout(() => finish(expired(phase, connectMs)), connectMs);
          socket.once('secureConnect', toHead);
        });
      });

      function toHead(): void {
        phase = 'head';
        clearTimeout(step);
      }

      function begin(incoming: http.IncomingMessage): void {
        response = incoming;
        phase = 'body';
        head = performance.now() - began;
      }

      sent.on('upgrade', (incoming: http.IncomingMessage) => {
        begin(incoming);
        finish(undefined);
      });
      sent.on('response', (incoming) => {
        begin(incoming);
        incoming.on('error', fail);
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (keepBody) chunks.push(chunk);
          if (size >= BODY_BYTES) finish(undefined);
        });
        incoming.on('end', () => {
          ended = true;
          finish(undefined);
        });
      });
      sent.end();
    });
  }

  return {
    ask,
    path,
    headers,
    secure,
    cancel: () => {
      for (const cancel of running) cancel();
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
      throw new Error('A request header has a name or value that HTTP does not allow.');
    }
    if (!/^(connection|content-length|transfer-encoding|upgrade|expect)$/i.test(name)) {
      all.set(name.toLowerCase(), [name, value]);
    }
  }
  return [...all.values()].flat();
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function secureContext(ca: string | undefined): tls.SecureContext {
  if (ca === undefined) return tls.createSecureContext();
  try {
    return tls.createSecureContext({ ca: [...tls.rootCertificates, ca] });
  } catch {
    throw new Error('The CA is no certificate in PEM form.');
  }
}
