import { count, say } from '../text/say.ts';
import type { Line } from './blocks.ts';

/** How much of each part is shown; what is left out is counted aloud. */
export interface Size {
  readonly pools: number;
  /** Servers of one pool. */
  readonly rows: number;
  readonly findings: number;
  /** Changed settings. */
  readonly changes: number;
  /** Checklist rows, explanations, notes and unread inputs. */
  readonly items: number;
  /** Only pools that the change touches get a table. */
  readonly changedOnly: boolean;
  /** What another output tells in full is a number here: the checklist, and the config once a measurement decides. */
  readonly brief: boolean;
  /** Offer the open items as lines for the pull request's description. */
  readonly paste: boolean;
}

/** Everything there is. */
export const WHOLE: Size = {
  pools: Infinity,
  rows: Infinity,
  findings: Infinity,
  changes: Infinity,
  items: Infinity,
  changedOnly: false,
  brief: false,
  paste: false,
};

/** The item that says how much was left out, where something was. */
export function more(left: number, one: string, many?: string): Line[] {
  if (left <= 0) return [];
  return [
    [
      say`and ${count(left, `more ${one}`, many === undefined ? undefined : `more ${many}`)} in the `,
      { kind: 'link', to: 'run', words: 'full report' },
    ],
  ];
}
