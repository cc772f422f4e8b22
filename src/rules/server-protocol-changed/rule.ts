import type { PoolChange, ServerChange } from '../../compare/compare.ts';
import type { Path, Routing } from '../../compare/routing.ts';
import type { Dialect } from '../../model/dialect.ts';
import type { Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { list, name, plain, say } from '../../text/say.ts';
import { compared } from '../shared/comparing.ts';
import { groupBy } from '../shared/lookups.ts';
import { defineRule } from '../rule.ts';

export const rule = defineRule({
  id: 'server-protocol-changed',
  title: 'The protocol towards the servers is the same as before',
  severity: 'warning',
  scope: 'change',
  *check({ change, estate }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const { pool } = sides.head;
    const differences = change.servers.flatMap((one) => differencesOf(one, pool.dialect));
    for (const [key, [first, ...others]] of groupBy(differences, ({ what, moved }) => `${plain(what)} ${moved}`)) {
      if (first === undefined) continue;
      const servers = [first, ...others].map(({ server }) => server.name);
      yield {
        at: first.at,
        key,
        ...(others.length === 0 ? { server: first.server.name } : {}),
        // Another port is another service of the server, which may expect it.
        ...(first.moved ? { severity: 'notice' as const } : {}),
        what: say`Connections to ${list(servers, 3)} of ${name(pool.name)} ${first.what}.`,
        why: WHY,
        fix: FIX,
        related: others.map(({ server, at }) => ({ at, note: say`${server.name} too` })),
      };
    }
    const passed = passedOn(change, estate.routing);
    if (passed === undefined) return;
    yield {
      at: passed.reference.at,
      key: 'reference',
      what: say`Connections of ${passed.reference.kind} to ${name(pool.name)} ${used('TLS', passed.reference.tls === true)}.`,
      why: WHY,
      fix: FIX,
    };
  },
});

const WHY = say`A server that does not expect this answers no request, and the share of traffic that each one gets hides it.`;
const FIX = say`Set it on the servers first, and try one request against each of them before this change is loaded.`;

interface Difference {
  readonly server: Server;
  readonly at: Span;
  readonly what: Text;
  /** Whether the server's address or port changes, too. */
  readonly moved: boolean;
}

/** What a server that stays is now sent in another way. */
function differencesOf({ base, head }: ServerChange, dialect: Dialect): Difference[] {
  if (base === undefined || head === undefined) return [];
  const moved = base.port?.value !== head.port?.value || base.address !== head.address;
  const found = (at: Span, what: Text): Difference => ({ server: head, at, what, moved });
  const differences: Difference[] = [];
  if (base.tls?.value !== undefined && head.tls?.value !== undefined && base.tls.value !== head.tls.value)
    differences.push(found(placeOf(head.tls, head), used('TLS', head.tls.value)));
  const [sent, sends] = [base.proxyHeader?.value ?? false, head.proxyHeader?.value ?? false];
  if (sent !== sends) differences.push(found(placeOf(head.proxyHeader, head), used('the PROXY header', sends)));
  for (const option of dialect.targetOptions) {
    const [before, after] = [base.options.get(option), head.options.get(option)];
    if (before?.value === after?.value) continue;
    const what =
      after === undefined
        ? say`no longer use ${`${option} ${before?.value ?? ''}`.trim()}`
        : say`now use ${`${option} ${after.value ?? ''}`.trim()}`;
    differences.push(found(placeOf(after, head), what));
  }
  return differences;
}

function used(what: string, now: boolean): Text {
  return now ? say`now use ${what}` : say`no longer use ${what}`;
}

/** The setting in head, else the server's line: what is removed has no place. */
function placeOf(setting: { readonly at: Span; readonly written: boolean } | undefined, { at }: Server): Span {
  return setting?.written === true ? setting.at : at;
}

/** A place that passes requests on to the pool with TLS where all did so without it, or the other way round. */
function passedOn({ base, head }: PoolChange, { base: before, head: after }: Routing): Path | undefined {
  const key = head?.pool.key;
  const ways = (paths: readonly Path[]): readonly Path[] =>
    paths.filter(({ pool, reference }) => pool === key && reference.tls !== undefined);
  const [old, now] = [ways(before), ways(after)];
  if (base === undefined || old.length === 0) return undefined;
  const had = new Set(old.map(({ reference }) => reference.tls));
  return had.size === 1 ? now.find(({ reference }) => !had.has(reference.tls)) : undefined;
}
