import type { Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';

/** What goes wrong in a file, and what it does not say. */
export interface Found {
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** A fault for which Caddy does not load the config. */
export function refused(at: Span, what: Text, fix: Text, rule: Problem['rule'] = 'config-unparsable'): Problem {
  return { rule, at, what, why: say`Caddy rejects the whole config and keeps the old one.`, fix };
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** A duration of Go, with days: `1m30s`, `1.5h`, `2d`, `0`. In ms; undefined when it is invalid. */
export function goDuration(text: string): number | undefined {
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return 0;
  const parts = [...unsigned.matchAll(/(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(ns|us|µs|μs|ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== unsigned) return undefined;
  const ms = parts.reduce((sum, [, number = '', unit = '']) => sum + Number(number) * (UNIT_MS.get(unit) ?? 0), 0);
  return text.startsWith('-') ? -ms : ms;
}

/** A whole number as Go's Atoi takes it; undefined when it is none. */
export function atoi(text: string): number | undefined {
  return /^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined;
}
