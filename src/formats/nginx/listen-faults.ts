import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { canonicalListen } from './listen.ts';
import type { Directive } from './parse.ts';
import { allDefinitions } from './tables.ts';
import { FILLED } from './values.ts';

type Report = (directive: Directive, what: Text, fix?: Text) => void;

/** Options of the socket itself, which one `listen` line only may set for an address. */
const SOCKET_OPTION =
  /^(?:bind|deferred|reuseport|multipath|(?:setfib|fastopen|backlog|rcvbuf|sndbuf|accept_filter|ipv6only|so_keepalive)=.*)$/;

const REMOVE = say`Remove one of the two.`;

interface Listen {
  readonly directive: Directive;
  readonly key: string;
  readonly shown: string;
  readonly words: readonly string[];
}

/** Finds `listen` lines that contradict each other. One object sees all servers of one `http` or `stream`. */
export class ListenFaults {
  readonly #report: Report;
  readonly #defaults = new Set<string>();
  readonly #options = new Set<string>();

  constructor(report: Report) {
    this.#report = report;
  }

  server(block: readonly Directive[]): void {
    const own = new Set<string>();
    for (const { directive, key, shown, words } of listensOf(block)) {
      if (own.has(key)) this.#report(directive, say`Duplicate listen ${shown} in one server.`, REMOVE);
      own.add(key);
      if (words.some((text) => /^default(?:_server)?$/.test(text))) {
        if (this.#defaults.has(key)) {
          const what = say`Duplicate ${'default_server'} for ${shown}.`;
          this.#report(directive, what, say`Remove ${'default_server'} from one of the servers.`);
        }
        this.#defaults.add(key);
      }
      if (words.some((text) => SOCKET_OPTION.test(text))) {
        if (this.#options.has(key)) {
          const what = say`Duplicate listen options for ${shown}.`;
          this.#report(directive, what, say`Set them at one server only.`);
        }
        this.#options.add(key);
      }
    }
  }

  /** The servers of a `stream`: an address may be there twice in different servers, in newer versions. */
  stream(block: readonly Directive[]): void {
    for (const { name, block: inner } of block) {
      if (name !== 'server' || inner === undefined) continue;
      this.server(inner);
      const [first] = listensOf(inner);
      const server = inner[0];
      if (server !== undefined && !opaque(inner)) {
        if (!inner.some(({ name: own }) => own === 'listen'))
          this.#report(server, say`No ${'listen'} is defined for this server.`, say`Add ${'listen PORT;'}.`);
      }
      if (first === undefined) continue;
      if (first.words.includes('ssl') && !hasCertificate(inner) && !hasCertificate(block))
        this.#report(first.directive, NO_CERTIFICATE, ADD_CERTIFICATE);
    }
  }

  /** The server that answers unknown names on an address with TLS needs a certificate. */
  certificates(http: readonly Directive[]): void {
    if (hasCertificate(http)) return;
    const first = new Map<string, { readonly block: readonly Directive[]; listen: Listen; tls: Listen | undefined }>();
    for (const { name, block } of http) {
      if (name !== 'server' || block === undefined) continue;
      for (const listen of listensOf(block)) {
        const known = first.get(listen.key);
        const tls = listen.words.some((text) => text === 'ssl' || text === 'quic') ? listen : known?.tls;
        const takes = known === undefined || listen.words.some((text) => /^default(?:_server)?$/.test(text));
        first.set(listen.key, takes ? { block, listen, tls } : { ...known, tls });
      }
    }
    for (const { block, tls } of first.values()) {
      if (tls !== undefined && !hasCertificate(block)) this.#report(tls.directive, NO_CERTIFICATE, ADD_CERTIFICATE);
    }
  }
}

const NO_CERTIFICATE = say`No ${'ssl_certificate'} is defined for this ${'listen … ssl'}.`;
const ADD_CERTIFICATE = say`Add ${'ssl_certificate'} and ${'ssl_certificate_key'} to the server.`;

/** Whether lines are missing, or may be those of another module. */
function opaque(block: readonly Directive[]): boolean {
  return block.some(({ name, tag }) => tag !== undefined || name === 'include' || !allDefinitions().has(name));
}

function hasCertificate(block: readonly Directive[]): boolean {
  return block.some(
    ({ name, tag }) => tag !== undefined || /^(?:ssl_certificate|ssl_reject_handshake|include)$/.test(name),
  );
}

function listensOf(block: readonly Directive[]): readonly Listen[] {
  return block.flatMap((directive) => {
    const [address, ...rest] = directive.args;
    if (directive.name !== 'listen' || address === undefined || FILLED.test(address.text)) return [];
    const words = rest.map(({ text }) => text);
    const key = canonicalListen(address.text, words.includes('quic') || words.includes('udp'));
    return key === undefined ? [] : [{ directive, key, shown: address.text, words }];
  });
}
