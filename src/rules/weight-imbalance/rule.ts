import { without } from '../../compare/loss.ts';
import { exactly } from '../../model/share.ts';
import { declaredSplit } from '../../compare/declared.ts';
import { instancesOf, servingMembers, type Member } from '../../compare/stages.ts';
import { predict } from '../../compare/predict.ts';
import type { Pool, Server } from '../../model/pool.ts';
import type { Share } from '../../model/share.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { count, list, name, percent, say, words } from '../../text/say.ts';
import { carried } from '../shared/capacity.ts';
import { defineRule, type Draft, type PoolCase } from '../rule.ts';

/** Times its equal share that a server may get when no `max-share` is set. */
const USUAL_LIMIT = 1.5;
/** A change concentrates traffic heavily when it lifts a server this far above its equal share (see share-shift). */
const HEAVY_POINTS = 0.25;
const HEAVY_TIMES = 2.5;
/** A weight this many times the lightest is hardly meant. */
const STEEP = 10;
/** A server under this part of its equal share is as good as left out. */
const STARVED = 0.25;

export const rule = defineRule({
  id: 'weight-imbalance',
  title: "No server's weight gives it far more than an even share",
  severity: 'warning',
  // It names the weight that would do; how far a change shifts the share is then a related place.
  covers: { 'share-shift': 'server', 'n-1-worse': 'pool' },
  options: {
    'max-share': {
      type: 'percent',
      default: 0,
      describe: 'Maximum share of one server; 0% means one and a half times its even share.',
    },
  },
  scope: 'pool',
  check(subject) {
    if (isMeant(subject)) return [];
    if (followsWeights(subject)) return findings(subject, say``);
    const known = knownPart(subject);
    if (known === undefined) return [];
    const names = list(known.pool.servers.map((server) => name(server.name)));
    return findings(known, say`, counting only ${names}, whose weights are known`);
  },
});

/**
 * The servers of a pool whose weights are known, as a pool of their own: their shares of each other hold whatever the rest is.
 * Undefined where fewer than two are known, or something else than weights decides.
 */
function knownPart(subject: PoolCase<'max-share'>): PoolCase<'max-share'> | undefined {
  const { pool, prediction } = subject;
  if (prediction.predictability !== 'unknown' || pool.caveats.some(({ bends }) => bends === 'all')) return undefined;
  const servers = pool.servers.filter(
    ({ state, priority, weight, instances }) =>
      state.value !== undefined &&
      priority.value !== undefined &&
      weight.value !== undefined &&
      instances.count.value !== undefined,
  );
  const known: Pool = { ...pool, servers, dynamic: false, unknowns: [] };
  // A limit that is set is one of the whole pool.
  const part = { ...subject, pool: known, prediction: predict(known), options: { 'max-share': 0 } };
  return servers.length > 1 && followsWeights(part) ? part : undefined;
}

/** An uneven split that is declared is expected: the probe holds traffic to it. What servers stand declares no split. */
function isMeant({ pool, facts }: PoolCase<'max-share'>): boolean {
  return (facts?.expect ?? declaredSplit(pool, undefined)) !== 'even';
}

/** Whether a server gets no more than its part of what all of them stand: then its weight follows its size. */
function withinCapacity({ pool, facts, prediction }: PoolCase<'max-share'>): (index: number) => boolean {
  const servers = carried(pool, facts, prediction) ?? [];
  const whole = servers.reduce((sum, { capacity }) => sum + capacity, 0);
  const sized = new Set(
    servers.filter(({ share, capacity }) => share <= (capacity / whole) * 1.1).map(({ index }) => index),
  );
  return (index) => sized.has(index);
}

function followsWeights({ pool, prediction }: PoolCase<'max-share'>): boolean {
  return prediction.predictability !== 'unknown' && pool.algorithm.value?.kind !== 'fill' && !pool.dynamic;
}

