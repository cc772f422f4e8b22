import { Pacer } from '../../src/probe/pacing.ts';
import type { ProbePorts } from '../../src/probe/request.ts';
import { plain } from '../../src/text/say.ts';

/** A clock that only sleeping moves. */
function clock(random = () => 0): ProbePorts & { readonly time: () => number } {
  let time = 0;
  return {
    lookup: async () => [],
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    random,
    time: () => time,
  };
}

/** Tells the pacer of `n` ends, `errors` of them errors; what it says. */
function feed(pacer: Pacer, n: number, errors: number): string {
  let said = '';
  for (let i = 0; i < n; i++) {
    const text = pacer.ended(i < errors);
    if (text !== undefined) said += plain(text);
  }
  return said;
}

describe('pacing', () => {
  test('keeps the rate', async () => {
    const ports = clock();
    const pacer = new Pacer(50, ports);
    for (let i = 0; i < 101; i++) await pacer.turn();
    expect(ports.time()).toBeCloseTo(2000, -1);
  });

  test('adds a random gap of up to 8 ms, also when the rate is lifted', async () => {
    const ports = clock(() => 0.5);
    const pacer = new Pacer(Infinity, ports);
    for (let i = 0; i < 100; i++) await pacer.turn();
    expect(ports.time()).toBe(400);
  });

  test('a sleeper wakes up soon after the end', async () => {
    const ports = clock();
    const pacer = new Pacer(0.1, ports);
    await pacer.turn();
    await pacer.turn(() => ports.time() >= 500);
    expect(ports.time()).toBeLessThan(1000);
  });

  test('429 halves the rate, once a second however many come, and never to nothing', async () => {
    const ports = clock();
    const pacer = new Pacer(50, ports);
    for (let i = 0; i < 8; i++) pacer.tooMany();
    expect(pacer.rate).toBe(25);
    await ports.sleep(1000);
    pacer.tooMany();
    expect(pacer.rate).toBe(12.5);
    for (let i = 0; i < 50; i++) {
      await ports.sleep(1000);
      pacer.tooMany();
    }
    expect(pacer.rate).toBe(0.5);
  });

  test('few errors change nothing', () => {
    const pacer = new Pacer(50, clock());
    expect(feed(pacer, 40, 7)).toBe('');
    expect(pacer.rate).toBe(50);
  });

  test('errors that go and come back with our rate stop the probe', () => {
    const pacer = new Pacer(50, clock());
    feed(pacer, 40, 20);
    expect(pacer.rate).toBe(25);
    feed(pacer, 40, 1);
    expect(pacer.rate).toBe(50);
    expect(feed(pacer, 40, 16)).toMatch(
      /^Errors rise with the probe's own rate: 40% at 50 requests\/s, 2\.5% at 25 requests\/s\. The probe stopped\./,
    );
  });

  test('errors that are not of our making give the rate back, for good', () => {
    const pacer = new Pacer(50, clock());
    feed(pacer, 40, 13);
    feed(pacer, 40, 13);
    expect(pacer.rate).toBe(50);
    expect(feed(pacer, 400, 130)).toBe('');
    expect(pacer.rate).toBe(50);
  });

  test('an outage that ends by chance while we ask less is not blamed on us', () => {
    const pacer = new Pacer(50, clock());
    feed(pacer, 40, 40);
    feed(pacer, 40, 0);
    expect(feed(pacer, 40, 0)).toBe('');
    expect(pacer.rate).toBe(50);
  });

  test('a lifted rate becomes a finite one', () => {
    const pacer = new Pacer(Infinity, clock());
    pacer.tooMany();
    expect(pacer.rate).toBe(200);
  });
});
