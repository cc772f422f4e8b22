import type { Counts } from '../model/counts.ts';
import type { Text } from '../model/text.ts';
import { say } from '../text/say.ts';
import type { Assessment, Question } from './question.ts';
import { snapshot } from './watch.ts';

/** Rotations and blocks look uneven at first, so that fewer answers are never a verdict, nor fewer after the first proof. */
const LEAST_ANSWERS = 200;
const LEAST_AFTER_PROOF = 100;

/**
 * A proof of "broken" in the course of one measurement. It is final when it still holds for all answers, enough of them
 * after it was first reached. One that later answers take back is no verdict: the traffic changed while it was measured.
 */
export class Proof {
  #first: number | undefined;
  #strongest:
    { readonly evidence: number; readonly answers: number; readonly reason: Text; readonly counts: Counts } | undefined;

  /** Takes in that "broken" was proved after so many answers, with what evidence (ln) and in what words. */
  see(reason: Text, evidence: number, answers: number, counts: Counts): void {
    this.#first ??= answers;
    if (this.#strongest === undefined || evidence > this.#strongest.evidence) {
      this.#strongest = { evidence, answers, reason, counts: snapshot(counts) };
    }
  }

  /** Whether a proof that holds after so many answers is a verdict. */
  isFinal(answers: number): boolean {
    return this.#first !== undefined && answers >= this.#needed(this.#first);
  }

  /** What all answers say, held against what some of them proved. */
  atEnd(now: Assessment, answers: number, counts: Counts, question: Question): Assessment {
    if (now.state === 'broken') {
      if (this.isFinal(answers)) return now;
      const needed = this.#needed(this.#first ?? answers);
      const reason = say`only ${answers} answers, ${needed} are needed to prove it: ${now.reason} Allow more with ${'max-requests'} and ${'timeout'}`;
      return { ...now, state: 'open', reason };
    }
    if (!this.isTakenBack(now, counts, question) || this.#strongest === undefined) return now;
    const then = this.#strongest;
    return {
      ...now,
      state: 'changed',
      reason: say`it changed while it was measured. In the first ${then.answers} answers: ${then.reason} All ${answers} no longer prove it. Measure again, later with ${'settle'} if a change was under way`,
    };
  }

  /** Whether earlier answers prove what all of them no longer do, by what is now known of their order. */
  isTakenBack(now: Assessment, counts: Counts, question: Question): boolean {
    if (now.state !== 'holds' && now.state !== 'open') return false;
    const then = this.#strongest?.counts;
    return then !== undefined && (question.provedBy?.(then, counts) ?? true);
  }

  #needed(first: number): number {
    return Math.max(LEAST_ANSWERS, first + LEAST_AFTER_PROOF);
  }
}
