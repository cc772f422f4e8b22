import { describe, expect, test } from '@jest/globals';
import { plain } from '../../src/text/say.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import type { Measurement } from '../../src/model/measurement.ts';
import type { Counts } from '../../src/model/counts.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

const pool = (balance: string): string => `defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend www
    bind :8080
    default_backend app
backend app
    balance ${balance}
    server a 10.0.0.1:80 check
    server b 10.0.0.2:80 check
`;

/** What is judged from counts files of several clients. */
async function observed(balance: string, clients: readonly Omit<Counts, 'version'>[]): Promise<Measurement> {
  const inputs = readInputs((name) => (name === 'observe' ? 'counts:*.json' : ''));
  const files = clients.map((counts, i) => ({ path: `${i}.json`, text: JSON.stringify({ version: 1, ...counts }) }));
  const head = revisionOf('lb.cfg', pool(balance));
  const { measurements } = await reportOf(head, { measure: inputs }, { countsFiles: () => files });
  const [measurement] = measurements;
  if (measurement === undefined) throw new Error('nothing was judged');
  return measurement;
}

/** Clients that met one server each, the two servers in turn. */
const clients = (n: number, more: (server: string) => Omit<Counts, 'version' | 'servers'> = () => ({})) =>
  Array.from({ length: n }, (_, i) => {
    const server = i % 2 === 0 ? 'a' : 'b';
    return { servers: { [server]: 500 }, ...more(server) };
  });

test('counts of several runners are judged together', async () => {
  const half = { servers: { a: 40, b: 38 } };
  expect(await observed('roundrobin', [half])).toMatchObject({ outcome: 'inconclusive', requests: 78 });
  expect(
    await observed(
      'roundrobin',
      Array.from({ length: 5 }, () => half),
    ),
  ).toMatchObject({ outcome: 'pass', requests: 390 });
  const off = { servers: { a: 200, b: 38 } };
  expect(await observed('roundrobin', [off, off])).toMatchObject({ outcome: 'fail', independent: null });
});

describe('where a client always meets the same server', () => {
  test('each client is one draw', async () => {
    expect((await observed('source', clients(2))).outcome).toBe('inconclusive');
    const many = await observed('source', clients(400));
    expect(many).toMatchObject({ outcome: 'pass', requests: 200_000 });
    const [a] = many.servers;
    expect(a).toMatchObject({ count: 100_000, share: 0.5 });
    // The interval of 400 clients, not of 200,000 requests.
    expect((a?.high ?? 0) - (a?.low ?? 0)).toBeGreaterThan(0.05);
    const lopsided = Array.from({ length: 400 }, (_, i) => ({ servers: { [i % 5 === 0 ? 'b' : 'a']: 500 } }));
    expect((await observed('source', lopsided)).outcome).toBe('fail');
  });

  test('few clients are told how many are needed, not to ask more often', async () => {
    const reason = plain((await observed('source', clients(6))).reason);
    expect(reason).toMatch(
      /^not settled by 6 clients, each of which always goes to one server: about \d{3} would settle it/,
    );
    expect(reason).toContain('counts of more runners');
    expect(reason).not.toContain('max-requests');
  });

  test('a hash of the URL shows all clients the same server, which proves nothing', async () => {
    const same = Array.from({ length: 400 }, () => ({ servers: { a: 30 } }));
    const measurement = await observed('uri', same);
    expect(measurement.outcome).toBe('inconclusive');
    expect(plain(measurement.reason)).toContain('vary the key with --vary, or judge the balancer');
  });

  test('its requests count each for errors', async () => {
    const failing = await observed(
      'source',
      clients(400, (server) => ({ errors: { [server]: 500 } })),
    );
    expect(failing).toMatchObject({ outcome: 'fail', errors: { share: 1 } });
    const slow = await observed(
      'source',
      clients(400, () => ({ failed: { timeout: 3 } })),
    );
    expect(slow.outcome).toBe('pass');
    expect(slow.errors.share).toBeCloseTo(3 / 503, 6);
  });
});
