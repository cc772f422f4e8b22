import { compare, type EstateChange } from '../../src/compare/compare.ts';
import type { Finding } from '../../src/model/finding.ts';
import { RULES } from '../../src/rules/list.ts';
import { defineRule, type Draft, type Rule } from '../../src/rules/rule.ts';
import { plain, say } from '../../src/text/say.ts';
import { SourceFile } from '../../src/text/source.ts';
import { config, pool, type PoolSpec } from '../support/pool.ts';
import { changeOf, findings, shown } from '../support/run-rules.ts';

const text = { what: say`it is so`, why: say`it matters`, fix: say`change it` };

/** Says something about every server with weight 7. */
const sevens = defineRule({
  id: 'weight-imbalance',
  title: 'No sevens',
  severity: 'notice',
  scope: 'pool',
  format: 'haproxy',
  *check({ pool }) {
    for (const { name, weight, at } of pool.servers) {
      if (weight.value === 7) yield { ...text, at, server: name, severityIfIntroduced: 'warning' };
    }
  },
});

function change(base: PoolSpec | undefined, head: PoolSpec): EstateChange {
  return compare(base && [config([pool(base)])], [config([pool(head)])]);
}

const brief = (found: readonly Finding[]): unknown[] =>
  found.map(({ rule, severity, server, introduced }) => [rule, severity, server, introduced]);

test('a rule is run on the formats that it claims, and on no other', () => {
  const estate = change({ servers: [{ weight: 3 }] }, { servers: [{ weight: 7 }] });
  expect(findings([sevens], estate)).toHaveLength(1);
  expect(findings([{ ...sevens, format: 'nginx' }], estate)).toEqual([]);
});

describe('introduced', () => {
  const a = { name: 'a', port: 1 };
  const b = { name: 'b', port: 2 };

  test('is what base does not say, wherever it stands there', () => {
    const estate = change(
      { servers: [{ ...a, weight: 7 }, b] },
      {
        servers: [
          { ...b, weight: 7 },
          { ...a, weight: 7 },
        ],
      },
    );
    expect(brief(findings([sevens], estate))).toEqual([
      ['weight-imbalance', 'warning', 'b', true],
      ['weight-imbalance', 'notice', 'a', false],
    ]);
  });

  test('sees through renamed servers, renamed pools and moved files', () => {
    const base = { name: 'old', servers: [{ ...a, weight: 7 }, b] };
    const head = { name: 'new', servers: [{ ...a, name: 'anna', weight: 7 }, b] };
    expect(brief(findings([sevens], change(base, head)))).toEqual([['weight-imbalance', 'notice', 'anna', false]]);
    const source = new SourceFile('elsewhere.cfg', 'pool\n');
    const moved = pool({ ...head, more: { at: source.span(0, 4) } });
    const estate = compare([config([pool(base)])], [config([moved], { path: 'elsewhere.cfg', source })]);
    expect(brief(findings([sevens], estate))).toEqual([['weight-imbalance', 'notice', 'anna', false]]);
  });

  test('is everything without a base, at the severity of something that may have been there always', () => {
    expect(brief(findings([sevens], change(undefined, { servers: [{ ...a, weight: 7 }] })))).toEqual([
      ['weight-imbalance', 'notice', 'a', true],
    ]);
  });

  test('counts: a second equal finding of a file is new', () => {
    const files = (n: number) =>
      Array.from({ length: n }, (_, i) => {
        const source = new SourceFile(`${i}.cfg`, 'x');
        return config([], { path: source.path, source });
      });
    const rule = defineRule({
      ...meta('policy'),
      scope: 'config',
      *check({ config }) {
        yield { ...text, at: { source: config.source, start: 0, end: 1 } };
      },
    });
    const found = findings([rule], compare(files(1), files(2)));
    expect(found.map(({ introduced, at }) => [at.source.path, introduced])).toEqual([
      ['0.cfg', false],
      ['1.cfg', true],
    ]);
  });
});

describe('severities', () => {
  const estate = change(undefined, { servers: [{ name: 'a', weight: 7 }] });

  test('that the checklist file sets win; off is silence', () => {
    expect(brief(findings([sevens], estate, { severityOf: () => 'error' }))).toEqual([
      ['weight-imbalance', 'error', 'a', true],
    ]);
    expect(findings([sevens], estate, { severityOf: () => 'off' })).toEqual([]);
  });

  test('are asked for with the place that the finding is at', () => {
    const asked: unknown[] = [];
    findings([sevens], estate, {
      severityOf: (rule, path, name) => {
        asked.push([rule.id, path, name]);
        return undefined;
      },
    });
    expect(asked).toEqual([['weight-imbalance', 'lb.cfg', 'app']]);
  });
});

