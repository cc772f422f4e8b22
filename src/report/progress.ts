import { requestsOf } from '../evidence/tally.ts';
import type { Counts } from '../model/counts.ts';
import { count, formatNumber, formatPercent } from '../text/say.ts';
import { clean, plainText, styled } from './escape.ts';
import type { TerminalMode } from './terminal.ts';
import { displayWidth, styledWidth } from './width.ts';

/** How a running measurement is shown: one line that is drawn over itself, or a line of a log. */
export interface ProgressMode extends TerminalMode {
  readonly live: boolean;
}

/** A server, and its expected share 0..1; null where none is expected. */
interface Expected {
  readonly name: string;
  readonly expected: number | null;
}

const NAME_COLUMNS = 24;
/** Cells of the largest server's bar: the most that let every server have its place, else the fewest. */
const CELLS = [8, 4, 0];
const GAP = '  ';
/** Servers in a line of a log. */
const LOGGED = 12;

/**
 * The state of a running measurement in one line, without a line end: requests, errors, and the share of each server so
 * far. Live it never exceeds the width; servers that do not fit are counted.
 * @param seconds since the start
 */
export function renderProgress(
  counts: Counts,
  expected: readonly Expected[],
  seconds: number,
  mode: ProgressMode,
): string {
  const shares = sharesOf(counts, expected);
  const status = statusOf(counts, seconds);
  if (!mode.live) {
    const shown = shares.slice(0, LOGGED).map(({ name, share }) => `${name} ${formatPercent(share)}`);
    const left = shares.length - shown.length;
    return [status, ...shown, ...(left > 0 ? [`${left} more`] : [])].join(', ');
  }
  const largest = Math.max(0, ...shares.map(({ share }) => share));
  const piecesOf = (cells: number): string[] =>
    shares.map(({ name, share }) =>
      [name, bar(share, largest, cells, mode), formatPercent(share)].filter((part) => part !== '').join(' '),
    );
  const sizes = CELLS.map(piecesOf);
  const whole = sizes.find((pieces) => styledWidth([status, ...pieces].join(GAP)) < mode.width);
  return fitted(status, whole ?? sizes.at(-1) ?? [], mode);
}

/** As many pieces as the line holds, and how many are left out. */
function fitted(status: string, pieces: readonly string[], { width, color }: ProgressMode): string {
  // The last column makes some terminals begin a new line.
  const room = width - 1;
  const head = cut(status, room);
  let line = styled(head, 'dim', color);
  for (const [i, piece] of pieces.entries()) {
    const after = i + 1 < pieces.length ? `  +${pieces.length - i - 1} more` : '';
    if (styledWidth(`${line}  ${piece}${after}`) > room) {
      const more = `  +${pieces.length - i} more`;
      return styledWidth(line) + more.length > room ? line : line + more;
    }
    line += `  ${piece}`;
  }
  return line;
}

function cut(text: string, columns: number): string {
  return displayWidth(text) <= columns ? text : text.slice(0, Math.max(0, columns));
}

function bar(share: number, largest: number, cells: number, { color }: ProgressMode): string {
  const full = largest === 0 ? 0 : Math.round((share / largest) * cells);
  return `${'█'.repeat(full)}${styled('░'.repeat(cells - full), 'dim', color && full < cells)}`;
}

/** Expected servers in their order, then the others by name, with their shares of the attributed answers. */
function sharesOf(
  { servers, unexpected = {} }: Counts,
  expected: readonly Expected[],
): readonly { readonly name: string; readonly share: number }[] {
  const seen = new Map([...Object.entries(servers), ...Object.entries(unexpected)]);
  const answers = [...seen.values()].reduce((sum, n) => sum + n, 0);
  // Servers that must not answer are shown once they do.
  const listed = expected.filter(({ name, expected: share }) => share !== 0 || seen.has(name)).map(({ name }) => name);
  return [...new Set([...listed, ...[...seen.keys()].toSorted()])].map((name) => ({
    name: clean(name, NAME_COLUMNS),
    share: answers === 0 ? 0 : (seen.get(name) ?? 0) / answers,
  }));
}

function statusOf(counts: Counts, seconds: number): string {
  const sum = (record: Readonly<Record<string, number>> = {}): number =>
    Object.values(record).reduce((a, b) => a + b, 0);
  const unknown = (counts.unidentified ?? 0) + (counts.cached ?? 0);
  const errors = sum(counts.failed) + sum(counts.errors);
  return [
    plainText(count(requestsOf(counts), 'request')),
    `${formatNumber(Math.round(seconds))} s`,
    ...(errors === 0 ? [] : [plainText(count(errors, 'error'))]),
    ...(unknown === 0 ? [] : [`${formatNumber(unknown)} not attributed`]),
  ].join(', ');
}
