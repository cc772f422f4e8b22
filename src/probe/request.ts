import type { Counts } from '../model/counts.ts';
import type { IdentifyBy, VersionField } from '../model/request.ts';
import type { Text } from '../model/text.ts';

/** The outside that a probe needs beside sockets; passed in so that tests decide. */
export interface ProbePorts {
  /** Addresses of a host name; rejects when it does not resolve. */
  lookup(host: string): Promise<readonly string[]>;
  /** Monotonic, ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** 0..1, for gaps and key variation. */
  random(): number;
  /** Ends the asking early; what was counted until then is given. */
  readonly stop?: AbortSignal;
}

/** A line of the config and the set of what a response may call its server. */
export interface KnownServer {
  readonly name: string;
  /** Exact identities: name, `address:port`, address, those that its name resolves to, sticky value. */
  readonly identities: readonly string[];
  /** Patterns with `*`, from `identify` of the checklist file. */
  readonly patterns: readonly string[];
  /** The line makes numbered servers, `web1` to `web3`: each is known by its own name. `last` undefined = any number. */
  readonly numbered?: { readonly prefix: string; readonly first: number; readonly last: number | undefined };
}

/** What the first ten answers of one address tell. */
export interface Look {
  readonly address: string;
  /** What identifies the server; undefined when nothing does. */
  readonly identity: IdentifyBy | undefined;
  /** The identities are addresses. */
  readonly addressed: boolean;
  /** Its part of the timeout, ms: addresses that answer have equal parts. */
  readonly timeoutMs: number;
}

export interface ProbeRequest {
  readonly target: URL;
  readonly identifyBy: IdentifyBy;
  readonly known: readonly KnownServer[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** A part of each request that gets a new value every time, for hash pools. */
  readonly vary?: { readonly by: 'header' | 'query' | 'cookie' | 'path'; readonly name: string };
  readonly rate: number;
  readonly maxRequests: number;
  /** For everything: settling, resolving, all tries, phases and addresses together; of a watch for all but the counting. */
  readonly timeoutMs: number;
  /** Counting ends after so long, ms, all addresses together; undefined = with the timeout. */
  readonly watchMs?: number;
  readonly settleMs: number;
  readonly version: VersionField | undefined;
  readonly concurrency: number;
  /** Deadlines of one request, ms. */
  readonly connectMs: number;
  readonly requestMs: number;
  readonly tls: { readonly ca?: string; readonly insecure: boolean; readonly servername?: string };
  readonly allowLinkLocal: boolean;
  /** What to say when all identities are of another pool of the config; undefined when they are not. */
  readonly wrongPool?: (identities: readonly string[]) => Text | undefined;
  /** Product of the target's config, for advice in its words. */
  readonly format?: string;
  /**
   * Called once per address after the look, unless an obstacle ended it there; the result is asked after each answer
   * whether more are wanted. The counts it gets are a live view: they grow with every answer.
   */
  readonly begin: (look: Look) => (counts: Counts, elapsedMs: number) => boolean;
  /** Called at most every second while measuring. */
  readonly onProgress?: (counts: Counts) => void;
}

/** What was measured at one address of the target. */
export interface AddressResult {
  readonly address: string;
  readonly counts: Counts;
  readonly seconds: number;
  readonly down: boolean;
  /** Stopped from outside before it was done. */
  readonly interrupted?: boolean;
  readonly obstacle?: Text;
  readonly notes: readonly Text[];
}

/** One result per address; a single one with an obstacle when the target cannot be asked at all. */
export type Probe = (request: ProbeRequest, ports: ProbePorts) => Promise<readonly AddressResult[]>;
