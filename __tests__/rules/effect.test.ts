import { RULES } from '../../src/rules/list.ts';
import { changeOf, findings, shown } from '../support/run-rules.ts';

/** What the rules say of the servers of one backend, before and after, worst first. */
function said(ids: readonly string[], base: readonly string[], head: readonly string[]): string[] {
  const rules = RULES.filter(({ id }) => ids.includes(id));
  expect(rules).toHaveLength(ids.length);
  const text = (lines: readonly string[]): string =>
    `frontend in\n mode http\n bind :80\n default_backend app\nbackend app\n mode http\n${lines.join('\n')}\n`;
  return findings(rules, changeOf('haproxy', text(base), text(head))).map(shown);
}

const servers = (...weights: readonly (number | string)[]): string[] =>
  weights.map((weight, i) => `server s${i + 1} 192.0.2.${i + 1}:80 check weight ${weight}`);

const LOSS = ['server-disabled', 'server-removed', 'share-shift', 'weight-imbalance'];

describe('severity follows effect', () => {
  test('servers that fall under a fifth of their fair share are lost like disabled ones', () => {
    expect(said(LOSS, servers(50, 50, 50, 50, 50, 50), servers(50, 50, 50, 50, 2, 2))).toEqual([
      'error server-disabled 11: s5 and s6 of app go from 17% to 1% of the traffic each, an even split would give 17%.',
    ]);
    const one = said(LOSS, servers(50, 50, 50, 50, 50, 50), servers(50, 50, 50, 50, 50, 2));
    expect(one).toHaveLength(1);
    expect(one[0]).toMatch(/^warning server-disabled 12: s6 of app goes from 17% to /);
    // A fifth of the fair share and more is a canary or a small machine.
    expect(said(['server-disabled'], servers(50, 50, 50), servers(50, 50, 10))).toEqual([]);
    expect(said(['server-disabled'], servers(50, 50, 2), servers(50, 50, 1))).toEqual([]);
  });

  test('a template that makes fewer servers removes the others', () => {
    const template = (count: number): string[] => [`server-template web ${count} 192.0.2.7:80 check`];
    expect(said(['server-removed'], template(4), template(1))).toEqual([
      'error server-removed 7: 3 servers of 4 behind web1 were removed from app, which had 75% of its traffic.',
    ]);
    expect(said(['server-removed'], template(9), template(8))[0]).toMatch(/^warning /);
    expect(said(['server-removed'], template(4), template(5))).toEqual([]);
  });

  test('half of a pool disabled at once is an error', () => {
    const off = servers(10, 10, 10, 10).map((line, i) => (i > 1 ? `${line} disabled` : line));
    const found = said(['server-disabled'], servers(10, 10, 10, 10), off);
    expect(found).toHaveLength(2);
    expect(found.every((text) => text.startsWith('error '))).toBe(true);
  });
});

describe('what is known of a pool is judged beside what is not', () => {
  const unknown = '"${SPARE}"';

  test('the weights that are known are compared with each other', () => {
    expect(said(['weight-imbalance'], servers(9, 9, 9, 9), servers(180, 2, 2, unknown))).toEqual([
      'error weight-imbalance 7: s1 gets 98% of app, counting only s1, s2 and s3, whose weights are known; the limit for 3 servers is 50%.',
    ]);
    expect(said(['weight-imbalance'], servers(9, 9, 9, 9), servers(9, 9, 9, unknown))).toEqual([]);
    expect(said(['weight-imbalance'], servers(9, 9), servers(200, unknown))).toEqual([]);
  });
});

describe('a check that accepts what failed before', () => {
  const pool = (expected: string): string[] => ['option httpchk GET /up', ...expected.split('\n'), ...servers(1, 1)];
  const RULE = ['health-check-removed-or-weakened'];

  test.each(['rstatus ^[2345]', '! status 404', 'rstatus 20.|503', 'status 200-499'])('expects %s', (now) => {
    const found = said(RULE, pool('http-check expect status 200'), pool(`http-check expect ${now}`));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^warning .* now accepts status [45]\d\d as healthy/);
  });

  test.each(['rstatus ^2', '! rstatus ^[145]', 'rstatus (a+)+$', 'string up'])('silent for %s', (now) => {
    expect(
      said(RULE, pool('http-check expect status 200'), pool(`http-check expect ${now}`)).filter((text) =>
        text.includes('accepts status'),
      ),
    ).toEqual([]);
  });
});
