import type { Config } from '../model/config.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { Finding } from '../model/finding.ts';
import type { DeclaredSplit } from '../model/pool.ts';
import type { ProbeRequest } from '../probe/request.ts';
import type { NamedRevision } from './candidates.ts';
import type { Subject } from './subject.ts';

/** What an expectation is made of. */
export interface ExpectationRequest {
  /** Undefined when no config is known. */
  readonly subject: Subject | undefined;
  readonly head: readonly Config[];
  /** Last deployed. */
  readonly base: NamedRevision | undefined;
  /** Before that, newest first. */
  readonly older: readonly NamedRevision[];
  /** The `expect` input; undefined = what is declared, else even. */
  readonly expect: DeclaredSplit | undefined;
  readonly facts: ReadonlyMap<string, PoolFacts>;
  /** For the rule that a reasoned ignore of weight-imbalance declares the split. */
  readonly findings: readonly Finding[];
  /** What the probe varies, so that many hash keys are seen. */
  readonly vary: ProbeRequest['vary'];
}
