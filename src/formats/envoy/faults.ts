import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { entriesOf, headOf, type PNode, type PScalar } from '../../text/positioned.ts';
import { list, say } from '../../text/say.ts';
import { refused } from './found.ts';
import {
  enumName,
  enumNames,
  manualName,
  meantField,
  messageOf,
  sameSpelling,
  type Field,
  type Message,
} from './messages.ts';
import { at, isComputed, listOf, milliseconds, numberOf, typedAt } from './nodes.ts';

/** Why a fault matters. */
export const REJECTED = say`Envoy rejects the whole file: it does not start, or keeps the configuration that it has.`;

/** Fields of version 2 of the API, which no supported Envoy has; what replaces each. */
const REMOVED: ReadonlyMap<string, string> = new Map([
  ['Cluster.hosts', 'load_assignment'],
  ['Cluster.tls_context', 'transport_socket'],
  ['FilterChain.tls_context', 'transport_socket'],
  ['FilterChain.use_proxy_proto', 'listener_filters'],
  ['Filter.config', 'typed_config'],
  ['HttpFilter.config', 'typed_config'],
  ['ListenerFilter.config', 'typed_config'],
  ['RouteMatch.regex', 'safe_regex'],
  ['HeaderMatcher.regex_match', 'safe_regex_match'],
  ['RouteAction.request_mirror_policy', 'request_mirror_policies'],
  ['Cluster.extension_protocol_options', 'typed_extension_protocol_options'],
]);

/** Messages that are configured as extensions and looked into, by the last word of their type. */
const EXTENSIONS: ReadonlySet<string> = new Set([
  'HttpConnectionManager',
  'TcpProxy',
  'RoundRobin',
  'LeastRequest',
  'RingHash',
  'Maglev',
  'WrrLocality',
  'Subset',
]);

/** Everything in a message that makes Envoy reject it, as far as its API says so. */
export function faultsOf(node: PNode, message: string): Problem[] {
  const found: Problem[] = [];
  const known = messageOf(message);
  if (known !== undefined) walk(node, known, found, message);
  return found;
}

const MOST = 50;

function walk(node: PNode, message: Message, found: Problem[], path: string): void {
  if (found.length >= MOST) return;
  if (node.kind !== 'map') {
    if (!isComputed(node)) found.push(wrong(headOf(node), say`${path} is not a map.`, say`Set a map for ${path}.`));
    return;
  }
  for (const { key, keyAt, value } of entriesOf(node)) {
    if (key === '@type') continue;
    const field = message.fields.get(sameSpelling(key));
    if (field === undefined) found.push(...unknownField(message, key, keyAt));
    else if (value.kind !== 'scalar' || value.value !== null) checkField(value, field, found);
  }
  for (const field of message.fields.values())
    if (field.needed === 'always' && isMissing(at(node, field.name)))
      found.push(wrong(headOf(node), say`Missing ${field.name} in ${shortName(message)}.`, say`Add ${field.name}.`));
  for (const { names, needed } of message.oneOf) {
    const given = names.filter((name) => at(node, name) !== undefined);
    if (needed && given.length === 0 && entriesOf(node).every(({ value }) => !isComputed(value)))
      found.push(
        wrong(headOf(node), say`${shortName(message)} has none of ${list(names, 4)}.`, say`Add ${names[0] ?? ''}.`),
      );
    if (given.length > 1)
      found.push(
        wrong(
          headOf(at(node, given[1] ?? '') ?? node),
          say`${shortName(message)} has both ${list(given, 3)}.`,
          say`Remove one of them.`,
        ),
      );
  }
}

function isMissing(node: PNode | undefined): boolean {
  if (node === undefined) return true;
  if (node.kind === 'scalar') return node.value === '';
  return node.kind === 'seq' && node.items.length === 0;
}

/** `Cluster.LbSubsetConfig` -> `LbSubsetConfig`. */
function shortName({ name }: Message): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Newer versions have fields that are not known here, so only a slip and a field of version 2 are certainly wrong. */
function unknownField(message: Message, key: string, place: Span): Problem[] {
  const instead = REMOVED.get(`${message.name}.${manualName(key)}`);
  if (instead !== undefined)
    return [
      wrong(
        place,
        say`${key} belongs to version 2 of the API, which Envoy no longer has.`,
        say`Set ${instead} instead.`,
      ),
    ];
  if (key === '<<') return [wrong(place, say`Envoy has no merge keys.`, say`Set the fields themselves.`)];
  const meant = meantField(message, key);
  if (meant === undefined) return [];
  return [wrong(place, say`unknown field ${key} in ${shortName(message)}; did you mean ${meant}?`, say`Set ${meant}.`)];
}

