import type { PoolChange, ServerChange } from '../../compare/compare.ts';
import type { HealthCheck, Server } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { duration, list, say } from '../../text/say.ts';
import { compared, type Compared } from '../shared/comparing.ts';
import { defineRule, type Draft, type Options } from '../rule.ts';

export const rule = defineRule({
  id: 'health-check-removed-or-weakened',
  title: 'Health checks are not weakened',
  severity: 'warning',
  scope: 'change',
  covers: { 'partial-check': 'pool', 'tcp-only-check': 'pool', 'mixed-settings-in-pool': 'pool' },
  options: {
    'max-factor': {
      type: 'number',
      default: 2,
      describe: 'Maximum detection time, as a multiple of the previous one.',
    },
    'min-detection': { type: 'duration', default: 10_000, describe: 'Detection within this time is never reported.' },
  },
  *check({ change, options }) {
    const sides = compared(change);
    if (sides === undefined) return;
    const pool = sides.head.pool.name;
    yield* lost(change, pool);
    yield* passiveOff(change, pool);
    yield* weakened(change, pool, options);
    yield* expectsLess(sides, pool);
  },
});

/** Responses that the check no longer expects, while it still asks for something. */
function* expectsLess({ base, head }: Compared, pool: string): Generator<Draft> {
  const [before, after] = [base.pool.activeCheck, head.pool.activeCheck];
  if (before === undefined || after === undefined || after.type === 'tcp') return;
  const [was, is] = [listOf(before), listOf(after)];
  const gone = was?.filter((one) => is?.includes(one) !== true) ?? [];
  if (was !== undefined && is !== undefined && gone.length > 0 && gone.length === was.length - is.length) {
    yield {
      at: after.expects?.at ?? after.at,
      key: 'expect',
      what: say`The check of ${pool} no longer expects ${gone.join('; ')}.`,
      why: say`Responses that it refused before now count as healthy.`,
      fix: say`Set the expected response again: ${gone.join('; ')}.`,
    };
  }
  const widened = newError(before, after);
  if (widened !== undefined) {
    yield {
      at: after.expects?.at ?? after.at,
      key: 'expect',
      what: say`The check of ${pool} now accepts status ${String(widened)} as healthy.`,
      why: say`A server that answers with errors counts as healthy and keeps its share.`,
      fix: say`Set only the statuses that a healthy server returns for this page.`,
    };
  }
}

/** Every expectation of a check; undefined when the file does not decide them. */
function listOf({ expects }: HealthCheck): readonly string[] | undefined {
  if (expects === undefined) return [];
  return expects.value?.split('; ');
}

/** The first 4xx or 5xx status that counts as good now and did not before. */
function newError({ statuses: before }: HealthCheck, { statuses: after }: HealthCheck): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const holds = (ranges: typeof before, code: number): boolean =>
    ranges.some(([from, to]) => code >= from && code <= to);
  for (let code = 400; code < 600; code++) if (holds(after, code) && !holds(before, code)) return code;
  return undefined;
}

function* lost(change: PoolChange, pool: string): Generator<Draft> {
  const servers = stayed(change).filter(
    ({ base, head }) => base.activeCheck !== undefined && head.activeCheck === undefined,
  );
  yield* told(
    servers.map(({ head }) => ({ server: head, at: head.at })),
    (names, one) => ({
      key: 'lost',
      severity: 'error',
      what: say`${names} of ${pool} ${one ? say`loses its health check` : say`lose their health checks`}.`,
      why: say`A server that fails is not removed: requests to it keep failing.`,
      fix: say`Add the check again.`,
    }),
  );
}

function* passiveOff(change: PoolChange, pool: string): Generator<Draft> {
  const off = stayed(change).flatMap(({ base, head }) => {
    const fails = head.passiveCheck?.maxFails;
    const before = base.passiveCheck?.maxFails.value ?? 0;
    if (before === 0 || (fails !== undefined && fails.value !== 0)) return [];
    return [{ server: head, at: fails?.at ?? head.at }];
  });
  yield* told(off, (names, one) => ({
    key: 'passive',
    what: say`${names} of ${pool} ${one ? say`is` : say`are`} no longer ejected after failed requests.`,
    why: say`A failed server keeps its share of the requests, and each of them waits for it first.`,
    fix: say`Set a maximum number of failures above 0.`,
  }));
}

function* weakened(
  change: PoolChange,
  pool: string,
  options: Options<'max-factor' | 'min-detection'>,
): Generator<Draft> {
  const shallow: Place[] = [];
  const slow: (Place & { readonly before: number; readonly after: number })[] = [];
  for (const { base, head } of stayed(change)) {
    const before = base.activeCheck;
    const after = head.activeCheck;
    if (before === undefined || after === undefined) continue;
    if (ASKS.includes(before.type) && after.type === 'tcp') shallow.push({ server: head, at: after.at });
    const was = detection(before);
    const is = detection(after);
    if (was === undefined || is === undefined) continue;
    if (is >= was * options['max-factor'] && is > options['min-detection']) {
      slow.push({ server: head, at: slowPlace(after), before: was, after: is });
    }
  }
  yield* told(shallow, (names, one) => ({
    key: 'shallow',
    what: say`The check of ${names} of ${pool} only opens a connection now; before, it inspected ${one ? say`the response` : say`the responses`}.`,
    why: say`A server that accepts connections and answers with errors counts as healthy and keeps its share.`,
    fix: say`Set a check that requests a page which only a healthy server answers.`,
  }));
  const slowest = slow.toSorted((a, b) => b.after - a.after)[0];
  if (slowest === undefined) return;
  yield* told(slow, (names, one) => ({
    key: 'slow',
    what: say`A failure of ${names} of ${pool} is detected after ${duration(slowest.after)} instead of ${duration(slowest.before)}.`,
    why: say`Until then ${one ? say`it keeps` : say`each keeps`} its share of the requests, and they fail.`,
    fix: say`Set a shorter interval, or fewer failures until a server is removed.`,
  }));
}

const ASKS: readonly HealthCheck['type'][] = ['http', 'https', 'grpc', 'exec', 'other'];

/** Time from the death of a server until it is out, ms; undefined when the file does not tell. */
function detection({ intervalMs, fall }: HealthCheck): number | undefined {
  return intervalMs?.value === undefined || fall?.value === undefined ? undefined : intervalMs.value * fall.value;
}

function slowPlace({ intervalMs, fall, at }: HealthCheck): Span {
  return intervalMs?.written === true ? intervalMs.at : fall?.written === true ? fall.at : at;
}

interface Place {
  readonly server: Server;
  readonly at: Span;
}

/** One finding for all servers of a pool that have the same fault, at the first one. */
function* told(places: readonly Place[], message: (names: Text, one: boolean) => Omit<Draft, 'at'>): Generator<Draft> {
  const [first, ...others] = places;
  if (first === undefined) return;
  yield {
    at: first.at,
    ...(others.length === 0 ? { server: first.server.name } : {}),
    related: others.flatMap(({ server, at }) =>
      at.start === first.at.start ? [] : [{ at, note: say`${server.name} too` }],
    ),
    ...message(list(places.map(({ server }) => server.name)), others.length === 0),
  };
}

function stayed(change: PoolChange): { readonly base: Server; readonly head: Server }[] {
  return change.servers.flatMap(({ base, head }: ServerChange) => (base && head ? [{ base, head }] : []));
}
