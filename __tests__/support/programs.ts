import { findProgram } from './real/products.ts';

/** A `describe` that is skipped by name when a program is not on this machine (see script/setup; a skip fails under CI=true). */
export function describeWith(program: string, title: string, body: (path: string) => void): void {
  const path = findProgram([program]);
  if (path !== undefined) describe(title, () => body(path));
  else describe.skip(`${title} (skipped: no ${program} here, see script/setup)`, () => body(program));
}
