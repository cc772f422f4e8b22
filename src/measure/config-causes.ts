import { activeBackups, activePrimaries, servingMembers } from '../compare/stages.ts';
import type { ConfigCause } from '../evidence/expectation.ts';
import type { Pool, Server } from '../model/pool.ts';
import { fileAndLine } from '../model/span.ts';
import { count, list, say, sentence } from '../text/say.ts';
import { answersAs } from './candidates.ts';

type Shares = ReadonlyMap<string, number>;

/** Splits between two extremes: so many, closely enough for the answers of one measurement. */
const STEPS = 40;
/** A limit of so few connections holds a server back under the load of a probe. */
const FEW_CONNECTIONS = 2;
/** Settings beyond these are not looked at one by one. */
const MOST_SERVERS = 50;

/** What else of the current file than its weights can make a split. `expected` are the shares without it, 0..1. */
export function configCauses(pool: Pool, expected: ReadonlyMap<string, number | null>): ConfigCause[] {
  const shares = new Map([...expected].flatMap(([name, share]) => (share === null ? [] : [[name, share] as const])));
  if (activePrimaries(pool).length === 0 && activeBackups(pool).length === 0) return nobody(pool);
  const few = pool.servers.length <= MOST_SERVERS ? pool.servers : [];
  return [
    ...duplicates(pool, shares),
    ...inOrder(pool),
    ...backups(pool),
    ...few.flatMap((server) => [
      ...unread(server, shares),
      ...limited(pool, server, shares),
      ...starting(pool, server, shares),
      ...ejected(pool, server, shares),
    ]),
    ...diverted(pool, few, shares),
  ];
}

/** The file keeps every server out: what answers is the balancer. */
function nobody(pool: Pool): ConfigCause[] {
  const out = pool.servers.find(({ state, weight }) => state.value !== 'up' || weight.value === 0);
  if (out === undefined) return [];
  const { state, weight } = out;
  const at =
    state.value !== 'up' && state.written ? state.at : weight.value === 0 && weight.written ? weight.at : out.at;
  return [
    {
      cause: 'configured-weights',
      splits: [],
      leavesNone: true,
      at,
      what: say`The current file has no server of ${pool.name} in rotation (${fileAndLine(at)}), so the load balancer answers itself.`,
      next: say`Set at least one server of ${pool.name} active, with a weight above 0. Then reload the load balancer.`,
    },
  ];
}

/** Two lines of one address: its answers show as one server's. */
function duplicates(pool: Pool, shares: Shares): ConfigCause[] {
  const serving = servingMembers(pool).map(({ server }) => server);
  return serving.flatMap((second, i) => {
    const first = serving.slice(0, i).find((one) => sameAddress(one, second));
    if (first === undefined || answersAs(second, pool) !== second.name) return [];
    const both = (shares.get(first.name) ?? 0) + (shares.get(second.name) ?? 0);
    return [
      {
        cause: 'duplicate-server',
        splits: [
          new Map(shares).set(first.name, both).set(second.name, 0),
          new Map(shares).set(first.name, 0).set(second.name, both),
        ],
        at: second.at,
        what: say`${second.name} (${fileAndLine(second.at)}) has the address of ${first.name}, so one server gets the share of two.`,
        next: say`Set the address that ${second.name} should have, or remove its line. Then reload the load balancer.`,
      },
    ];
  });
}

function sameAddress(a: Server, b: Server): boolean {
  return a.address !== undefined && a.address === b.address && a.port?.value === b.port?.value;
}

/** The first server that has room gets the request: the more, the earlier it stands. */
function inOrder(pool: Pool): ConfigCause[] {
  const { value, at } = pool.algorithm;
  const serving = servingMembers(pool);
  if (value?.kind !== 'fill' || serving.length < 2) return [];
  const falling = (ratio: number) => new Map(serving.map(({ server }, i) => [server.name, ratio ** i]));
  return [
    {
      cause: 'configured-weights',
      splits: grid(0.001, 0.95).map(falling),
      at,
      what: say`${value.native} (${fileAndLine(at)}) fills the first server before it uses the next, so the first gets most.`,
      next: say`Set ${pool.dialect.terms.roundRobin} if every server should get its share. Then reload the load balancer.`,
    },
  ];
}

/** They answer only while no primary server does. */
function backups(pool: Pool): ConfigCause[] {
  const standing = activeBackups(pool);
  const [first] = standing;
  if (first === undefined || activePrimaries(pool).length === 0) return [];
  const used = pool.spill.standby === 'first' ? [first] : standing;
  return [
    {
      cause: 'backup-in-use',
      splits: [new Map(used.map(({ server, weight }) => [server.name, weight ?? 1]))],
      at: first.server.at,
      what: say`${list(used.map(({ server }) => server.name))} (${fileAndLine(first.server.at)}) is a backup and answers, so no primary server of ${pool.name} is up.`,
      next: say`See why the primary servers of ${pool.name} are out: do they run, do their health checks pass?`,
    },
  ];
}

