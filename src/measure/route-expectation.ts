import { poolsOf } from '../compare/references.ts';
import { routeParts } from '../compare/flow.ts';
import type { ExpectedServer, Expectation } from '../evidence/expectation.ts';
import type { Config } from '../model/config.ts';
import type { Pool } from '../model/pool.ts';
import type { Route } from '../model/route.ts';
import { exactly } from '../model/share.ts';
import { InputError } from '../model/tree.ts';
import { routeCandidates } from './candidates.ts';
import type { ExpectationRequest } from './expectation-request.ts';
import type { Subject } from './subject.ts';
import { routeOfEntry } from './target-entries.ts';

type RouteSubject = Extract<Subject, { readonly route: Route }>;

/**
 * A route splits traffic over pools on purpose; inside each pool the pool's own expectation holds, and shares multiply. A split that
 * is given by hand holds instead. Throws InputError where its pools or servers cannot be told apart.
 */
export function routeExpectation(
  request: ExpectationRequest,
  { route, entry }: RouteSubject,
  ofPool: (request: ExpectationRequest, pool: Pool) => Expectation,
): Expectation {
  const { expect } = request;
  const inner: ExpectationRequest = { ...request, expect: expect instanceof Map ? undefined : expect };
  const index = poolsOf(request.head);
  const parts = routeParts(route, request.head).flatMap((part, i) => {
    const to = route.to[i]?.to;
    const pool = to?.kind === 'pool' ? index.byKey(to.pool)?.pool : undefined;
    return pool === undefined ? [] : [{ share: exactly(part), expectation: ofPool(inner, pool) }];
  });
  // What the balancer answers itself is no server's share: requests that it refuses count as errors.
  const leading = route.to.filter(({ to }) => to.kind !== 'answer' && to.kind !== 'redirect');
  if (parts.length < leading.length || parts.length === 0) {
    throw new InputError(`Route ${route.name} leads to a pool that no config names; add the config that has it.`);
  }
  const listed = parts.flatMap(({ share, expectation }) =>
    expectation.servers.map((server) => ({
      ...server,
      expected: share === null || server.expected === null ? null : share * server.expected,
    })),
  );
  const twice = listed.find((server, i) => listed.findIndex((other) => other.name === server.name) !== i);
  if (twice !== undefined) {
    throw new InputError(
      `Server ${twice.name} is in more than one pool of ${route.name}, so its answers cannot be told apart. Rename one of them, or set pool to one of the pools.`,
    );
  }
  const servers = expect instanceof Map ? byHand(expect, listed, route) : listed;
  const special = expect instanceof Map ? undefined : parts.find((part) => part.expectation.kind !== 'split');
  const [first] = parts;
  return {
    pool: route.name,
    dialect: first?.expectation.dialect ?? null,
    file: route.at.source.path,
    kind: special?.expectation.kind ?? (servers.some((server) => server.expected === null) ? 'unlisted' : 'split'),
    ...(special?.expectation.reason === undefined ? {} : { reason: special.expectation.reason }),
    servers,
    declared: true,
    candidates: routeCandidates(
      parts.map((part) => part.expectation),
      (configs: readonly Config[]) => earlierRoute(configs, route, entry?.name),
      request.base,
      request.older,
    ),
    guard: parts.some((part) => part.expectation.guard),
  };
}

/** The same route in an earlier revision; what an entry's lines draw is one too. */
function earlierRoute(configs: readonly Config[], route: Route, entry: string | undefined): Route | undefined {
  if (entry === undefined) return configs.flatMap(({ routes }) => routes).find((other) => other.name === route.name);
  const before = configs.flatMap(({ entries }) => entries).find((other) => other.name === entry);
  return before && routeOfEntry(before, configs);
}

function byHand(
  split: ReadonlyMap<string, number>,
  listed: readonly ExpectedServer[],
  { name: route }: Route,
): ExpectedServer[] {
  const names = listed.map(({ name }) => name);
  const unknown = [...split.keys()].filter((name) => !names.includes(name));
  const missing = listed.filter(({ name, expected }) => expected !== 0 && !split.has(name)).map(({ name }) => name);
  if (unknown.length > 0 || missing.length > 0) {
    throw new InputError(
      `The expected split must name the servers of ${route} and no others (0 for a server that must not answer): ${names.join(', ')}.`,
    );
  }
  const total = [...split.values()].reduce((sum, size) => sum + size, 0);
  if (!(total > 0)) throw new InputError('The expected split adds up to 0; give at least one server a share above 0.');
  return listed.map((server) => ({ ...server, expected: (split.get(server.name) ?? 0) / total }));
}
