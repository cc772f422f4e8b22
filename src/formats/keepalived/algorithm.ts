import type { Algorithm } from '../../model/algorithm.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import type { Statement } from './statements.ts';
import { faulty, isSubstituted, type Found } from './values.ts';

/**
 * The schedulers of the kernel's IPVS (net/netfilter/ipvs). A finished connection counts as inactive for a while, so what servers
 * without open requests get depends on the pace: `idle` is unknown for those that count connections.
 */
const SCHEDULERS: ReadonlyMap<string, Algorithm> = new Map<string, Algorithm>([
  ['rr', { native: 'rr', kind: 'round-robin', serves: 'in-turn', weights: 'ignored' }],
  ['wrr', { native: 'wrr', kind: 'round-robin', serves: 'in-blocks', weights: 'used' }],
  ['lc', { native: 'lc', kind: 'least-connections', idle: 'unknown', loaded: 'equal' }],
  ['wlc', { native: 'wlc', kind: 'least-connections', idle: 'unknown', loaded: 'by-weight' }],
  ['sed', { native: 'sed', kind: 'least-connections', idle: 'unknown', loaded: 'by-weight' }],
  ['nq', { native: 'nq', kind: 'least-connections', idle: 'unknown', loaded: 'by-weight' }],
  ['sh', hash('sh', 'source')],
  // The table has 4093 slots unless the kernel is built with another size.
  ['mh', { ...hash('mh', 'source'), lookup: { table: 'maglev', size: 4093 } }],
  ['dh', hash('dh', 'other')],
  ...['lblc', 'lblcr', 'fo', 'ovf', 'twos'].map((native): [string, Algorithm] => [native, { native, kind: 'unknown' }]),
]);

/** A table of 256 slots that repeats the servers by weight; it belongs to no lookup of the model, so keys are not followed. */
function hash(native: string, of: 'source' | 'other'): Algorithm & { readonly kind: 'hash' } {
  const key = { of, native: of === 'source' ? 'source address' : 'destination address' };
  return { native, kind: 'hash', key, lookup: undefined, without: 'one-key' };
}

/** `lb_algo` or `lvs_sched`. Absent, or unknown to keepalived = wlc. */
export function readAlgorithm(statement: Statement | undefined, at: Span, found: Found): Setting<Algorithm> {
  const word = statement?.words[1];
  const standard = implied(SCHEDULERS.get('wlc'), at);
  if (word === undefined) return standard;
  const algorithm = SCHEDULERS.get(word.text);
  if (algorithm !== undefined || isSubstituted(word)) return written(algorithm, word.at);
  found.problems.push(
    faulty(
      word.at,
      say`Unknown scheduler ${word.text}.`,
      say`keepalived ignores it and uses ${'wlc'}.`,
      say`Set one of ${[...SCHEDULERS.keys()].join(', ')}.`,
    ),
  );
  return standard;
}
