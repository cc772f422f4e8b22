import { expect, test } from '@jest/globals';
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
async function judged(counts: Omit<Counts, 'version'>, expected = ''): Promise<Report> {
  const given = new Map([
    ['observe', 'counts:*.json'],
    ['pool', 'app'],
    ['expect', expected],
  ]);
  const files = [{ path: 'counts.json', text: JSON.stringify({ version: 1, ...counts }) }];
  const measure = readInputs((name) => given.get(name) ?? '');
  return reportOf(revisionOf('pools.yml', TWO_POOLS), { measure }, { countsFiles: () => files });
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
