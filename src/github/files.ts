import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from './context.ts';

/** One folder a run: two uses of the Action in one job keep their files apart. */
const folders = new WeakMap<RunContext, string>();

/** Writes a document into this run's own folder; '' when that is not possible, since no verdict depends on it. */
export function writeFile(context: RunContext, name: string, content: unknown): string {
  try {
    const folder = folders.get(context) ?? mkdtempSync(join(context.tempDir, 'evenkeel-'));
    folders.set(context, folder);
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    return path;
  } catch {
    return '';
  }
}
