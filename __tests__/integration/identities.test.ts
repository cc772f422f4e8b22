import { describe, expect, test } from '@jest/globals';
import type { Measurement } from '../../src/model/measurement.ts';
import { nodePorts } from '../../src/probe/ports.ts';
import { plain } from '../../src/text/say.ts';
import { measureRequest, reportOf, revisionOf } from '../support/jobs.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

/** Who answered, where a line of the config and an answer of the balancer do not use the same word. */

/** A HAProxy whose answers show `log` (a log format) and whose pool has these server lines. */
function configOf(port: number, log: string, lines: readonly string[]): string {
  return `defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend in
  bind 127.0.0.1:${port}
  http-response set-header X-Served-By ${log}
  default_backend app
backend app
  balance roundrobin
${lines.map((line) => `  ${line}`).join('\n')}
`;
}

async function probed(
  port: number,
  head: string,
  base?: string,
  names: Readonly<Record<string, readonly string[]>> = {},
) {
  const old = base === undefined ? undefined : { ...revisionOf('lb.cfg', base), revision: { ref: 'old', sha: null } };
  const lookup = async (host: string): Promise<readonly string[]> => names[host] ?? [];
  const measure = measureRequest({ target: new URL(`http://127.0.0.1:${port}/`) });
  const report = await reportOf(
    revisionOf('lb.cfg', head),
    { base: old, measure },
    { probe: { ...nodePorts(), lookup } },
  );
  const [measurement] = report.measurements;
  if (measurement === undefined) throw new Error('nothing was measured');
  return measurement;
}

const said = ({ reason, notes }: Measurement): string => [reason, ...notes].map(plain).join('\n');

describeReal('haproxy', 'who answered, behind a real HAProxy', () => {
  test('the numbered servers of a template are servers of their own', async () => {
    const [backend] = await startBackends(['one']);
    const port = await freePort();
    const config = configOf(port, '%s', [`server-template app 1-3 127.0.0.1:${backend?.port}`]);
    await startServer('haproxy', config, port);
    const measurement = await probed(port, config);
    expect(said(measurement)).toMatch(/even/);
    expect(measurement.outcome).toBe('pass');
    expect(measurement.servers.map(({ name, count }) => [name, count > 50])).toEqual([
      ['app1', true],
      ['app2', true],
      ['app3', true],
    ]);
  }, 40_000);

  test('an address that two lines have names neither: inconclusive, and why', async () => {
    const [one, two] = await startBackends(['one', 'two']);
    const port = await freePort();
    const config = configOf(port, '%si:%sp', [
      `server a 127.0.0.1:${one?.port}`,
      `server b 127.0.0.1:${one?.port}`,
      `server c 127.0.0.1:${two?.port}`,
    ]);
    await startServer('haproxy', config, port);
    const measurement = await probed(port, config);
    expect(measurement.outcome).toBe('inconclusive');
    expect(said(measurement)).toMatch(/named 127\.0\.0\.1:\d+, which could be any of a and b, so none is counted/);
  }, 40_000);

  test('a name of the config and the address that answers show', async () => {
    const [one, two] = await startBackends(['one', 'two']);
    const port = await freePort();
    const loaded = configOf(port, '%si:%sp', [`server a 127.0.0.1:${one?.port}`, `server b 127.0.0.1:${two?.port}`]);
    await startServer('haproxy', loaded, port);
    const written = configOf(port, '%si:%sp', [`server a a.internal:${one?.port}`, `server b b.internal:${two?.port}`]);
    const measurement = await probed(port, written, undefined, {
      'a.internal': ['127.0.0.1'],
      'b.internal': ['127.0.0.1'],
    });
    expect(measurement.outcome).toBe('pass');
    expect(measurement.servers.map(({ name }) => name)).toEqual(['a', 'b']);
  }, 40_000);

  describe('a reload is forgotten', () => {
    const setUp = async (log: string) => {
      const ports = (await startBackends(['one', 'two', 'three', 'four'])).map((backend) => backend.port);
      const port = await freePort();
      const [one, two, three, four] = ports;
      const old = configOf(port, log, [
        `server a 127.0.0.1:${one}`,
        `server b 127.0.0.1:${two}`,
        `server c 127.0.0.1:${three}`,
      ]);
      const head = configOf(port, log, [
        `server a 127.0.0.1:${four}`,
        `server b 127.0.0.1:${two}`,
        `server c 127.0.0.1:${three}`,
      ]);
      await startServer('haproxy', old, port);
      return { measurement: await probed(port, head, old), place: `127.0.0.1:${one}` };
    };

    test('where answers show addresses, the old one is evidence for the old file', async () => {
      const { measurement, place } = await setUp('%si:%sp');
      expect(measurement.outcome).toBe('fail');
      expect(measurement.unexpected.map(({ identity }) => identity)).toEqual([place]);
      expect(measurement.explanations[0]).toMatchObject({ cause: 'old-file-loaded', revision: 'old' });
      expect(measurement.explanations[0]?.at?.source.position(measurement.explanations[0].at.start).line).toBe(12);
    }, 40_000);

    test('where answers show names, both files look the same, and the pass says so', async () => {
      const { measurement } = await setUp('%s');
      expect(measurement.outcome).toBe('pass');
      expect(said(measurement)).toMatch(/The file before this deploy \(old\) predicts the same split/);
    }, 40_000);
  });
});
