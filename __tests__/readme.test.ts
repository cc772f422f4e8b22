import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const readme = readFileSync('README.md', 'utf8');

/** Fenced blocks of one language, each with the block that follows it directly, if any. */
function blocks(language: string): { text: string; next: string | undefined }[] {
  const pattern = new RegExp(
    `^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`\\n(?:\\n\`\`\`text\\n([\\s\\S]*?)^\`\`\`)?`,
    'gm',
  );
  return [...readme.matchAll(pattern)].map(([, text = '', next]) => ({ text: text.trim(), next }));
}

test('every command of the README runs, and a report beside one is what it really prints', () => {
  const commands = blocks('sh');
  expect(commands.length).toBeGreaterThanOrEqual(2);
  for (const { text, next } of commands) {
    const result = spawnSync('bash', ['-c', text], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
    expect([text, result.stderr]).toEqual([text, '']);
    if (next !== undefined) expect(result.stdout.trim()).toBe(next.trim());
  }
}, 60_000);

test('the settings of the README are accepted', () => {
  const settings = blocks('yaml').find(({ text }) => text.startsWith('version: 1'))?.text ?? '';
  expect(settings).toContain('max-share');
  const script = `d=$(mktemp -d) && cat > $d/e.yml && cp examples/demo/haproxy.before.cfg $d/lb.cfg && node dist/cli check $d/lb.cfg --checklist $d/e.yml --json; code=$?; rm -r $d; exit $code`;
  const out = execFileSync('bash', ['-c', script], { encoding: 'utf8', input: settings });
  expect((JSON.parse(out) as { outcome: string }).outcome).toBe('pass');
});
