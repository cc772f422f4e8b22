import type { Config } from '../model/config.ts';
import type { Span } from '../model/span.ts';
import type { Statement } from '../model/statement.ts';
import { appendTo } from '../text/append.ts';
import { Effects, type Compared } from './effects.ts';
import { Outline, placeOf, type Placed } from './outline.ts';

/** A statement that differs between base and head, and the side that has it. */
export interface ChangedStatement {
  readonly statement: Statement;
  readonly side: 'base' | 'head';
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
  const rest = changed.filter((one) => !explained.has(one) && !toldByHeading(one, outline));
  const harmless = rest.filter(({ statement }) => statement.kind === 'harmless');
  const idle = rest.filter(
    ({ statement, moved }) => !moved && statement.kind === 'read' && statement.row?.whole === true,
  );
  const known = new Set([...harmless, ...idle]);
  const open = rest.filter((one) => !known.has(one));
  const changedPlaces = new Set(changed.map(({ statement, side }) => `${side} ${placeOf(statement.at)}`));
  const openPlaces = new Set(open.map(({ statement, side }) => `${side} ${placeOf(statement.at)}`));
  const unjudged = open.flatMap((one): Unjudged[] => {
    const { statement, side } = one;
    if (
      toldByUses(
        statement,
        outline.users(one),
        (at) => changedPlaces.has(`${side} ${at}`) && !openPlaces.has(`${side} ${at}`),
      )
    )
      return [];
    return [{ statement, side, kind: statement.kind === 'unreadable' && side === 'head' ? 'unreadable' : 'unjudged' }];
  });
  return {
    explained: changed.length - harmless.length - idle.length - unjudged.length,
    harmless,
    idle,
    unjudged: unjudged.toSorted(inOrder),
    unaccounted: outline.unaccounted,
  };
}

interface Changed extends Placed {
  /** It is in both revisions, at another place among others. */
  readonly moved: boolean;
}

/** What one side has and the other has not, or not as often, or not in that order. */
function changedStatements(outline: Outline): Changed[] {
  const { base, head } = outline;
  const removed = missing(base, head);
  const added = missing(head, base);
  return [
    ...removed.map((one) => ({ ...one, moved: false })),
    ...added.map((one) => ({ ...one, moved: false })),
    ...movedStatements(base, head).map((one) => ({ ...one, moved: true })),
  ];
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

/** A name that only harmless statements use, or ones that are told themselves. */
function toldByUses(statement: Statement, users: readonly Statement[], told: (place: string) => boolean): boolean {
  if (statement.defines === undefined || statement.kind === 'unreadable') return false;
  return users.every((user) => user.kind === 'harmless' || told(placeOf(user.at)));
}

function inOrder(a: Unjudged, b: Unjudged): number {
  const path = ({ statement }: Unjudged): string => statement.at.source.path;
  if (path(a) !== path(b)) return path(a) < path(b) ? -1 : 1;
  return startOf(a) - startOf(b);
}

function startOf({ statement }: { readonly statement: { readonly at: Span } }): number {
  return statement.at.start;
}
