import type { EstateChange, PoolChange } from '../compare/compare.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { PoolFacts } from '../model/facts.ts';
import type { RelatedPlace, Severity } from '../model/finding.ts';
import type { Prediction } from '../model/share.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';

/** An option of a rule that the checklist file may set. Percentages are 0..1, durations ms. */
export type OptionSpec =
  | { readonly type: 'percent'; readonly default: number; readonly describe: string }
  | { readonly type: 'number'; readonly default: number; readonly describe: string }
  | { readonly type: 'duration'; readonly default: number; readonly describe: string };

/**
 * What a rule says; the engine adds the rule's id, its severity and whether the change introduced it.
 * In pool and change rules `pool` is filled in when it is left out.
 */
export interface Draft {
  readonly at: Span;
  readonly what: Text;
  readonly why: Text;
  readonly fix: Text;
  /** Overrides the rule's own severity. A severity set in the checklist file overrides both. */
  readonly severity?: Severity;
  /** Severity when there is a base and the change brought the finding, where that is graver than finding it there already. */
  readonly severityIfIntroduced?: Severity;
  readonly pool?: string;
  readonly server?: string;
  readonly related?: readonly RelatedPlace[];
  /** Tells two findings of one rule about one server apart; part of what makes a finding "the same" in base and head. */
  readonly key?: string;
}

/** Settings of the rule in force, percentages 0..1 and durations ms; every declared option is present. */
export type Options<Name extends string = string> = Readonly<Record<Name, number>>;

/** What a pool-scoped rule is given: one pool as it is in one revision. */
export interface PoolCase<Name extends string = string> {
  readonly pool: Pool;
  readonly prediction: Prediction;
  readonly config: Config;
  /** Every config of the same revision, for rules that look for evidence elsewhere. */
  readonly configs: readonly Config[];
  /** What the checklist file declares about this pool. */
  readonly facts: PoolFacts | undefined;
  /** The version of the pool's product that the checklist file declares. */
  readonly version: string | undefined;
  readonly options: Options<Name>;
  /** True when a live measurement is asked for in this run. */
  readonly measuring: boolean;
}

export interface ConfigCase<Name extends string = string> {
  readonly config: Config;
  readonly configs: readonly Config[];
  /** The configs of the base while the head is looked at and there is a base. */
  readonly before: readonly Config[] | undefined;
  readonly options: Options<Name>;
}

export interface ChangeCase<Name extends string = string> {
  /** A pool that is in base, in head, or in both. */
  readonly change: PoolChange;
  readonly estate: EstateChange;
  /** What the checklist file declares about this pool. */
  readonly facts: PoolFacts | undefined;
  readonly options: Options<Name>;
}

export interface EstateCase<Name extends string = string> {
  readonly estate: EstateChange;
  readonly options: Options<Name>;
}

interface Meta<Name extends string> {
  /** Kebab-case, listed in schemas/rule-ids.json, equal to the folder's name; never reused. */
  readonly id: string;
  /** The checklist item in words: what holds when the rule is silent. */
  readonly title: string;
  readonly severity: Severity;
  /** The product that the rule is about; it lives in that product's folder and runs on no other. Set by the list of rules. */
  readonly format?: string;
  readonly options?: Readonly<Record<Name, OptionSpec>>;
  /**
   * Rules whose findings are only the consequence or another name of this one's. When one change brings both to a pool, this
   * one is told and the other becomes a related place of it. `server`: only about the same server. Never hides a worse finding.
   */
  readonly covers?: Readonly<Record<string, 'pool' | 'server'>>;
  /** The same from the other side: how a rule of one product says which generic rules cover it. */
  readonly coveredBy?: Readonly<Record<string, 'pool' | 'server'>>;
}

/**
 * One item of the checklist. `scope` says what its function is given:
 * pool and config rules look at one revision and are run on base and head alike, so "introduced" needs no thought;
 * change and estate rules compare two revisions, what they find is always introduced.
 */
export type Rule<Name extends string = string> = Meta<Name> &
  (
    | { readonly scope: 'pool'; check(subject: PoolCase<Name>): Iterable<Draft> }
    | { readonly scope: 'config'; check(subject: ConfigCase<Name>): Iterable<Draft> }
    | { readonly scope: 'change'; check(subject: ChangeCase<Name>): Iterable<Draft> }
    | { readonly scope: 'estate'; check(subject: EstateCase<Name>): Iterable<Draft> }
    /** Found elsewhere (by readers, policies, the probe); listed here for its severity and its page. */
    | { readonly scope: 'external' }
  );

/** Every declared option at its default. */
export function defaultOptions(rule: Rule): Options {
  return Object.fromEntries(Object.entries(rule.options ?? {}).map(([name, spec]) => [name, spec.default]));
}

/** Types a rule, so that it can read the options that it declares and no others; the identity function. */
export function defineRule<Name extends string = never>(rule: Rule<Name>): Rule {
  return rule;
}
