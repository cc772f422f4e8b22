import type { Bar } from './blocks.ts';
import { formatPercent } from '../text/say.ts';

/** Cells of a bar of block characters: as many as a phone shows without scrolling. */
const CELLS = 16;

/** A share as block characters, `█████│██████░░░░░`, with `│` where the marker stands. */
export function barText({ share, marker }: Pick<Bar, 'share' | 'marker'>): string {
  const filled = Math.round(bounded(share) * CELLS);
  const bar = '█'.repeat(filled) + '░'.repeat(CELLS - filled);
  if (marker === null) return bar;
  const at = Math.round(bounded(marker) * CELLS);
  return `${bar.slice(0, at)}│${bar.slice(at)}`;
}

const TRENDS = { up: '▲', down: '▼', same: '' } as const;

/** The words beside a bar: `▲ from 33%`. */
export function trendText({ trend, tail }: Bar): string {
  return [TRENDS[trend], tail ?? ''].filter((part) => part !== '').join(' ');
}

/** The number of a bar: `71%`. */
export function shareText({ share }: Bar): string {
  return formatPercent(share);
}

function bounded(share: number): number {
  return Math.min(1, Math.max(0, share));
}
