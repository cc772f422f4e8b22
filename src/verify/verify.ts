import { decider } from '../compare/entries.ts';
import { routeParts } from '../compare/flow.ts';
import { worstLoss } from '../compare/loss.ts';
import type { ReportEntry } from '../model/flow.ts';
import { nameOfTarget } from '../model/route.ts';
import type { Counts } from '../model/counts.ts';
import type { ChecklistItem, Report, ReportPool, ReportRoute } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import type { FileTree } from '../model/tree.ts';
import { factsOf } from '../model/facts.ts';
import { headroomOf } from '../rules/shared/capacity.ts';
import { RULES } from '../rules/list.ts';
import { say } from '../text/say.ts';
import { check, type Checked, type Revisioned } from './check.ts';
import { checklistItems, type Tick } from './checklist-items.ts';
import type { MeasureRequest } from '../measure/measure-request.ts';
import { measure, type Measured, type MeasurePorts } from '../measure/measure.ts';
import type { FailOn } from '../settings/inputs.ts';
import { exitCodeOf, gating, outcomeOf } from './outcome.ts';
import { readEarlier, revisionName } from './earlier.ts';
import { requireFormats } from './read.ts';
import { loadSettings } from '../settings/load.ts';
import type { Settings } from '../settings/settings.ts';
import type { WorkflowUse } from '../settings/workflow-inputs.ts';
import { summaryOf } from './summary.ts';

/** Everything one run is asked for. */
export interface Job {
  readonly tool: Report['tool'];
  readonly head: Revisioned;
  /** What to compare with; after a deploy the last deployed revision. */
  readonly base: Revisioned | undefined;
  /** What settings, schemas and ignores are read from, so that no change can loosen what it is judged by. */
  readonly trusted: FileTree | undefined;
  /** The head is not judged by anything of its own: without `trusted`, or what is absent there, the recommended settings hold. */
  readonly proposed: boolean;
  /** The workflow by which the change itself is checked. */
  readonly workflow?: WorkflowUse | undefined;
  /** Earlier revisions of the configs, newest first: they may be what is loaded. */
  readonly older: readonly Revisioned[];
  /** Path of the checklist file; read from base when it is there. */
  readonly checklist: string;
  /** True when the path was given by hand: then the file must be there. */
  readonly checklistNamed: boolean;
  /** More policies for the diff, as paths. */
  readonly schemas: readonly string[];
  /** Looks at the whole of every file, not only at what changed. */
  readonly all: boolean;
  /** Undefined = not set by hand. */
  readonly failOn: FailOn | undefined;
  readonly onInconclusive: 'fail' | 'warn';
  readonly measure: MeasureRequest | undefined;
  /** What became of human items, by id; undefined when there is nowhere to tick (command line). */
  readonly ticks: ReadonlyMap<string, Tick> | undefined;
  /** ISO date. */
  readonly today: string;
}

export interface Verified {
  readonly report: Report;
  readonly exitCode: number;
  /** Required questions that a person has to answer before the run can end well. */
  readonly openItems: readonly ChecklistItem[];
  /** What was counted, in the order of the report's measurements. */
  readonly counts: readonly Counts[];
}

const NOTHING_MEASURED: Measured = { measurements: [], counts: [], findings: [] };

/**
 * The whole story: settings, configs of both revisions, the checklist, then the measurement when one is asked for.
 * The clock, the network and randomness come in through `ports`. Throws InputError for what cannot be used at all.
 */
