import type { Counts } from '../../src/model/counts.ts';
import { lineOf } from '../../src/model/span.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import { plain } from '../../src/text/say.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

/** What a run says of counts that were measured in front of a config. */
interface Told {
  readonly outcome: string;
  readonly reason: string;
  readonly cause: string | undefined;
  /** `lb.cfg:7`, of an earlier revision with `@`. */
  readonly at: string | undefined;
  readonly what: string;
  readonly next: string;
  readonly score: number | undefined;
  readonly alike: readonly string[];
  readonly notes: string;
  readonly servers: Readonly<Record<string, number | null>>;
}

interface Given {
  readonly base?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly file?: string;
}

async function judged(text: string, counts: Omit<Counts, 'version'>, given: Given = {}): Promise<Told> {
  const { base, inputs = {}, file = 'lb.cfg' } = given;
  const files = [{ path: 'counts.json', text: JSON.stringify({ version: 1, ...counts }) }];
  const measure = readInputs((name) => ({ observe: 'counts:*.json', ...inputs })[name] ?? '');
  const before = base === undefined ? {} : { base: { ...revisionOf(file, base), revision: { ref: 'old', sha: null } } };
  const { measurements } = await reportOf(revisionOf(file, text), { measure, ...before }, { countsFiles: () => files });
  const [measurement] = measurements;
  if (measurement === undefined) throw new Error('nothing was measured');
  const [first] = measurement.explanations;
  const line = first?.at && `${first.at.source.path}:${lineOf(first.at)}`;
  return {
    outcome: measurement.outcome,
    reason: plain(measurement.reason),
    cause: first?.cause,
    at: line && `${line}${first.revision === undefined ? '' : `@${first.revision}`}`,
    what: first === undefined ? '' : plain(first.what),
    next: first === undefined ? '' : plain(first.next),
    score: first?.score,
    alike: measurement.indistinguishable,
    notes: measurement.notes.map(plain).join('\n'),
    servers: Object.fromEntries(measurement.servers.map(({ name, expected }) => [name, expected])),
  };
}

const BACKEND = (lines: readonly string[], more = '  balance roundrobin'): string => `defaults
  mode http
backend shop
${more}
${lines.map((line) => `  server ${line}`).join('\n')}
`;

const FRONT = `defaults
  mode http
frontend in
  bind :8080
  use_backend trial if { rand(100) lt 20 }
  default_backend shop
backend shop
  server s1 10.1.0.1:80 check
  server s2 10.1.0.2:80 check
backend trial
  server t1 10.1.1.1:80 check
`;

describe('expected servers follow the flow', () => {
  test('a canary of the file is no fault, and its part is named, where one pool is judged', async () => {
    const counts = { servers: { s1: 402, s2: 398 }, unexpected: { '10.1.1.1:80': 205 } };
    const { outcome, notes, reason } = await judged(FRONT, counts, { inputs: { pool: 'shop' } });
    expect([outcome, reason]).toEqual(['pass', expect.stringMatching(/^even within/)]);
    expect(notes).toContain('trial answered 20% of the requests; the config sends it 20%, which is not judged here');
  });

  test('without a pool the entry decides: each server with its share of all requests', async () => {
    const sound = await judged(FRONT, { servers: { s1: 402, s2: 398, t1: 205 } });
    expect(sound).toMatchObject({ outcome: 'pass', servers: { s1: 0.4, s2: 0.4, t1: 0.2 } });
    const wrong = await judged(FRONT, { servers: { s1: 250, s2: 250, t1: 500 } });
    expect(wrong).toMatchObject({ outcome: 'fail', reason: expect.stringContaining('t1 answers 50%') });
  });

  test('the canary share before this deploy is a cause, with its line', async () => {
    const base = FRONT.replace('lt 20', 'lt 50');
    const told = await judged(FRONT, { servers: { s1: 250, s2: 250, t1: 500 } }, { base });
    expect(told).toMatchObject({ cause: 'old-file-loaded', at: 'lb.cfg:5@old' });
  });

  test('a split given by hand is tested for an entry, too', async () => {
    const inputs = { expect: 's1=10,s2=10,t1=80' };
    const told = await judged(FRONT, { servers: { s1: 402, s2: 398, t1: 205 } }, { inputs });
    expect(told.outcome).toBe('fail');
  });

  test('a pool that chance does not reach stays a fault', async () => {
    const fixed = FRONT.replace('  use_backend trial if { rand(100) lt 20 }\n', '');
    const counts = { servers: { s1: 402, s2: 398 }, unexpected: { '10.1.1.1:80': 205 } };
    expect(await judged(fixed, counts, { inputs: { pool: 'shop' } })).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('listed in another pool, trial'),
    });
  });
});

