import { Progress, type ProgressScreen } from '../../src/cli/progress.ts';
import type { Counts } from '../../src/model/counts.ts';
import { renderProgress, type ProgressMode } from '../../src/report/progress.ts';
import { styledWidth } from '../../src/report/width.ts';

const LIVE: ProgressMode = { live: true, color: false, width: 80 };
const LOG: ProgressMode = { live: false, color: false, width: 80 };

const counts = (servers: Readonly<Record<string, number>>, more: Partial<Counts> = {}): Counts => ({
  version: 1,
  servers,
  ...more,
});
const expected = (...names: readonly string[]) => names.map((name) => ({ name, expected: 1 / names.length }));

describe('one line of a running measurement', () => {
  test('shares so far, with a bar each, the largest full', () => {
    expect(renderProgress(counts({ web1: 100, web2: 50 }), expected('web1', 'web2', 'web3'), 4.4, LIVE)).toBe(
      '150 requests, 4 s  web1 ████████ 67%  web2 ████░░░░ 33%  web3 ░░░░░░░░ 0%',
    );
  });

  test('bars give way before servers do', () => {
    const seen = counts({ web1: 100, web2: 50 });
    expect(renderProgress(seen, expected('web1', 'web2'), 4, { ...LIVE, width: 49 })).toBe(
      '150 requests, 4 s  web1 ████ 67%  web2 ██░░ 33%',
    );
    expect(renderProgress(seen, expected('web1', 'web2'), 4, { ...LIVE, width: 40 })).toBe(
      '150 requests, 4 s  web1 67%  web2 33%',
    );
  });

  test('in a log without bars', () => {
    expect(renderProgress(counts({ web1: 100, web2: 50 }), expected('web1', 'web2'), 4.4, LOG)).toBe(
      '150 requests, 4 s, web1 67%, web2 33%',
    );
  });

  test('errors, answers of nobody, and servers that must not answer once they do', () => {
    const seen = counts(
      { web1: 90 },
      { errors: { web1: 4 }, failed: { timeout: 6 }, unidentified: 3, unexpected: { old: 10 } },
    );
    const servers = [...expected('web1'), { name: 'gone', expected: 0 }];
    expect(renderProgress(seen, servers, 60, LOG)).toBe(
      '109 requests, 60 s, 10 errors, 3 not attributed, web1 90%, old 10%',
    );
  });

  test('nothing yet', () => {
    expect(renderProgress(counts({}), expected('web1'), 0, LIVE)).toBe('0 requests, 0 s  web1 ░░░░░░░░ 0%');
  });

  test.each([40, 60, 80, 120, 200])('never wider than %d columns, and what is left out is counted', (width) => {
    const names = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? 'web' : '网页服务器'}${i}`);
    const seen = counts(Object.fromEntries(names.map((name, i) => [name, i + 1])), { failed: { refused: 12_345 } });
    for (const color of [false, true]) {
      const line = renderProgress(seen, expected(...names), 99, { live: true, color, width });
      expect(styledWidth(line)).toBeLessThan(width);
      // The narrowest holds the numbers alone.
      if (width > 40) expect(line).toMatch(/ \+\d+ more$/);
      expect(line).toContain('12,810 requests, 99 s, 12,345 errors');
      expect(line).not.toContain('\n');
    }
  });

  test('a line of a log names a dozen', () => {
    const names = Array.from({ length: 30 }, (_, i) => `web${i}`);
    expect(renderProgress(counts({ web0: 1 }), expected(...names), 1, LOG)).toMatch(/web11 0%, 18 more$/);
  });

  test('colour only where it is wanted', () => {
    const seen = counts({ web1: 3, web2: 1 });
    expect(renderProgress(seen, [], 1, LIVE)).not.toContain('\u001b');
    expect(renderProgress(seen, [], 1, { ...LIVE, color: true })).toContain('\u001b[');
  });
});

describe('where it is written', () => {
  const screen = (more: Partial<ProgressScreen>): ProgressScreen & { readonly written: string[]; at: number } => {
    const written: string[] = [];
    const made: ProgressScreen & { readonly written: string[]; at: number } = {
      written,
      at: 0,
      write: (text: string) => void written.push(text),
      live: true,
      color: true,
      columns: () => 80,
      now: () => made.at,
      ...more,
    };
    return made;
  };
  const line = (seconds: number, mode: ProgressMode): string => `${seconds}/${mode.width}/${mode.color}`;

  test('on a terminal over itself, as wide as it is now, and gone at the end', () => {
    let columns = 80;
    const to = screen({ columns: () => columns });
    const progress = new Progress(to);
    progress.show(line);
    to.at = 1000;
    columns = 60;
    progress.show(line);
    progress.wipe();
    progress.wipe();
    progress.show(line);
    expect(to.written).toEqual(['0/80/true', '\r\u001b[K1/60/true', '\r\u001b[K', '1/60/true']);
  });

  test('in a log a plain line every five seconds, without colour, and nothing to wipe', () => {
    const to = screen({ live: false });
    const progress = new Progress(to);
    for (; to.at <= 12_000; to.at += 1000) progress.show(line);
    progress.wipe();
    expect(to.written).toEqual(['0/80/false\n', '5/80/false\n', '10/80/false\n']);
  });

  test('NO_COLOR holds on a terminal too', () => {
    const to = screen({ color: false });
    new Progress(to).show(line);
    expect(to.written).toEqual(['0/80/false']);
  });
});