/** `among` says of which servers' traffic shares are told, where that is not all of the pool. */
function* findings(subject: PoolCase<'max-share'>, among: Text): Generator<Draft> {
  const { pool, prediction, options, facts } = subject;
  const members = servingMembers(pool);
  const instances = instancesOf(members);
  const lightest = members.reduce((least, { server }) => Math.min(least, server.weight.value ?? 0), Infinity);
  const cases = members.flatMap((member) => {
    const share = weighted(prediction.shares[member.index]);
    return share === null ? [] : [{ member, share, equal: (member.server.instances.count.value ?? 1) / instances }];
  });
  if (members.length < 2 || cases.length < members.length) return;
  const maxShare = options['max-share'];
  const limitOf = (equal: number): number => (maxShare > 0 ? maxShare : USUAL_LIMIT * equal);
  // A limit or an even split that somebody asked for holds whatever a server stands.
  const isAsked = maxShare > 0 || facts?.expect === 'even';
  const isSized = isAsked ? () => false : withinCapacity(subject);
  const over = cases.filter(
    ({ member, share, equal }) =>
      share > limitOf(equal) + 1e-9 && (member.server.weight.value ?? 0) > lightest && !isSized(member.index),
  );
  const [worst, ...others] = over.toSorted((a, b) => b.share / b.equal - a.share / a.equal);
  if (worst !== undefined) {
    const { share, equal } = worst;
    const { server } = worst.member;
    const limit = limitOf(equal);
    const heavy = share - equal >= HEAVY_POINTS || share > HEAVY_TIMES * equal;
    const steep = (server.weight.value ?? 0) >= STEEP * lightest;
    yield {
      at: placeOf(server),
      server: server.name,
      // A moderate ratio of two servers, such as 5:1, is as likely meant, unless a limit or an even split is asked for.
      severity: steep || (heavy && (instances > 2 || isAsked)) ? 'warning' : 'notice',
      severityIfIntroduced: heavy ? 'error' : 'warning',
      related: others.map((other) => ({
        at: placeOf(other.member.server),
        note: say`${name(other.member.server.name)} gets ${percent(other.share)}`,
      })),
      what: say`${name(server.name)} gets ${percent(share)} of ${name(pool.name)}${circumstance(prediction.predictability)}${among}; the limit${maxShare > 0 ? words('') : say` for ${count(members.length, 'server')}`} is ${percent(limit)}.`,
      why: ifItFails(pool, worst.member, prediction.shares),
      fix: say`${lighter(pool, worst.member, limit)}, or declare ${'expect: config'} for the pool in the checklist file if ${name(server.name)} should get more.`,
    };
    return;
  }
  const [starved] = cases.filter(({ share, equal }) => share < STARVED * equal).toSorted((a, b) => a.share - b.share);
  if (starved === undefined) return;
  const { server } = starved.member;
  if (server.weight.value !== lightest) return;
  const most = members.reduce((largest, member) => Math.max(largest, member.server.weight.value ?? 0), 0);
  yield {
    at: placeOf(server),
    server: server.name,
    severity: 'notice',
    what: say`${name(server.name)} gets ${percent(starved.share)} of ${name(pool.name)}${circumstance(prediction.predictability)}${among}; an even split would give it ${percent(starved.equal)}.`,
    why: say`It carries little of the load, and cannot replace a server that fails.`,
    fix: say`Set ${weightText(pool, most)} as on the heaviest server, or declare ${'expect: config'} for the pool in the checklist file if it should get less.`,
  };
}

function placeOf({ at, weight }: Server): Span {
  return weight.written ? weight.at : at;
}

/** The share that weights are meant to set: under load, else over many keys. */
function weighted(share: Share | undefined): number | null {
  return exactly(share?.loaded) ?? exactly(share?.byKey);
}

function circumstance(predictability: string): Text {
  if (predictability === 'load-dependent') return words(' under load');
  return words(predictability === 'key-dependent' ? ' over many keys' : '');
}

/** "If web1 fails, the other 2 go from 14% to 50% each." */
function ifItFails(pool: Pool, lost: Member, before: readonly Share[]): Text {
  const after = predict(without(pool, lost.index)).shares;
  const rises = servingMembers(pool).flatMap((member) => {
    const from = weighted(before[member.index]);
    const to = weighted(after[member.index]);
    return member.index === lost.index || from === null || to === null ? [] : [{ server: member.server, from, to }];
  });
  const most = rises.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  if (most === undefined) return say`It is the first to be overloaded.`;
  const alike = rises.length > 1 && rises.every(({ to }) => Math.abs(to - most.to) < 1e-9);
  const whom = alike ? say`the other ${rises.length} go` : say`${name(most.server.name)} goes`;
  return say`If ${name(lost.server.name)} fails, ${whom} from ${percent(most.from)} to ${percent(most.to)}${alike ? words(' each') : words('')}.`;
}

/** The largest whole weight under which the server stays within the limit, found by prediction. */
function lighter(pool: Pool, member: Member, limit: number): Text {
  const fits = (weight: number): boolean => {
    const changed = { ...member.server, weight: { ...member.server.weight, value: weight } };
    const servers = pool.servers.map((server, i) => (i === member.index ? changed : server));
    const share = weighted(predict({ ...pool, servers }).shares[member.index]);
    return share !== null && share <= limit + 1e-9;
  };
  let low = 0;
  let high = Math.ceil(member.server.weight.value ?? 1);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low === 0 ? say`Set higher weights on the other servers` : say`Set ${weightText(pool, low)} or less`;
}

function weightText(pool: Pool, weight: number): string {
  return pool.dialect.terms.weight(weight);
}