describe('files before what is made up', () => {
  const base = BACKEND(['s1 10.1.0.1:80 weight 70', 's2 10.1.0.2:80 weight 28']);
  const head = BACKEND(['s1 10.1.0.1:80 weight 50', 's2 10.1.0.2:80 weight 50']);

  test('of two servers the older file that fits is the cause, without a probability', async () => {
    const told = await judged(head, { servers: { s1: 354, s2: 146 } }, { base });
    expect(told).toMatchObject({ outcome: 'fail', cause: 'old-file-loaded', at: 'lb.cfg:5@old', score: undefined });
    expect(told.what).toContain('it gives 71/29%, 71/29% is seen');
    expect(told.alike).toEqual(['runtime-weight']);
  });

  test('of several lines the one that the deploy changed is named', async () => {
    const before = BACKEND(['s1 10.1.0.1:80 weight 10', 's2 10.1.0.2:80 weight 40', 's3 10.1.0.3:80 weight 10']);
    const after = before.replace('s3 10.1.0.3:80 weight 10', 's3 10.1.0.3:80 weight 30');
    const told = await judged(after, { servers: { s1: 76, s2: 298, s3: 226 } }, { base: before });
    expect(told).toMatchObject({ cause: 'configured-weights', at: 'lb.cfg:7' });
  });

  test('a weight at run time is no line that is listed twice, and names the line of its server', async () => {
    const even = BACKEND(['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80', 's4 10.1.0.4:80']);
    const told = await judged(even, { servers: { s1: 190, s2: 194, s3: 196, s4: 410 } });
    expect(told).toMatchObject({ cause: 'runtime-weight', at: 'lb.cfg:8' });
    expect(told.next).toContain('or check and reload it');
  });

  test('a weight that the file does not show is the cause, with its line, not one that was set at run time', async () => {
    const head = BACKEND(['s1 10.1.0.1:80 weight "${W}"', 's2 10.1.0.2:80 weight 20', 's3 10.1.0.3:80 weight 20']);
    const told = await judged(head, { servers: { s1: 398, s2: 101, s3: 99 } });
    expect(told).toMatchObject({ outcome: 'fail', cause: 'configured-weights', at: 'lb.cfg:5' });
    expect(told.what).toContain('The weight of s1 cannot be read from the file (lb.cfg:5)');
  });

  test('where run-time state is kept over reloads none is advised', async () => {
    const kept = BACKEND(
      ['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80'],
      '  balance roundrobin\n  load-server-state-from-file global',
    );
    const told = await judged(kept, { servers: { s1: 260, s2: 262, s3: 40 } });
    expect(told.cause).toBe('runtime-weight');
    expect(told.next).toContain('A reload keeps the changed weight (lb.cfg:5)');
    expect(told.next).not.toContain('systemctl reload');
  });

  test('two faults at once have no name of one', async () => {
    const names = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'];
    const even = BACKEND(names.map((name, i) => `${name} 10.1.0.${i + 1}:80`));
    const shares = [0, 2, 1, 1, 1, 1, 1, 1].map((part) => part * 90);
    const told = await judged(even, { servers: Object.fromEntries(names.map((name, i) => [name, shares[i] ?? 0])) });
    expect(told).toMatchObject({ outcome: 'fail', cause: 'none-fits' });
  });

  test('a server that is down is named with its line', async () => {
    const even = BACKEND(['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80']);
    expect(await judged(even, { servers: { s1: 150, s3: 152 } })).toMatchObject({
      cause: 'server-down',
      at: 'lb.cfg:6',
    });
  });
});