/** What a variable or a template puts there may be what is seen. */
function unread(server: Server, shares: Shares): ConfigCause[] {
  const { value, at } = server.weight;
  const share = shares.get(server.name) ?? 0;
  if (value !== undefined || share <= 0 || share >= 1) return [];
  const rest = (part: number) => new Map([...shares].map(([one, own]) => [one, (own * (1 - part)) / (1 - share)]));
  return [
    {
      cause: 'configured-weights',
      splits: grid(0.01, 0.97).map((part) => rest(part).set(server.name, part)),
      at,
      what: say`The weight of ${server.name} cannot be read from the file (${fileAndLine(at)}), and the split fits another weight there.`,
      next: say`See which weight is loaded for ${server.name}. Set it in the file, or declare the shares with ${'expect'}. Then reload the load balancer.`,
    },
  ];
}

function limited(pool: Pool, server: Server, shares: Shares): ConfigCause[] {
  const { value = 0, at } = server.maxConnections ?? { value: 0, at: server.at };
  if (value <= 0 || value > FEW_CONNECTIONS) return [];
  return [
    {
      cause: 'connection-limit',
      splits: grid(0.02, 0.97).flatMap((factor) => scaled(shares, server.name, factor)),
      at,
      what: say`${server.name} takes only ${count(value, 'connection')} at a time (${fileAndLine(at)}), so the others get what it has no room for.`,
      next: say`Set ${pool.dialect.terms.maxConnections} of ${server.name} to what it can handle, or remove the limit. Then reload the load balancer.`,
    },
  ];
}

function starting(pool: Pool, server: Server, shares: Shares): ConfigCause[] {
  const slow = server.slowStartMs ?? pool.slowStartMs;
  if (slow?.value === undefined || slow.value <= 0 || pool.algorithm.value?.fixed === true) return [];
  return [
    {
      cause: 'slow-start',
      splits: grid(0.02, 0.9).flatMap((factor) => scaled(shares, server.name, factor)),
      at: slow.at,
      lastsMs: slow.value,
      what: say`${server.name} gets less than its share while it starts slowly (${fileAndLine(slow.at)}).`,
      next: say`Wait until slow start is over and measure again: ${'settle'} waits before the first request. No reload is needed.`,
    },
  ];
}

/** Only where the file says it: a default says nothing about this pool. */
function ejected(pool: Pool, server: Server, shares: Shares): ConfigCause[] {
  const check = server.passiveCheck ?? pool.passiveCheck;
  if (check === undefined || check.maxFails.value === 0) return [];
  const said = [check.maxFails, check.ejectMs].find((setting) => setting?.written);
  if (said === undefined) return [];
  return [
    {
      cause: 'ejected',
      splits: grid(0.05, 0.9).flatMap((part) => scaled(shares, server.name, part)),
      at: said.at,
      what: say`${server.name} gets a part of its share, as if it were ejected after failures and let in again (${fileAndLine(said.at)}).`,
      next: say`See why requests to ${server.name} fail, then measure for longer than one ejection.`,
    },
  ];
}

/** Lines that pick a server past the algorithm. */
function diverted(pool: Pool, servers: readonly Server[], shares: Shares): ConfigCause[] {
  if (pool.caveats.length === 0) return [];
  const splits = servers.flatMap((server) => grid(0.05, 1).map((part) => shifted(shares, server.name, part)));
  return pool.caveats.map(({ at, reason }) => ({
    cause: 'diverted',
    splits,
    at,
    what: say`${sentence(reason)} The split fits that (${fileAndLine(at)}).`,
    next: say`Set ${'expect'} if the split is intended. Otherwise remove the line and reload the load balancer.`,
  }));
}

/** One server at a part of its share, the others in proportion. */
function scaled(shares: Shares, name: string, factor: number): Shares[] {
  const share = shares.get(name) ?? 0;
  return share > 0 && share < 1 ? [new Map(shares).set(name, share * factor)] : [];
}

/** A part of all requests goes to one server first. */
function shifted(shares: Shares, name: string, part: number): Shares {
  return new Map([...shares].map(([one, share]) => [one, (1 - part) * share + (one === name ? part : 0)]));
}

function grid(from: number, to: number): number[] {
  return Array.from({ length: STEPS }, (_, i) => from + ((to - from) * i) / (STEPS - 1));
}
