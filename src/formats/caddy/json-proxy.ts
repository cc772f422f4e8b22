import { written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { dialsOf } from './addresses.ts';
import type { Discovery, Policy, Proxy, Settings, Upstream } from './proxy.ts';
import { refused, type Found } from './values.ts';

/** JSON's names of what a Caddyfile has another name for; `.` separates keys. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['load_balancing.retries', 'lb_retries'],
  ['load_balancing.try_duration', 'lb_try_duration'],
  ['load_balancing.try_interval', 'lb_try_interval'],
  ['load_balancing.retry_match', 'lb_retry_match'],
  ['health_checks.active.uri', 'health_uri'],
  ['health_checks.active.path', 'health_path'],
  ['health_checks.active.port', 'health_port'],
  ['health_checks.active.upstream', 'health_upstream'],
  ['health_checks.active.headers', 'health_headers'],
  ['health_checks.active.method', 'health_method'],
  ['health_checks.active.body', 'health_request_body'],
  ['health_checks.active.interval', 'health_interval'],
  ['health_checks.active.timeout', 'health_timeout'],
  ['health_checks.active.expect_status', 'health_status'],
  ['health_checks.active.expect_body', 'health_body'],
  ['health_checks.active.follow_redirects', 'health_follow_redirects'],
  ['health_checks.active.passes', 'health_passes'],
  ['health_checks.active.fails', 'health_fails'],
  ['health_checks.passive.max_fails', 'max_fails'],
  ['health_checks.passive.fail_duration', 'fail_duration'],
  ['health_checks.passive.unhealthy_request_count', 'unhealthy_request_count'],
  ['health_checks.passive.unhealthy_status', 'unhealthy_status'],
  ['health_checks.passive.unhealthy_latency', 'unhealthy_latency'],
  ['rewrite.method', 'method'],
  ['rewrite.uri', 'rewrite'],
]);

const DURATIONS = /(?:duration|interval|timeout|latency|refresh|delay|max_age|grace_period)$/;
/** Read on their own. */
const APART: ReadonlySet<string> = new Set([
  'handler',
  'upstreams',
  'dynamic_upstreams',
  'transport',
  'handle_response',
  'load_balancing.selection_policy',
  'headers',
]);

/** A `reverse_proxy` handler of Caddy's JSON, in the words of the Caddyfile. */
export function proxyOf(node: PNode, found: Found): Proxy {
  const settings = new Map<string, Setting<string>>();
  flatten(node, '', settings);
  headersOf(child(node, 'headers'), settings);
  const policy = child(child(node, 'load_balancing'), 'selection_policy');
  const dynamic = child(node, 'dynamic_upstreams');
  const transport = child(node, 'transport');
  const given = new Map<string, Setting<string>>();
  flatten(transport, '', given, new Set(['protocol']));
  const tls = child(transport, 'tls');
  return {
    directive: 'reverse_proxy',
    at: headOf(node),
    upstreams: itemsOf(child(node, 'upstreams')).flatMap((one) => upstreamsOf(one, found)),
    settings,
    transport: {
      protocol: textOf(child(transport, 'protocol')) ?? 'http',
      tls: tls !== undefined && !(tls.kind === 'scalar' && tls.value === null),
      settings: given,
    },
    unknowns: [],
    defaults: [],
    ...(dynamic === undefined ? {} : { discovery: discoveryOf(dynamic) }),
    ...(policy === undefined ? {} : { policy: policyOf(policy) }),
  };
}

function upstreamsOf(node: PNode, found: Found): Upstream[] {
  const dial = child(node, 'dial');
  const text = textOf(dial);
  if (dial === undefined || text === undefined) {
    const fix = say`Add ${'"dial"'} with an address.`;
    found.problems.push(refused(headOf(node), say`The upstream has no ${'dial'}.`, fix));
    return [];
  }
  const dials = dialsOf(text);
  const options = new Map<string, Setting<string>>();
  flatten(node, '', options, new Set(['dial']));
  if (!Array.isArray(dials)) return [];
  return dials.map((one) => ({ dial: one, at: headOf(dial), isOpen: false, options }));
}

function discoveryOf(node: PNode): Discovery {
  const settings = new Map<string, Setting<string>>();
  flatten(node, '', settings, new Set(['source']));
  return { source: textOf(child(node, 'source')) ?? '', at: headOf(node), settings };
}

/** The arguments that a Caddyfile has behind the name of each policy. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  random_choose: ['choose'],
  weighted_round_robin: ['weights'],
  query: ['key'],
  header: ['field'],
  cookie: ['name', 'secret'],
};

function policyOf(node: PNode): Policy {
  const word = child(node, 'policy');
  const name = textOf(word) ?? 'random';
  const keys = ARGUMENTS[name] ?? [];
  const args = keys.flatMap((key) => {
    const value = child(node, key);
    if (value === undefined) return [];
    return (value.kind === 'seq' ? value.items : [value]).map((one) => written(textOf(one), headOf(one)));
  });
  const settings = new Map<string, Setting<string>>();
  flatten(node, '', settings, new Set(['policy', 'fallback', ...keys]));
  const fallback = child(node, 'fallback');
  return {
    name,
    at: headOf(word ?? node),
    args,
    settings,
    ...(fallback === undefined ? {} : { fallback: policyOf(fallback) }),
  };
}

/** `headers.request.set.Host` as the Caddyfile's `header_up Host`. */
function headersOf(node: PNode | undefined, into: Map<string, Setting<string>>): void {
  for (const [side, word] of [
    ['request', 'header_up'],
    ['response', 'header_down'],
  ] as const)
    for (const { key: how, value: names } of entriesOf(child(node, side)))
      for (const { key, keyAt, value } of entriesOf(names)) {
        const sign = how === 'add' ? '+' : how === 'delete' ? '-' : '';
        const texts = value.kind === 'seq' ? value.items.map((item) => textOf(item) ?? '') : [flat(value)];
        into.set(`${word} ${sign}${key}`, written(texts.join(', '), itemsOf(value)[0]?.at ?? keyAt));
      }
}

/** Every value below a node under the Caddyfile's name of it, else under its keys. */
function flatten(
  node: PNode | undefined,
  prefix: string,
  into: Map<string, Setting<string>>,
  except: ReadonlySet<string> = APART,
): void {
  for (const { key, value } of entriesOf(node)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (except.has(path)) continue;
    const name = NAMES.get(path) ?? path;
    if (value.kind === 'map' && !NAMES.has(path)) flatten(value, path, into, except);
    else into.set(name, written(valueOf(value, path), headOf(value)));
  }
}

function valueOf(node: PNode, path: string): string {
  if (node.kind === 'scalar' && typeof node.value === 'number' && DURATIONS.test(path)) return `${node.value}ns`;
  if (node.kind === 'seq' && node.items.every(({ kind }) => kind === 'scalar'))
    return node.items.map((one) => flat(one)).join(' ');
  return flat(node);
}

/** A value in one line. */
export function flat(node: PNode): string {
  switch (node.kind) {
    case 'scalar':
      return String(node.value);
    case 'seq':
      return node.items.map(flat).join(', ');
    case 'map':
      return entriesOf(node)
        .map(({ key, value }) => `${key} ${flat(value)}`)
        .join('; ');
    default:
      return node satisfies never;
  }
}

/** The text of a scalar; undefined of everything else. */
export function textOf(node: PNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
}

export type { Settings };
