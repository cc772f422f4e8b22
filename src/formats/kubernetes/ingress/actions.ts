import type { Problem } from '../../../model/config.ts';
import type { Branch, Target } from '../../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../../model/span.ts';
import type { Stickiness } from '../../../model/traffic.ts';
import { entriesOf, headOf, itemsOf, type PNode } from '../../../text/positioned.ts';
import { say } from '../../../text/say.ts';
import { readEmbedded } from '../embedded.ts';
import { keyOfPool, keyOfRoute, type Found } from '../found.ts';
import { at, entryOf, isTrue, numberAt, rawAt } from '../nodes.ts';
import type { KubeObject } from '../objects.ts';

const ACTIONS = 'alb.ingress.kubernetes.io/actions.';

/** Go reads the keys of the JSON in any letter case. */
function field(node: PNode | undefined, name: string): PNode | undefined {
  return entriesOf(node).find(({ key }) => key.toLowerCase() === name.toLowerCase())?.value;
}

/**
 * Where a backend leads that names an action of the AWS Load Balancer Controller (`port: use-annotation`): to target groups by weight, to a
 * redirect, or to a fixed response. Undefined where the Ingress has no such action.
 */
export function actionOf(ingress: KubeObject, name: string, found: Found): Target | undefined {
  const node = at(ingress.node, 'metadata', 'annotations', `${ACTIONS}${name}`);
  if (node?.kind !== 'scalar') return undefined;
  if (node.computed) return { kind: 'unknown', why: say`the action ${name} is filled in by a template` };
  const action = readEmbedded(node);
  if (action === undefined) {
    found.problems.push(refused(headOf(node), say`The action ${name} is not valid JSON.`, say`Set valid JSON.`));
    return { kind: 'unknown', why: say`the action ${name} cannot be read` };
  }
  const type = rawAt(field(action, 'type'))?.toLowerCase();
  if (type === 'redirect') return { kind: 'redirect', location: redirectOf(field(action, 'redirectConfig')) };
  if (type === 'fixed-response') {
    const status = numberOf(field(field(action, 'fixedResponseConfig'), 'statusCode'));
    return { kind: 'answer', status: status ?? 'refused' };
  }
  if (type !== 'forward') return { kind: 'unknown', why: say`${type ?? 'an empty type'} is not a type of action` };
  return forwardOf(ingress, name, action, headOf(node), found);
}

function forwardOf(ingress: KubeObject, name: string, action: PNode, place: Span, found: Found): Target {
  const config = field(action, 'forwardConfig');
  const groups = itemsOf(field(config, 'targetGroups'));
  // The form before weights: one target group.
  const branches =
    groups.length === 0 ? [branchOf(ingress, action, found)] : groups.map((group) => branchOf(ingress, group, found));
  const [only, ...others] = branches;
  if (only !== undefined && others.length === 0) return only.to;
  const stickiness = stickinessOf(field(config, 'targetGroupStickinessConfig'));
  const key = keyOfRoute(found, ingress.namespace, name);
  if (!found.routes.some((route) => route.key === key))
    found.routes.push({
      key,
      name,
      at: place,
      kind: 'weighted',
      ...(stickiness === undefined ? {} : { stickiness }),
      // An empty target group keeps its part; its requests fail.
      watchesHealth: implied(false, place),
      to: branches,
    });
  return { kind: 'route', route: key, name };
}

function branchOf(ingress: KubeObject, group: PNode, found: Found): Branch {
  const service = field(group, 'serviceName');
  const other = field(group, 'targetGroupARN') ?? field(group, 'targetGroupName');
  const place = headOf(service ?? other ?? group);
  const name = rawAt(service);
  return {
    to:
      name === undefined
        ? { kind: 'unknown', why: say`${rawAt(other) ?? 'the target group'} is not in the files` }
        : { kind: 'pool', pool: keyOfPool(found, ingress.namespace, name), name },
    weight: weightOf(field(group, 'weight'), place, found),
    role: 'serves',
    at: place,
  };
}

/** 0 to 999; 1 where none is written. */
function weightOf(node: PNode | undefined, place: Span, found: Found): Setting<number> {
  const weight = node && numberAt(node);
  if (node === undefined || weight === undefined) return implied(1, place);
  const { value } = weight;
  if (value !== undefined && value >= 0 && value <= 999) return weight;
  found.problems.push({
    rule: 'invalid-weight',
    at: weight.at,
    what: say`Invalid weight ${rawAt(node) ?? ''}.`,
    why: say`AWS refuses the rule, and the load balancer keeps the old one.`,
    fix: say`Set a whole number from 0 to 999.`,
  });
  return written<number>(undefined, weight.at);
}

function stickinessOf(node: PNode | undefined): Stickiness | undefined {
  const entry = entriesOf(node).find(({ key }) => key.toLowerCase() === 'enabled');
  if (entry === undefined || !isTrue(entry.value)) return undefined;
  const seconds = numberOf(field(node, 'durationSeconds'));
  const place = headOf(entry.value);
  return {
    type: 'cookie',
    at: place,
    values: 'made',
    ttlMs: seconds === undefined ? implied<number>(undefined, place) : written(seconds * 1000, place),
  };
}

function redirectOf(config: PNode | undefined): string {
  const part = (name: string, otherwise: string): string => rawAt(field(config, name)) ?? otherwise;
  return `${part('protocol', '#{protocol}').toLowerCase()}://${part('host', '#{host}')}:${part('port', '#{port}')}${part('path', '/#{path}')}`;
}

function numberOf(node: PNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const number = Number(rawAt(node));
  return Number.isSafeInteger(number) ? number : undefined;
}

function refused(place: Span, what: Problem['what'], fix: Problem['fix']): Problem {
  return {
    rule: 'config-unparsable',
    at: place,
    what,
    why: say`The controller refuses the Ingress, and the load balancer keeps its old rules.`,
    fix,
  };
}

/** The conditions that `conditions.NAME` adds to a backend, as text; undefined where there are none. */
export function moreConditionsOf(ingress: KubeObject, name: string): Setting<string> | undefined {
  const entry = entryOf(at(ingress.node, 'metadata', 'annotations'), `alb.ingress.kubernetes.io/conditions.${name}`);
  return entry === undefined ? undefined : ingress.annotations.get(entry.key);
}
