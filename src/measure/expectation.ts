import { hashesSource } from '../model/algorithm.ts';
import { declaredSplit } from '../compare/declared.ts';
import { servingMembers } from '../compare/stages.ts';
import { predict } from '../compare/predict.ts';
import { mainShare } from '../model/share.ts';
import type { Candidate, ExpectedServer, Expectation } from '../evidence/expectation.ts';
import type { DeclaredSplit, Pool } from '../model/pool.ts';
import { factsOf, type PoolFacts } from '../model/facts.ts';
import type { Prediction } from '../model/share.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import type { ProbeRequest } from '../probe/request.ts';
import { say } from '../text/say.ts';
import { answersAs, poolCandidates } from './candidates.ts';
import { configCauses } from './config-causes.ts';
import { heavyWeights, pickingOrder, unknownShares, weightShares } from './picking.ts';
import type { ExpectationRequest } from './expectation-request.ts';
import { routeExpectation } from './route-expectation.ts';

/**
 * What a measurement is held to: even over the active primaries unless an uneven split is declared, and the files that
 * could explain something else. Throws InputError when a declared split does not fit the pool.
 */
export function expectationFor(request: ExpectationRequest): Expectation {
  const { subject, expect } = request;
  if (subject === undefined) return withoutConfig(expect);
  if (subject.route === undefined) return ofPool(request, subject.pool);
  return routeExpectation(request, subject, (inner, pool) => ofPool(inner, pool));
}

function withoutConfig(expect: DeclaredSplit | undefined): Expectation {
  const base = { pool: null, dialect: null, candidates: [], guard: true };
  if (!(expect instanceof Map)) return { ...base, kind: 'unlisted', servers: [], declared: false };
  const servers = [...normalised(expect)].map(([name, expected]) => ({ name, expected }));
  return { ...base, kind: 'split', servers, declared: true };
}

/** Of one pool. */
function ofPool(request: ExpectationRequest, pool: Pool): Expectation {
  const prediction = predict(pool);
  const facts = factsOf(request.facts, pool);
  const split = splitToHold(request, pool, facts);
  const expected = expectedShares(pool, prediction, split, facts);
  const candidates = poolCandidates(pool, prediction, expected, request.base, request.older);
  const kind = kindOf(request, pool, prediction, facts);
  const weights = weightShares(pool);
  const listed: ExpectedServer[] = pool.servers
    .filter((server) => answersAs(server, pool) === server.name)
    .map(({ name, at }) => ({
      name,
      expected: expected.get(name) ?? null,
      at,
      ...(weights?.get(name) === undefined ? {} : { weight: weights.get(name) ?? 0 }),
      ...nothingMeant(split, name),
    }));
  return {
    pool: pool.name,
    dialect: pool.dialect,
    file: pool.at.source.path,
    kind: pool.dynamic && kind === 'split' ? 'unlisted' : kind,
    ...reasonFor(pool, kind, prediction),
    ...(kind === 'one-client' && picksByClient(pool) ? { byClient: true } : {}),
    servers: withRemoved(listed, candidates),
    declared: split !== 'even',
    candidates,
    ...settingsOf(pool, expected),
    guard: pool.protocol !== 'http' || prediction.predictability === 'key-dependent',
    ...(facts?.servers === undefined ? {} : { serversExpected: facts.servers }),
    ...windows(pool),
    ...pickingOrder(pool),
    ...(kind === 'load-dependent' ? heavyWeights(pool, split) : {}),
    ...(kind === 'one-client' ? {} : unknownShares(pool, prediction, split)),
  };
}

function settingsOf(pool: Pool, expected: ReadonlyMap<string, number | null>): Partial<Expectation> {
  const findings = configCauses(pool, expected);
  const { keepsRuntimeState, activeCheck } = pool;
  const checkAt =
    activeCheck?.path?.at ??
    activeCheck?.at ??
    pool.servers.find((server) => server.activeCheck !== undefined)?.activeCheck?.at;
  return {
    ...(checkAt === undefined ? {} : { checkAt }),
    ...(findings.length === 0 ? {} : { findings }),
    ...(keepsRuntimeState === undefined ? {} : { keepsRuntimeState }),
  };
}