function checkField(node: PNode, field: Field, found: Problem[]): void {
  if (field.many === 'map') {
    if (field.type === 'message') for (const { value } of entriesOf(node)) checkOne(value, field, found);
    return;
  }
  const items = field.many === 'list' ? listOf(node) : [node];
  for (const item of items) checkOne(item, field, found);
}

function checkOne(node: PNode, field: Field, found: Problem[]): void {
  if (found.length >= MOST || isComputed(node)) return;
  if (field.type === '?') {
    const typed = typedAt(node);
    if (typed !== undefined && EXTENSIONS.has(typed.type)) found.push(...faultsOf(typed.body, typed.type));
    return;
  }
  if (field.type === 'message') {
    const inner = messageOf(field.of);
    if (inner !== undefined) walk(node, inner, found, field.name);
    return;
  }
  if (field.type === 'd' && node.kind === 'map') return;
  if (node.kind !== 'scalar') {
    found.push(wrong(headOf(node), say`${field.name} is not a single value.`, say`Set one value for ${field.name}.`));
    return;
  }
  const fault = valueFault(node, field);
  if (fault !== undefined) found.push(fault);
}

function valueFault(node: PScalar, field: Field): Problem | undefined {
  const { name } = field;
  const shown = String(node.value);
  switch (field.type) {
    case 's':
      return textFault(node, field, shown);
    case 'b':
      return typeof node.value === 'boolean' || /^(?:true|false|yes|no|on|off|y|n)$/i.test(shown)
        ? undefined
        : wrong(node.at, say`${shown} is not a boolean.`, say`Set ${'true'} or ${'false'} for ${name}.`);
    case 'enum':
      return enumName(field.of, node.value) === undefined ? unknownWord(node, field, shown) : undefined;
    case 'd':
      return durationFault(node, field, shown);
    case 'u':
    case 'i':
    case 'f':
      return numberFault(node, field, shown);
    case '?':
    case 'message':
      return undefined;
    default:
      return field.type satisfies never;
  }
}

function textFault(node: PScalar, { name, needed }: Field, shown: string): Problem | undefined {
  if (needed === 'where-given' && node.value === '')
    return wrong(node.at, say`${name} is empty.`, say`Set a value for ${name}.`);
  // Envoy reads YAML 1.1, where `y` and `off` are booleans.
  return typeof node.value === 'string' && node.ambiguous !== 'boolean'
    ? undefined
    : wrong(node.at, say`${name} is not a text.`, say`Set ${name} in quotes: ${`"${shown}"`}.`);
}

function unknownWord(node: PScalar, { name, of }: Field, shown: string): Problem {
  return wrong(node.at, say`unknown value ${shown} of ${name}.`, say`Set one of ${list(enumNames(of), 8)}.`);
}

function durationFault(node: PScalar, { name, above }: Field, shown: string): Problem | undefined {
  const ms = typeof node.value === 'string' ? milliseconds(shown) : undefined;
  if (ms === undefined || ms < 0)
    return wrong(
      node.at,
      say`invalid duration ${shown} of ${name}.`,
      say`Set seconds with their unit, such as ${'0.25s'} or ${'5s'}.`,
    );
  return above && ms === 0
    ? wrong(node.at, say`${name} is 0.`, say`Set a ${name} above 0, such as ${'1s'}.`)
    : undefined;
}

const UNSIGNED = 4_294_967_295;

function numberFault(node: PScalar, { name, type, bounds, above, below }: Field, shown: string): Problem | undefined {
  const number = typeof node.value === 'boolean' ? undefined : numberOf(node);
  const isWhole = type === 'f' || (number !== undefined && Number.isInteger(number));
  const isWeight = name === 'load_balancing_weight';
  const rule = isWeight ? ('invalid-weight' as const) : ('malformed-number' as const);
  if (number === undefined || !isWhole)
    return wrong(
      node.at,
      say`${name} ${shown} is not a ${type === 'f' ? 'number' : 'whole number'}.`,
      say`Set a whole number for ${name}.`,
      rule,
    );
  const low = bounds?.low ?? (type === 'u' ? 0 : undefined);
  const high = bounds?.high ?? (type === 'u' && isWeight ? UNSIGNED : undefined);
  const isLow = low !== undefined && (above ? number <= low : number < low);
  const isHigh = high !== undefined && (below ? number >= high : number > high);
  if (!isLow && !isHigh) return undefined;
  const allowed = isLow
    ? say`${above ? 'more than' : 'at least'} ${low}`
    : say`${below ? 'less than' : 'at most'} ${high ?? 0}`;
  return wrong(node.at, say`${name} ${shown} has to be ${allowed}.`, say`Set a number that is ${allowed}.`, rule);
}

function wrong(place: Span, what: Text, fix: Text, rule?: Problem['rule']): Problem {
  return refused(place, what, fix, REJECTED, rule);
}
