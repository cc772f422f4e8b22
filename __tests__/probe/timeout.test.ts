import type { Client } from '../../src/probe/client.ts';
import type { Answer } from '../../src/probe/exchange.ts';
import { expired, outOfTime } from '../../src/probe/failures.ts';
import type { Asking } from '../../src/probe/look.ts';
import { Pacer } from '../../src/probe/pacing.ts';
import { askAddresses } from '../../src/probe/probe.ts';
import type { AddressResult, ProbePorts, ProbeRequest } from '../../src/probe/request.ts';
import { makeRoster } from '../../src/probe/roster.ts';
import { openTarget } from '../../src/probe/target.ts';
import { obstacleOf, request, total } from './asking.ts';

/** How a target behaves: ms until its head comes, by the time of the request; Infinity = never. */
type Behaviour = (at: number) => { readonly headMs: number; readonly connects: boolean };

const SILENT: Behaviour = () => ({ headMs: Infinity, connects: true });
const UNREACHABLE: Behaviour = () => ({ headMs: Infinity, connects: false });
const WELL: Behaviour = () => ({ headMs: 5, connects: true });
const silentFrom =
  (ms: number): Behaviour =>
  (at) => ({ headMs: at < ms ? 5 : Infinity, connects: true });

/** Time that passes only when everybody waits: nothing here depends on how fast the machine is. */
class Time {
  now = 0;
  #waiting: { readonly at: number; readonly wake: () => void }[] = [];

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#waiting.push({ at: this.now + Math.max(0, ms), wake }));
  }

  async until<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const end = work.finally(() => (done = true));
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done) return end;
      const next = this.#waiting.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) throw new Error('everybody waits for ever');
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.now = next.at;
      next.wake();
    }
  }
}

function clientOf(time: Time, behaviour: Behaviour, { connectMs, requestMs }: ProbeRequest): Client {
  let n = 0;
  const ask: Client['ask'] = async (_, { withinMs = Infinity } = {}) => {
    const { headMs, connects } = behaviour(time.now);
    const served = ['X-Served-By', `s${n++ % 3}`];
    const own = connects ? requestMs : connectMs;
    const ms = Math.min(headMs, own, withinMs);
    await time.sleep(ms);
    const failure = headMs <= ms ? undefined : withinMs < own ? outOfTime('head') : expired('head', own);
    const head = failure === undefined ? { status: 200, rawHeaders: served } : { status: undefined, rawHeaders: [] };
    return { ...head, body: '', failure, connectMs: 0, headMs: ms, totalMs: ms, reused: false } satisfies Answer;
  };
  return { ask, cancel: () => undefined, path: '/', headers: [], secure: false };
}

/** Asks addresses that behave so; what came of it and when, ms. */
async function run(
  behaviours: readonly Behaviour[],
  timeoutMs: number,
  more: Partial<ProbeRequest> = {},
): Promise<{ readonly ended: number; readonly results: readonly AddressResult[] }> {
  const time = new Time();
  const asked = request(1, { rate: 50, maxRequests: 6000, concurrency: 8, connectMs: 1500, timeoutMs, ...more });
  const ports: ProbePorts = {
    lookup: async () => [],
    now: () => time.now,
    sleep: (ms) => time.sleep(ms),
    random: () => 0.5,
  };
  const askings = behaviours.map((behaviour, i): Asking => {
    const client = clientOf(time, behaviour, asked);
    const pacer = new Pacer(asked.rate, ports);
    const address = `10.0.0.${i}`;
    return { request: asked, ports, client, roster: makeRoster([]), address, pacer, until: timeoutMs };
  });
  const results = await time.until(askAddresses(askings, [], false));
  return { ended: time.now, results };
}

const times = <T>(n: number, item: T): T[] => Array<T>(n).fill(item);

describe('the timeout covers all tries, phases and addresses together', () => {
  const cases = [1, 4, 16].flatMap((addresses) => [1000, 5000, 30_000].map((ms) => [addresses, ms] as const));

  test.each(cases)('%d addresses, %d ms', async (addresses, timeoutMs) => {
    for (const behaviour of [SILENT, UNREACHABLE, WELL, silentFrom(900), silentFrom(4000)]) {
      const { ended, results } = await run(times(addresses, behaviour), timeoutMs);
      expect(ended).toBeLessThanOrEqual(timeoutMs + 1000);
      expect(results).toHaveLength(addresses);
    }
    const mixed = times(addresses, 0).map((_, i) => (i % 2 === 0 ? SILENT : WELL));
    expect((await run(mixed, timeoutMs)).ended).toBeLessThanOrEqual(timeoutMs + 1000);
    const version = { by: 'header', name: 'x-config', value: 'new' } as const;
    expect((await run(times(addresses, WELL), timeoutMs, { version })).ended).toBeLessThanOrEqual(timeoutMs + 1000);
  });

  test('silent addresses cost the others no more than the tries, which are made at once', async () => {
    const { results } = await run([SILENT, SILENT, SILENT, WELL], 30_000);
    expect(results.map(({ down }) => down)).toEqual([true, true, true, false]);
    expect(total(results[3]?.counts ?? { version: 1, servers: {} })).toBeGreaterThan(500);
  });

  test('addresses that answer share the time', async () => {
    const parts: number[] = [];
    const begin: ProbeRequest['begin'] = (look) => {
      parts.push(look.timeoutMs);
      return () => true;
    };
    const { results } = await run(times(4, WELL), 40_000, { begin });
    expect(parts).toEqual(times(4, 10_000));
    for (const { counts } of results) expect(total(counts)).toBeGreaterThan(300);
  });

  test('too short for three tries: not down, and what to set', async () => {
    const { results } = await run([SILENT], 2000);
    expect(results[0]?.down).toBe(false);
    expect(results.map(obstacleOf)).toEqual([
      'Nothing answered at 10.0.0.0 within the timeout of 2 s. Set timeout to 15 s or more: 3 tries show whether it is down.',
    ]);
  });

  test('what is still open at the end is counted nowhere, and reported', async () => {
    const { results } = await run([silentFrom(4000)], 6000);
    const [result] = results;
    expect(result?.counts.failed).toEqual({});
    expect(result?.notes.map((note) => note.parts.map(({ text }) => text).join(''))).toContainEqual(
      '8 requests had no answer when the timeout was over, and are not counted.',
    );
  });

  test('settling leaves time to ask, or nothing is asked', async () => {
    const opened = await openTarget(request(1, { settleMs: 3000, timeoutMs: 3000 }), {
      lookup: async () => [],
      now: () => 0,
      sleep: () => Promise.reject(new Error('waited')),
      random: () => 0,
    });
    expect('obstacle' in opened && opened.obstacle.parts.map(({ text }) => text).join('')).toBe(
      '3 s (settle) leave no time to ask: the timeout is 3 s. Set timeout to more than settle.',
    );
  });
});
