import { describe, expect, test } from '@jest/globals';
import type { Counts } from '../../src/model/counts.ts';
import { readCountsFiles, type CountsFile } from '../../src/measure/counts-files.ts';

const file = (path: string, counts: Omit<Counts, 'version'>, real = path): CountsFile => ({
  path,
  real,
  text: JSON.stringify({ version: 1, ...counts }),
});

const read = (...found: readonly (readonly CountsFile[])[]): readonly Counts[] =>
  readCountsFiles(
    found.map((_, i) => String(i)),
    (glob) => found[Number(glob)] ?? [],
  );

const NIGHT = { servers: { s1: 70, s2: 64 }, started: '2026-10-05T02:00:00.125Z' };

describe('a file', () => {
  test('counts once, however many globs and links name it', () => {
    const one = file('counts/n.json', NIGHT);
    const linked = file('./latest.json', NIGHT, 'counts/n.json');
    expect(read([one], [one, linked], [one])).toHaveLength(1);
  });

  test('that no glob matches is refused', () => {
    expect(() => read([file('a.json', NIGHT)], [])).toThrow('observe counts:1 matches no file');
  });
});

describe('two files of one measurement are refused by name', () => {
  test('of one runner', () => {
    const north = { ...NIGHT, runner: 'north' };
    expect(() => read([file('n.json', north), file('backup/n.json', north)])).toThrow(
      'backup/n.json repeats the measurement of n.json (runner north, started 2026-10-05T02:00:00.125Z): remove one of the two files.',
    );
  });

  test('also where the copy was counted later, or its time is written differently', () => {
    const later = { servers: { s1: 90, s2: 88 }, started: '2026-10-05T04:00:00.125+02:00' };
    expect(() => read([file('n.json', NIGHT)], [file('m.json', later)])).toThrow(
      /^m\.json repeats the measurement of n\.json .*: remove one of the two files, or set a different runner in each\.$/,
    );
  });

  test.each<[string, Omit<Counts, 'version'>]>([
    ['another runner', { ...NIGHT, runner: 'south' }],
    ['another start', { ...NIGHT, started: '2026-10-05T02:00:00.126Z' }],
    ['another address of the target', { ...NIGHT, address: '192.0.2.8:443' }],
  ])('not with %s', (_, second) => {
    expect(read([file('n.json', NIGHT), file('m.json', second)])).toHaveLength(2);
  });

  test('not without a start: clients that all meet one server count alike', () => {
    const alike = { servers: { s1: 30 } };
    expect(read([file('n.json', alike), file('m.json', alike)])).toHaveLength(2);
  });
});
