import { written, type Setting } from '../../model/span.ts';
import { headOf, type PNode } from '../../text/positioned.ts';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration in ms as Go writes it: `1m30s`, `500ms`. Undefined value = a template, or not a duration. */
export function durationAt(node: PNode | undefined): Setting<number> | undefined {
  if (node?.kind !== 'scalar') return undefined;
  return written(node.computed ? undefined : milliseconds(String(node.value)), headOf(node));
}

function milliseconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.length === 0) return text === '0' ? 0 : undefined;
  if (parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, number = '0', unit = 's']) => sum + Number(number) * (UNITS[unit] ?? 1000), 0);
}
