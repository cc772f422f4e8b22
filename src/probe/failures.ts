import type { FailureKind } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { duration, name, say, words } from '../text/say.ts';

/** How far a request had come. */
export type Phase = 'connect' | 'tls' | 'head' | 'body';

/** Why a request has no whole answer. `own` is the fault of the asking machine: it says nothing about the target. */
export interface Failure {
  readonly kind: Exclude<FailureKind, 'anonymous5xx'> | 'own';
  readonly phase: Phase;
  /** The target may be well: what this probe trusts or shows is not what it asks for, and other clients may have it. */
  readonly trust?: true;
  /** The probe's own time was over while the request was under way: nobody should count it. */
  readonly late?: true;
  /** A few words, e.g. `connection refused`. */
  readonly what: Text;
  /** What to do, where one thing is likely. */
  readonly fix?: Text;
}

/** How a connection ended: reset, closed in order before the first byte of an answer, or closed amid one. */
export type Cut = 'reset' | 'before' | 'amid';

interface Named {
  readonly kind: Failure['kind'];
  readonly what: string;
  readonly fix?: string;
  readonly trust?: true;
}

const CERTIFICATE_FIX =
  'The probe does not trust it, other clients may: give the issuing certificate as ca under probe in the checklist file (--ca on the command line), or insecure: true (--insecure) if that is meant.';

const BY_CODE: ReadonlyMap<string, Named> = new Map<string, Named>([
  ['ECONNREFUSED', { kind: 'refused', what: 'connection refused', fix: 'Nothing listens there: check host and port.' }],
  ['EHOSTUNREACH', { kind: 'refused', what: 'host unreachable', fix: 'Check address, routes and firewalls.' }],
  ['ETIMEDOUT', { kind: 'timeout', what: 'connection timed out', fix: 'Check address, routes and firewalls.' }],
  ['ENETUNREACH', { kind: 'own', what: 'this machine has no route to that network' }],
  ['EADDRNOTAVAIL', { kind: 'own', what: 'this machine has no address or port left to connect from' }],
  ['EMFILE', { kind: 'own', what: 'this process has no file descriptors left' }],
  ['ENFILE', { kind: 'own', what: 'this machine has no file descriptors left' }],
  ['ENOBUFS', { kind: 'own', what: 'this machine has no socket buffers left' }],
  ['EACCES', { kind: 'own', what: 'this machine forbids the connection' }],
  ['EPERM', { kind: 'own', what: 'this machine forbids the connection' }],
  ['CERT_HAS_EXPIRED', { kind: 'tls', what: 'the certificate has expired', fix: 'Renew the certificate.' }],
  ['CERT_NOT_YET_VALID', { kind: 'tls', what: 'the certificate is not valid yet', fix: 'Check both clocks.' }],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    { kind: 'tls', what: 'the certificate is self-signed', fix: CERTIFICATE_FIX, trust: true },
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    { kind: 'tls', what: 'the issuer is not trusted here', fix: CERTIFICATE_FIX, trust: true },
  ],
  [
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    { kind: 'tls', what: 'the issuer is not known here', fix: CERTIFICATE_FIX, trust: true },
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    {
      kind: 'tls',
      what: 'the chain does not lead to an issuer known here',
      fix: `Let the balancer send the whole chain, if an intermediate certificate is missing. ${CERTIFICATE_FIX}`,
      trust: true,
    },
  ],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    {
      kind: 'tls',
      what: 'the certificate is for another host',
      fix: 'Give a URL with a host of the certificate, or that host as servername under probe in the checklist file.',
      trust: true,
    },
  ],
  ['HPE_HEADER_OVERFLOW', { kind: 'broken', what: 'the response head is longer than 64 KiB' }],
  ['HPE_UNEXPECTED_CONTENT_LENGTH', { kind: 'broken', what: 'the response has two lengths' }],
  ['HPE_INVALID_CONTENT_LENGTH', { kind: 'broken', what: 'the response has an impossible length' }],
  ['HPE_INVALID_CHUNK_SIZE', { kind: 'broken', what: 'the body has a broken chunk' }],
]);

