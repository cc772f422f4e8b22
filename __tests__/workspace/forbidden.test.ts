import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Somebody who may read nothing but what everybody may; root may read everything. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

test('a file whose permissions forbid it is not said to be missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'forbidden-'));
  try {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'lb.cfg'), 'backend app\n');
    chmodSync(join(folder, 'lb.cfg'), 0);
    const module = resolve('src/workspace/disk-tree.ts');
    const script = `import { DiskTree } from ${JSON.stringify(module)}; new DiskTree(${JSON.stringify(folder)}).read('lb.cfg');`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      ...NOBODY,
    });
    expect(stderr).toContain('lb.cfg may not be read: its permissions forbid it.');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
