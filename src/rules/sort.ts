import { SEVERITIES, type Finding, type Severity } from '../model/finding.ts';
import { plain } from '../text/say.ts';

/** Negative when `a` is worse than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** Worst first, then by file, place, rule and words, so that one input gives one order. */
export function bySeverityAndPlace(a: Finding, b: Finding): number {
  return (
    compareSeverity(a.severity, b.severity) ||
    byCodeUnit(a.at.source.path, b.at.source.path) ||
    a.at.start - b.at.start ||
    byCodeUnit(a.rule, b.rule) ||
    byCodeUnit(plain(a.what), plain(b.what))
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
