import type { Severity } from './finding.ts';
import type { Setting, Source, Span } from './span.ts';
import type { Text } from './text.ts';

/** The products whose configuration can be read; `formats/list.ts` has a reader for each. */
export type FormatName = 'haproxy' | 'nginx' | 'neutral';

/** How a pool picks a server, in the words of the neutral schema. */
export const ALGORITHM_KINDS = [
  'round-robin',
  'weighted-round-robin',
  'least-connections',
  'least-time',
  'random',
  'random-two-choices',
  'source-hash',
  'uri-hash',
  'header-hash',
  'cookie-hash',
  'consistent-hash',
  'maglev',
  'first',
  'unknown',
] as const;
export type AlgorithmKind = (typeof ALGORITHM_KINDS)[number];

/** Which mapping from a hash to a server is used. */
export type HashMapping = 'modulo' | 'ketama' | 'chash';

export interface Algorithm {
  readonly kind: AlgorithmKind;
  /** As the product writes it: `leastconn`, `random two least_conn`, `hash $request_uri consistent`. */
  readonly native: string;
  /** What is hashed, as the product writes it (`$request_uri`, `hdr(host)`, `src`); only for hashes. */
  readonly key?: string;
  /** Only for hashes. */
  readonly mapping?: HashMapping;
}

export type Tier = 'primary' | 'backup';
export type ServerState = 'up' | 'drain' | 'down';

/** An active check as far as the checklist needs it. Durations in ms. */
export interface HealthCheck {
  readonly type: 'tcp' | 'http' | 'https' | 'grpc' | 'exec' | 'agent' | 'other';
  readonly at: Span;
  readonly path?: Setting<string>;
  readonly intervalMs?: Setting<number>;
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
  readonly windowMs?: Setting<number>;
  readonly ejectMs?: Setting<number>;
}

export interface Stickiness {
  readonly type: 'cookie' | 'app-cookie' | 'source-ip' | 'header' | 'table';
  readonly at: Span;
  readonly name?: Setting<string>;
  readonly ttlMs?: Setting<number>;
}

