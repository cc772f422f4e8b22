import { routeKey } from '../../model/keys.ts';
import type { Branch, Target } from '../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { dialect } from './dialect.ts';
import { REJECTED } from './faults.ts';
import { refused, type World } from './found.ts';
import { at, isComputed, listOf, numberAt, partAt, rawAt } from './nodes.ts';
import { targetOf } from './targets.ts';

/** A cluster that a place sends to: its target, and where it is named. */
export interface Sent {
  readonly target: Target;
  /** The name of the cluster as written; undefined when it is known only at run time. */
  readonly cluster: string | undefined;
  readonly at: Span;
  /** The part of the requests, 0..1, where weights decide. */
  readonly share?: number;
  readonly isPart?: true;
}

/** What a route or a TCP proxy does with its requests. */
export interface Action {
  readonly to: Target;
  readonly sent: readonly Sent[];
}

/** Of a route: answered here, redirected, or sent to clusters. */
export function readAction(route: PNode, name: string, world: World): Action {
  const direct = at(route, 'direct_response');
  if (direct !== undefined) return here({ kind: 'answer', status: numberAt(at(direct, 'status'))?.value ?? 200 });
  const redirect = at(route, 'redirect');
  if (redirect !== undefined) return here({ kind: 'redirect', location: locationOf(redirect) });
  const action = at(route, 'route');
  if (action !== undefined) return readForward(action, name, world);
  if (at(route, 'non_forwarding_action') !== undefined)
    return here({ kind: 'unknown', why: say`the route is for other products than a proxy` });
  return here({ kind: 'unknown', why: say`a filter decides where the requests go` });
}

function here(to: Target): Action {
  return { to, sent: [] };
}

function locationOf(node: PNode): string {
  const scheme = rawAt(at(node, 'scheme_redirect')) ?? (at(node, 'https_redirect') === undefined ? '' : 'https');
  const host = rawAt(at(node, 'host_redirect'));
  const port = rawAt(at(node, 'port_redirect'));
  const path = rawAt(at(node, 'path_redirect')) ?? rawAt(at(node, 'prefix_rewrite'));
  const place = `${host ?? 'the same host'}${port === undefined ? '' : `:${port}`}`;
  const start = scheme === '' ? place : `${scheme}://${place}`;
  return `${start}${path ?? ''}`;
}

/** Clusters of a `route` or of a TCP proxy, which name them alike, with the mirrors that get copies. */
export function readForward(action: PNode, name: string, world: World): Action {
  const own = readClusters(action, name, world);
  const copies = listOf(at(action, 'request_mirror_policies')).flatMap((mirror) => readMirror(mirror, world));
  if (copies.length === 0) return own;
  const key = routeKey(dialect.format, world.found.path, `${name} with mirrors`);
  const serving: Branch = { to: own.to, at: headOf(action), weight: implied(1, headOf(action)), role: 'serves' };
  world.found.routes.push({
    key,
    name: `${name} with mirrors`,
    at: headOf(action),
    kind: 'weighted',
    to: [serving, ...copies],
  });
  return {
    to: { kind: 'route', route: key, name: `${name} with mirrors` },
    sent: own.sent.map((one) => ({ ...one, isPart: true as const })),
  };
}

function readClusters(action: PNode, name: string, world: World): Action {
  const metadata = at(action, 'metadata_match');
  const cluster = at(action, 'cluster');
  if (cluster !== undefined) {
    const one = sendTo(cluster, metadata, world);
    return { to: one.target, sent: [one] };
  }
  const weighted = at(action, 'weighted_clusters');
  if (weighted !== undefined) return readWeighted(weighted, metadata, name, world);
  const header = rawAt(at(action, 'cluster_header'));
  const why =
    header === undefined
      ? say`a plugin decides which cluster gets the requests`
      : say`the header ${header} of the request names the cluster`;
  return open({ kind: 'unknown', why }, headOf(action));
}

function open(target: Target, place: Span): Action {
  return { to: target, sent: [{ target, cluster: undefined, at: place }] };
}

function sendTo(node: PNode, metadata: PNode | undefined, world: World): Sent {
  const name = rawAt(node);
  const place = headOf(node);
  if (name === undefined || isComputed(node))
    return { target: { kind: 'unknown', why: say`a template fills in the cluster` }, cluster: undefined, at: place };
  return { target: targetOf(node, name, metadata, world), cluster: name, at: place };
}

/** Chance by weight, whatever the sum is, unless a value of the request is the draw. */
function readWeighted(node: PNode, metadata: PNode | undefined, name: string, world: World): Action {
  const list = listOf(at(node, 'clusters'));
  const weights = list.map(
    (one): Setting<number> => numberAt(at(one, 'weight')) ?? written<number>(undefined, headOf(one)),
  );
  for (const one of list)
    if (at(one, 'weight') === undefined)
      world.found.problems.push(
        refused(
          headOf(one),
          say`A cluster of ${'weighted_clusters'} has no ${'weight'}.`,
          say`Add ${'weight'}.`,
          REJECTED,
        ),
      );
  const total = weights.reduce((sum, { value }) => sum + (value ?? Number.NaN), 0);
  const sent = list.map((one, i): Sent => {
    const weight = weights[i]?.value;
    const share = weight === undefined || !(total > 0) ? {} : { share: weight / total };
    const cluster = at(one, 'name');
    if (cluster !== undefined)
      return { ...sendTo(cluster, at(one, 'metadata_match') ?? metadata, world), ...share, isPart: true };
    const header = rawAt(at(one, 'cluster_header')) ?? '';
    const why = say`the header ${header} of the request names the cluster`;
    return { target: { kind: 'unknown', why }, cluster: undefined, at: headOf(one), ...share, isPart: true };
  });
  const key = routeKey(dialect.format, world.found.path, name);
  const drawn =
    rawAt(at(node, 'header_name')) ?? (at(node, 'use_hash_policy') === undefined ? undefined : 'hash policy');
  world.found.routes.push({
    key,
    name,
    at: headOf(node),
    kind: 'weighted',
    ...(drawn === undefined ? {} : { drawnBy: drawn }),
    watchesHealth: implied(false, headOf(node)),
    to: sent.map(({ target, at: place }, i) => ({
      to: target,
      at: place,
      weight: weights[i] ?? implied(1, place),
      role: 'serves',
    })),
  });
  return { to: { kind: 'route', route: key, name }, sent };
}

function readMirror(node: PNode, world: World): Branch[] {
  const cluster = at(node, 'cluster');
  if (cluster === undefined) return [];
  const { target, at: place } = sendTo(cluster, undefined, world);
  const part = partAt(at(node, 'runtime_fraction', 'default_value'))?.value ?? 1;
  return [{ to: target, at: place, weight: implied(1, place), role: 'copy', part }];
}
