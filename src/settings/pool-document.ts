import { keyText } from '../compare/diff-document.ts';
import { activeServers } from '../compare/stages.ts';
import { tierOf, type HealthCheck, type PassiveCheck, type Pool, type Server } from '../model/pool.ts';
import type { Stickiness } from '../model/traffic.ts';
import type { Prediction, Share } from '../model/share.ts';
import { lineOf } from '../model/span.ts';
import { plain } from '../text/say.ts';

/** A pool as the report document (schemas/report.schema.json, `pools`) and policies on pools have it. */
export function poolDocument(pool: Pool, prediction: Prediction, base?: ReadonlyMap<string, Share>) {
  return {
    name: pool.name,
    key: keyText(pool.key),
    format: pool.dialect.format,
    file: pool.at.source.path,
    line: lineOf(pool.at),
    origin: pool.origin ?? null,
    algorithm: pool.algorithm.value?.native ?? 'unknown',
    predictability: prediction.predictability,
    reason: plain(prediction.reason),
    dynamic: pool.dynamic,
    unknowns: pool.unknowns.map(({ at, reason }) => ({ line: lineOf(at), reason: plain(reason) })),
    stickiness: pool.stickiness ? stickiness(pool.stickiness) : null,
    activeCheck: activeCheck(pool.activeCheck ?? pool.servers.find((server) => server.activeCheck)?.activeCheck),
    passiveCheck: passiveCheck(pool.passiveCheck ?? pool.servers.find((server) => server.passiveCheck)?.passiveCheck),
    activeServers: activeServers(pool),
    servers: pool.servers.map((server, i) =>
      serverDocument(pool, server, prediction.shares[i], base?.get(server.name)),
    ),
  };
}

function serverDocument(pool: Pool, server: Server, head: Share | undefined, base: Share | undefined) {
  return {
    name: server.name,
    key: `${keyText(pool.key)}/${server.name}`,
    address: server.address ?? null,
    port: server.port?.value ?? null,
    weight: server.weight.value ?? null,
    priority: server.priority.value ?? null,
    tier: tierOf(server),
    group: server.locality?.name ?? server.zone?.value ?? null,
    count: server.instances.count.value ?? null,
    state: server.state.value ?? null,
    checked: server.activeCheck !== undefined,
    line: lineOf(server.at),
    origin: server.origin ?? null,
    share: { base: base ?? null, head: head ?? null },
  };
}

function stickiness({ type, name, ttlMs }: Stickiness) {
  return {
    type,
    ...(name?.value === undefined ? {} : { name: name.value }),
    ...(ttlMs?.value === undefined ? {} : { ttlMs: ttlMs.value }),
  };
}

function activeCheck(check: HealthCheck | undefined) {
  if (check === undefined) return null;
  return {
    type: check.type,
    ...(check.path?.value === undefined ? {} : { path: check.path.value }),
    ...(check.intervalMs?.value === undefined ? {} : { intervalMs: check.intervalMs.value }),
    ...(check.timeoutMs?.value === undefined ? {} : { timeoutMs: check.timeoutMs.value }),
    ...(check.rise?.value === undefined ? {} : { rise: check.rise.value }),
    ...(check.fall?.value === undefined ? {} : { fall: check.fall.value }),
  };
}

function passiveCheck(check: PassiveCheck | undefined) {
  if (check === undefined) return null;
  return {
    maxFails: check.maxFails.value ?? null,
    ...(check.windowMs?.value === undefined ? {} : { windowMs: check.windowMs.value }),
    ...(check.ejectMs?.value === undefined ? {} : { ejectMs: check.ejectMs.value }),
  };
}