/** Where a fact stands when this file was generated from another; as the file says, nobody has looked. */
export interface Origin {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Server {
  /** Unique in its pool: the config's name, else `address:port`. */
  readonly name: string;
  /** Host name, IP literal without brackets, or `unix:/path`. Undefined when the file does not tell it. */
  readonly address: string | undefined;
  /** Undefined for unix sockets and where the product has none (`written` false when it is the product's default). */
  readonly port: Setting<number> | undefined;
  /** The place a person would point at: the server's line. */
  readonly at: Span;
  readonly weight: Setting<number>;
  readonly tier: Setting<Tier>;
  readonly state: Setting<ServerState>;
  /** How many equal instances this line stands for; 1 unless a template says otherwise. */
  readonly count: Setting<number>;
  /** Undefined value inside = the file does not tell; field undefined = this server is not actively checked. */
  readonly activeCheck?: HealthCheck;
  readonly passiveCheck?: PassiveCheck;
  /** Most concurrent connections; absent or 0 = no limit. */
  readonly maxConnections?: Setting<number>;
  readonly slowStartMs?: Setting<number>;
  /** The value that a sticky cookie or route carries for this server. */
  readonly stickyValue?: Setting<string>;
  /** HAProxy `id`: the key of its points on a ring. */
  readonly id?: Setting<number>;
  readonly zone?: Setting<string>;
  /** What one server stands (requests/s, connections or relative units), when declared. */
  readonly capacity?: Setting<number>;
  /** Response identities that mean this server, beside its name and its address:port. */
  readonly identify?: readonly string[];
  readonly origin?: Origin;
  /** Every other option of the server as the product names it; value '' for a flag. Includes inherited ones. */
  readonly options: ReadonlyMap<string, Setting<string>>;
}

/** What most servers have beside the fields of the model; an empty map of their own would be as large as they are. */
export const NO_OPTIONS: Server['options'] = new Map();

/** How a pool is declared to split its traffic; absent = evenly over its active primary servers. */
export type DeclaredSplit = 'even' | 'config' | 'capacity' | ReadonlyMap<string, number>;

/** Something that could not be read; what depends on it abstains aloud. */
export interface Unknown {
  readonly at: Span;
  readonly reason: Text;
}

export interface Timeouts {
  readonly connectMs?: Setting<number>;
  /** Waiting for the server's answer. */
  readonly serverMs?: Setting<number>;
  readonly clientMs?: Setting<number>;
  readonly queueMs?: Setting<number>;
}

export interface Pool {
  readonly name: string;
  readonly format: FormatName;
  /** The pool's header line. */
  readonly at: Span;
  readonly protocol: 'http' | 'tcp' | 'udp' | 'unknown';
  readonly algorithm: Setting<Algorithm>;
  readonly servers: readonly Server[];
  readonly stickiness?: Stickiness;
  /** The pool-wide kind of active check; which servers use it is `Server.activeCheck`. */
  readonly activeCheck?: HealthCheck;
  readonly passiveCheck?: PassiveCheck;
  readonly timeouts: Timeouts;
  readonly retries?: Setting<number>;
  readonly slowStartMs?: Setting<number>;
  /** HAProxy `option allbackups` and products that use all backups: whether every backup serves once primaries are gone. */
  readonly allBackups: boolean;
  /** Members come from discovery (DNS, service registry): the listed servers are not the whole. */
  readonly dynamic: boolean;
  readonly unknowns: readonly Unknown[];
  readonly declaredSplit?: Setting<DeclaredSplit>;
  readonly origin?: Origin;
  /** Every other setting of the pool as the product names it, inherited ones included. */
  readonly options: ReadonlyMap<string, Setting<string>>;
}

/** A weighted choice between pools: canary, split_clients, weighted backendRefs. */
export interface Route {
  readonly name: string;
  readonly at: Span;
  readonly to: readonly RouteTarget[];
}

export interface RouteTarget {
  readonly pool: string;
  /** Relative; undefined value = the file does not tell. */
  readonly weight: Setting<number>;
  readonly at: Span;
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
  /** The part of those requests, 0..1, that chance sends here; absent = all of them, or not told. */
  readonly share?: number;
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
  /** Every pool that its requests can be sent to, by name; absent = the file does not tell. */
  readonly leadsTo?: readonly string[];
}

/** A fault of the file itself, found while reading. Becomes a finding of the rule it names. */
export interface Problem {
  readonly rule:
    'config-unparsable' | 'schema-invalid' | 'malformed-number' | 'invalid-weight' | 'unresolved-template-or-include';
  readonly at: Span;
  /** Overrides the severity of the rule. */
  readonly severity?: Severity;
  readonly pool?: string;
  readonly server?: string;
  readonly what: Text;
  readonly why: Text;
  readonly fix: Text;
}

/** `# evenkeel-ignore RULE[, RULE] until 2027-01-31 -- reason`, on the line it stands on or the next one with content. */
export interface IgnoreComment {
  readonly at: Span;
  /** The span of the line(s) that it covers. */
  readonly covers: Span;
  readonly rules: readonly string[];
  /** What stands after `until`; undefined = no expiry. What is no ISO date makes the comment refused. */
  readonly until: string | undefined;
  /** Empty when none was given: the comment is then refused. */
  readonly reason: string;
}

/** What was read from one root file and the files that it includes. */
export interface Config {
  readonly format: FormatName;
  /** The root file's path in its tree. */
  readonly path: string;
  readonly source: Source;
  /** `partial`: something was left out, see `problems` and `unknowns`. `refused`: nothing could be read. */
  readonly status: 'read' | 'partial' | 'refused';
  /** Every file that was read for it, root first. */
  readonly files: readonly string[];
  readonly pools: readonly Pool[];
  readonly routes: readonly Route[];
  readonly references: readonly Reference[];
  readonly listeners: readonly Listener[];
  /** File-wide facts by the product's name (`worker_processes`, `real_ip_header`), for rules that need evidence. */
  readonly facts: ReadonlyMap<string, Setting<string>>;
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
  readonly ignores: readonly IgnoreComment[];
}
