import type { EstateChange } from '../../compare/compare.ts';
import type { Unjudged } from '../../compare/statements.ts';
import type { RelatedPlace } from '../../model/finding.ts';
import type { Text } from '../../model/text.ts';
import { say, words } from '../../text/say.ts';

/** Statements of one block that are not judged, the first of which stands for all. */
export interface UnjudgedBlock {
  readonly first: Unjudged;
  /** The block as the file calls it, or the file. */
  readonly where: string;
  readonly count: number;
  readonly related: readonly RelatedPlace[];
}

/** So many places of one finding are kept. */
const MOST_PLACES = 50;

/** The statements of one kind, block by block. */
export function unjudgedBlocks({ statements }: EstateChange, kind: Unjudged['kind']): UnjudgedBlock[] {
  const blocks = new Map<string, [Unjudged, ...Unjudged[]]>();
  for (const one of statements.unjudged) {
    if (one.kind !== kind) continue;
    const key = `${one.statement.at.source.path}\0${whereOf(one)}`;
    const known = blocks.get(key);
    if (known === undefined) blocks.set(key, [one]);
    else known.push(one);
  }
  return [...blocks.values()].map(([first, ...others]) => ({
    first,
    where: whereOf(first),
    count: others.length + 1,
    related: others.slice(0, MOST_PLACES).map((one) => ({ at: one.statement.at, note: lineText(one) })),
  }));
}

function whereOf({ statement }: Unjudged): string {
  return statement.within.at(-1)?.label ?? statement.at.source.path;
}

/** `filter spoe engine waf is new`. */
export function lineText({ statement, side, was, moved }: Unjudged): Text {
  const now = shown(statement.text);
  if (moved === true) return say`${now} is in another place`;
  if (was !== undefined) return say`${now} is in the place of ${shown(was.text)}`;
  return say`${now} is ${words(side === 'head' ? 'new' : 'removed')}`;
}

function shown(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 120;