const PLAIN_ON_TLS: Named = {
  kind: 'tls',
  what: 'no TLS is spoken there',
  fix: 'Use http:// if plain HTTP is meant for this port.',
};
const CLIENT_CERTIFICATE: Named = {
  kind: 'tls',
  what: 'a client certificate is required',
  fix: 'The probe has none to show: probe a listener that asks for none.',
  trust: true,
};
const HANDSHAKE: Named = {
  kind: 'tls',
  what: 'the target refused the TLS handshake',
  fix: 'See whether it asks for a client certificate, which the probe has none of, or for other TLS versions or ciphers.',
};
const NOT_HTTP: Named = {
  kind: 'broken',
  what: 'the answer is not HTTP',
  fix: 'Use https:// if TLS is meant for this port.',
};

/** The failure of a request whose deadline ran out in `phase` after `ms`. */
export function expired(phase: Phase, ms: number): Failure {
  const missing = { connect: 'no connection', tls: 'no TLS handshake', head: 'no answer', body: 'no end of the body' };
  return { kind: 'timeout', phase, what: say`${words(missing[phase])} within ${duration(ms)}` };
}

/** The failure of a request that was under way when the probe's own time was over. */
export function outOfTime(phase: Phase): Failure {
  return { kind: 'own', phase, late: true, what: words('the timeout of the probe ended the request') };
}

/** A final response that answers no request of ours: 101 without Upgrade, 304 without a validator (RFC 9110, 15.2 and 15.4.5). */
export function unasked(status: number): Failure {
  return { kind: 'broken', phase: 'head', what: words(`unrequested status ${status}`) };
}

/** Interim responses came (1xx), a final one did not. */
export function onlyInterim(status: number): Failure {
  return { kind: 'broken', phase: 'head', what: words(`connection closed after interim status ${status}`) };
}

/**
 * Names what ended a request.
 * @param error what node:http reported
 */
export function nameFailure(error: Error, phase: Phase, cut: Cut): Failure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const named = BY_CODE.get(code) ?? byFamily(code, error.message, phase, cut);
  if (named !== undefined) {
    const { kind, what, fix, trust } = named;
    const known = { kind, phase, what: words(what), ...(trust === undefined ? {} : { trust }) };
    return fix === undefined ? known : { ...known, fix: words(fix) };
  }
  const kind = phase === 'tls' ? 'tls' : 'broken';
  return { kind, phase, what: code === '' ? words('the response is broken') : say`failed with ${name(code)}` };
}

function byFamily(code: string, message: string, phase: Phase, cut: Cut): Named | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') {
    // TLS reports an orderly end before the handshake as an error of the socket.
    return cutOff(phase, message.includes('before secure TLS') ? 'before' : cut);
  }
  if (code.startsWith('HPE_')) return phase === 'head' ? NOT_HTTP : { kind: 'broken', what: 'the body is broken' };
  if (code !== 'EPROTO' && !code.startsWith('ERR_SSL_') && !code.startsWith('ERR_TLS_')) return undefined;
  // OpenSSL's reason is in the code or in the message, depending on Node's version; both are OpenSSL's own words.
  const reason = `${code} ${message}`.toLowerCase().replaceAll('_', ' ');
  if (/wrong version number|packet length too long|http request|record layer failure/.test(reason)) return PLAIN_ON_TLS;
  if (/certificate required|bad certificate/.test(reason)) return CLIENT_CERTIFICATE;
  if (/handshake failure/.test(reason)) return HANDSHAKE;
  return { kind: 'tls', what: 'the TLS handshake failed' };
}

function cutOff(phase: Phase, cut: Cut): Named {
  if (cut === 'reset') return { kind: 'reset', what: 'connection reset' };
  if (phase === 'body') return { kind: 'broken', what: 'the connection ended in the middle of the body' };
  if (phase === 'tls') return { kind: 'tls', what: 'the connection ended in the TLS handshake' };
  if (cut === 'amid') return { kind: 'broken', what: 'the connection ended in the middle of the head' };
  return { kind: 'reset', what: 'connection closed without an answer' };
}
