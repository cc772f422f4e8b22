import type { Counts, FailureKind, LatencySketch } from '../model/counts.ts';

/** More different identities than this are no identities. */
export const MOST_IDENTITIES = 1024;

/** Errors with fewer clean requests between them are one incident. */
const CLEAN_BETWEEN = 20;
/** Consecutive answers of one server in which a status is counted once. */
const STATUS_BLOCK = 20;

const BUCKETS_PER_E = 1 / Math.log(1.1);

type Numbers = Record<string, number>;

interface Served {
  readonly unexpected: boolean;
  readonly error: boolean;
  /** The error is that of the response itself, whatever its status. */
  readonly broken: boolean;
  readonly status: number;
  readonly ms: number;
  /** Of `ms`, what connecting took. */
  readonly connectMs: number;
}

/**
 * Counts that grow. `counts` is a live view, so that asking after every answer costs nothing; `finish` adds what only
 * the end can tell.
 */
export class Tally {
  readonly counts: Counts;
  readonly #servers = numbers();
  readonly #errors = numbers();
  readonly #broken = numbers();
  readonly #statuses: Record<string, Numbers> = record();
  readonly #failed: Partial<Record<FailureKind, number>> = {};
  readonly #latencyMs: Record<string, { buckets: Numbers }> = record();
  readonly #repeats = numbers();
  readonly #unexpected = numbers();
  readonly #retried = numbers();
  readonly #sequence: string[] = [];
  readonly #statusBlocks: Record<string, Numbers> = record();
  /** By server and status, the last block in which it was seen. */
  readonly #lastBlock: Record<string, Numbers> = record();
  readonly #connectMs = { buckets: numbers() };
  readonly #incidents = { count: 0, longest: 0 };
  #incidentBegan = 0;
  #lastError = -Infinity;
  #run = 0;
  #longestRun = 0;
  #unidentified = 0;
  #cached = 0;
  #limited = 0;
  #identities = 0;
  /** Every request whose end was counted. */
  answers = 0;

  constructor(head: Pick<Counts, 'target' | 'address' | 'started'>) {
    const read = {
      unidentified: () => this.#unidentified,
      cached: () => this.#cached,
      limited: () => this.#limited,
      longestRun: () => this.#longestRun,
    };
    this.counts = {
      version: 1,
      ...head,
      servers: this.#servers,
      errors: this.#errors,
      broken: this.#broken,
      statuses: this.#statuses,
      failed: this.#failed,
      latencyMs: this.#latencyMs,
      repeats: this.#repeats,
      incidents: this.#incidents,
      statusBlocks: this.#statusBlocks,
      connectMs: this.#connectMs,
      unexpected: this.#unexpected,
      retried: this.#retried,
      get longestRun() {
        return read.longestRun();
      },
      get unidentified() {
        return read.unidentified();
      },
      get cached() {
        return read.cached();
      },
      get limited() {
        return read.limited();
      },
    };
  }

  /** One answer of a server. `ms`: to the end of its head. */
  served(server: string, { unexpected, error, broken, status, ms, connectMs }: Served): void {
    this.answers++;
    const into = unexpected ? this.#unexpected : this.#servers;
    if (into[server] === undefined) this.#identities++;
    if (broken) increase(this.#broken, server);
    else this.#countStatus(server, String(status), into[server] ?? 0);
    increase(into, server);
    if (error) {
      increase(this.#errors, server);
      this.#countIncident();
    }
    if (unexpected) return;
    const again = this.#sequence.at(-1) === server;
    if (again) increase(this.#repeats, server);
    this.#run = again ? this.#run + 1 : 1;
    this.#longestRun = Math.max(this.#longestRun, this.#run);
    this.#sequence.push(server);
    increase((this.#latencyMs[server] ??= { buckets: numbers() }).buckets, bucketOf(ms));
    increase(this.#connectMs.buckets, bucketOf(connectMs));
  }

  /** `before`: answers of the server before this one. */
  #countStatus(server: string, status: string, before: number): void {
    increase((this.#statuses[server] ??= numbers()), status);
    const last = (this.#lastBlock[server] ??= numbers());
    const block = Math.floor(before / STATUS_BLOCK);
    if (last[status] === block) return;
    last[status] = block;
    increase((this.#statusBlocks[server] ??= numbers()), status);
  }

  #countIncident(): void {
    if (this.answers - this.#lastError > CLEAN_BETWEEN) {
      this.#incidents.count++;
      this.#incidentBegan = this.answers;
    }
    this.#lastError = this.answers;
    this.#incidents.longest = Math.max(this.#incidents.longest, this.answers - this.#incidentBegan + 1);
  }

  failed(kind: FailureKind): void {
    this.answers++;
    this.#countIncident();
    this.#failed[kind] = (this.#failed[kind] ?? 0) + 1;
  }

  unidentified(): void {
    this.answers++;
    this.#unidentified++;
  }

  cached(): void {
    this.answers++;
    this.#cached++;
  }

  /** An answer with status 429, which is counted elsewhere too where it names its server. */
  limited(): void {
    this.#limited++;
  }

  retried(servers: readonly string[]): void {
    for (const server of servers) increase(this.#retried, server);
  }

  /** Whether identities turned out to be as many as requests. */
  get overflowing(): boolean {
    return this.#identities > MOST_IDENTITIES;
  }

  finish(seconds: number, versionSeen: string | undefined): Counts {
    const firstHalf = numbers();
    for (const server of this.#sequence.slice(0, Math.floor(this.#sequence.length / 2))) increase(firstHalf, server);
    const { counts } = this;
    return {
      version: 1,
      ...(counts.target === undefined ? {} : { target: counts.target }),
      ...(counts.address === undefined ? {} : { address: counts.address }),
      ...(counts.started === undefined ? {} : { started: counts.started }),
      ...(versionSeen === undefined ? {} : { versionSeen }),
      seconds,
      servers: { ...this.#servers },
      errors: { ...this.#errors },
      ...(Object.keys(this.#broken).length === 0 ? {} : { broken: { ...this.#broken } }),
      statuses: copyRecords(this.#statuses),
      failed: { ...this.#failed },
      latencyMs: copySketches(this.#latencyMs),
      repeats: { ...this.#repeats },
      longestRun: this.#longestRun,
      incidents: { ...this.#incidents },
      statusBlocks: copyRecords(this.#statusBlocks),
      connectMs: { buckets: { ...this.#connectMs.buckets } },
      firstHalf: { ...firstHalf },
      unexpected: { ...this.#unexpected },
      unidentified: this.#unidentified,
      retried: { ...this.#retried },
      cached: this.#cached,
      ...(this.#limited === 0 ? {} : { limited: this.#limited }),
    };
  }
}

function copyRecords(records: Readonly<Record<string, Numbers>>): Record<string, Numbers> {
  return Object.fromEntries(Object.entries(records).map(([server, numbers]) => [server, { ...numbers }]));
}

/** The bucket of a sketch, as its key. */
function bucketOf(ms: number): string {
  return String(Math.floor(Math.log(Math.max(ms, 0.001) * 10) * BUCKETS_PER_E));
}

function copySketches(sketches: Readonly<Record<string, LatencySketch>>): Record<string, LatencySketch> {
  return Object.fromEntries(Object.entries(sketches).map(([server, s]) => [server, { buckets: { ...s.buckets } }]));
}

/** Names come from responses: `__proto__` is one of them. */
function record<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

function numbers(): Numbers {
  return record<number>();
}

function increase(into: Numbers, key: string): void {
  into[key] = (into[key] ?? 0) + 1;
}
