import { expect, test } from '@jest/globals';
import { poolKey } from '../../src/model/keys.ts';
import type { Report } from '../../src/model/report.ts';
import { sharesOf } from '../../src/report/shares.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { reportOf } from '../support/jobs.ts';
import { backend, changeReport, measuredServer, measurement } from '../support/made-reports.ts';

const shop = (weight: number, more = ''): string => `defaults
    mode http
frontend www
    bind :80
    default_backend shop
backend shop
    server s1 192.0.2.1:80 weight ${weight}
    server s2 192.0.2.2:80 weight 1
${more}`;

const API = 'backend api\n    server a1 192.0.2.9:80\n';

async function twoRegions(): Promise<Report> {
  const tree = new MemoryTree({ 'north/lb.cfg': shop(3), 'south/lb.cfg': shop(1, API) });
  return reportOf({ tree, files: ['north/lb.cfg', 'south/lb.cfg'], revision: null });
}

test('pools of one name are called by their files, others by their name', async () => {
  expect(sharesOf(await twoRegions())).toEqual({
    'north/lb.cfg#shop': { s1: 0.75, s2: 0.25 },
    'south/lb.cfg#shop': { s1: 0.5, s2: 0.5 },
    api: { a1: 1 },
  });
});

test('what was measured replaces what is predicted of the pool that it is about', async () => {
  const report = await twoRegions();
  const servers = [measuredServer('s1', 45, 100), measuredServer('s2', 55, 100)];
  const measurements = [measurement({ pool: 'shop', file: 'south/lb.cfg', servers })];
  expect(sharesOf({ ...report, measurements })).toMatchObject({
    'north/lb.cfg#shop': { s1: 0.75, s2: 0.25 },
    'south/lb.cfg#shop': { s1: 0.45, s2: 0.55 },
  });
});

test('pools of one name in one file are called by their keys', () => {
  const { pools } = changeReport(undefined, backend(['', '']));
  const [one] = pools;
  if (one === undefined) throw new Error('no pool');
  const inScope = (scope: string) => ({ ...one, pool: { ...one.pool, key: poolKey('haproxy', scope, one.pool.name) } });
  expect(Object.keys(sharesOf({ pools: [inScope('blue'), inScope('green')], measurements: [] }))).toEqual([
    'haproxy/blue/be_app',
    'haproxy/green/be_app',
  ]);
});

test('several addresses of one target give the shares of all their answers', () => {
  const at = (address: string, web1: number, web2: number) =>
    measurement({
      address,
      servers: [measuredServer('web1', web1, web1 + web2), measuredServer('web2', web2, web1 + web2)],
    });
  const { pools } = changeReport(undefined, backend(['', '']));
  const measurements = [at('192.0.2.80', 150, 150), at('192.0.2.81', 90, 10)];
  expect(sharesOf({ pools, measurements })).toEqual({ be_app: { web1: 0.6, web2: 0.4 } });
});
