import type { TerminalMode } from '../report/terminal.ts';
import { terminalWidth } from '../report/width.ts';
import { Progress, type RenderLine } from './progress.ts';

/** Flags as commander gives them: camel case, texts or true; absent when not given. */
export type Flags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** Where a command's words go. */
export interface Io {
  readonly mode: TerminalMode;
  out(text: string): void;
  err(text: string): void;
  /** The state of a running measurement, in one line. */
  progress(render: RenderLine): void;
}

/** The process's own output. Colour and live progress only on a terminal. */
export function stdio(): Io {
  const { stdout, stderr } = process;
  // A reader that has seen enough (`| head`) is no fault, and must not change the exit code.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(4);
  });
  const tty = stdout.isTTY;
  const color = tty && process.env['NO_COLOR'] === undefined;
  const progress = new Progress({
    write: (text) => void stderr.write(text),
    live: stderr.isTTY,
    color: process.env['NO_COLOR'] === undefined,
    columns: () => stderr.columns || 80,
    now: () => performance.now(),
  });
  return {
    mode: { color, width: terminalWidth(stdout.columns) },
    out: (text) => {
      progress.wipe();
      stdout.write(`${text}\n`);
    },
    err: (text) => {
      progress.wipe();
      stderr.write(`${text}\n`);
    },
    progress: (render) => progress.show(render),
  };
}
