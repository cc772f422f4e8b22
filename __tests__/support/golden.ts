import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FOLDER = '__tests__/golden';

/**
 * Expects a whole output to be what a person has looked at: `__tests__/golden/NAME`. With GOLDEN=write the files are
 * written instead; look at their difference before it is committed.
 */
export function expectGolden(name: string, output: string): void {
  const path = `${FOLDER}/${name}`;
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, output);
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : `${path} does not exist`).toBe(output);
}
