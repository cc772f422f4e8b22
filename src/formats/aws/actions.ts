import { poolKey, routeKey } from '../../model/keys.ts';
import type { Branch, Route, Target } from '../../model/route.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import type { Stickiness } from '../../model/traffic.ts';
import { say } from '../../text/say.ts';
import { isIgnored } from './faults.ts';
import { reasonOf, type Found } from './found.ts';
import { seconds } from './health.ts';
import { plainText, settingsOf } from './settings.ts';
import { argument, blocks, flagOf, numberOf, orDefault, textOfValue, type Resource, type Value } from './values.ts';

/** Where the actions of a listener or rule lead. */
export interface Led {
  readonly to: Target;
  /** The line that names the target. */
  readonly at: Span;
  readonly route?: Route;
  /** What is done before: authentication. */
  readonly changes: ReadonlyMap<string, Setting<string>>;
  /** The groups that it can be, each with its place. */
  readonly groups: readonly { readonly group: Resource; readonly at: Span }[];
  /** Set where a group is not known. */
  readonly open?: Span;
}

/** Reads the actions under a name, `default_action` or `action`; the last one answers, those before it authenticate. */
export function readActions(owner: Resource, kind: string, name: string, found: Found): Led {
  const actions = blocks(owner.args, name);
  const before = actions.filter((action) => /^authenticate-|^jwt-/.test(typeOf(action) ?? ''));
  const last = actions.findLast((action) => !before.includes(action));
  const changes = new Map(
    before.flatMap((action) => [...settingsOf(action, new Set(['order']), `${typeOf(action) ?? ''}.`)]),
  );
  const led = (to: Target, at: Span): Led => ({ to, at, changes, groups: [] });
  if (last === undefined) return led({ kind: 'unknown', why: say`no action answers` }, owner.at);
  const type = typeOf(last);
  if (type === 'redirect') {
    const block = blocks(last, 'redirect')[0];
    const status = textOfValue(argument(block, 'status_code'));
    if (status !== undefined) changes.set('status_code', status);
    return led({ kind: 'redirect', location: locationOf(block) }, block?.at ?? last.at);
  }
  if (type === 'fixed-response') {
    const block = blocks(last, 'fixed_response')[0];
    const status = numberOf(argument(block, 'status_code'));
    const at = status?.at ?? block?.at ?? last.at;
    return led(
      status?.value === undefined
        ? { kind: 'unknown', why: say`the status is not known` }
        : { kind: 'answer', status: status.value },
      at,
    );
  }
  if (type === 'forward') {
    const forward = readForward(owner, kind, last, found);
    return isIgnored(owner, name) ? { ...leftAsItIs(forward, name), changes } : { ...forward, changes };
  }
  const why = last.kind === 'unknown' ? last.why : say`the kind of the action is not known`;
  return { ...led({ kind: 'unknown', why }, last.at), open: last.at };
}

/** Once it exists, something else moves the traffic: a deployment, by hand. The groups are known, their parts are not. */
function leftAsItIs(forward: Omit<Led, 'changes'>, name: string): Omit<Led, 'changes'> {
  const { at, to, route, groups } = forward;
  const why = say`${name} is in ${'ignore_changes'}, so what it is now is not in the files`;
  const among = [to, ...(route?.to.map((branch) => branch.to) ?? [])].flatMap((one) =>
    one.kind === 'pool' ? [one.pool] : [],
  );
  // One group alone may have been replaced by any other.
  return { at, groups, to: { kind: 'unknown', why, ...(among.length > 1 ? { among } : {}) }, open: at };
}

function typeOf(action: Value): string | undefined {
  return textOfValue(argument(action, 'type'))?.value;
}

