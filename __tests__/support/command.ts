import { runJob } from '../../src/cli/run.ts';
import type { Flags, Io } from '../../src/cli/io.ts';

/** What a measurement of the command line came to. */
export interface Told {
  readonly code: number;
  readonly reason: string;
  readonly notes: readonly string[];
  readonly explanations: readonly { cause: string; line: number | null; what: string; next: string }[];
  readonly requests: number;
  readonly seconds: number;
  readonly tookMs: number;
}

/** `evenkeel probe TARGET` with one address, in this process. */
export async function probeByCommand(target: string, flags: Flags = {}): Promise<Told> {
  const printed: string[] = [];
  const began = performance.now();
  const code = await runJob({ target, json: true, ...flags }, ioInto(printed));
  const tookMs = performance.now() - began;
  const document = JSON.parse(printed.join('\n')) as { measurements: Omit<Told, 'code' | 'tookMs'>[] };
  const [measurement, ...others] = document.measurements;
  if (measurement === undefined || others.length > 0) throw new Error('not one measurement');
  return { code, ...measurement, tookMs };
}

/** Collects what would stand on the standard output. */
export function ioInto(printed: string[]): Io {
  const out = (text: string): void => void printed.push(text);
  return { mode: { color: false, width: 100 }, out, err: () => {}, progress: () => {} };
}
