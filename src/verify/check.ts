import { compare, type EstateChange } from '../compare/compare.ts';
import { diffDocument } from '../compare/diff-document.ts';
import type { Config, IgnoreComment } from '../model/config.ts';
import type { DiffDocument } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import type { ReportInput, Revision } from '../model/report.ts';
import { fileAndLine } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import type { FileTree } from '../model/tree.ts';
import { runRules } from '../rules/engine.ts';
import { RULES } from '../rules/list.ts';
import { bySeverityAndPlace, compareSeverity } from '../rules/sort.ts';
import { list, say } from '../text/say.ts';
import { refuseAmbiguous, refuseTwice, unknownNames, unusedNames } from '../settings/declared-names.ts';
import { addedIgnores, Ignores } from '../settings/ignores.ts';
import { policyFindings, type PolicyFinding } from '../settings/policies.ts';
import { readEstate, type Estate, type ReadEstate } from './read.ts';
import { changedSettings, suppressions } from '../settings/settings-findings.ts';
import { optionsOf, profiled, severitySet, type Settings } from '../settings/settings.ts';
import { milderInputs, type WorkflowUse } from '../settings/workflow-inputs.ts';

/** One revision of the configs to look at. */
export interface Revisioned extends Estate {
  readonly revision: Revision | null;
}

export interface CheckRequest {
  readonly head: Revisioned;
  /** Undefined when there is nothing to compare with. */
  readonly base: Revisioned | undefined;
  /** Where policies are read from, and what vouches for ignores; undefined = the head. */
  readonly trusted: FileTree | undefined;
  /** Only ignores that `trusted` has too are those of a reviewed change. */
  readonly proposed: boolean;
  /** The workflow by which the change itself is checked. */
  readonly workflow?: WorkflowUse | undefined;
  readonly settings: Settings;
  /** Path of the checklist file, whose change is a finding. */
  readonly checklist: string;
  /** True when a live measurement belongs to this run: identity then matters. */
  readonly measuring: boolean;
  /** ISO date, for ignores that expire. */
  readonly today: string;
}

/** What the configs alone tell. */
export interface Checked {
  readonly head: readonly Config[];
  readonly base: readonly Config[] | undefined;
  readonly inputs: readonly ReportInput[];
  /** A named file could not be used at all. */
  readonly unusable: boolean;
  readonly change: EstateChange;
  readonly diff: DiffDocument;
  readonly findings: readonly Finding[];
  readonly notes: readonly Text[];
}

/** Reads both revisions, compares them, and runs the checklist and the schema policies. Pure. */
export function check(request: CheckRequest): Checked {
  const { settings } = request;
  const head = readEstate(request.head, settings);
  const { base } = request;
  // What is too large to be judged needs no counterpart.
  const files = base?.files.filter((file) => !head.large.has(file)) ?? [];
  return judge(request, head, base && readEstate({ ...base, files }, settings));
}

/** What `check` does once both revisions are read. */
export function judge(request: CheckRequest, head: ReadEstate, base: ReadEstate | undefined): Checked {
  const { settings } = request;
  refuseAmbiguous(settings.pools, head.configs);
  refuseTwice(settings.pools, head.configs);
  const change = compare(base?.configs, head.configs);
  const diff = diffDocument(change);
  const added = addedIgnores(head.configs, vouched(request, head, base));
  const ignores = new Ignores(head.configs, added, settings.ignores, request.today, speaksOfChanges);
  const ruled = runRules(RULES, change, {
    severityOf: (rule, path, pool) => severitySet(settings, rule, path, pool),
    profiled: (severity) => profiled(settings, severity),
    optionsOf: (rule) => optionsOf(settings, rule),
    measuring: request.measuring,
    facts: settings.pools,
    versions: settings.productVersions,
    ignoredBy: (finding) => ignores.of(finding),
  });
  const policies = policyFindings(
    settings.policies,
    change,
    diff,
    request.trusted ?? request.head.tree,
    settings.pools,
  );
  const external = ranked(
    [...policies.filter((finding) => !told(finding, ruled, ignores)), ...ownFindings(request, added)],
    settings,
  ).map((finding): Finding => withIgnore(finding, ignores.of(finding)));
  const unreadBase = (base?.inputs ?? []).filter((input) => input.status === 'refused');
  return {
    head: head.configs,
    base: base?.configs,
    inputs: head.inputs,
    unusable: head.unusable,
    change,
    diff,
    findings: [...ruled, ...external].toSorted(bySeverityAndPlace),
    notes: [
      ...unreadBase.map((input) => say`${input.file} at the base could not be read, so its changes are unknown.`),
      ...withoutPools(head),
      ...ignores.notes(),
      ...unknownNames(settings.pools, [...head.configs, ...(base?.configs ?? [])]),
      ...unusedNames(settings.pools, head.configs),
    ],
  };
}

