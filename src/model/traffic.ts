import type { Setting, Span } from './span.ts';

/** What pools and routes alike say of the requests that they pass on. */

export interface Stickiness {
  readonly type: 'cookie' | 'app-cookie' | 'source-ip' | 'header' | 'table';
  readonly at: Span;
  /** Where a server's sticky value comes from: written at the server, or made by the product where none is written. */
  readonly values?: 'written' | 'made';
  readonly name?: Setting<string>;
  readonly ttlMs?: Setting<number>;
}

export interface Timeouts {
  readonly connectMs?: Setting<number>;
  /** Waiting for the server's answer. */
  readonly serverMs?: Setting<number>;
  readonly clientMs?: Setting<number>;
  readonly queueMs?: Setting<number>;
}

/**
 * When and how the servers of a higher priority take over.
 * `spare`: how much more than its even part a healthy server can carry; a priority keeps all traffic while
 * healthy/total x spare >= 1 (Envoy: 1.4). Infinity = while one of its servers is up.
 */
export interface Spill {
  readonly spare: Setting<number>;
  /** Below it health no longer counts and every server of the priority gets traffic: a share 0..1 of healthy servers, or their number. */
  readonly panicBelow?: Setting<{ readonly share: number } | { readonly count: number }>;
  /** Whether every standby serves, or only the first one that is up. */
  readonly standby: 'all' | 'first';
  /** Standbys are picked by the pool's algorithm, or by weighted round robin whatever it is. */
  readonly standbyBy: 'algorithm' | 'round-robin';
}

/** `degraded`: takes traffic only when the healthy servers cannot carry it. */
export type ServerState = 'up' | 'drain' | 'down' | 'degraded';
