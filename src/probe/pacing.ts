import type { Text } from '../model/text.ts';
import { percent, say } from '../text/say.ts';
import type { ProbePorts } from './request.ts';

/** Random gap before each request, ms: without it a probe can lock in step with other clients (how-the-probe-asks.md). */
const GAP_MS = 8;
/** How long a sleeper may be deaf to `stop`, ms. */
const SLICE_MS = 250;
const SLOWEST = 0.5;
/** Answers from which a rate's error share is judged. */
const WINDOW = 40;
const ALARMING = 0.2;

/** When the next request may go: the asked rate, less when the target asks for less or fails because of us. */
export class Pacer {
  #rate: number;
  #next = 0;
  #halvedAt = -Infinity;
  readonly #ports: ProbePorts;
  #trial: 'none' | 'slower' | 'again' | 'over' = 'none';
  #full = { rate: 0, share: 0 };
  #slow = { rate: 0, share: 0 };
  #answers = 0;
  #errors = 0;

  /** @param rate requests/s; Infinity = as fast as answers come */
  constructor(rate: number, ports: ProbePorts) {
    this.#rate = rate;
    this.#ports = ports;
  }

  get rate(): number {
    return this.#rate;
  }

  /** Resolves when a request may be sent, or soon after `stopped()` holds. */
  async turn(stopped: () => boolean = () => false): Promise<void> {
    const now = this.#ports.now();
    const start = Math.max(now, this.#next);
    this.#next = start + 1000 / this.#rate;
    const due = start + this.#ports.random() * GAP_MS;
    // Timers count whole milliseconds; a second one for the rest would double their cost.
    const over = (): boolean => stopped() || this.#ports.stop?.aborted === true;
    for (let wait = due - now; wait >= 1 && !over(); wait = due - this.#ports.now()) {
      await this.#ports.sleep(Math.min(wait, SLICE_MS));
    }
  }

  /** The target answered 429. One halving a second: the requests under way say nothing new. */
  tooMany(): void {
    const now = this.#ports.now();
    if (now - this.#halvedAt < 1000) return;
    this.#halvedAt = now;
    // A trial would mix its own rates with the target's wish.
    this.#trial = 'over';
    this.#rate = half(this.#rate);
  }

  /**
   * Tells the pacer how a request ended. When many fail it asks half as often for a while, then as before again: if
   * the errors go and come back with the rate they are of our making, and the result says so and to stop.
   */
  ended(error: boolean): Text | undefined {
    if (this.#trial === 'over') return undefined;
    this.#answers++;
    if (error) this.#errors++;
    if (this.#answers < WINDOW) return undefined;
    const now = { rate: this.#rate, share: this.#errors / this.#answers };
    this.#answers = 0;
    this.#errors = 0;
    return this.#step(now);
  }

  #step(now: { readonly rate: number; readonly share: number }): Text | undefined {
    if (this.#trial === 'none') {
      if (now.share < ALARMING) return undefined;
      this.#full = now;
      this.#rate = half(now.rate);
      this.#trial = 'slower';
    } else if (this.#trial === 'slower') {
      this.#slow = now;
      this.#rate = this.#full.rate;
      this.#trial = now.share <= this.#full.share / 4 ? 'again' : 'over';
    } else {
      this.#trial = 'over';
      if (now.share < ALARMING) return undefined;
      return say`Errors rise with the probe's own rate: ${percent(now.share)} at ${describe(now.rate)}, ${percent(this.#slow.share)} at ${describe(this.#slow.rate)}. The probe stopped. Lower the rate, or find out why the target carries so little.`;
    }
    return undefined;
  }
}

/** A lifted rate has no half; eight connections reach about 400/s at usual round trips. */
function half(rate: number): number {
  return Math.max(SLOWEST, (Number.isFinite(rate) ? rate : 400) / 2);
}

function describe(rate: number): Text {
  return Number.isFinite(rate) ? say`${Math.round(rate * 10) / 10} requests/s` : say`full speed`;
}