describe('settings of the file that bend the split', () => {
  test('two names for one address', async () => {
    const twice = BACKEND(['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80', 's4 10.1.0.2:80']);
    expect(await judged(twice, { servers: { s1: 125, s2: 250, s3: 125 } })).toMatchObject({
      cause: 'duplicate-server',
      at: 'lb.cfg:8',
      what: expect.stringMatching(/^s4 \(lb\.cfg:8\) has the address of s2/),
    });
  });

  test('a limit of one connection', async () => {
    const limited = BACKEND(['s1 10.1.0.1:80', 's2 10.1.0.2:80 maxconn 1', 's3 10.1.0.3:80']);
    expect(await judged(limited, { servers: { s1: 260, s2: 80, s3: 260 } })).toMatchObject({
      cause: 'connection-limit',
      at: 'lb.cfg:6',
      what: expect.stringContaining('s2 takes only 1 connection at a time'),
    });
  });

  test('slow start, while it may still last', async () => {
    const slow = BACKEND(['s1 10.1.0.1:80 check slowstart 90s', 's2 10.1.0.2:80 check', 's3 10.1.0.3:80 check']);
    const servers = { s1: 90, s2: 270, s3: 268 };
    const soon = await judged(slow, { servers, seconds: 12 });
    expect(soon).toMatchObject({ cause: 'slow-start', at: 'lb.cfg:5', next: expect.stringMatching(/^Wait/) });
    expect((await judged(slow, { servers, seconds: 200 })).cause).toBe('runtime-weight');
  });

  test('a backup in use', async () => {
    const lines = ['s1 10.1.0.1:80 check', 's2 10.1.0.2:80 check', 'spare 10.1.0.9:80 check backup'];
    expect(await judged(BACKEND(lines), { servers: { spare: 240 } })).toMatchObject({
      outcome: 'fail',
      cause: 'backup-in-use',
      at: 'lb.cfg:7',
    });
  });

  test('a line that picks the server for some requests', async () => {
    const more = '  balance roundrobin\n  use-server s3 if { path_beg /big }';
    const lines = ['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80'];
    expect(await judged(BACKEND(lines, more), { servers: { s1: 120, s2: 122, s3: 420 } })).toMatchObject({
      cause: 'diverted',
      at: 'lb.cfg:5',
    });
  });

  test('servers that are filled in order', async () => {
    const lines = ['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80'];
    expect(await judged(BACKEND(lines, '  balance first'), { servers: { s1: 520, s2: 74, s3: 10 } })).toMatchObject({
      cause: 'configured-weights',
      at: 'lb.cfg:4',
    });
  });

  test('the answers of the balancer itself', async () => {
    const checked = BACKEND(['s1 10.1.0.1:80 check', 's2 10.1.0.2:80 check'], '  option httpchk GET /up');
    expect(await judged(checked, { servers: {}, failed: { anonymous5xx: 300 } })).toMatchObject({
      outcome: 'fail',
      cause: 'balancer-answers',
      at: 'lb.cfg:4',
    });
    const nobody = BACKEND(['s1 10.1.0.1:80 weight 0', 's2 10.1.0.2:80 weight 0']);
    expect(await judged(nobody, { servers: {}, failed: { anonymous5xx: 300 } })).toMatchObject({
      outcome: 'fail',
      cause: 'configured-weights',
      at: 'lb.cfg:5',
    });
  });

  test('the answers of the balancer itself, where no split can be made of another setting', async () => {
    const more = '  balance roundrobin\n  option httpchk GET /up\n  use-server s3 if { path_beg /big }';
    const lines = Array.from({ length: 60 }, (_, i) => `s${i + 1} 10.1.1.${i + 1}:80 check`);
    expect(await judged(BACKEND(lines, more), { servers: {}, failed: { anonymous5xx: 300 } })).toMatchObject({
      outcome: 'fail',
      cause: 'balancer-answers',
      at: 'lb.cfg:5',
    });
  });
});

test('a file inside the tolerance would look the same', async () => {
  const base = BACKEND(['s1 10.1.0.1:80 weight 31', 's2 10.1.0.2:80 weight 31', 's3 10.1.0.3:80 weight 38']);
  const head = BACKEND(['s1 10.1.0.1:80', 's2 10.1.0.2:80', 's3 10.1.0.3:80']);
  const told = await judged(head, { servers: { s1: 900, s2: 902, s3: 898 } }, { base });
  expect(told.outcome).toBe('pass');
  expect(told.reason).toContain('the file before this deploy (31/31/38%) would look the same');
  expect(told.alike).toEqual(['old-file-loaded']);
});