/** A declared split may keep a server from answering that the config has in rotation. */
function nothingMeant(split: DeclaredSplit, name: string): Pick<ExpectedServer, 'never'> {
  return split instanceof Map && split.get(name) === 0 ? { never: say`given no share by the expected split` } : {};
}

/** Servers that only an earlier file has are expected nowhere now; seen, they show that the file is still loaded. */
function withRemoved(listed: readonly ExpectedServer[], candidates: readonly Candidate[]): ExpectedServer[] {
  const known = new Set(listed.map((server) => server.name));
  const removed = new Set(candidates.flatMap(({ shares }) => [...shares.keys()].filter((name) => !known.has(name))));
  const never = say`no longer in the config`;
  return [...listed, ...[...removed].map((name) => ({ name, expected: 0, never }))];
}

/** What the input asks for, else what is declared; an ignored weight-imbalance declares that the weights are meant. */
function splitToHold(request: ExpectationRequest, pool: Pool, facts: PoolFacts | undefined): DeclaredSplit {
  if (request.expect !== undefined) return request.expect;
  const declared = declaredSplit(pool, facts);
  if (declared !== 'even' || facts?.expect !== undefined || pool.declaredSplit !== undefined) return declared;
  const meant = request.findings.some(
    ({ rule, pool: name, ignored }) => rule === 'weight-imbalance' && name === pool.name && ignored !== undefined,
  );
  return meant ? 'config' : 'even';
}

/** Expected share by server name, 0..1; null where it cannot be told. */
function expectedShares(
  pool: Pool,
  prediction: Prediction,
  split: DeclaredSplit,
  facts: PoolFacts | undefined,
): ReadonlyMap<string, number | null> {
  const serving = servingMembers(pool);
  if (split === 'config') return configuredShares(pool, prediction);
  const sizes = new Map<string, number>();
  if (split === 'even') {
    for (const { server } of serving) sizes.set(answersAs(server, pool), server.instances.count.value ?? 1);
  } else if (split === 'capacity') {
    for (const { server } of serving) {
      const size = facts?.capacity?.get(server.name) ?? server.capacity?.value;
      if (size === undefined) {
        throw new InputError(
          `Pool ${pool.name} is declared to split by capacity, but ${server.name} has none; add it under pools.${pool.name}.capacity of the checklist file.`,
        );
      }
      sizes.set(answersAs(server, pool), size);
    }
  } else {
    requireWhole(
      split,
      pool,
      serving.map(({ server }) => answersAs(server, pool)),
    );
    for (const [name, size] of split) sizes.set(name, size);
  }
  if (sizes.size === 0) return new Map(pool.servers.map((server) => [server.name, 0]));
  const shares = normalised(sizes);
  return new Map(pool.servers.map((server) => [server.name, shares.get(server.name) ?? 0]));
}

/** A split that leaves servers out would fail them for answering: it names each that is in rotation, and no other. */
function requireWhole(split: ReadonlyMap<string, number>, pool: Pool, serving: readonly string[]): void {
  const names = pool.servers.map((server) => server.name);
  const unknown = [...split.keys()].filter((name) => !names.includes(name));
  const missing = [...new Set(serving)].filter((name) => !split.has(name));
  if (unknown.length === 0 && missing.length === 0) return;
  const faults = [
    ...(unknown.length === 0 ? [] : [`names ${unknown.join(', ')}, which pool ${pool.name} does not have`]),
    ...(missing.length === 0 ? [] : [`leaves out ${missing.join(', ')}, which pool ${pool.name} has in rotation`]),
  ];
  throw new InputError(
    `The expected split ${faults.join(' and ')}; give a share to each of ${names.join(', ')} (0 for a server that must not answer).`,
  );
}

