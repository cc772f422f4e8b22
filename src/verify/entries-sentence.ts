import type { ClassChange, EntryChange } from '../compare/entries.ts';
import { classText, flowText, isLost, reachesPool } from '../compare/flow-text.ts';
import type { Text } from '../model/text.ts';
import { count, list, say, words } from '../text/say.ts';

/** What happens to the requests that come in: the gravest entry with its classes, the others by their number. */
export function entriesSentence(entries: readonly EntryChange[]): Text[] {
  const changed = entries.filter(({ change }) => change !== 'same').toSorted((a, b) => rank(a) - rank(b));
  const [first, ...others] = changed;
  if (first === undefined) return [];
  const more =
    others.length === 0 ? words('') : say`; ${count(others.length, 'more entry changes', 'more entries change')}`;
  return [say`${entrySentence(first)}${more}.`];
}

function rank({ change, classes, changes }: EntryChange): number {
  if (classes.some(isCut)) return 0;
  if (change === 'removed') return 1;
  if (classes.length > 0) return 2;
  return changes.some(({ kind }) => kind === 'listen-changed') ? 3 : change === 'added' ? 4 : 5;
}

function isCut({ before, after }: ClassChange): boolean {
  return reachesPool(before) && isLost(after);
}

function entrySentence({ base, head, changes, classes }: EntryChange): Text {
  const entry = head?.entry ?? base?.entry;
  const name = entry?.name ?? '';
  if (head === undefined) return say`${name} is removed`;
  if (base === undefined) return say`${name} is new: ${flowText(head.total)}`;
  const [first, ...others] = classes.toSorted((a, b) => Number(isCut(b)) - Number(isCut(a)));
  if (first !== undefined) {
    const alone = head.classes.length === 1 && base.classes.length === 1;
    const more =
      others.length === 0
        ? words('')
        : say`, and ${count(others.length, 'other class', 'other classes')} of requests change`;
    return say`In ${name}, of ${classText(first, alone)} ${flowText(first.after)}; before, ${flowText(first.before)}${more}`;
  }
  const listens = changes.filter(({ kind }) => kind === 'listen-changed');
  const [moved] = listens;
  if (moved !== undefined) {
    const gone = listens.flatMap(({ before, after }) => (after === null && before !== null ? [String(before)] : []));
    const now = listens.flatMap(({ after }) => (after === null ? [] : [String(after)]));
    if (gone.length > 0 && now.length > 0)
      return say`${name} listens on ${list(now, 3)}, no longer on ${list(gone, 3)}`;
    if (gone.length > 0) return say`${name} no longer listens on ${list(gone, 3)}`;
    return say`${name} listens on ${list(now, 3)}${moved.before === null ? words(' too') : say` instead of ${String(moved.before)}`}`;
  }
  const [one] = changes;
  if (one === undefined) return say`${name} changes`;
  const rest = changes.length === 1 ? words('') : say`, and ${count(changes.length - 1, 'more setting')} with it`;
  if (one.before === null) return say`In ${name}, ${one.setting} ${String(one.after)} is added${rest}`;
  if (one.after === null) return say`In ${name}, ${one.setting} ${String(one.before)} is removed${rest}`;
  return say`In ${name}, ${one.setting} goes from ${String(one.before)} to ${String(one.after)}${rest}`;
}