/**
 * The configs whose ignores somebody has reviewed. Rendered files, which no commit has, are vouched for by the folder that they are
 * compared with. Undefined = the head's own count.
 */
function vouched(
  { trusted, proposed, base: before, head: after, settings }: CheckRequest,
  head: ReadEstate,
  base: ReadEstate | undefined,
): readonly Config[] | undefined {
  if (trusted === after.tree) return head.configs;
  if (!proposed || (trusted !== undefined && trusted === before?.tree)) return base?.configs;
  if (!head.configs.some(({ ignores }) => ignores.length > 0)) return head.configs;
  const files = after.files.filter((file) => trusted?.read(file) !== undefined);
  if (trusted === undefined || files.length === 0) return before?.revision?.sha === null ? (base?.configs ?? []) : [];
  return readEstate({ tree: trusted, files }, settings).configs;
}

/** Named files that were read whole and have nothing to balance, which is no fault of theirs. */
function withoutPools({ configs, inputs }: ReadEstate): readonly Text[] {
  const empty = inputs.filter(
    ({ file, status }) =>
      status === 'read' &&
      !configs.some(({ path, pools, routes }) => path === file && pools.length + routes.length > 0),
  );
  const files = empty.map(({ file }) => file).toSorted((a, b) => (a < b ? -1 : 1));
  return files.length === 0 ? [] : [say`No pool is in ${list(files)}.`];
}

/** Rules that are silent while nothing changes, or that nothing in the configs alone can break. */
function speaksOfChanges(id: string): boolean {
  const scope = RULES.find((rule) => rule.id === id)?.scope;
  return scope === 'change' || scope === 'estate' || scope === 'external';
}

type Unranked = Omit<Finding, 'severity'> & { readonly severity?: Finding['severity'] };

/** What a change does to the things that it is judged by. */
function ownFindings(request: CheckRequest, added: ReadonlySet<IgnoreComment>): Unranked[] {
  const { trusted, head, workflow } = request;
  const { files, policies } = request.settings;
  const judgedBy = new Set([request.checklist, ...files, ...policies.map((policy) => policy.file)]);
  return [
    ...(trusted === undefined ? [] : changedSettings([...judgedBy], trusted, head.tree)),
    ...(trusted === undefined || workflow === undefined ? [] : milderInputs(workflow, trusted, head.tree)),
    ...suppressions(added),
  ];
}

/**
 * Findings made outside the engine get their rule's severity, or what the settings say. The strict profile leaves them: a
 * changed checklist file that fails every run could never be merged.
 */
function ranked(findings: readonly Unranked[], settings: Settings): Finding[] {
  return findings.flatMap((finding) => {
    const rule = RULES.find((item) => item.id === finding.rule);
    if (rule === undefined) throw new Error(`No rule is called ${finding.rule}.`);
    const severity =
      severitySet(settings, rule, finding.at.source.path, finding.pool) ?? finding.severity ?? rule.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

/**
 * A policy repeats what was said already when the rule that it names, or another fault of the same line, says it of the pool: as
 * gravely, and with no ignore that could not silence the policy itself.
 */
function told(policy: PolicyFinding, findings: readonly Finding[], ignores: Ignores): boolean {
  if (policy.covers === undefined) return false;
  return findings.some(
    (finding) =>
      finding.pool === policy.pool &&
      (finding.rule === policy.covers ||
        (finding.severity === 'error' && fileAndLine(finding.at) === fileAndLine(policy.at))) &&
      (policy.own || compareSeverity(finding.severity, policy.severity) <= 0) &&
      (finding.ignored === undefined || ignores.of({ ...finding, severity: policy.severity }) !== undefined),
  );
}

function withIgnore(finding: Finding, ignored: Finding['ignored']): Finding {
  return ignored === undefined ? finding : { ...finding, ignored };
}
