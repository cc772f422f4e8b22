import type { Finding } from '../model/finding.ts';
import type { Rule } from './rule.ts';
import { bySeverityAndPlace, compareSeverity } from './sort.ts';
import { appendTo } from '../text/append.ts';

/** A finding and the pool (or file) that it is about; '' when it is about neither. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: string;
}

/**
 * Reports one thing once: a finding that another one about the same pool covers (see `Meta.covers`) becomes a related place of it.
 * What the change brought and what was there before stay apart; an ignored finding covers nothing, and nothing covers a worse one.
 */
export function mergeCovered(rules: readonly Rule[], found: readonly PlacedFinding[]): Finding[] {
  const coversOf = coveredRules(rules);
  const groups = new Map<string, Finding[]>();
  for (const { finding, place } of found) {
    if (place === '' || finding.ignored !== undefined) continue;
    const key = `${place}\0${finding.introduced}`;
    appendTo(groups, key, finding);
  }
  const coverOf = new Map<Finding, Finding>();
  for (const together of groups.values()) {
    const primaries = together
      .filter((finding) => Object.keys(coversOf.get(finding.rule) ?? {}).length > 0)
      .toSorted(bySeverityAndPlace);
    for (const finding of together) {
      const cover = primaries.find((primary) => covers(coversOf.get(primary.rule) ?? {}, primary, finding));
      if (cover !== undefined) coverOf.set(finding, cover);
    }
  }
  const merged = new Map<Finding, Finding[]>();
  for (const [finding, cover] of coverOf) {
    let root = cover;
    for (let next = coverOf.get(root); next !== undefined; next = coverOf.get(root)) root = next;
    appendTo(merged, root, finding);
  }
  return found.flatMap(({ finding }) => {
    if (coverOf.has(finding)) return [];
    const more = merged.get(finding)?.toSorted(bySeverityAndPlace) ?? [];
    const places = more.flatMap(({ at, what, related }) => [{ at, note: what }, ...related]);
    if (places.length === 0) return [finding];
    const covered = more.map(({ rule, severity }) => ({ rule, severity }));
    return [{ ...finding, related: [...finding.related, ...places], covered }];
  });
}

/** By the id of a rule, the rules that it covers, whichever of the two says so. */
function coveredRules(rules: readonly Rule[]): ReadonlyMap<string, NonNullable<Rule['covers']>> {
  const covered = new Map(rules.map((rule) => [rule.id, { ...rule.covers }] as const));
  for (const { id, coveredBy = {} } of rules) {
    for (const [by, width] of Object.entries(coveredBy)) covered.set(by, { ...covered.get(by), [id]: width });
  }
  return covered;
}

function covers(covered: NonNullable<Rule['covers']>, primary: Finding, finding: Finding): boolean {
  const width = covered[finding.rule];
  if (width === undefined || compareSeverity(primary.severity, finding.severity) > 0) return false;
  return width === 'pool' || primary.server === finding.server;
}
