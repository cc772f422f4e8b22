import type { TerminalMode } from '../report/terminal.ts';
import { terminalWidth } from '../report/width.ts';

/** Flags as commander gives them: camel case, texts or true; absent when not given. */
export type Flags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** Where a command's words go. */
export interface Io {
  readonly mode: TerminalMode;
  /** True when progress may be drawn over itself. */
  readonly live: boolean;
  out(text: string): void;
  err(text: string): void;
  /** Progress: drawn over itself on a terminal, a line every few seconds in a log. */
  progress(lines: string): void;
}

/** How often a log gets a line of progress, ms. */
const LOG_EVERY_MS = 5000;

/** The process's own output. Colour and live progress only on a terminal. */
export function stdio(): Io {
  const { stdout, stderr } = process;
  // A reader that has seen enough (`| head`) is no fault, and must not change the exit code.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(4);
  });
  const tty = stdout.isTTY;
  const color = tty && process.env['NO_COLOR'] === undefined;
  let drawn = 0;
  let logged = Number.NEGATIVE_INFINITY;
  const wipe = (): void => {
    if (drawn > 0) stderr.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  return {
    mode: { color, width: terminalWidth(stdout.columns) },
    live: stderr.isTTY,
    out: (text) => {
      wipe();
      stdout.write(`${text}\n`);
    },
    err: (text) => {
      wipe();
      stderr.write(`${text}\n`);
    },
    progress: (lines) => {
      if (stderr.isTTY) {
        wipe();
        stderr.write(`${lines}\n`);
        drawn = lines.split('\n').length;
      } else if (performance.now() - logged >= LOG_EVERY_MS) {
        logged = performance.now();
        stderr.write(`${lines}\n`);
      }
    },
  };
}
