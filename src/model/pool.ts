import type { Algorithm } from './algorithm.ts';
import type { Dialect } from './dialect.ts';
import type { PoolKey } from './keys.ts';
import type { Match } from './route.ts';
import type { Setting, Span } from './span.ts';
import type { Text } from './text.ts';
import type { ServerState, Spill, Stickiness, Timeouts } from './traffic.ts';

/** An active check as far as the checklist needs it. Durations in ms. */
export interface HealthCheck {
  readonly type: 'tcp' | 'http' | 'https' | 'grpc' | 'exec' | 'agent' | 'other';
  readonly at: Span;
  readonly path?: Setting<string>;
  /** The port that is asked when it is not the one that serves. */
  readonly port?: Setting<number>;
  /** The Host header that is sent. */
  readonly host?: Setting<string>;
  readonly method?: Setting<string>;
  /** Which answers count as good, as the product writes it, several joined by `; `; absent = the product's default. */
  readonly expects?: Setting<string>;
  /** Of HTTP: the ranges of statuses that count as good, both ends included; absent = something else decides, or the file does not say. */
  readonly statuses?: readonly (readonly [number, number])[];
  readonly intervalMs?: Setting<number>;
  /** Between checks once one has failed; absent = `intervalMs`. */
  readonly retryIntervalMs?: Setting<number>;
  /** The server of another pool whose state is taken over instead of asking. */
  readonly follows?: Setting<string>;
  /** Of HTTP: the version that is written, as `HTTP/1.1`. */
  readonly version?: Setting<string>;
  readonly timeoutMs?: Setting<number>;
  /** Successes until a server counts as up. */
  readonly rise?: Setting<number>;
  /** Failures until a server counts as down. */
  readonly fall?: Setting<number>;
}

/** Ejection from live traffic by failures of real requests. Durations in ms. */
export interface PassiveCheck {
  readonly at: Span;
  /** 0 = never ejected. */
  readonly maxFails: Setting<number>;
  /** Whether answers with errors count too, or only connections that fail; absent = the product decides by its own list. */
  readonly sees?: 'answers' | 'connections';
  readonly windowMs?: Setting<number>;
  readonly ejectMs?: Setting<number>;
  /** Largest share of the pool that may be ejected at once, 0..1. */
  readonly maxEjected?: Setting<number>;
}

