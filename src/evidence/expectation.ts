import type { Dialect } from '../model/dialect.ts';
import type { Cause } from '../model/measurement.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';

/** One split that a file (or plain sense) would produce, and where a reader would point for it. */
export interface Candidate {
  readonly cause: Cause;
  /** By server name, 0..1. May name servers that the current file no longer has: they are expected nowhere now. */
  readonly shares: ReadonlyMap<string, number>;
  readonly at?: Span;
  /** Short sha or ref when `at` is not of the head. */
  readonly revision?: string;
  /** Why the file gives these shares, where the line alone does not tell. */
  readonly because?: Text;
  /** True = part of the sequential test; false = only of the explanation. */
  readonly inTest: boolean;
}

/** Something of the current file, beside its weights, that can make a split. */
export interface ConfigCause {
  readonly cause: Cause;
  /** Shares by server name, 0..1 each: the splits that it can make. Empty = counts of servers cannot show it. */
  readonly splits: readonly ReadonlyMap<string, number>[];
  readonly at: Span;
  /** One sentence. */
  readonly what: Text;
  readonly next: Text;
  /** How long it can last after a change, ms: a longer measurement rules it out. */
  readonly lastsMs?: number;
  /** It leaves no server to ask, so the balancer answers itself. */
  readonly leavesNone?: true;
}

export interface ExpectedServer {
  readonly name: string;
  /** 0..1; 0 = must not answer; null = no share is expected (load-dependent). */
  readonly expected: number | null;
  readonly at?: Span;
  /** Share of the pool's weights, 0..1; for pools whose shares follow load. */
  readonly weight?: number;
  /** Why it must not answer; by default the config keeps it out of rotation. */
  readonly never?: Text;
}

/** What a measurement is held to. Made from configs and declarations; statistics never look at a config. */
export interface Expectation {
  /** Pool or route; null when no config is known. */
  readonly pool: string | null;
  readonly dialect: Dialect | null;
  /** Path of the config, for the next step that an explanation gives. */
  readonly file?: string;
  /**
   * split: shares are tested. load-dependent: only that every server answers. one-client: one client cannot see the
   * split. unlisted: who is in the pool is not known, so what is seen is tested for evenness among itself.
   */
  readonly kind: 'split' | 'load-dependent' | 'one-client' | 'unlisted';
  /** Why, for kinds other than split; for one-client also the way out. */
  readonly reason?: Text;
  /** Clients differ in what picks their server, so that each of several is one draw of the split. */
  readonly byClient?: boolean;
  readonly servers: readonly ExpectedServer[];
  /** True when an uneven split is declared; false = even is expected. */
  readonly declared: boolean;
  readonly candidates: readonly Candidate[];
  /** What else of the current file may bend the split. */
  readonly findings?: readonly ConfigCause[];
  /** Where the pool's health check is written. */
  readonly checkAt?: Span;
  /** Where the product is told to keep weights that were set at run time over a reload. */
  readonly keepsRuntimeState?: Span;
  /** Whether "uneven" must survive the independence guard. */
  readonly guard: boolean;
  /** Other pools of the same configs, which a request for the wrong one may have reached. */
  readonly elsewhere?: {
    /** The other pool that lists an identity. */
    readonly poolOf: (identity: string) => string | undefined;
    /** What to say when all answers came from other pools; undefined when not all did. */
    readonly wrongPool: (identities: readonly string[]) => Text | undefined;
    /** The other pool that requests of this kind may reach too, and its part of them (0..1) where chance decides. */
    readonly beside?: (identity: string) => { readonly pool: string; readonly part: number } | undefined;
  };
  /** How many servers a dynamic pool has, when declared. */
  readonly serversExpected?: number;
  /** Longest passive ejection of the config, ms. */
  readonly ejectionWindowMs?: number;
  readonly slowStartMs?: number;
  /** Worker processes that each keep a rotation of their own; absent where they share one. */
  readonly workers?: number;
  /** Requests that the algorithm gives to one server in a row, at most; absent where it gives no blocks. */
  readonly block?: number;
  /** Why the shares cannot be known, and the line; then no skew is accepted as following load. */
  readonly unknownShares?: { readonly reason: Text; readonly at?: Span };
  /** What unequal weights that nobody declared ask for under load: a `configured-weights` split. */
  readonly heavy?: Candidate;
}