/** What the config predicts; null for every server that a share is not known of. */
function configuredShares(pool: Pool, prediction: Prediction): ReadonlyMap<string, number | null> {
  const shares = new Map<string, number | null>();
  for (const [i, server] of pool.servers.entries()) {
    const seenAs = answersAs(server, pool);
    const share = mainShare(prediction.shares[i]);
    const before = shares.get(seenAs);
    shares.set(seenAs, share === null || before === null ? null : share + (before ?? 0));
  }
  return shares;
}

function normalised(sizes: ReadonlyMap<string, number>): Map<string, number> {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (!(total > 0)) throw new InputError('The expected split adds up to 0; give at least one server a share above 0.');
  return new Map([...sizes].map(([name, size]) => [name, size / total]));
}

/** A split that is given by hand is tested whatever the algorithm. */
function kindOf(
  request: ExpectationRequest,
  pool: Pool,
  prediction: Prediction,
  facts: PoolFacts | undefined,
): Expectation['kind'] {
  const kind = kindByAlgorithm(pool, prediction, request.vary);
  const given = request.expect ?? facts?.expect;
  const byHand = given === 'even' || given instanceof Map;
  return kind === 'load-dependent' && byHand ? 'split' : kind;
}

function kindByAlgorithm(pool: Pool, prediction: Prediction, vary: ProbeRequest['vary']): Expectation['kind'] {
  if (keepsClients(pool)) return 'one-client';
  const algorithm = pool.algorithm.value?.kind;
  if (algorithm === 'fill' || servingMembers(pool).length === 1) return 'split';
  switch (prediction.predictability) {
    case 'exact':
    case 'conditional':
    case 'multinomial':
      return 'split';
    case 'load-dependent':
      return 'load-dependent';
    case 'key-dependent':
      // Of a client's address only what stands in a header can vary.
      return vary === undefined || (hashesSource(pool.algorithm.value) && vary.by !== 'header')
        ? 'one-client'
        : 'split';
    case 'unknown':
      // An even split can be tested without knowing the weights, but not without knowing how a server is picked.
      return algorithm === 'least-time' || algorithm === 'unknown' || algorithm === undefined
        ? 'load-dependent'
        : 'split';
    default:
      return prediction.predictability satisfies never;
  }
}

/** A client stays at its server, whatever it asks for. */
function keepsClients({ stickiness }: Pool): boolean {
  return stickiness?.type === 'source-ip' || stickiness?.type === 'table';
}

/** Another client may meet another server; of a key in the request another client changes nothing. */
function picksByClient(pool: Pool): boolean {
  return keepsClients(pool) || hashesSource(pool.algorithm.value);
}

function reasonFor(pool: Pool, kind: Expectation['kind'], prediction: Prediction): { reason?: Text } {
  if (kind === 'load-dependent') return { reason: prediction.reason };
  if (kind !== 'one-client') return {};
  const sticky = keepsClients(pool);
  const many = say`measure from several runners and judge their counts files together with ${'observe'}, or judge the balancer's own counts with it`;
  if (sticky)
    return { reason: say`${pool.name} keeps a client on one server, so one client cannot measure the split: ${many}` };
  const way = hashesSource(pool.algorithm.value)
    ? say`${many}; where the balancer takes the address from a header, vary that with ${'--vary header:X-Forwarded-For'}`
    : say`vary the key with ${'--vary'}, or judge the balancer's own counts with ${'observe'}`;
  return { reason: say`${prediction.reason}: ${way}` };
}

function windows(pool: Pool): { ejectionWindowMs?: number; slowStartMs?: number } {
  const longest = (values: readonly (number | undefined)[]): number =>
    values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const checks = pool.servers.map((server) => server.passiveCheck ?? pool.passiveCheck);
  const eject = longest(checks.map((check) => (check?.maxFails.value === 0 ? 0 : check?.ejectMs?.value)));
  const slow = longest([pool.slowStartMs?.value, ...pool.servers.map((server) => server.slowStartMs?.value)]);
  return { ...(eject > 0 ? { ejectionWindowMs: eject } : {}), ...(slow > 0 ? { slowStartMs: slow } : {}) };
}