/** The place of a fact in the file that this one was generated from; as the file says, nobody has looked. */
export interface Origin {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * How many equal servers one line stands for (replicas, templates, the addresses of a name), and how they are called:
 * `listed`: by the line's own name; `numbered`: `web1`, `web2`, …; `prefix`: the name and a suffix; `unknown`: in any way.
 */
export interface Instances {
  readonly count: Setting<number>;
  readonly named: 'listed' | 'numbered' | 'prefix' | 'unknown';
}

/** Servers of one priority that are weighed against other groups before their own weights count: a locality, a zone. */
export interface Locality {
  readonly name: string;
  readonly at: Span;
  readonly weight?: Setting<number>;
}

export interface Server {
  /** Unique in its pool: the config's name, else `address:port`. */
  readonly name: string;
  /** Host name, IP literal without brackets, or `unix:/path`. Undefined when the file does not say it. */
  readonly address: string | undefined;
  /** Undefined for unix sockets and where the product has none (`written` false when it is the product's default). */
  readonly port: Setting<number> | undefined;
  /** The place a person would point at: the server's line. */
  readonly at: Span;
  /** Further lines of the same server, whose weights are in its own: it counts once for each. */
  readonly alsoAt?: readonly Span[];
  readonly weight: Setting<number>;
  /** 0 = primary; higher ones serve when lower ones cannot (a backup has 1). */
  readonly priority: Setting<number>;
  readonly state: Setting<ServerState>;
  readonly instances: Instances;
  readonly locality?: Locality;
  readonly zone?: Setting<string>;
  /** Undefined value inside = the file does not say; field undefined = this server is not actively checked. */
  readonly activeCheck?: HealthCheck;
  readonly passiveCheck?: PassiveCheck;
  /**
   * How a host name becomes addresses: `once` when the product starts or reloads; while it runs, `one` address for this line or
   * `all` addresses as servers of their own. Absent for addresses.
   */
  readonly resolves?: 'once' | 'one' | 'all';
  /** Maximum of concurrent connections; absent or 0 = no limit. */
  readonly maxConnections?: Setting<number>;
  readonly slowStartMs?: Setting<number>;
  /** The value that a sticky cookie or route carries for this server. */
  readonly stickyValue?: Setting<string>;
  /** The number that names its points on a ring, where the product has one. */
  readonly id?: Setting<number>;
  /** Whether each connection begins with a PROXY header; absent = no, or the file does not say. */
  readonly proxyHeader?: Setting<boolean>;
  /** The text that names it to the pool's hash, where that is not the address as written: a URL. */
  readonly hashedAs?: Setting<string>;
  /** Whether the balancer speaks TLS to it; absent = the file does not say. */
  readonly tls?: Setting<boolean>;
  /** What one server can handle (requests/s, connections or relative units), when declared. */
  readonly capacity?: Setting<number>;
  /** Response identities that mean this server, in addition to its name and its address:port. */
  readonly identify?: readonly string[];
  readonly origin?: Origin;
  /** Every other option of the server as the product names it; value '' for a flag. Includes inherited ones. */
  readonly options: ReadonlyMap<string, Setting<string>>;
}

/** What most servers have in addition to the fields of the model; an empty map of their own would be as large as they are. */
export const NO_OPTIONS: Server['options'] = new Map();

/** A backup: it serves when the servers of lower priorities cannot. Undefined when the file does not say. */
export function isBackup(server: Server): boolean | undefined {
  return server.priority.value === undefined ? undefined : server.priority.value > 0;
}

/** The tier of a server: `backup` when it serves only for others; null when the file does not say. */
export function tierOf(server: Server): 'primary' | 'backup' | null {
  const backup = isBackup(server);
  return backup === undefined ? null : backup ? 'backup' : 'primary';
}

/** How a pool is declared to split its traffic; absent = evenly over its active primary servers. */
export type DeclaredSplit = 'even' | 'config' | 'capacity' | ReadonlyMap<string, number>;

/** Something that could not be read; what depends on it abstains aloud. */
export interface Unknown {
  readonly at: Span;
  readonly reason: Text;
  /** Set where a keyword itself is not known, so that the line may set anything. */
  readonly anything?: true;
}

/**
 * Something outside the weights that can bend the split: a state file, a stick table, `use-server` with a condition, a name with
 * several addresses. `all`: no share is known; `some`: shares hold for the requests that it does not take.
 */
export interface Caveat extends Unknown {
  readonly bends: 'some' | 'all';
}

/**
 * What zones and localities do. `pooled`: nothing. `separate`: each zone gets an equal part of the traffic first (cross-zone off).
 * `weighted`: localities by their own weights. `nearest`: the caller's zone first, so shares depend on where it is.
 */
export type ZoneUse = 'pooled' | 'separate' | 'weighted' | 'nearest';

export interface Pool {
  readonly key: PoolKey;
  readonly name: string;
  readonly dialect: Dialect;
  /** The pool's header line. */
  readonly at: Span;
  readonly protocol: 'http' | 'tcp' | 'udp' | 'unknown';
  readonly algorithm: Setting<Algorithm>;
  /** An algorithm, as the product writes it, that the pool sets too and that a later line replaces. */
  readonly overridden?: Setting<string>;
  readonly servers: readonly Server[];
  readonly stickiness?: Stickiness;
  /** The pool-wide kind of active check; which servers use it is `Server.activeCheck`. */
  readonly activeCheck?: HealthCheck;
  /** Set where the file says that there is no active check on purpose. */
  readonly uncheckedOnPurpose?: true;
  readonly passiveCheck?: PassiveCheck;
  /** The Host header that requests are sent on with, where the file sets it for all of them. */
  readonly sendsHost?: Setting<string>;
  readonly timeouts: Timeouts;
  /** Further tries after the first. */
  readonly retries?: Setting<number>;
  /** Whether a retry goes to another server; absent = the file does not say. */
  readonly retriesElsewhere?: Setting<boolean>;
  /** Set where requests are repeated after any error, also when a server answered. */
  readonly retriesAnswers?: Setting<boolean>;
  /** Largest part of the requests that may be retries, 0..1. */
  readonly retryBudget?: Setting<number>;
  readonly slowStartMs?: Setting<number>;
  /** How many copies of the algorithm's state pick servers independently: workers that share none of it. Absent = one. */
  readonly rotations?: Setting<number>;
  readonly spill: Spill;
  readonly zones: Setting<ZoneUse>;
  /** Members come from discovery (DNS, service registry): the listed servers are not the whole. */
  readonly dynamic: boolean;
  /** Where the product is told to keep weights and states that were set at run time over a reload. */
  readonly keepsRuntimeState?: Span;
  readonly unknowns: readonly Unknown[];
  readonly caveats: readonly Caveat[];
  /** What answers instead of the pool's servers, in the order in which it is asked: deny, return, redirect. */
  readonly answers: readonly Match[];
  readonly declaredSplit?: Setting<DeclaredSplit>;
  /** Peak load of the whole pool in requests/s, when declared in the file. */
  readonly peak?: Setting<number>;
  /** Servers that may fail at once without the rest passing capacity, when declared. */
  readonly surviveLoss?: Setting<number>;
  readonly origin?: Origin;
  /** Every other setting of the pool as the product names it, inherited ones included. */
  readonly options: ReadonlyMap<string, Setting<string>>;
}
