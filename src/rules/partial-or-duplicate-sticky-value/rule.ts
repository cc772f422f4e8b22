import type { Pool, Server } from '../../model/pool.ts';
import type { Setting } from '../../model/span.ts';
import { count, list, say } from '../../text/say.ts';
import { isPrimaryUp } from '../shared/lookups.ts';
import { defineRule, type Draft } from '../rule.ts';

export const rule = defineRule({
  id: 'partial-or-duplicate-sticky-value',
  title: 'Every server of a sticky pool has a unique sticky value',
  severity: 'warning',
  scope: 'pool',
  *check({ pool }) {
    // Backups may share a primary's value on purpose: they take over its clients.
    const servers = pool.servers.filter(isPrimaryUp);
    const valued = servers.filter((server) => server.stickyValue);
    if (valued.length === 0) return;
    const sticks = pool.stickiness?.type === 'cookie' || pool.stickiness?.type === 'app-cookie';
    if (!sticks) {
      if (pool.protocol === 'http' && pool.stickiness?.type !== 'table') yield* unusedValues(pool, valued);
      return;
    }
    yield* duplicates(pool, valued);
    yield* besideMade(pool, valued);
    if (pool.stickiness?.values === 'written') yield* missing(pool, servers, valued.length);
  },
});

function* duplicates(pool: Pool, servers: readonly Server[]): Generator<Draft> {
  const first = new Map<string, Server>();
  for (const server of servers) {
    const value = server.stickyValue;
    if (value?.value === undefined) continue;
    const holder = first.get(value.value);
    if (holder?.stickyValue === undefined) {
      first.set(value.value, server);
      continue;
    }
    yield {
      at: value.at,
      pool: pool.name,
      server: server.name,
      key: 'duplicate',
      severity: 'error',
      what: say`${server.name} has the sticky value ${value.value}, and so has ${holder.name}.`,
      why: say`All clients pinned by ${value.value} go to ${holder.name}: it gets the returning clients of both, ${server.name} only new ones.`,
      fix: say`Set a unique value on ${server.name}: ${wordOf(pool, server.name)}.`,
      related: [{ at: holder.stickyValue.at, note: say`${holder.name} has it here` }],
    };
  }
}

/** A value that is written takes the place of the one that the product would make, so it names the line and not the address. */
function* besideMade(pool: Pool, valued: readonly Server[]): Generator<Draft> {
  const [first, ...others] = valued;
  if (pool.stickiness?.values !== 'made' || first?.stickyValue === undefined) return;
  yield {
    at: first.stickyValue.at,
    pool: pool.name,
    key: 'beside-made',
    what: say`${list(valued.map((server) => server.name))} of ${pool.name} ${others.length === 0 ? say`has` : say`have`} a written sticky value, so none is made for ${others.length === 0 ? say`it` : say`them`}.`,
    why: say`Clients stay with the name of the line: when its address changes, they are sent to another machine with their old session.`,
    fix: say`Remove ${wordOf(pool, first.stickyValue.value ?? first.name)} from the server, or the setting that makes the values.`,
    related: others.flatMap(({ name, stickyValue }) =>
      stickyValue === undefined ? [] : [{ at: stickyValue.at, note: say`${name} too` }],
    ),
  };
}

function* missing(pool: Pool, servers: readonly Server[], valued: number): Generator<Draft> {
  const without = servers.filter((server) => !server.stickyValue);
  const [first] = without;
  if (first === undefined) return;
  yield {
    at: first.at,
    pool: pool.name,
    ...(without.length === 1 ? { server: first.name } : {}),
    key: 'missing',
    what: say`${list(without.map((server) => server.name))} ${without.length === 1 ? say`has` : say`have`} no sticky value, unlike ${count(valued, 'other server')} of ${pool.name}.`,
    why: say`Clients on it are never pinned and move on until they reach a server with a value, so the others collect all clients.`,
    fix: say`Set ${wordOf(pool, first.name)} on its line.`,
  };
}

function* unusedValues(pool: Pool, valued: readonly Server[]): Generator<Draft> {
  const value: Setting<string> | undefined = valued[0]?.stickyValue;
  const fix = pool.dialect.advice.stick;
  if (fix === undefined) return;
  yield {
    at: value?.at ?? pool.at,
    pool: pool.name,
    key: 'unused',
    what: say`${count(valued.length, 'server')} of ${pool.name} ${valued.length === 1 ? say`has` : say`have`} a sticky value, but the pool is not sticky.`,
    why: say`No cookie is set or read, so no client stays on its server.`,
    fix,
  };
}

function wordOf(pool: Pool, server: string): string {
  return pool.dialect.terms.stickyValue(server) ?? server;
}
