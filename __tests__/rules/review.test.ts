import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONFIG =
  'defaults\n  timeout connect 5s\n  timeout server 5s\n  timeout client 5s\nbackend app\n  server a 192.0.2.1:80 check\n  server b 192.0.2.1:80 check\n';
const FILE = createHash('sha256').update(CONFIG).digest('hex').slice(0, 16);
const TWIN = {
  file: FILE,
  line: 7,
  severity: 'warning',
  rule: 'duplicate-server',
  verdict: 'true',
  why: 'written twice',
};

/** Reviews a folder that holds one config with a twin server against the given rows. */
function review(rows: readonly object[]): { readonly status: number | null; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'review-'));
  try {
    writeFileSync(join(folder, 'haproxy.cfg'), CONFIG);
    const file = join(folder, 'rows.json');
    writeFileSync(file, JSON.stringify(rows));
    const script = 'script/lib/review-findings.mjs';
    const { status, stdout } = spawnSync(process.execPath, [script, folder, '--rows', file], { encoding: 'utf8' });
    return { status, said: stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the review of findings on real configs', () => {
  test('passes when every error and warning is a reviewed row', () => {
    const { status, said } = review([TWIN]);
    expect(said).toMatch(/^1 files: errors 0 true, 0 false; warnings 1 true, 0 noise; \d+ notices\n$/);
    expect(status).toBe(0);
  });

  test('fails on a finding without a row and on a row without its finding', () => {
    const { status, said } = review([{ ...TWIN, line: 6 }]);
    expect(said).toContain(`not reviewed: haproxy.cfg (${FILE}) line 7: warning duplicate-server`);
    expect(said).toContain(`no longer found: haproxy.cfg (${FILE}) line 6: duplicate-server`);
    expect(status).toBe(1);
  });

  test('fails when more than one warning in five files is noise', () => {
    const { status, said } = review([{ ...TWIN, verdict: 'noise' }]);
    expect(said).toContain('1 noisy warnings in 1 files');
    expect(status).toBe(1);
  });
});

describe('the reviewed rows', () => {
  const rows = JSON.parse(readFileSync('__tests__/rules/reviewed.json', 'utf8')) as readonly (typeof TWIN)[];
  const ids = JSON.parse(readFileSync('schemas/rule-ids.json', 'utf8')) as { readonly active: readonly string[] };

  test('are one a finding, with a verdict, a reason and a rule that is there', () => {
    const keys = rows.map(({ file, line, rule, severity }) => `${file} ${line} ${rule} ${severity}`);
    expect(new Set(keys).size).toBe(rows.length);
    expect(rows.filter(({ verdict, why }) => !['true', 'noise'].includes(verdict) || why === '')).toEqual([]);
    expect(rows.filter(({ rule }) => !ids.active.includes(rule))).toEqual([]);
  });

  test('call no error false', () => {
    expect(rows.filter(({ severity, verdict }) => severity === 'error' && verdict === 'noise')).toEqual([]);
  });
});
