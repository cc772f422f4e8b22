import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareServers, loadMutants, mutants, readMutant, refusals } from '../../support/difftok-haproxy.ts';
import { describeWith } from '../../support/programs.ts';
import { random } from '../../support/random.ts';

/** A small part of `script/bench difftok-haproxy`. */
describeWith('haproxy', 'lines changed at random, as the real HAProxy reads them', (program) => {
  const folder = mkdtempSync(join(tmpdir(), 'difftok-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('what it loads has the same servers here, and most of what it refuses is refused', () => {
    const stream = mutants(random(20_261_130));
    const all = Array.from({ length: 400 }, (_, i) => {
      const { value } = stream.next();
      if (value === undefined) throw new Error('there are always more');
      return { ...value, id: i + 1 };
    });
    const refused = new Map(
      Array.from({ length: 10 }, (_, i) => all.slice(i * 40, i * 40 + 40)).flatMap((batch) => [
        ...refusals(program, batch, folder),
      ]),
    );
    const readings = new Map(all.map((mutant) => [mutant.id, readMutant(mutant)]));
    const loadable = all.filter(({ id, section }) => section === 'backend' && !refused.has(id));
    const loaded = loadMutants(program, loadable, folder);
    expect(loaded?.size).toBeGreaterThan(50);
    const wrong = loadable.flatMap(({ id, line }) => {
      const reading = readings.get(id);
      if (reading === undefined || reading.refused !== undefined) return [];
      return compareServers(reading.config, id, loaded?.get(id) ?? []).wrong.map((what) => `${line}: ${what}`);
    });
    expect(wrong).toEqual([]);
    const missed = [...refused.keys()].filter((id) => readings.get(id)?.refused === undefined);
    expect(missed.length).toBeLessThan(0.15 * refused.size);
  }, 60_000);
});
