import type { Dialect } from '../model/dialect.ts';
import type { EstateChange, PoolChange } from '../compare/compare.ts';
import { matchBy } from '../compare/match.ts';
import type { Config } from '../model/config.ts';
import { factsOf, type DeclaredFacts } from '../model/facts.ts';
import type { Finding, Severity } from '../model/finding.ts';
import { mergeCovered, type PlacedFinding } from './merge-covered.ts';
import { readerDrafts } from './reader-drafts.ts';
import { bySeverityAndPlace } from './sort.ts';
import type { Draft, Options, Rule } from './rule.ts';

/** What the checklist file and the run say about the rules. */
export interface RunConfig {
  /** The severity that the checklist file sets for a rule at a place; undefined when it leaves it to the rule. */
  readonly severityOf: (rule: Rule, path: string, pool: string | undefined) => Severity | 'off' | undefined;
  /** How a severity that a rule itself gives counts; as it is when left out. */
  readonly profiled?: (severity: Severity) => Severity;
  readonly optionsOf: (rule: Rule) => Options;
  /** True when a live measurement is asked for in this run. */
  readonly measuring: boolean;
  /** What the checklist file declares of pools. */
  readonly facts: DeclaredFacts;
  /** The product versions that it declares, by format; none when left out. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Whether somebody has ignored a finding, and why. Asked once for each finding; an ignored one covers no other. */
  readonly ignoredBy?: (finding: Finding) => Finding['ignored'];
}

/**
 * Everything that the rules say about a change, worst first, then by file and place.
 * Pool and config rules run on base and head; what base says too was not introduced. Without a base everything counts as
 * introduced and the rules that compare are silent. Throws what a rule throws: that is our failure, never a finding.
 */
export function runRules(rules: readonly Rule[], change: EstateChange, config: RunConfig): readonly Finding[] {
  const options = new Map(rules.map((rule) => [rule, config.optionsOf(rule)] as const));
  const optionsOf = (rule: Rule): Options => options.get(rule) ?? {};
  const head = revision(rules, change, 'head', config, optionsOf);
  const base = change.base === undefined ? [] : revision(rules, change, 'base', config, optionsOf);
  const placed: PlacedFinding[] = [];
  const add = ({ rule, draft, place }: PlacedDraft, introduced: boolean): void => {
    const set = config.severityOf(rule, draft.at.source.path, draft.pool);
    if (set === 'off') return;
    const brought = introduced && change.base !== undefined ? draft.severityIfIntroduced : undefined;
    const own = brought ?? draft.severity ?? rule.severity;
    const finding = findingOf(rule, draft, set ?? config.profiled?.(own) ?? own, introduced);
    const ignored = config.ignoredBy?.(finding);
    placed.push({ finding: ignored === undefined ? finding : { ...finding, ignored }, place });
  };
  // Equal findings pair where they stand first, then wherever their file has moved to.
  const pairs = matchBy(base, head, [(said) => `${said.place}\0${said.identity}`, (said) => said.moved]);
  for (const pair of pairs) if (pair.head !== undefined) add(pair.head, pair.base === undefined);
  if (change.base !== undefined) for (const said of comparison(rules, change, config, optionsOf)) add(said, true);
  return mergeCovered(rules, placed).toSorted(bySeverityAndPlace);
}

/** One draft with what makes it the same finding in base and head, wherever it stands. */
interface PlacedDraft {
  readonly rule: Rule;
  readonly draft: Draft;
  /** The matched pool, or the file; '' when it is about the whole. */
  readonly place: string;
  /** Rule, server (by its name in head) and the rule's own key. */
  readonly identity: string;
  /** The identity when it may be found again in another file; undefined for findings about a pool, which are matched as pools. */
  readonly moved: string | undefined;
}

type Side = 'base' | 'head';

