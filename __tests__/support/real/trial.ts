import type { Backend, RealServer } from '../real-servers.ts';
import type { Product } from './products.ts';

/**
 * Blind trials: a situation is drawn by its seed, what is true is written down before anything is asked, and then the probe is
 * asked the way a user would.
 */
export interface Truth {
  readonly outcome: 'pass' | 'fail';
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
  readonly product: Product;
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

/** A situation that was drawn. */
export interface Situation {
  /** What is loaded, and the files that the probe is given. */
  readonly loaded: string;
  readonly head: string;
  readonly base?: string;
  readonly inputs?: { readonly expect?: 'config'; readonly pool?: string };
  readonly truth: Truth;
  /** After the start, before the probe. */
  readonly after?: (server: RealServer) => Promise<void> | void;
}

export interface Kind {
  readonly name: string;
  readonly products?: readonly Product[];
  /** Servers behind the balancer. */
  readonly servers: readonly [from: number, to: number];
  set(scene: Scene): Situation;
}