function readForward(owner: Resource, kind: string, action: Value, found: Found): Omit<Led, 'changes'> {
  const [forward] = blocks(action, 'forward');
  const listed = forward === undefined ? [] : blocks(forward, 'target_group');
  const single = argument(action, 'target_group_arn');
  const [only, ...others] = listed;
  if (forward === undefined || only === undefined || (others.length === 0 && only.kind === 'map'))
    return one(argument(only, 'arn') ?? single, owner, found);
  const branches = listed.map((block) => readBranch(block, found));
  const key = routeKey(found.dialect.format, found.scope, owner.address);
  const name = `${kind} ${found.nameOf(owner)}`;
  const stickiness = readStickiness(blocks(forward, 'stickiness')[0]);
  const route: Route = {
    key,
    name,
    at: forward.at,
    kind: 'weighted',
    ...(stickiness === undefined ? {} : { stickiness }),
    to: branches.map(({ branch }) => branch),
  };
  const open = branches.find(({ group }) => group === undefined)?.branch.at;
  return {
    to: { kind: 'route', route: key, name },
    at: forward.at,
    route,
    groups: branches.flatMap(({ group, branch }) => (group === undefined ? [] : [{ group, at: branch.at }])),
    ...(open === undefined ? {} : { open }),
  };
}

/** A single group gets everything, whatever its weight. */
function one(value: Value | undefined, owner: Resource, found: Found): Omit<Led, 'changes'> {
  const { to, group } = targetOf(value, found);
  const at = value?.at ?? owner.at;
  return { to, at, groups: group === undefined ? [] : [{ group, at }], ...(group === undefined ? { open: at } : {}) };
}

function targetOf(value: Value | undefined, found: Found): { readonly to: Target; readonly group?: Resource } {
  const group = found.resource(value, 'aws_lb_target_group');
  if (group !== undefined) {
    const name = found.nameOf(group);
    return { to: { kind: 'pool', pool: poolKey(found.dialect.format, found.scope, name), name }, group };
  }
  return { to: { kind: 'unknown', why: value === undefined ? say`the target group is not written` : reasonOf(value) } };
}

/** Weights are 0 to 999, and 1 where none is written. */
function readBranch(block: Value, found: Found): { readonly branch: Branch; readonly group?: Resource } {
  if (block.kind !== 'map') {
    found.unknown(block.at, reasonOf(block));
    const at = block.at;
    return {
      branch: {
        to: { kind: 'unknown', why: reasonOf(block) },
        weight: written<number>(undefined, at),
        role: 'serves',
        at,
      },
    };
  }
  const arn = argument(block, 'arn');
  const value = argument(block, 'weight');
  const weight = orDefault(numberOf(value), 1, arn?.at ?? block.at);
  if (value !== undefined && value.kind !== 'scalar') found.unknown(value.at, reasonOf(value));
  else checkWeight(weight, value, found);
  const { to, group } = targetOf(arn, found);
  return {
    branch: { to, weight, role: 'serves', at: weight.at },
    ...(group === undefined ? {} : { group }),
  };
}

function checkWeight(weight: Setting<number>, value: Value | undefined, found: Found): void {
  const { max } = found.dialect.weights;
  const n = weight.value;
  if (n !== undefined && Number.isInteger(n) && n >= 0 && n <= max) return;
  const text = value === undefined ? '' : (plainText(value) ?? '');
  found.refused(weight.at, say`Invalid weight ${text}.`, say`Set a whole number from 0 to ${max}.`, 'invalid-weight');
}

/** Clients keep the group that they got first, for seconds up to 7 days; off unless it is switched on. */
function readStickiness(block: Value | undefined): Stickiness | undefined {
  const enabled = flagOf(argument(block, 'enabled'));
  if (block?.kind !== 'map' || enabled === undefined || enabled.value === false) return undefined;
  const ttlMs = seconds(numberOf(argument(block, 'duration')));
  return { type: 'cookie', at: block.at, values: 'made', ...(ttlMs === undefined ? {} : { ttlMs }) };
}

/** `https://#{host}:443/#{path}?#{query}`: what is not written stays as it was asked. */
function locationOf(block: Value | undefined): string {
  const part = (name: string, otherwise: string): string => {
    const value = argument(block, name);
    return value === undefined ? otherwise : (plainText(value) ?? otherwise);
  };
  const protocol = part('protocol', '#{protocol}').toLowerCase();
  return `${protocol}://${part('host', '#{host}')}:${part('port', '#{port}')}${part('path', '/#{path}')}?${part('query', '#{query}')}`;
}
