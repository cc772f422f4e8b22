import type { Asks, Changed } from './asks.ts';
import type { PoolKey, RouteKey } from './keys.ts';
import type { Setting, Span } from './span.ts';
import type { Spill, Stickiness, Timeouts } from './traffic.ts';
import type { Text } from './text.ts';

/** Where a branch or a match leads. `name` is what the file calls it. */
export type Target =
  | { readonly kind: 'pool'; readonly pool: PoolKey; readonly name: string; readonly subset?: string }
  | { readonly kind: 'route'; readonly route: RouteKey; readonly name: string }
  /** Answered by the balancer itself: with a status, with a file, or by closing the connection. */
  | { readonly kind: 'answer'; readonly status: number | 'refused' | 'file' }
  | { readonly kind: 'redirect'; readonly location: string }
  /** Decided at run time; `among` = the pools that it can be, when they are known. */
  | {
      readonly kind: 'unknown';
      readonly why: Text;
      readonly among?: readonly PoolKey[];
      /** Set where the client names the address itself: an open proxy. */
      readonly openTo?: 'clients';
    };

/**
 * A choice between targets. `weighted`: chance or a key decides by weight; `failover`: the first that is healthy;
 * `hash`: a key decides by weight; `first-match`: the first branch whose condition holds.
 * Routes nest: a target may be another route, and shares multiply.
 */
export interface Route {
  readonly key: RouteKey;
  readonly name: string;
  readonly at: Span;
  readonly kind: 'weighted' | 'failover' | 'hash' | 'first-match';
  /** What draws: two routes that draw by one key take the same side of it. Absent = chance, anew for each request. */
  readonly drawnBy?: string;
  readonly stickiness?: Stickiness;
  /** Whether a branch whose servers are all down loses its part to the others; absent = it keeps it, and requests fail. */
  readonly watchesHealth?: Setting<boolean>;
  readonly spill?: Spill;
  /** Set where something rewrites the weights while the balancer runs: nobody knows the parts from the file. */
  readonly rewritten?: { readonly at: Span; readonly reason: Text };
  readonly to: readonly Branch[];
}

export interface Branch {
  readonly when?: Condition;
  readonly to: Target;
  /** Relative; undefined value = the file does not say. */
  readonly weight: Setting<number>;
  /** Of a copy: the fraction of its parent's requests that is copied, 0..1. */
  readonly part?: number;
  readonly role: 'serves' | 'fallback' | 'copy';
  readonly why?: Text;
  readonly at: Span;
}

/** Which requests are meant, as the product writes it. Equal texts of one entry are equal conditions. */
export interface Condition {
  readonly text: string;
  readonly at: Span;
  /** Chance alone decides: the part of the requests, 0..1, for which it holds. */
  readonly chance?: number;
  /** What draws, where chance decides: see `Route.drawnBy`. */
  readonly drawnBy?: string;
  /** All of these hold for its requests and for no others; absent where it asks for something else as well. */
  readonly all?: readonly Test[];
  /** The same as a formula that can be worked out for one request; absent where the reader has none. */
  readonly asks?: Asks;
  /** It holds for what servers answer when they are well, which no client chooses. */
  readonly ofAnswers?: true;
}

/** One question about a request: whether its host or path is, begins with, ends with or matches one of some values. */
export interface Test {
  readonly subject: 'host' | 'path';
  readonly how: 'is' | 'begins' | 'ends' | 'matches';
  readonly values: readonly string[];
  readonly ignoresCase?: true;
  /** Of all prefixes that hold the longest one decides, wherever it is written. */
  readonly longest?: true;
}

/** One line of an entry, in the order in which the product asks them. */
export interface Match {
  /** Undefined = every request that gets here. */
  readonly when?: Condition;
  /** Holds for requests that stay here: those that a rewrite may send on to another match are not told where. */
  readonly stays?: Asks;
  readonly at: Span;
  readonly to: Target;
  /** How the request is changed on its way, by the product's name: the path that is sent on, a header that routes. */
  readonly changes?: ReadonlyMap<string, Setting<string>>;
}

