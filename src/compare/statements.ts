import type { Config } from '../model/config.ts';
import { placeKey, type Span } from '../model/span.ts';
import type { Statement } from '../model/statement.ts';
import { appendTo } from '../text/append.ts';
import { Effects } from './effects.ts';
import type { Compared } from './estate.ts';
import { Outline, type Placed } from './outline.ts';

/** A statement that differs between base and head, and the side that has it. */
export interface ChangedStatement {
  readonly statement: Statement;
  readonly side: 'base' | 'head';
  /** What it was in base, where both have one for the same thing. */
  readonly was?: Statement;
  /** It is in both, at another place among others. */
  readonly moved?: true;
}

/** A changed statement of which nobody knows what it does to traffic. */
export interface Unjudged extends ChangedStatement {
  readonly kind: 'unjudged' | 'unreadable';
}

/** What becomes of every statement that differs. What the changes of pools, routes and entries explain is only counted. */
export interface Accounts {
  readonly explained: number;
  readonly harmless: readonly ChangedStatement[];
  /** Read whole, and without any effect on what is read: a default that is written out, a line that a later one overrides. */
  readonly idle: readonly ChangedStatement[];
  readonly unjudged: readonly Unjudged[];
  /** Files that differ, of a format whose statements are not accounted for one by one. */
  readonly unaccounted: readonly Config[];
}

export const NO_ACCOUNTS: Accounts = { explained: 0, harmless: [], idle: [], unjudged: [], unaccounted: [] };

/**
 * Accounts for every statement that differs between two revisions: explained by a change that the comparison found, harmless by
 * the product's table, without effect, or not judged. Statements are compared block by block; their order counts where the
 * product asks them in their order.
 */
export function accountsOf(base: readonly Config[], head: readonly Config[], compared: Compared): Accounts {
  const outline = new Outline(base, head, compared);
  const changed = changedStatements(outline);
  const effects = new Effects(compared, outline, head);
  const explained = new Set(changed.filter((one) => effects.explain(one)));
  const spoken = new Set([...explained].map((one) => slotOf(one)));
  // What a line was before is told with what it is now.
  for (const one of changed) if (spoken.has(slotOf(one, true)) && one.statement.opaque !== true) explained.add(one);
  const rest = changed.filter((one) => !explained.has(one) && !toldByHeading(one, outline));
  const harmless = rest.filter(({ statement }) => statement.kind === 'harmless');
  const idle = rest.filter(({ statement, moved }) => moved !== true && statement.kind === 'read' && isWhole(statement));
  const settled = new Set([...harmless, ...idle]);
  const open = withoutUses(
    changed,
    rest.filter((one) => !settled.has(one)),
    outline,
  );
  const lines = [harmless, idle, open].map(paired);
  const [harmlessLines = [], idleLines = [], openLines = []] = lines;
  return {
    explained: changed.length - harmless.length - idle.length - open.length,
    harmless: harmlessLines,
    idle: idleLines,
    unjudged: openLines
      .map((one): Unjudged => ({ ...one, kind: isUnreadable(one) ? 'unreadable' : 'unjudged' }))
      .toSorted(inOrder),
    unaccounted: outline.unaccounted,
  };
}

/** Whether the model has every word of it. */
function isWhole({ row, computed }: Statement): boolean {
  return row?.whole === true && computed !== true;
}

function isUnreadable({ statement, side }: ChangedStatement): boolean {
  return statement.kind === 'unreadable' && side === 'head';
}

/** What is left when names are told where they are used: by harmless statements only, or by ones that are told themselves. */
function withoutUses(changed: readonly Changed[], open: readonly Changed[], outline: Outline): readonly Changed[] {
  const placesOf = (list: readonly Changed[]): ReadonlySet<string> =>
    new Set(list.map(({ statement, side }) => `${side} ${placeKey(statement.at)}`));
  const [all, left] = [placesOf(changed), placesOf(open)];
  // One name may be defined by many statements.
  const known = new Map<string, boolean>();
  return open.filter((one) => {
    const { side, statement } = one;
    if (statement.defines === undefined || statement.kind === 'unreadable') return true;
    const key = `${side} ${statement.defines}`;
    const isTold = (user: Statement): boolean => {
      const at = `${side} ${placeKey(user.at)}`;
      return user.kind === 'harmless' || (all.has(at) && !left.has(at));
    };
    if (!known.has(key)) known.set(key, outline.users(one).every(isTold));
    return known.get(key) !== true;
  });
}

