import type { Config } from './config.ts';
import type { Pool } from './pool.ts';
import type { Route } from './route.ts';
import type { ReportEntry } from './flow.ts';
import type { DiffDocument } from './diff.ts';
import type { Finding, Outcome } from './finding.ts';
import type { Measurement } from './measurement.ts';
import type { Headroom, Loss, Part, Prediction } from './share.ts';
import type { Span } from './span.ts';
import type { Text } from './text.ts';

/** Everything that one run found. `report/document.ts` turns it into the published JSON document. */
export interface Report {
  readonly tool: { readonly name: string; readonly version: string };
  readonly outcome: Outcome;
  /** One sentence. */
  readonly summary: Text;
  readonly base: Revision | null;
  readonly head: Revision | null;
  /** The base is what was reviewed last, not what a change is merged into. */
  readonly review?: boolean;
  readonly inputs: readonly ReportInput[];
  readonly pools: readonly ReportPool[];
  readonly routes: readonly ReportRoute[];
  readonly entries: readonly ReportEntry[];
  readonly diff: DiffDocument;
  readonly findings: readonly Finding[];
  /** Statements that differ and of which nobody knows what they do to traffic. */
  readonly unjudged: readonly ReportUnjudged[];
  readonly checklist: readonly ChecklistItem[];
  readonly measurements: readonly Measurement[];
  /** What a reader must know beside the findings: no base found, settings read from head, … */
  readonly notes: readonly Text[];
}

export interface ReportUnjudged {
  /** In head, or in base for what is gone. */
  readonly at: Span;
  readonly side: 'base' | 'head';
  readonly statement: string;
  readonly kind: 'unjudged' | 'unreadable';
}

export interface Revision {
  readonly ref: string | null;
  readonly sha: string | null;
}

export interface ReportInput {
  readonly file: string;
  readonly format: string | null;
  readonly status: Config['status'];
  readonly line: number | null;
  readonly reason: Text | null;
}

export interface ReportPool {
  readonly pool: Pool;
  readonly prediction: Prediction;
  /** By server name; null when the pool is new or there is no base. */
  readonly basePrediction: ReadonlyMap<string, Prediction['shares'][number]> | null;
  /** The worst single failure; null when shares are unknown or no server would be left. */
  readonly loss: Loss | null;
  /** Null when capacity or peak are not declared. */
  readonly headroom: Headroom | null;
  /** Share of hash keys that meet another server than before, 0..1; null when it cannot be told or nothing is hashed. */
  readonly keysMoved: number | null;
}

export interface ReportRoute {
  readonly route: Route;
  /** Shares of `route.to` in order; null for a copy. */
  readonly head: readonly Part[];
  /** By the name of the target in head. */
  readonly base: ReadonlyMap<string, Part> | null;
}

export interface ChecklistItem {
  readonly id: string;
  readonly state: 'pass' | 'fail' | 'notice' | 'open' | 'not-applicable';
  /** `rule`, `policy`, `person`, … */
  readonly by: string;
  readonly ask: Text;
}
