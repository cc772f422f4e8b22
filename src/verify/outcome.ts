import { OUTCOMES, type Finding, type Outcome, type Severity } from '../model/finding.ts';
import type { Measurement } from '../model/measurement.ts';
import type { FailOn } from '../settings/inputs.ts';

/** What decides whether findings end a run badly. */
export interface Gate {
  /** `never` leaves the outcome as it is for errors and only changes the exit code. */
  readonly failOn: FailOn;
  /** False when a measurement was asked for and `fail-on` was not set by hand: an old lint error must not roll back a sound deploy. */
  readonly findingsCount: boolean;
  /** True when findings that the change did not bring count too: `existing-findings: fail`, a review, or no base to compare with. */
  readonly existingCount: boolean;
}

/** Findings that fail the run under this gate. */
export function gating(findings: readonly Finding[], gate: Gate): readonly Finding[] {
  if (!gate.findingsCount) return [];
  const severities: readonly Severity[] = gate.failOn === 'warning' ? ['error', 'warning'] : ['error'];
  return findings.filter(
    (finding) =>
      severities.includes(finding.severity) &&
      finding.ignored === undefined &&
      (finding.introduced || gate.existingCount),
  );
}

export interface Verdicts {
  /** A file that could not be used, or a failure on our side. */
  readonly unusable: boolean;
  readonly gating: readonly Finding[];
  /** A required human item is open or was deleted. */
  readonly itemsOpen: boolean;
  readonly measurements: readonly Measurement[];
}

/** Measurements, the worst first. */
export function worstFirst(measurements: readonly Measurement[]): readonly Measurement[] {
  return measurements.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
}

/** The strongest wins: error, fail, inconclusive, pass. */
export function outcomeOf({ unusable, gating: failing, itemsOpen, measurements }: Verdicts): Outcome {
  const measured = measurements.map((measurement) => measurement.outcome);
  if (unusable || measured.includes('error')) return 'error';
  if (failing.length > 0 || itemsOpen || measured.includes('fail')) return 'fail';
  return measured.includes('inconclusive') ? 'inconclusive' : 'pass';
}

/** 4 our error > 2 bad usage or unreadable input > 1 fail > 3 inconclusive > 0 pass. */
export function exitCodeOf(verdicts: Verdicts, failOn: FailOn, onInconclusive: 'fail' | 'warn'): number {
  const measured = verdicts.measurements.map((measurement) => measurement.outcome);
  if (measured.includes('error')) return 4;
  if (verdicts.unusable) return 2;
  if (measured.includes('fail') || verdicts.itemsOpen) return 1;
  if (verdicts.gating.length > 0 && failOn !== 'never') return 1;
  return measured.includes('inconclusive') && onInconclusive === 'fail' ? 3 : 0;
}
