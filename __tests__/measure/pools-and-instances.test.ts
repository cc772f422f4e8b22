import { expectationFor } from '../../src/measure/expectation.ts';
import { knownServers, subjectPools } from '../../src/measure/known-servers.ts';
import { otherPools } from '../../src/measure/other-pools.ts';
import type { Config } from '../../src/model/config.ts';
import type { Pool } from '../../src/model/pool.ts';
import { makeRoster } from '../../src/probe/roster.ts';
import { config, pool } from '../support/pool.ts';
import { read } from '../support/run-rules.ts';

const NEUTRAL = (servers: string): Config =>
  read('neutral', `version: 1\npools:\n  - name: shop\n    expect: { split: weights }\n    servers:\n${servers}`);

function only(one: Config): Pool {
  const [found] = one.pools;
  if (found === undefined) throw new Error('no pool');
  return found;
}

function expectation(head: Config) {
  return expectationFor({
    subject: { pool: only(head) },
    head: [head],
    base: undefined,
    older: [],
    expect: undefined,
    facts: new Map(),
    findings: [],
    vary: undefined,
  });
}

describe('instances of a line', () => {
  const blueGreen = NEUTRAL(
    '      - { name: api-blue7, address: api-blue7, port: 80, count: 4 }\n      - { name: api-green8, address: api-green8, port: 80 }\n',
  );

  test('do not take the answers of a server whose name only begins alike', () => {
    const roster = makeRoster(knownServers({ pool: only(blueGreen) }, [blueGreen], [], new Map()));
    const names = ['api-green8', 'api-blue7-x2k', 'api-blue7'].map((identity) => roster.find(identity));
    expect(names).toEqual(['api-green8', 'api-blue7', 'api-blue7']);
  });

  test('are all called as their line where the file says so', () => {
    const listed = NEUTRAL(
      '      - { name: api, address: api, count: 2, named: listed }\n      - { name: other, address: other }\n',
    );
    const roster = makeRoster(knownServers({ pool: only(listed) }, [listed], [], new Map()));
    expect(['api', 'api-x'].map((identity) => roster.find(identity))).toEqual(['api', undefined]);
  });

  test('count each in the weighted split and in the equal one', () => {
    const { servers, candidates } = expectation(blueGreen);
    expect(servers.map(({ name, expected }) => [name, expected])).toEqual([
      ['api-blue7', 0.8],
      ['api-green8', 0.2],
    ]);
    // Equal for each instance is what is expected, so no other split of equal servers is a candidate.
    expect(candidates.filter(({ cause }) => cause === 'equal-split')).toEqual([]);
    const weighted = NEUTRAL(
      '      - { name: big, address: big, count: 4 }\n      - { name: solo, address: solo, weight: 12 }\n',
    );
    const [equal] = expectation(weighted).candidates.filter(({ cause }) => cause === 'equal-split');
    expect([...(equal?.shares ?? [])]).toEqual([
      ['big', 0.8],
      ['solo', 0.2],
    ]);
  });
});

describe('pools of one name', () => {
  const one = config([pool({ format: 'nginx', name: 'store', servers: [{ name: 'n1' }, { name: 'n2' }] })], {});
  const other = config([pool({ format: 'haproxy', name: 'store', servers: [{ name: 'h1' }, { name: 'h2' }] })], {});

  test('of two products are two pools', () => {
    const subject = { pool: only(one) };
    expect(subjectPools(subject, [one, other]).map(({ key }) => key)).toEqual([only(one).key]);
    expect(knownServers(subject, [one, other], [], new Map()).map(({ name }) => name)).toEqual(['n1', 'n2']);
    const elsewhere = otherPools(subject, [one, other], new Map());
    expect([elsewhere?.poolOf('h1'), elsewhere?.poolOf('n1')]).toEqual(['store', undefined]);
  });
});