/** An address and port that requests come to, as the product writes it, with what is spoken there. */
export interface Listen {
  readonly at: Span;
  /** `*:443`, `10.0.0.1:80`, `unix:/run/lb.sock`. */
  readonly address: string;
  readonly tls?: boolean;
  readonly proxyProtocol?: boolean;
  /** Takes requests for hosts that no entry of the address names. */
  readonly isDefault?: boolean;
  /** Everything else that the line says, sorted, for comparing: `http2`, `reuseport`. */
  readonly options?: string;
}

/**
 * Where requests come in: a listener and the hosts that it answers for. Its matches are asked in order, the first that holds
 * decides; a request that none takes is lost (the product answers it with an error).
 */
export interface Entry {
  readonly key: string;
  /** As the product calls it: `frontend web`, `server shop.example on 443`. */
  readonly name: string;
  readonly at: Span;
  readonly listens: readonly Listen[];
  /** Empty = every host. */
  readonly hosts: readonly string[];
  readonly matches: readonly Match[];
  /** What holds for every request that comes in here, by the product's name: limits, rewrites, the protocol. */
  readonly settings: ReadonlyMap<string, Setting<string>>;
  /** What of a request is not as it came in any more when it reaches a pool or route; absent = nothing. */
  readonly changed?: Changed;
}

/** One place that sends traffic to a pool or straight to an address, with the proxy settings in force there. */
export interface Reference {
  /** `proxy_pass`, `use_backend`, `default_backend`, … */
  readonly kind: string;
  readonly at: Span;
  /** Name as written; undefined when it is computed at run time. */
  readonly pool: string | undefined;
  /** Set when the reference names an address, not a pool. */
  readonly address?: { readonly host: string; readonly port: number };
  /** Where the traffic comes in, as the product says it: `frontend web`, `server example.com on 443`; absent = not in this file. */
  readonly from?: string;
  /** Which of the requests there are meant (`if { path_beg /api }`, `location /api`); absent = all that nothing else takes. */
  readonly when?: string;
  /** The values of a variable that choose this target (`$host = example.com`); any of them does. */
  readonly chosenBy?: readonly string[];
  /** The part of those requests, 0..1, that chance sends here; absent = all of them, or unknown. */
  readonly share?: number;
  /** A route of this config shows its part: what changes is reported there. */
  readonly isPart?: true;
  /** Takes every request that gets here, though other places of the entry may come before it. */
  readonly takesAll?: true;
  /** Whether a request that fails here is sent to another server. */
  readonly failover?: Setting<boolean>;
  /** Set where requests that may have had an effect are repeated: on so many servers, Infinity = each of them. */
  readonly repeats?: Setting<number>;
  /** Whether the balancer speaks TLS from here; absent = the pool says it. */
  readonly tls?: boolean;
  /** Passes connections on that stay open after the answer (WebSockets). */
  readonly upgrades?: true;
  /** Set when something before it answers or takes every request. */
  readonly unreached?: true;
  readonly protocol: 'http' | 'tcp' | 'udp' | 'unknown';
  readonly timeouts: Timeouts;
  /** Effective settings at this place by the product's name: `proxy_next_upstream`, `proxy_http_version`, … */
  readonly options: ReadonlyMap<string, Setting<string>>;
}

/** An address that the balancer itself listens on. */
export interface Listener {
  readonly at: Span;
  /** '*' for every address. */
  readonly host: string;
  readonly port: number;
  readonly acceptsProxyProtocol: boolean;
  /** See `Reference.from`. */
  readonly from?: string;
  /** Every pool that its requests can be sent to, by name; absent = the file does not say. */
  readonly leadsTo?: readonly string[];
}

/** Whether the balancer turns requests away that get here: it refuses them, or answers with an error. */
export function refuses(to: Target): boolean {
  return to.kind === 'answer' && (to.status === 'refused' || (to.status !== 'file' && to.status >= 400));
}

/** A target in one word: the pool's or route's name, a status, a place. */
export function nameOfTarget(to: Target): string {
  switch (to.kind) {
    case 'pool':
    case 'route':
      return to.name;
    case 'answer':
      return String(to.status);
    case 'redirect':
      return to.location;
    case 'unknown':
      return to.why.parts.map(({ text }) => text).join('');
    default:
      return to satisfies never;
  }
}