export async function verify(job: Job, ports: MeasurePorts): Promise<Verified> {
  const { settings, notes } = loadSettings(job, RULES);
  requireFormats([...settings.sets, ...settings.formats]);
  const checked = check({
    head: job.head,
    base: job.base,
    trusted: job.trusted,
    proposed: job.proposed,
    workflow: job.workflow,
    settings,
    checklist: job.checklist,
    measuring: job.measure !== undefined,
    today: job.today,
  });
  const measured =
    job.measure === undefined || checked.unusable
      ? NOTHING_MEASURED
      : await measure(job.measure, groundOf(job, checked, settings), ports);
  const { measurements } = measured;
  const findings = [...measured.findings, ...checked.findings];
  const failOn = job.failOn ?? 'error';
  const gate = {
    failOn,
    findingsCount: job.measure === undefined || job.failOn !== undefined,
    existingCount: job.all || checked.base === undefined || settings.existingFindings === 'fail',
  };
  const items = checklistItems(RULES, settings, checked, job.ticks, job.all);
  const openItems = job.ticks === undefined ? [] : items.filter((item) => item.required && item.state === 'open');
  const verdicts = {
    unusable: checked.unusable,
    gating: gating(findings, gate),
    itemsOpen: openItems.length > 0,
    measurements,
  };
  const outcome = outcomeOf(verdicts);
  return {
    report: {
      tool: job.tool,
      outcome,
      summary: summaryOf(outcome, checked.change, findings, measurements, checked.inputs, job.all),
      base: job.base?.revision ?? null,
      head: job.head.revision,
      review: job.all,
      inputs: checked.inputs,
      pools: reportPools(checked, settings),
      routes: reportRoutes(checked),
      entries: reportEntries(checked),
      diff: checked.diff,
      findings,
      unjudged: checked.change.statements.unjudged.map(({ statement, side, kind }) => ({
        at: statement.at,
        side,
        statement: statement.text,
        kind,
      })),
      checklist: items,
      measurements,
      notes: [...notes, ...baseNotes(job), ...checked.notes],
    },
    exitCode: exitCodeOf(verdicts, failOn, job.onInconclusive),
    openItems,
    counts: measured.counts,
  };
}

function baseNotes(job: Job): readonly Text[] {
  if (job.base !== undefined || job.all || job.head.files.length === 0) return [];
  return job.measure === undefined
    ? [
        say`There is no base to compare with, so changes are unknown and every finding counts. Set ${'base'}, for example to ${'HEAD'}.`,
      ]
    : [say`The last deployed file is unknown, so a missing reload cannot be distinguished from other causes.`];
}

function groundOf(job: Job, checked: Checked, settings: Settings) {
  const base = job.base && checked.base && { configs: checked.base, revision: revisionName(job.base) };
  const older = job.older.map((revision) => readEarlier(revision, settings));
  return { head: checked.head, findings: checked.findings, base, older, settings };
}

function reportPools(checked: Checked, settings: Settings): ReportPool[] {
  return checked.change.pools.flatMap(({ head, base, servers, keysMoved }) => {
    if (head === undefined) return [];
    const before = new Map(base?.pool.servers.map((server, i) => [server, base.prediction.shares[i]]));
    const byName = new Map(
      servers.flatMap((pair) => {
        const share = pair.base && before.get(pair.base);
        return pair.head && share ? [[pair.head.name, share] as const] : [];
      }),
    );
    const { pool, prediction, losses } = head;
    return [
      {
        pool,
        prediction,
        basePrediction: base === undefined ? null : byName,
        loss: worstLoss(losses) ?? null,
        headroom: headroomOf(pool, factsOf(settings.pools, pool), prediction) ?? null,
        keysMoved,
      },
    ];
  });
}

function reportRoutes(checked: Checked): ReportRoute[] {
  return checked.change.routes.flatMap(({ head, base, parts }) =>
    head === undefined
      ? []
      : [
          {
            route: head,
            head: routeParts(head, checked.head),
            base: base === undefined ? null : new Map(parts.map(({ name, before }) => [name, before])),
          },
        ],
  );
}

function reportEntries(checked: Checked): ReportEntry[] {
  return checked.change.entries.flatMap(({ base, head }): ReportEntry[] => {
    if (head === undefined) return [];
    const before = new Map(base?.classes.map((one) => [one.when, one.flow]));
    return [
      {
        entry: head.entry,
        matches: head.classes.map((one) => {
          const match = decider(one);
          return {
            when: one.when ?? null,
            at: match?.at ?? head.entry.at,
            to: match === undefined ? null : nameOfTarget(match.to),
            // A condition that base does not name is part of what no condition names there.
            base: before.get(one.when) ?? before.get(undefined) ?? null,
            head: one.flow,
          };
        }),
        lost: { base: base?.total.lost ?? null, head: head.total.lost },
      },
    ];
  });
}
