import type { Counts, FailureKind, LatencySketch } from '../model/counts.ts';

/** More different identities than this are no identities. */
export const MOST_IDENTITIES = 1024;

const BUCKETS_PER_E = 1 / Math.log(1.1);

type Numbers = Record<string, number>;

interface Served {
  readonly unexpected: boolean;
  readonly error: boolean;
  /** The error is that of the response itself, whatever its status. */
  readonly broken: boolean;
  readonly status: number;
  readonly ms: number;
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
  #unidentified = 0;
  #cached = 0;
  #limited = 0;
  #identities = 0;
  /** Every request whose end was counted. */
  answers = 0;

  constructor(head: Pick<Counts, 'target' | 'address' | 'started'>) {
    const read = { unidentified: () => this.#unidentified, cached: () => this.#cached, limited: () => this.#limited };
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
      unexpected: this.#unexpected,
      retried: this.#retried,
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
  served(server: string, { unexpected, error, broken, status, ms }: Served): void {
    this.answers++;
    const into = unexpected ? this.#unexpected : this.#servers;
    if (into[server] === undefined) this.#identities++;
    increase(into, server);
    if (error) increase(this.#errors, server);
    if (broken) increase(this.#broken, server);
    else increase((this.#statuses[server] ??= numbers()), String(status));
    if (unexpected) return;
    if (this.#sequence.at(-1) === server) increase(this.#repeats, server);
    this.#sequence.push(server);
    const sketch = (this.#latencyMs[server] ??= { buckets: numbers() });
    increase(sketch.buckets, String(Math.floor(Math.log(Math.max(ms, 0.001) * 10) * BUCKETS_PER_E)));
  }

  failed(kind: FailureKind): void {
    this.answers++;
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
      statuses: Object.fromEntries(Object.entries(this.#statuses).map(([server, of]) => [server, { ...of }])),
      failed: { ...this.#failed },
      latencyMs: copySketches(this.#latencyMs),
      repeats: { ...this.#repeats },
      firstHalf: { ...firstHalf },
      unexpected: { ...this.#unexpected },
      unidentified: this.#unidentified,
      retried: { ...this.#retried },
      cached: this.#cached,
      ...(this.#limited === 0 ? {} : { limited: this.#limited }),
    };
  }
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
