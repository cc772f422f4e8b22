import type { HashKey } from './algorithm.ts';
import type { Config } from './config.ts';
import type { Severity } from './finding.ts';
import type { Pool } from './pool.ts';
import type { Reference } from './route.ts';
import type { Span } from './span.ts';
import type { Text } from './text.ts';
import type { ServerState } from './traffic.ts';

/** One line of config that makes a balancer name the server that answered, and its place. */
export interface Snippet {
  readonly balancer: string;
  readonly line: string;
  readonly where: string;
}

/**
 * What a product calls things, as one writes it in its file. Every word of a product that reaches a message about a pool comes
 * from here or from `Advice`; a member is `undefined` where the product has no such thing.
 */
export interface Terms {
  /** `weight 20` */
  weight(n: number): string;
  /** `backend be_app` */
  pool(name: string): string;
  /** How a state other than `up` is written: `disabled`. */
  state(state: ServerState): string;
  /** `cookie web1` */
  stickyValue(value: string): string | undefined;
  /** `fall 3` */
  checkFails(n: number): string | undefined;
  readonly maxConnections: string;
  readonly slowStart: string | undefined;
  readonly checkInterval: string | undefined;
  readonly maxFails: string | undefined;
  readonly ejectTime: string | undefined;
  /** What switches ejection off: `max_fails=0`. */
  readonly neverEjected: string | undefined;
  readonly roundRobin: string;
  readonly leastConnections: string | undefined;
  /** What is added to a hash so that few keys move. */
  readonly consistentHash: string | undefined;
  /** Where options for all servers are written once. */
  readonly allServers: string | undefined;
}

/** What to do, in the product's words: each is a sentence or a part of one that begins with a verb. `undefined` = not possible. */
export interface Advice {
  /** An active check for every server of the pool. */
  readonly addCheck: Text | undefined;
  /** A check that asks for a page instead of a connection. */
  readonly addHttpCheck: Text | undefined;
  /** A check for one server, where servers are checked one by one. */
  readonly addServerCheck: Text | undefined;
  /** A check that speaks TLS. */
  readonly checkTls: Text | undefined;
  readonly checkFaster: Text | undefined;
  /** Checks that a blink does not fail. */
  readonly checkPatiently: Text | undefined;
  /** A passive check with a short ejection. */
  readonly ejectBriefly: Text | undefined;
  readonly ejectAgain: Text | undefined;
  readonly spread: Text;
  readonly useConsistentHash: (pool: Pool) => Text | undefined;
  /** A key with many values. */
  readonly hashMore: string;
  /** What tells clients behind one proxy apart. */
  readonly seeClients: Text;
  readonly resolveAgain: Text | undefined;
  readonly speakTls: Text;
  readonly connectSoon: Text;
  readonly nameServers: Text | undefined;
  /** A request that fails goes to another server. */
  readonly failOver: Text | undefined;
  /** Fewer repeated requests. */
  readonly retryLess: Text | undefined;
  /** Stickiness by a cookie. */
  readonly stick: Text | undefined;
}

/**
 * Everything that a product says differently. It comes from the product's folder under `src/formats`, is complete or does not
 * compile, and is asked by rules, evidence, probe, report and docs: nobody else knows words of a product.
 */
export interface Dialect {
  /** The folder's name, and the format in documents. */
  readonly format: string;
  /** Name for people: `HAProxy`. */
  readonly title: string;
  /** Smallest and largest weight of a server that takes traffic. */
  readonly weights: { readonly min: number; readonly max: number };
  readonly terms: Terms;
  readonly advice: Advice;
  readonly identity: Snippet | undefined;
  /** The command that tests a file, and the one that loads it. */
  test(file: string): string | undefined;
  /** Orders to the running product about one server, by its row in the admin interface; absent = it takes none. */
  readonly orders?: {
    weight(row: string, n: number): string;
    /** Gives a server the weight of the file again. */
    ownWeight(row: string): string;
    state(row: string, state: 'ready' | 'maint'): string;
    remove(row: string): string;
  };
  reload(file: string): string | undefined;
  /** Where the running product says which servers are out. */
  readonly serversOut: Text | undefined;
  /** What a request gets that no pool takes. */
  readonly unrouted: Text;
  /** What becomes of a server whose connection limit is reached. */
  readonly whenFull: Text;
  /** What the product does with a reference to a pool that is missing. */
  readonly missingPool: Text;
  /** How few different values a hash key has: `warning` for a handful, `notice` for some, undefined for many. */
  fewValues(key: HashKey): Severity | undefined;
  /** Whether a name that no pool has is resolved as a host; else the product refuses it. */
  readonly resolvesUnknownPools: boolean;
  /** Whether a pool gets traffic only by a reference; else a file may list pools alone. */
  readonly poolsNeedReferences: boolean;
  /** Whether its files are YAML or JSON documents that a schema can look at. */
  readonly isDocument: boolean;
  /**
   * Whose address a client seems to have: `translated` when the file puts the client's own in the place of a proxy's; the place
   * that shows a proxy in front; undefined when the file shows neither.
   */
  clientsBehind(pool: Pool, config: Config): 'translated' | { readonly at: Span; readonly note: Text } | undefined;
  /** Whether a response of the pool names its server by what the balancer itself adds. */
  namesServer(pool: Pool, config: Config, references: readonly Reference[]): boolean;
  /** The connect timeout that holds where none is written, in ms; undefined = none. */
  readonly defaultConnectMs: number | undefined;
  /** Whether a pool without active checks is the exception: elsewhere most configs have none, and it is worth a notice only. */
  readonly checksAreUsual: boolean;
  /** Whether timeouts towards servers are set where traffic is passed on, not in the pool. */
  readonly timeoutsAtReferences: boolean;
  /** Options of pools and places of traffic that limit connections. */
  readonly limits: ReadonlySet<string>;
  /** Options of a server that make one address two different targets. */
  readonly targetOptions: ReadonlySet<string>;
  /** Options of a server that say nothing about the pool's balance, or are each server's own. */
  readonly ownOptions: ReadonlySet<string>;
  /** Whether an option of a pool or server says what an active check asks. */
  isOfCheck(option: string): boolean;
}
