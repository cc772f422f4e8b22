import { describe, expect, test } from '@jest/globals';
import { Tally } from '../../src/probe/tally.ts';
import { readCounts } from '../../src/sources/counts/counts.ts';
import { random } from '../support/random.ts';

const read = (counts: object) => readCounts('own.json', JSON.stringify({ version: 1, ...counts }, null, 1));

describe('counts that no measurement can have are refused, with the file, the line and the key', () => {
  test.each<[string, object]>([
    ['own.json:4 is not a counts file: servers.s1 is -4.', { servers: { s1: -4 } }],
    ['own.json:4 is not a counts file: servers.s1 is the number 2.5, not a whole number.', { servers: { s1: 2.5 } }],
    ['own.json:4 is not a counts file: servers.s1 is 1e+300', { servers: { s1: 1e300 } }],
    [
      'own.json:7 has impossible counts: errors.s1 is 900, but s1 has only 30 answers. Set the counts of one measurement.',
      { servers: { s1: 30 }, errors: { s1: 900 } },
    ],
    ['errors.s2 is 1, but s2 has only 0 answers', { servers: { s1: 30 }, errors: { s2: 1 } }],
    ['errors.toString is 1, but toString has only 0 answers', { servers: { s1: 30 }, errors: { toString: 1 } }],
    ['broken.s1 is 3, but s1 has only 2 errors', { servers: { s1: 30 }, errors: { s1: 2 }, broken: { s1: 3 } }],
    ['statuses.s1 is 31, but s1 has only 30 answers', { servers: { s1: 30 }, statuses: { s1: { 200: 29, 404: 2 } } }],
    ['repeats.s1 is 31, but s1 has only 30 answers', { servers: { s1: 30 }, repeats: { s1: 31 } }],
    ['firstHalf.s1 is 31, but s1 has only 30 answers', { servers: { s1: 30 }, firstHalf: { s1: 31 } }],
    ['latencyMs.s1 is 31, but', { servers: { s1: 30 }, latencyMs: { s1: { buckets: { 40: 1, 41: 30 } } } }],
    [
      'statusBlocks.s1.404 is 3, but s1 has only 2 such answers',
      { servers: { s1: 90 }, statuses: { s1: { 404: 2 } }, statusBlocks: { s1: { 404: 3 } } },
    ],
    ['longestRun is 31, but no server has more than 30 answers', { servers: { s1: 30, s2: 9 }, longestRun: 31 }],
  ])('%s', (message, counts) => {
    expect(() => read(counts)).toThrow(message);
  });
});

test('errors and statuses may be those of a server that is not in the config', () => {
  const counts = { servers: { s1: 30 }, unexpected: { s9: 5 }, errors: { s9: 5 }, statuses: { s9: { 503: 5 } } };
  expect(read(counts)).toMatchObject(counts);
});

test('what a probe counts can be read again', () => {
  const next = random(20_261_005);
  for (let run = 0; run < 50; run++) {
    const tally = new Tally({
      target: 'http://lb.test/',
      address: '192.0.2.1:80',
      started: '2026-10-05T02:00:00.000Z',
    });
    for (let i = 0; i < 200; i++) {
      const error = next() < 0.3;
      const server = `s${Math.floor(next() * 4)}`;
      const broken = error && next() < 0.5;
      const status = error ? 503 : 200;
      tally.served(server, { unexpected: server === 's3', error, broken, status, ms: 5 + i, connectMs: 1 });
      if (next() < 0.1) tally.failed('reset');
    }
    expect(read(tally.finish(9, undefined)).servers).toEqual({ ...tally.counts.servers });
  }
});
