import type { Condition, Match, Test } from '../model/route.ts';

/** Whether every request for which one condition holds meets another one too; false where the file does not show it. */
export function implies(narrow: Condition, wide: Condition): boolean {
  if (wide.chance !== undefined) return false;
  if (narrow.text === wide.text) return true;
  const tests = narrow.all ?? [];
  return wide.all !== undefined && wide.all.every((asked) => tests.some((test) => isWithin(test, asked)));
}

function isWithin(narrow: Test, wide: Test): boolean {
  if (narrow.subject !== wide.subject || narrow.longest === true || wide.longest === true) return false;
  if (narrow.ignoresCase === true && wide.ignoresCase !== true) return false;
  if (narrow.how !== wide.how && narrow.how !== 'is') return false;
  const same = (text: string): string => (wide.ignoresCase === true ? text.toLowerCase() : text);
  const fits = (value: string, other: string): boolean => {
    const [own, asked] = [same(value), same(other)];
    if (wide.how === 'begins' && (narrow.how === 'is' || narrow.how === 'begins')) return own.startsWith(asked);
    if (wide.how === 'ends' && (narrow.how === 'is' || narrow.how === 'ends')) return own.endsWith(asked);
    return narrow.how === wide.how && own === asked;
  };
  return narrow.values.every((value) => wide.values.some((other) => fits(value, other)));
}

/** The match of an entry that takes every request of a later one, so that nothing reaches it; undefined when some may. */
export function shadowOf(matches: readonly Match[], index: number): Match | undefined {
  const own = matches[index]?.when;
  return matches
    .slice(0, index)
    .find(({ when }) => when === undefined || (own !== undefined && own.text !== '' && implies(own, when)));
}
