import { describe, expect, test } from '@jest/globals';
import type { Counts } from '../../src/model/counts.ts';
import type { Report } from '../../src/model/report.ts';
import { plain } from '../../src/text/say.ts';
import { readInputs } from '../../src/settings/inputs.ts';
import { reportOf, revisionOf } from '../support/jobs.ts';

const TWO_POOLS = `version: 1
pools:
  - name: app
    algorithm: round-robin
    servers:
      - { name: web1, address: 10.0.0.1, port: 80 }
      - { name: web2, address: 10.0.0.2, port: 80 }
      - { name: web3, address: 10.0.0.3, port: 80, state: drain }
  - name: app_new
    algorithm: round-robin
    servers:
      - { name: new1, address: 10.0.1.1, port: 80 }
      - { name: new2, address: 10.0.1.2, port: 80 }
`;

/** What counts of the pool `app` come to. */
async function judged(counts: Omit<Counts, 'version'>, expected = '', config = TWO_POOLS): Promise<Report> {
  const given = new Map([
    ['observe', 'counts:*.json'],
    ['pool', 'app'],
    ['expect', expected],
  ]);
  const files = [{ path: 'counts.json', text: JSON.stringify({ version: 1, ...counts }) }];
  const measure = readInputs((name) => given.get(name) ?? '');
  return reportOf(
    revisionOf(config.startsWith('version') ? 'pools.yml' : 'lb.conf', config),
    { measure },
    { countsFiles: () => files },
  );
}

const reasonOf = ({ measurements }: Report): string => measurements.map(({ reason }) => plain(reason)).join('\n');

test('answers of another pool only: the wrong pool was named, which is no fault of the balancer', async () => {
  const report = await judged({ servers: {}, unexpected: { '10.0.1.1:80': 200, '10.0.1.2:80': 200 } });
  expect(report.outcome).toBe('inconclusive');
  expect(reasonOf(report)).toMatch(
    /^the answers come from servers of app_new, not of app: name the pool that the target serves \(pool\)/,
  );
  expect(report.findings.map(({ rule }) => rule)).not.toContain('unlisted-server');
});

test('answers of another pool among those of this one fail, and the pool is named', async () => {
  const report = await judged({ servers: { web1: 150, web2: 150 }, unexpected: { '10.0.1.1:80': 60 } });
  expect(report.outcome).toBe('fail');
  expect(reasonOf(report)).toContain(
    '10.0.1.1:80 answered 60 of 360 requests and must not: listed in another pool, app_new.',
  );
  const [finding] = report.findings.filter(({ rule }) => rule === 'unlisted-server');
  expect(finding && plain(finding.why)).toBe('app_new lists it: part of the traffic goes to another pool.');
});

test('answers that no pool lists stay a fail', async () => {
  const report = await judged({ servers: {}, unexpected: { '10.9.9.9:80': 200 } });
  expect(report.outcome).toBe('fail');
  expect(reasonOf(report)).toContain('must not: not in the config');
});

test('a drained server that answers is no unlisted one', async () => {
  const report = await judged({ servers: { web1: 150, web2: 150, web3: 9 } });
  expect(reasonOf(report)).toContain(
    'web3 answered 9 of 309 requests and must not: kept out of rotation by the config',
  );
  expect(report.findings.map(({ rule }) => rule)).not.toContain('unlisted-server');
});

test.each([
  [
    'web1=60',
    'The expected split leaves out web2, which pool app has in rotation; give a share to each of web1, web2, web3 (0 for a server that must not answer).',
  ],
  [
    'web1=60,web9=40',
    'The expected split names web9, which pool app does not have and leaves out web2, which pool app has in rotation; give a share',
  ],
])('an expected split that is not of the pool is refused: %s', async (split, message) => {
  await expect(judged({ servers: { web1: 100 } }, split)).rejects.toThrow(message);
});

test('a server that the expected split gives nothing must not answer, for that reason', async () => {
  const report = await judged({ servers: { web1: 150, web2: 5 } }, 'web1=1,web2=0');
  expect(reasonOf(report)).toContain(
    'web2 answered 5 of 155 requests and must not: given no share by the expected split',
  );
});

describe('a backup that serves alone is a fault, whatever other pool lists the same server', () => {
  const HAPROXY = `defaults
    mode http
frontend www
    bind :80
    use_backend api if { path_beg /api }
    default_backend app
backend app
    server p1 10.0.0.1:80 check
    server p2 10.0.0.2:80 check
    server spare 10.0.0.9:80 check backup
`;
  const API = `backend api
    server api1 10.0.2.1:80 check
    server spare 10.0.0.9:80 check
`;
  const nginx = (canary: string): string => `events {}
http {
  upstream app { server 10.0.0.1:80; server 10.0.0.2:80; server 10.0.0.9:80 backup; }
  upstream next { server 10.0.3.1:80; ${canary} }
  split_clients $request_id $half { 30% next; * app; }
  server { listen 80; location / { proxy_pass http://$half; } }
}
`;

  test.each<[string, string, Record<string, number>]>([
    ['alone', HAPROXY, { spare: 300 }],
    ['beside a pool that has it in rotation', HAPROXY + API, { spare: 300 }],
    ['beside a canary that has it as a backup too', nginx('server 10.0.0.9:80 backup;'), { '10.0.0.9:80': 300 }],
  ])('%s', async (_, config, servers) => {
    const report = await judged({ servers }, '', config);
    expect(report.outcome).toBe('fail');
    expect(report.measurements[0]?.explanations[0]?.cause).toBe('backup-in-use');
    expect(reasonOf(report)).not.toContain('name the pool');
  });

  test('a canary that has it in rotation may have answered', async () => {
    const servers = { '10.0.0.1:80': 140, '10.0.0.2:80': 140, '10.0.0.9:80': 60 };
    const unexpected = { '10.0.3.1:80': 60 };
    const report = await judged({ servers, unexpected }, '', nginx('server 10.0.0.9:80;'));
    expect(report.outcome).not.toBe('fail');
  });

  test('servers of the other pool among them mean that it was asked', async () => {
    const report = await judged({ servers: { spare: 150 }, unexpected: { api1: 150 } }, '', HAPROXY + API);
    expect(report.outcome).toBe('inconclusive');
    expect(reasonOf(report)).toContain('the answers come from servers of api, not of app');
  });
});
