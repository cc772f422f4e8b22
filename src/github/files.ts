import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunContext } from './context.ts';

/** Writes a document into the job's own folder; '' when that is not possible, since no verdict depends on it. */
export function writeFile(context: RunContext, name: string, content: unknown): string {
  try {
    const folder = join(context.tempDir, 'evenkeel');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    return path;
  } catch {
    return '';
  }
}
