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

/** Answers that a check of HAProxy no longer asks for, while it still asks for something. */
function* expectsLess({ base, head }: Compared, pool: string): Generator<Draft> {
  const check = head.pool.activeCheck;
  if (check === undefined || check.type === 'tcp' || base.pool.activeCheck === undefined) return;
  for (const keyword of ['http-check expect', 'tcp-check expect']) {
    const before = base.pool.options.get(keyword);
    const after = head.pool.options.get(keyword);
    // In an `.if` that the file does not decide.
    if ((before && before.value === undefined) || (after && after.value === undefined)) continue;
    const [was, is] = [before, after].map((setting) => setting?.value?.split('; ') ?? []);
    const gone = was?.filter((one) => is?.includes(one) !== true) ?? [];
    if (gone.length > 0 && gone.length === (was?.length ?? 0) - (is?.length ?? 0)) {
      yield {
        at: after?.at ?? check.at,
        key: 'expect',
        what: say`The check of ${pool} no longer says which answer it expects (it was ${gone.join('; ')}).`,
        why:
          keyword === 'http-check expect'
            ? say`Any 2xx or 3xx answer now counts as healthy, also a page that says it is not.`
            : say`Whatever a server answers to that now counts as healthy.`,
        fix: say`Keep ${keyword}.`,
      };
    }
    const widened =
      keyword === 'http-check expect' && check.type === 'http' ? newErrors(was ?? [], is ?? []) : undefined;
    if (after !== undefined && widened !== undefined) {
      yield {
        at: after.at,
        key: 'expect',
        what: say`The check of ${pool} takes an answer of ${String(widened)} for healthy now.`,
        why: say`A server that answers with errors counts as healthy and keeps its share.`,
        fix: say`Accept only what a healthy server answers to this page.`,
      };
    }
  }
}

/** The first 4xx or 5xx status that one list of expectations accepts and an earlier one did not. */
function newErrors(before: readonly string[], after: readonly string[]): number | undefined {
  // Without a word about it HAProxy accepts 2xx and 3xx.
  const [old, now] = [before, after].map((list) => (list.length === 0 ? [[200, 399] as const] : statuses(list)));
  if (old === undefined || now === undefined) return undefined;
  const holds = (ranges: typeof old, code: number): boolean => ranges.some(([from, to]) => code >= from && code <= to);
  for (let code = 400; code < 600; code++) if (holds(now, code) && !holds(old, code)) return code;
  return undefined;
}

/** The ranges of `status 200,300-399`; undefined when anything else is expected. */
function statuses([only = '', ...others]: readonly string[]): (readonly [number, number])[] | undefined {
  const list = /^status ([\d,-]+)$/.exec(only)?.[1];
  if (list === undefined || others.length > 0) return undefined;
  return list.split(',').map((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return [from, to];
  });
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
      why: say`Nothing takes ${one ? say`it` : say`them`} out when ${one ? say`it dies` : say`they die`}: requests keep going there and fail.`,
      fix: say`Put the check back.`,
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
    what: say`${names} of ${pool} ${one ? say`is` : say`are`} no longer taken out after failed requests.`,
    why: say`A server that fails keeps its share of the requests, and each of them waits for it first.`,
    fix: say`Keep a limit of failures above 0.`,
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
    what: say`The check of ${names} of ${pool} only connects now; before, it looked at ${one ? say`the answer` : say`the answers`}.`,
    why: say`A server that accepts connections and answers with errors counts as healthy and keeps its share.`,
    fix: say`Keep a check that asks for a page that only a healthy server gives.`,
  }));
  const slowest = slow.toSorted((a, b) => b.after - a.after)[0];
  if (slowest === undefined) return;
  yield* told(slow, (names, one) => ({
    key: 'slow',
    what: say`A failure of ${names} of ${pool} is noticed after ${duration(slowest.after)} instead of ${duration(slowest.before)}.`,
    why: say`Until then ${one ? say`it keeps` : say`each keeps`} its share of the requests, and they fail.`,
    fix: say`Check more often, or with fewer failures until a server is out.`,
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
