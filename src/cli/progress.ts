import type { ProgressMode } from '../report/progress.ts';

/** Where progress is shown. */
export interface ProgressScreen {
  readonly write: (text: string) => void;
  /** It is a terminal, so that a line may be drawn over itself. */
  readonly live: boolean;
  readonly color: boolean;
  /** Columns at this moment: a window can be resized. */
  readonly columns: () => number;
  /** ms, of any clock that only runs forward. */
  readonly now: () => number;
}

/** A line of the state after so many seconds. */
export type RenderLine = (seconds: number, mode: ProgressMode) => string;

/** How often a log gets a line, ms. */
const LOG_EVERY_MS = 5000;
/** To the first column, and everything to the right of it gone. */
const WIPE = '\r\u001b[K';

/** One line of progress: drawn over itself on a terminal until it is wiped, a plain line every few seconds in a log. */
export class Progress {
  readonly #screen: ProgressScreen;
  #began: number | undefined;
  #logged = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(screen: ProgressScreen) {
    this.#screen = screen;
  }

  show(render: RenderLine): void {
    const { write, live, color, columns, now } = this.#screen;
    const at = now();
    this.#began ??= at;
    if (!live && at - this.#logged < LOG_EVERY_MS) return;
    this.#logged = at;
    const line = render((at - this.#began) / 1000, { live, color: live && color, width: columns() });
    write(live ? `${this.#drawn ? WIPE : ''}${line}` : `${line}\n`);
    this.#drawn = live;
  }

  /** Takes the line away, before anything else is written and at the end. */
  wipe(): void {
    if (this.#drawn) this.#screen.write(WIPE);
    this.#drawn = false;
  }
}
