import type { Outcome } from '../../../src/model/finding.ts';
import type { Backend, RealServer } from '../real-servers.ts';
import type { Startable } from './products.ts';

/**
 * Blind trials: a situation is drawn by its seed, what is true is written down before anything is asked, and then the probe is
 * asked the way a user would.
 */
export interface Truth {
  readonly outcome: Exclude<Outcome, 'error'>;
  /** Other outcomes that are right too, since time decides. */
  readonly or?: readonly Outcome[];
  /** Names of the cause that are right; empty where a failure needs none. */
  readonly causes: readonly string[];
  /** What the blamed line says; undefined where the cause has no line. */
  readonly line?: RegExp;
  /** What the reason or the remarks say. */
  readonly says?: RegExp;
}

/** A balancer as it is installed: products may come in several versions. */
export interface Balancer {
  readonly name: string;
  readonly product: Startable;
  readonly program?: string;
}

/** One balancer with its servers, and chance. */
export interface Scene {
  readonly balancer: Balancer;
  readonly backends: readonly Backend[];
  readonly port: number;
  /** A whole number in a range, both ends included. */
  readonly draw: (from: number, to: number) => number;
}

/** Ends what goes on beside the probe, where something does. */
type End = void | (() => void);

/** A situation that was drawn. */
export interface Situation {
  /** What is loaded; undefined = nothing runs. */
  readonly loaded: string | undefined;
  /** More instances of the same balancer: on another address, or on the same port. */
  readonly beside?: readonly { readonly loaded: string; readonly address: string }[];
  /** The files that the probe is given: the current one, the one before, and one before that. */
  readonly head: string;
  readonly base?: string;
  readonly older?: string;
  readonly inputs?: { readonly expect?: 'config'; readonly pool?: string | undefined };
  readonly truth: Truth;
  /** After the start, before the probe; what it gives is called after the probe. */
  readonly after?: (server: RealServer | undefined) => End | Promise<End>;
}

export interface Kind {
  readonly name: string;
  readonly products?: readonly Startable[];
  /** Servers behind the balancer. */
  readonly servers: readonly [from: number, to: number];
  set(scene: Scene): Situation;
}
