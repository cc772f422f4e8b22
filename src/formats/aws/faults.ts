import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { appendTo } from '../../text/append.ts';
import { list, say } from '../../text/say.ts';
import { textOf } from '../../text/source.ts';
import { didYouMean } from '../../text/suggest.ts';
import { cloudFormation } from './dialect.ts';
import type { Found } from './found.ts';
import { argument, blocks, numberOf, textOfValue, type Resource, type Value } from './values.ts';

/** What the API takes, by the path of the argument. (Elastic Load Balancing API and `aws_lb_target_group`.) */
const RANGES: readonly (readonly [path: readonly string[], min: number, max: number])[] = [
  [['health_check', 'interval'], 5, 300],
  [['health_check', 'timeout'], 2, 120],
  [['health_check', 'healthy_threshold'], 2, 10],
  [['health_check', 'unhealthy_threshold'], 2, 10],
  [['stickiness', 'cookie_duration'], 1, 604_800],
  [['deregistration_delay'], 0, 3600],
];

/** Values of a target group for which the product refuses it. */
export function checkTargetGroup({ args, at }: Resource, found: Found): void {
  for (const [path, min, max] of RANGES) checkRange(argument(args, ...path), path.at(-1) ?? '', min, max, found);
  const isFunction = textOfValue(argument(args, 'target_type'))?.value === 'lambda';
  if (!isFunction) checkWord(argument(args, 'protocol'), at, 'protocol', PROTOCOLS, found);
  for (const block of blocks(args, 'stickiness')) {
    const type = argument(block, 'type');
    // Only Terraform wants it to be there.
    if (block.kind === 'map' && (type !== undefined || found.dialect !== cloudFormation))
      checkWord(type, block.at, 'type', STICKINESS, found);
  }
  const slowStart = argument(args, 'slow_start');
  if (numberOf(slowStart)?.value !== 0) checkRange(slowStart, 'slow_start', 30, 900, found);
  const [interval, timeout] = ['interval', 'timeout'].map((name) => numberOf(argument(args, 'health_check', name)));
  if (interval?.value === undefined || timeout?.value === undefined || timeout.value < interval.value) return;
  const what = say`A check may take ${String(timeout.value)} s, and the next one begins after ${String(interval.value)} s.`;
  refusedByApi(timeout.at, what, say`Set a timeout below the interval.`, found);
}

const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC', 'GENEVE'];
const STICKINESS = ['lb_cookie', 'app_cookie', 'source_ip', 'source_ip_dest_ip', 'source_ip_dest_ip_proto'];
const KINDS = ['application', 'network', 'gateway'];

/** The kind of a load balancer has to be one of three; an application load balancer where none is written. */
export function checkBalancer({ args, at }: Resource, found: Found): void {
  const kind = argument(args, 'load_balancer_type');
  if (kind !== undefined) checkWord(kind, at, 'load_balancer_type', KINDS, found);
}

/** A word that has to be there, and be one of these. */
function checkWord(value: Value | undefined, at: Span, name: string, known: readonly string[], found: Found): void {
  const word = value?.kind === 'scalar' ? String(value.value) : undefined;
  if ((value !== undefined && word === undefined) || (word !== undefined && known.includes(word))) return;
  const meant = word === undefined ? undefined : didYouMean(word, known);
  found.refused(
    value?.at ?? at,
    word === undefined ? say`${name} is missing.` : say`Invalid ${name} ${word}.`,
    meant === undefined ? say`Set one of ${list(known)}.` : say`Set ${meant}.`,
  );
}

function checkRange(value: Value | undefined, name: string, min: number, max: number, found: Found): void {
  const number = numberOf(value);
  if (value?.kind !== 'scalar' || number === undefined) return;
  if (number.value !== undefined && number.value >= min && number.value <= max) return;
  const what = say`Invalid ${name} ${String(value.value)}.`;
  found.refused(value.at, what, say`Set a number from ${String(min)} to ${String(max)}.`, 'malformed-number');
}

/** Two rules of one listener cannot have one priority. */
export function checkPriorities(rules: readonly Resource[], found: Found): void {
  const byPriority = new Map<number, Resource[]>();
  for (const rule of rules) {
    const priority = numberOf(argument(rule.args, 'priority'))?.value;
    if (priority !== undefined) appendTo(byPriority, priority, rule);
  }
  for (const [priority, [first, ...others]] of byPriority) {
    for (const rule of others) {
      const at = argument(rule.args, 'priority')?.at ?? rule.at;
      const what = say`${found.nameOf(rule)} and ${first === undefined ? '' : found.nameOf(first)} have the priority ${String(priority)} of one listener.`;
      refusedByApi(at, what, say`Set a priority that no other rule of the listener has.`, found);
    }
  }
}

/** Seen only while the change is applied. */
function refusedByApi(at: Value['at'], what: Text, fix: Text, found: Found): void {
  const why = say`AWS refuses it while the change is applied, so a part of the change is made and the rest is not.`;
  found.problems.push({ rule: 'config-unparsable', at, what, why, fix });
}

/** Whether Terraform leaves an argument as it is once the resource exists: something else changes it at run time. */
export function isIgnored({ args }: Resource, name: string): boolean {
  const ignored = argument(blocks(args, 'lifecycle')[0], 'ignore_changes');
  const names = ignored?.kind === 'list' ? ignored.items : ignored === undefined ? [] : [ignored];
  return names.some((one) => {
    const text = one.kind === 'scalar' ? (textOfValue(one)?.value ?? '') : textOf(one.at);
    return text === 'all' || text === name || text.startsWith(`${name}[`);
  });
}