describe('one thing is told once', () => {
  const told = (id: string, severity: Finding['severity'], more: Partial<Draft> & Partial<Rule> = {}): Rule =>
    defineRule({
      ...meta(id),
      severity,
      scope: 'pool',
      covers: more.covers ?? {},
      *check({ pool }) {
        yield { ...text, at: pool.at, what: say`${id}`, ...(more.server === undefined ? {} : { server: more.server }) };
      },
    });
  const estate = change(undefined, { servers: [{}] });

  test('a covered finding becomes a related place', () => {
    const found = findings(
      [told('share-shift', 'warning'), told('server-removed', 'warning', { covers: { 'share-shift': 'pool' } })],
      estate,
    );
    expect(found.map(({ rule, related }) => [rule, related.map(({ note }) => plain(note))])).toEqual([
      ['server-removed', ['share-shift']],
    ]);
  });

  test('a worse one, one about another server and one under an ignored one stay', () => {
    const cover = (severity: Finding['severity']) =>
      told('server-removed', severity, { covers: { 'share-shift': 'server' }, server: 'a' });
    const ids = (found: readonly Finding[]): string[] => found.map(({ rule }) => rule);
    expect(ids(findings([told('share-shift', 'error', { server: 'a' }), cover('warning')], estate))).toHaveLength(2);
    expect(ids(findings([told('share-shift', 'notice', { server: 'b' }), cover('warning')], estate))).toHaveLength(2);
    const ignoredBy = ({ rule }: Finding) =>
      rule === 'server-removed' ? { reason: 'meant', until: undefined } : undefined;
    const found = findings([told('share-shift', 'notice', { server: 'a' }), cover('error')], estate, { ignoredBy });
    expect(found.map(({ rule, ignored }) => [rule, ignored?.reason])).toEqual([
      ['server-removed', 'meant'],
      ['share-shift', undefined],
    ]);
  });

  test('removing a server gives one finding, with the shares that shift', () => {
    const servers = (names: readonly string[]): string =>
      `backend shop\n  option httpchk\n${names.map((n, i) => `  server ${n} 10.0.0.${i + 1}:80 check\n`).join('')}`;
    const rules = RULES.filter(({ scope }) => scope === 'change' || scope === 'estate');
    const found = findings(rules, changeOf('haproxy', servers(['a', 'b', 'c']), servers(['a', 'b'])));
    expect(found.map(shown)).toEqual([
      'warning server-removed 1: c was removed from shop, which had 33% of its traffic.',
    ]);
    expect(found[0]?.related.map(({ note }) => plain(note))).toEqual([
      'If a of shop fails, b goes from 50% to 100%; before this change, the largest share after one failure was 50%.',
    ]);
  });
});

test('a rule that throws is our failure and is not swallowed', () => {
  const broken = defineRule({
    ...meta('policy'),
    scope: 'pool',
    check: () => {
      throw new TypeError('a fault of ours');
    },
  });
  expect(() => findings([broken], change(undefined, { servers: [] }))).toThrow('a fault of ours');
});

test('what readers find is told under the rule that it belongs to, and an unknown only once', () => {
  const source = new SourceFile('lb.cfg', 'one two');
  const at = source.span(0, 3);
  const head = config([pool({ servers: [], more: { unknowns: [{ at, reason: say`again` }] } })], {
    source,
    problems: [{ rule: 'config-unparsable', at, ...text }],
    unknowns: [{ at: source.span(4, 7), reason: say`the weight comes from the environment` }],
  });
  const external = RULES.filter(({ scope }) => scope === 'external');
  expect(findings(external, compare(undefined, [head])).map(shown)).toEqual([
    'error config-unparsable 1: it is so',
    'notice unresolved-template-or-include 1: This part of the file cannot be read completely: the weight comes from the environment.',
  ]);
});

test('a problem that names a line is the same one when lines are added above it', () => {
  const twice = 'backend b\n  server a 10.0.0.1:80 check\n  server a 10.0.0.2:80 check\n';
  const found = findings(RULES, changeOf('haproxy', twice, `# a remark\n${twice}`));
  expect(found.filter(({ rule }) => rule === 'config-unparsable').map(({ introduced }) => introduced)).toEqual([false]);
});

test('the time that all rules need grows with the number of servers, not with its square', () => {
  const server = (pool: number, n: number, weight: number): string =>
    `  server s${n} 10.${pool >> 8}.${pool & 255}.${n}:80 check weight ${weight}\n`;
  const revision = (pools: number, weight: number): string =>
    Array.from({ length: pools }, (_, pool) => {
      const servers = Array.from({ length: 10 }, (_, n) => server(pool, n, n === 0 ? weight : 1)).join('');
      return `frontend f${pool}\n  bind :${pool + 1024}\n  default_backend b${pool}\nbackend b${pool}\n${servers}`;
    }).join('');
  const seconds = (pools: number): number => {
    const estate = changeOf('haproxy', revision(pools, 1), revision(pools, 4));
    const start = process.cpuUsage();
    expect(findings(RULES, estate).length).toBeGreaterThan(pools);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  seconds(100);
  const small = Math.min(seconds(250), seconds(250));
  // Six times as many: 6 when it is linear, 36 when it is not.
  expect(seconds(1500)).toBeLessThan(Math.max(small, 0.05) * 18);
}, 60_000);

function meta(id: string) {
  return { id, title: id, severity: 'warning', format: 'haproxy' } as const;
}