/** What pool and config rules and the readers say about one revision. */
function revision(
  rules: readonly Rule[],
  change: EstateChange,
  side: Side,
  config: RunConfig,
  optionsOf: (rule: Rule) => Options,
): PlacedDraft[] {
  const configs = change[side] ?? [];
  const before = side === 'head' ? change.base : undefined;
  const found: PlacedDraft[] = [];
  const matches = poolMatches(change.pools, side);
  const take = (rule: Rule, draft: Draft, where: Config): void => {
    const match = draft.pool === undefined ? undefined : matches.get(where)?.get(draft.pool);
    const server = draft.server === undefined ? '' : (match?.serverInHead(draft.server) ?? draft.server);
    const identity = [rule.id, server, draft.key ?? ''].join('\0');
    found.push({
      rule,
      draft,
      place: match?.id ?? where.path,
      identity,
      moved: match === undefined ? identity : undefined,
    });
  };
  for (const rule of rules) {
    const options = optionsOf(rule);
    if (rule.scope === 'pool') {
      for (const poolChange of change.pools) {
        const subject = poolChange[side];
        if (subject === undefined || !isAbout(rule, subject.pool)) continue;
        const facts = factsOf(config.facts, subject.pool);
        const version = config.versions?.[subject.pool.dialect.format];
        const drafts = rule.check({ ...subject, configs, facts, version, options, measuring: config.measuring });
        for (const draft of drafts) take(rule, { pool: subject.pool.name, ...draft }, subject.config);
      }
    } else if (rule.scope === 'config') {
      for (const one of configs) {
        if (!isAbout(rule, one)) continue;
        for (const draft of rule.check({ config: one, configs, before, options })) take(rule, draft, one);
      }
    }
  }
  const external = new Map(rules.filter((rule) => rule.scope === 'external').map((rule) => [rule.id, rule]));
  for (const one of configs) {
    for (const { id, draft } of readerDrafts(one)) {
      const rule = external.get(id);
      if (rule !== undefined) take(rule, draft, one);
    }
  }
  return found;
}

/** Whether a rule speaks of a product: every rule does that is not one product's own. */
export function isAbout(rule: Rule, { dialect }: { readonly dialect: Dialect }): boolean {
  return rule.format === undefined || rule.format === dialect.format;
}

/** What the rules that compare two revisions say. */
function* comparison(
  rules: readonly Rule[],
  change: EstateChange,
  config: RunConfig,
  optionsOf: (rule: Rule) => Options,
): Generator<PlacedDraft> {
  const said = (rule: Rule, draft: Draft, place: string): PlacedDraft => ({
    rule,
    draft,
    place,
    identity: '',
    moved: undefined,
  });
  for (const rule of rules) {
    const options = optionsOf(rule);
    if (rule.scope === 'estate') {
      for (const draft of rule.check({ estate: change, options })) yield said(rule, draft, placeOf(change, draft));
    } else if (rule.scope === 'change') {
      for (const [index, pool] of change.pools.entries()) {
        const subject = (pool.head ?? pool.base)?.pool;
        if (pool.change === 'same' || subject === undefined || !isAbout(rule, subject)) continue;
        const { name } = subject;
        const facts = factsOf(config.facts, subject);
        for (const draft of rule.check({ change: pool, estate: change, facts, options })) {
          yield said(rule, { pool: name, ...draft }, `#${index}`);
        }
      }
    }
  }
}

/** The pool, else the file, that an estate rule speaks of. */
function placeOf({ pools }: EstateChange, { at, pool }: Draft): string {
  if (pool === undefined) return at.source.path;
  let indexes = placed.get(pools);
  if (indexes === undefined) {
    const files = pools.flatMap(({ head }, index) =>
      (head?.config.files ?? []).map((file) => [`${file}\0${head?.pool.name ?? ''}`, index] as const),
    );
    // Of several pools of one name in a file the first counts.
    placed.set(pools, (indexes = new Map(files.toReversed())));
  }
  const index = indexes.get(`${at.source.path}\0${pool}`);
  return index === undefined ? '' : `#${index}`;
}

const placed = new WeakMap<EstateChange['pools'], ReadonlyMap<string, number>>();

/** A pool in the comparison: the same match in base and head, however it is named there. */
interface PoolMatch {
  readonly id: string;
  /** The name in head of a server that this side calls so. */
  readonly serverInHead: (name: string) => string | undefined;
}

function poolMatches(pools: readonly PoolChange[], side: Side): ReadonlyMap<Config, ReadonlyMap<string, PoolMatch>> {
  const matches = new Map<Config, Map<string, PoolMatch>>();
  pools.forEach((change, index) => {
    const placed = change[side];
    if (placed === undefined) return;
    let names: ReadonlyMap<string, string> | undefined;
    const serverInHead = (name: string): string | undefined =>
      side === 'head' ? name : (names ??= renames(change)).get(name);
    const inConfig = matches.get(placed.config) ?? new Map<string, PoolMatch>();
    matches.set(placed.config, inConfig);
    if (!inConfig.has(placed.pool.name)) inConfig.set(placed.pool.name, { id: `#${index}`, serverInHead });
  });
  return matches;
}

function renames(change: PoolChange): ReadonlyMap<string, string> {
  return new Map(change.servers.flatMap(({ base, head }) => (base && head ? [[base.name, head.name] as const] : [])));
}

function findingOf(rule: Rule, draft: Draft, severity: Severity, introduced: boolean): Finding {
  const { at, what, why, fix, pool, server, related = [] } = draft;
  return {
    rule: rule.id,
    severity,
    at,
    ...(pool === undefined ? {} : { pool }),
    ...(server === undefined ? {} : { server }),
    what,
    why,
    fix,
    introduced,
    related,
  };
}