/** A line that is another one now is one line, not two: of the same thing, else the only one of its keyword in the block. */
function paired(list: readonly Changed[]): ChangedStatement[] {
  const before = new Map<Changed, Changed>();
  const [gone, now] = [
    list.filter(({ side }) => side === 'base'),
    list.filter(({ side, moved }) => side === 'head' && !moved),
  ];
  for (const keyOf of [slotOf, keywordOf]) {
    const waiting = new Map<string, Changed[]>();
    const taken = new Set(before.values());
    for (const one of gone) if (!taken.has(one)) appendTo(waiting, keyOf(one), one);
    const open = now.filter((one) => !before.has(one));
    const times = new Map<string, number>();
    for (const one of open) times.set(keyOf(one, true), (times.get(keyOf(one, true)) ?? 0) + 1);
    for (const one of open) {
      const key = keyOf(one, true);
      const found = waiting.get(key);
      const sure = keyOf === slotOf || (found?.length === 1 && times.get(key) === 1);
      const was = sure ? found?.shift() : undefined;
      if (was !== undefined) before.set(one, was);
    }
  }
  const told = new Set(before.values());
  return list
    .filter((one) => !told.has(one))
    .map((one): ChangedStatement => {
      const { statement, side, moved } = one;
      const was = before.get(one)?.statement;
      return { statement, side, ...(moved ? { moved } : {}), ...(was === undefined ? {} : { was }) };
    });
}

function keywordOf({ statement: { text }, scope, side }: Changed, across = false): string {
  const of = across === (side === 'base') ? 'head' : 'base';
  return [of, scope, text.split(' ', 1)[0]].join('\0');
}

/** What a statement sets in its block, on its own side or on the other. */
function slotOf({ statement: { text, row }, scope, side }: Changed, across = false): string {
  const [first = '', second = ''] = text.split(' ');
  const of = across === (side === 'base') ? 'head' : 'base';
  return [of, scope, first, row === undefined ? second : (row.words[0] ?? '')].join('\0');
}

interface Changed extends Placed {
  readonly moved?: true;
}

/** What one side has and the other has not, or not as often, or not in that order. */
function changedStatements(outline: Outline): Changed[] {
  const { base, head } = outline;
  const removed = missing(base, head);
  const added = missing(head, base);
  return [...removed, ...added, ...movedStatements(base, head).map((one) => ({ ...one, moved: true as const }))];
}

function missing(from: readonly Placed[], other: readonly Placed[]): Placed[] {
  const left = new Map<string, number>();
  for (const { key, statement } of other) left.set(key, statement.counts ? (left.get(key) ?? 0) + 1 : Infinity);
  return from.filter(({ key }) => {
    const n = left.get(key) ?? 0;
    left.set(key, n - 1);
    return n <= 0;
  });
}

/** Of rules that are asked in their order and are in both revisions, the first of each block that is at another place. */
function movedStatements(base: readonly Placed[], head: readonly Placed[]): Placed[] {
  const sequences = (list: readonly Placed[], other: readonly Placed[]): Map<string, Placed[]> => {
    const there = new Set(other.map(({ key }) => key));
    const seen = new Set<string>();
    const found = new Map<string, Placed[]>();
    for (const one of list) {
      const { ordered } = one.statement;
      if (ordered === undefined || !there.has(one.key) || seen.has(one.key)) continue;
      seen.add(one.key);
      appendTo(found, `${one.scope}\0${ordered}`, one);
    }
    return found;
  };
  const before = sequences(base, head);
  return [...sequences(head, base)].flatMap(([scope, after]) => {
    const was = before.get(scope) ?? [];
    const first = after.find((one, i) => was[i]?.key !== one.key);
    return first === undefined ? [] : [first];
  });
}

/** A block that is new or gone is told by its heading; only what cannot be read in it is told apart. */
function toldByHeading({ statement, scopes, side }: Placed, outline: Outline): boolean {
  return (
    statement.kind !== 'unreadable' && scopes.some((scope) => !outline.has(side === 'base' ? 'head' : 'base', scope))
  );
}

function inOrder(a: Unjudged, b: Unjudged): number {
  const path = ({ statement }: Unjudged): string => statement.at.source.path;
  if (path(a) !== path(b)) return path(a) < path(b) ? -1 : 1;
  return startOf(a) - startOf(b);
}

function startOf({ statement }: { readonly statement: { readonly at: Span } }): number {
  return statement.at.start;
}
