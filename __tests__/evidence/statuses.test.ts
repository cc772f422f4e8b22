import { mergeCounts } from '../../src/evidence/merge.ts';
import { seededRandom } from '../../src/evidence/random.ts';
import { differing } from '../../src/evidence/statuses.ts';
import { equal, expectation, judgeCounts, TERMS } from './measure.ts';

const even = { web1: 400, web2: 400, web3: 400 };
const every = (status: string) => ({ web1: { [status]: 400 }, web2: { [status]: 400 }, web3: { [status]: 400 } });
const judged = (statuses: Record<string, Record<string, number>>, expectStatus?: string[]) =>
  judgeCounts(expectation(equal(3)), { servers: even, statuses }, { ...TERMS, ...(expectStatus && { expectStatus }) });

describe('answers that show nothing of the service', () => {
  it.each([
    ['404', /Give a path that the service answers with 2xx/],
    ['401', /Give what it asks for with headers/],
    ['302', /Give the URL that it redirects to/],
  ])('only %s: even, yet no pass, and the way out', (status, way) => {
    const { measurement, reason } = judged(every(status));
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toContain(
      `even within 25% of each share, but 1,200 of 1,200 answers have status ${status}, so nothing shows that the service works.`,
    );
    expect(reason).toMatch(way);
    expect(reason).toContain('name the status in expect-status');
  });

  it.each([['404'], ['4xx']])('pass when %s is expected, and say so', (expected) => {
    const { measurement, notes } = judged(every('404'), [expected]);
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('1,200 of 1,200 answers have status 404, as is expected');
  });

  it('pass when they are few, and say so', () => {
    const some = { 200: 360, 404: 30, 302: 10 };
    const { measurement, notes } = judged({ web1: some, web2: some, web3: some });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('120 of 1,200 answers have status 3xx or 4xx (90 of 404 and 30 of 302)');
  });

  it('are not taken for granted where nobody counted statuses', () => {
    const { measurement, notes } = judged({});
    expect([measurement.outcome, notes]).toEqual(['pass', 'errors 0%: 0 of 1,200 requests, at most 0.4% (99% sure)']);
  });
});

describe('one server that answers otherwise', () => {
  const good = { 200: 400 };

  it.each([
    [
      'refuses',
      { web1: good, web2: { 404: 400 }, web3: good },
      /^web2 answers 404 to 100% of its requests, the others to 0%/,
    ],
    ['redirects', { web1: good, web2: good, web3: { 301: 400 } }, /^web3 answers 301 to 100% of its requests/],
    ['refuses in part', { web1: good, web2: { 200: 340, 404: 40, 403: 20 }, web3: good }, /^web2 answers 4xx to 15%/],
    [
      'alone serves',
      { web1: good, web2: { 404: 400 }, web3: { 404: 400 } },
      /^web2 answers 404 .* and web3 answers 404/,
    ],
  ])('%s: fails, by name', (_, statuses, reason) => {
    const { measurement, ...told } = judged(statuses);
    expect(measurement.outcome).toBe('fail');
    expect(told.reason).toMatch(reason);
    expect(told.cause).toBe('server-differs');
    expect(told.story).toMatch(/Ask web\d.* directly for the target's path/);
  });

  it('alone serves, of four', () => {
    const four = judgeCounts(expectation(equal(4)), {
      servers: { ...even, web4: 400 },
      statuses: { ...every('404'), web4: good },
    });
    expect(four.reason).toMatch(/^web4 answers 404 to 0% of its requests, the others to 100%/);
  });

  it('is no matter when the status is expected, or when it only limits our rate', () => {
    expect(judged({ web1: good, web2: { 404: 400 }, web3: good }, ['404']).measurement.outcome).toBe('pass');
    expect(judged({ web1: good, web2: { 200: 300, 429: 100 }, web3: good }).measurement.outcome).toBe('pass');
  });

  it('is not called so for one burst of odd answers that fell on it', () => {
    const burst = { web1: good, web2: { 200: 380, 404: 20 }, web3: good };
    const counts = { servers: even, statuses: burst };
    expect(judgeCounts(expectation(equal(3)), counts).measurement.outcome).toBe('fail');
    const statusBlocks = { web1: { 200: 20 }, web2: { 200: 20, 404: 2 }, web3: { 200: 20 } };
    const { measurement, notes } = judgeCounts(expectation(equal(3)), { ...counts, statusBlocks });
    expect(measurement.outcome).toBe('pass');
    expect(notes).toContain('20 of 1,200 answers have status 404');
  });

  it('is called so from the blocks of its answers when all of them are odd', () => {
    const counts = { servers: even, statuses: { web1: good, web2: { 404: 400 }, web3: good } };
    const statusBlocks = { web1: { 200: 20 }, web2: { 404: 20 }, web3: { 200: 20 } };
    expect(judgeCounts(expectation(equal(3)), { ...counts, statusBlocks }).reason).toMatch(/^web2 answers 404 to 100%/);
  });

  it('is open, not fine, when too few answers tell it from one burst', () => {
    const counts = { servers: { web1: 40, web2: 40 }, statuses: { web1: { 200: 40 }, web2: { 404: 40 } } };
    const statusBlocks = { web1: { 200: 2 }, web2: { 404: 2 } };
    const pair = expectation(equal(2));
    const wide = { ...TERMS, tolerance: { kind: 'relative', share: 0.5 }, maxRequests: 100 } as const;
    const { measurement, reason } = judgeCounts(pair, { ...counts, statusBlocks }, wide);
    expect(measurement.outcome).toBe('inconclusive');
    expect(reason).toMatch(/^web2 answers 404 to 100% of its requests, the others to 0%: not settled/);
  });

  it('is called so by chance in at most 1 % of 4,000 measurements', () => {
    const random = seededRandom(5);
    const servers = ['a', 'b', 'c', 'd', 'e'];
    let alarms = 0;
    for (let run = 0; run < 4000; run++) {
      const statuses: Record<string, Record<string, number>> = {};
      for (let n = 0; n < 200; n++) {
        const of = (statuses[servers[Math.floor(random() * 5)] ?? ''] ??= {});
        const status = ['200', '200', '404', '302'][Math.floor(random() * 4)] ?? '';
        of[status] = (of[status] ?? 0) + 1;
      }
      if (differing({ version: 1, servers: {}, statuses }, servers).length > 0) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(40);
  });
});

it('statuses of several runners add up', () => {
  const one = { version: 1, servers: { a: 3 }, statuses: { a: { 200: 2, 404: 1 } } } as const;
  const two = { version: 1, servers: { a: 1, b: 1 }, statuses: { a: { 404: 1 }, b: { 200: 1 } } } as const;
  expect(mergeCounts([one, two])).toMatchObject({ counts: { statuses: { a: { 200: 2, 404: 2 }, b: { 200: 1 } } } });
});
