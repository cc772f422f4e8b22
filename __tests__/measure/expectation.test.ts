import { expect, test } from '@jest/globals';
import type { Counts } from '../../src/model/counts.ts';
import type { Measurement } from '../../src/model/measurement.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import { plain } from '../../src/text/say.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

/** What counts of the only pool of a config come to. */
async function judged(
  file: string,
  text: string,
  counts: Omit<Counts, 'version'>,
  expected = '',
): Promise<Measurement & { readonly why: string }> {
  const given = new Map([
    ['observe', 'counts:*.json'],
    ['expect', expected],
  ]);
  const files = [{ path: 'counts.json', text: JSON.stringify({ version: 1, ...counts }) }];
  const measure = readInputs((name) => given.get(name) ?? '');
  const { measurements } = await reportOf(revisionOf(file, text), { measure }, { countsFiles: () => files });
  const [measurement] = measurements;
  if (measurement === undefined) throw new Error('nothing was measured');
  return { ...measurement, why: plain(measurement.reason) };
}

const HAPROXY = (balance: string, weights: readonly string[]): string => `defaults
  mode http
backend shop
  balance ${balance}
${weights.map((weight, i) => `  server s${i + 1} 10.1.0.${i + 1}:8080 check weight ${weight}`).join('\n')}
`;

const SKEWED = { servers: { s1: 880, s2: 35, s3: 45 } };

test.each(['leastconn', 'random(3)'])(
  'balance %s: undeclared weights that take effect fail, with their line',
  async (balance) => {
    const { outcome, why, explanations } = await judged('lb.cfg', HAPROXY(balance, ['150', '2', '2']), SKEWED);
    expect(outcome).toBe('fail');
    expect(why).toMatch(/^s1 answers 92% of the requests; 33% expected\.$/);
    expect(explanations[0]?.cause).toBe('configured-weights');
    expect(explanations[0]?.at?.source.path).toBe('lb.cfg');
    expect(explanations[0]?.at?.start).toBe(HAPROXY(balance, ['150', '2', '2']).indexOf('150'));
  },
);

test('a split given by hand is tested whatever the algorithm', async () => {
  const equal = HAPROXY('leastconn', ['10', '10', '10']);
  const even = await judged('lb.cfg', equal, SKEWED, 'even');
  expect([even.outcome, even.why]).toEqual(['fail', 's1 answers 92% of the requests; 33% expected.']);
  const given = await judged('lb.cfg', equal, { servers: { s1: 300, s2: 300, s3: 300 } }, 's1=80,s2=10,s3=10');
  expect(given.outcome).toBe('fail');
});

test('equal weights: a skew that load may explain passes, and the first sentence says that it is one', async () => {
  const { outcome, why } = await judged('lb.cfg', HAPROXY('leastconn', ['10', '10', '10']), SKEWED);
  expect(outcome).toBe('pass');
  expect(why).toMatch(
    /^s1 answers 92% of the requests; 33% expected\. This uneven split is accepted because the server with/,
  );
});

test('declared shares behind a variable cannot be known: inconclusive, with the line', async () => {
  const config = HAPROXY('roundrobin', ['"${FIRST}"', '9', '9']);
  const { outcome, why } = await judged('lb.cfg', config, SKEWED, 'config');
  expect(outcome).toBe('inconclusive');
  expect(why).toMatch(/^the shares cannot be known: .* \(lb\.cfg:5\)\. Set the value/);
});

const NGINX = (workers: string, zone: string): string => `worker_processes ${workers};
events {}
http {
  upstream shop {
    ${zone}
${[1, 2, 3, 4, 5, 6].map((i) => `    server 10.1.0.${i}:8080;`).join('\n')}
  }
  server { listen 80; location / { proxy_pass http://shop; } }
}
`;

test.each([
  ['auto', '', 'inconclusive'],
  ['48', '', 'inconclusive'],
  ['1', '', 'fail'],
  ['auto', 'zone shop 64k;', 'fail'],
])(
  'nginx with %s workers and zone "%s": a skew that workers in phase explain is %s',
  async (workers, zone, expected) => {
    const of = (i: number) => `10.1.0.${i}:8080`;
    const servers = { [of(1)]: 80, [of(2)]: 79, [of(3)]: 79, [of(4)]: 30, [of(5)]: 30, [of(6)]: 30 };
    const { outcome, why } = await judged('nginx.conf', NGINX(workers, zone), { servers });
    expect(outcome).toBe(expected);
    if (expected === 'inconclusive') expect(why).toContain('Add a zone to the upstream');
  },
);
