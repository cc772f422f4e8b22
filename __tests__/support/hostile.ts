import type { Finding } from '../../src/model/finding.ts';
import { poolKey, routeKey } from '../../src/model/keys.ts';
import type { Report } from '../../src/model/report.ts';
import type { Source, Span } from '../../src/model/span.ts';
import { name, say, strong } from '../../src/text/say.ts';
import { measuredServer, measurement, poolOf } from './made-reports.ts';
import { twoProblems } from './reports.ts';

/** Texts that try to be something else where they are shown; the name says what. */
export const HOSTILE: Readonly<Record<string, string>> = {
  pipe: 'a|b',
  backslashPipe: 're\\|x',
  backslashEnd: 'path\\',
  twoBackslashPipe: 'a\\\\|b',
  backtick: 'a`b',
  backtickRun: '``x`` ```y',
  leadingTick: '`x',
  trailingTick: 'x`',
  onlyTicks: '``',
  newline: 'a\nb',
  forgedRow: 'a\r\n| x | y |\r\n',
  html: '<img src=x onerror="window.hit=1">',
  closeDetails: '</details></td></tr></table></code></pre></main><h1>ok',
  script: '</style></title><script>window.hit=1</script>',
  comment: '<!-- evenkeel:verify:0 -->',
  commentEnd: '--> x',
  link: '[x](https://evil.example)',
  image: '![x](https://evil.example/p.png)',
  mention: '@octocat',
  team: '@org/team',
  issue: '#1',
  sha: '0123456789abcdef0123456789abcdef01234567',
  math: '$a$ ${host}',
  mathTick: '$`x`$',
  emoji: ':warning:',
  heading: '# h',
  fence: '```',
  entity: '&lt;b&gt; &#124;',
  bidi: 'a\u202egnp.exe',
  nul: 'a\u0000b',
  zeroWidth: 'a\u200bb',
  lineSeparator: 'a\u2028b',
  space: ' ',
  empty: '',
  url: 'https://evil.example/x',
  strike: '~~x~~',
  star: '**x** _y_',
  task: '- [x] done',
  escapeSequence: '\u001b[2J\u001b]0;owned\u0007\u009b31m',
  command: '\n::error file=x::y\n##[add-mask]z',
};

const ALPHABET = '|`\\$<>&@#[]()!*_~:\n\r \tab-"\'{}=%/'.split('');

/** Random texts of the characters that mean something somewhere; the same for the same seed. */
export function hostileRows(rows: number, seed: number): string[] {
  let state = seed >>> 0;
  const next = (below: number): number => {
    // Numerical Recipes' linear congruential generator; its high bits are good enough for picking characters.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: rows }, () =>
    Array.from({ length: 1 + next(12) }, () => ALPHABET[next(ALPHABET.length)]).join(''),
  );
}

/** A report in which every foreign text there can be is `text`. */
export function hostileReport(text: string): Report {
  const report = twoProblems();
  const pool = poolOf(report);
  const renamed = renamer(text);
  const servers = pool.servers.map((server, i) => ({ ...server, name: `${text}${i}`, at: renamed(server.at) }));
  const spoken = say`${text} and ${strong('more')} of ${name(text)}${text}`;
  const finding = (one: Finding): Finding => ({
    ...one,
    at: renamed(one.at),
    pool: text,
    server: text,
    what: spoken,
    why: spoken,
    fix: spoken,
    related: one.related.map(({ at }) => ({ at: renamed(at), note: spoken })),
  });
  const measured = measurement({
    outcome: 'fail',
    target: text,
    address: text,
    pool: text,
    reason: spoken,
    notes: [spoken],
    servers: servers.map((server, i) => measuredServer(server.name, 50 - i, 147)),
    unexpected: [{ identity: text, count: 3 }],
    explanations: [
      {
        cause: 'old-file-loaded',
        at: renamed(pool.at),
        revision: `v${text}`,
        score: 1,
        predicts: Object.fromEntries(servers.map((server) => [server.name, 1 / 3])),
        fits: true,
        what: spoken,
        next: spoken,
      },
    ],
  });
  const [first] = report.pools;
  if (first === undefined) throw new Error('the report has no pool');
  return {
    ...report,
    summary: spoken,
    inputs: [
      { file: text, format: 'haproxy', status: 'refused', line: 1, reason: spoken },
      { file: text, format: 'nginx', status: 'partial', line: null, reason: null },
    ],
    pools: [
      {
        ...first,
        pool: {
          ...pool,
          name: text,
          at: renamed(pool.at),
          servers,
          algorithm: { ...pool.algorithm, value: { kind: 'unknown', native: text } },
          unknowns: [{ at: renamed(pool.at), reason: spoken }],
        },
        prediction: { ...first.prediction, predictability: 'key-dependent', reason: spoken },
      },
    ],
    routes: [
      {
        route: {
          key: routeKey('haproxy', text, text),
          name: text,
          at: pool.at,
          kind: 'weighted',
          to: [
            {
              to: { kind: 'pool', pool: poolKey('haproxy', text, text), name: text },
              role: 'serves',
              weight: pool.servers[0]?.weight ?? never(),
              at: pool.at,
            },
          ],
        },
        head: [1],
        base: new Map([[text, 0.5]]),
      },
    ],
    diff: {
      ...report.diff,
      pools: report.diff.pools.map((one) => ({
        ...one,
        name: text,
        file: text,
        changes: one.changes.map((change) => ({ ...change, server: text, setting: text, before: text, after: text })),
        servers: one.servers.map((server, i) => ({ ...server, name: `${text}${i}` })),
      })),
    },
    findings: [
      ...report.findings.map(finding),
      ...report.findings.slice(0, 1).map((one) => ({ ...finding(one), ignored: { reason: text, until: text } })),
    ],
    checklist: report.checklist.map((item) => (item.by === 'person' ? { ...item, ask: name(text) } : item)),
    measurements: [measured, { ...measured, outcome: 'pass' }],
    notes: [spoken],
  };
}

function never(): never {
  throw new Error('the pool has no server');
}

/** Spans in a file of another name, whose lines are as long as before and made of that name. */
function renamer(path: string): (span: Span) => Span {
  const words = `${path.replace(/[\r\n]/g, ' ')} `;
  return ({ source, start, end }) => {
    const lines = source.text.split('\n').map((line) => words.repeat(line.length).slice(0, line.length));
    const renamed: Source = { path, text: lines.join('\n'), position: (offset) => source.position(offset) };
    return { source: renamed, start, end };
  };
}
