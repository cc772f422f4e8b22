import type { Reference } from '../../model/route.ts';
import type { Directive } from './parse.ts';
import { joined } from './values.ts';
import type { Alternative } from './variables.ts';

/** Where requests come in and which of them are meant, at one place in the blocks of a file. */
export type Entry = Pick<Reference, 'from' | 'when' | 'unreached'>;

/** What holds inside a block: `server` says where requests come in, `location` and `if` which of them. */
export function entryOf(directive: Directive, around: Entry): Entry {
  const { name, args } = directive;
  const block = directive.block ?? [];
  const { when, unreached, ...rest } = around;
  if (name === 'server') return { from: serverText(block), ...(answersAll(block) ? { unreached: true } : {}) };
  if (name === 'location') {
    const text = joined(args);
    // An internal redirect to a named location comes past what the server answers.
    const dead = answersAll(block) || (unreached === true && !text.startsWith('@'));
    return {
      ...rest,
      ...whenOf(text, when),
      ...(dead ? { unreached: true as const } : {}),
    };
  }
  if (name === 'if') return { ...around, when: [when, `if ${joined(args)}`].filter(Boolean).join(' ') };
  return around;
}

/** A regular expression takes only what the location around it takes; a path already begins with that of the location around. */
function whenOf(text: string, around: string | undefined): Pick<Reference, 'when'> {
  const when = locationText(text, around);
  return when === undefined ? {} : { when };
}

/** The requests of a location in one text; undefined for `location /`, which takes all that no other one does. */
export function locationText(text: string, around: string | undefined): string | undefined {
  if (text === '/') return undefined;
  return text.startsWith('~') && around !== undefined ? `${around} location ${text}` : `location ${text}`;
}

/** What picks one of the values that a pass with variables may have. */
export function choiceOf(
  { percent, when = [] }: Alternative,
  alternatives: number,
): Pick<Reference, 'chosenBy' | 'share' | 'isPart'> {
  return {
    ...(when.length === 0 ? {} : { chosenBy: when }),
    ...(alternatives > 1 && percent !== undefined && percent < 100
      ? { share: percent / 100, isPart: true as const }
      : {}),
  };
}

/** A server by its names and by what it listens on; nginx tells servers apart by both. */
export function serverText(block: readonly Directive[]): string {
  const of = (wanted: string): string[] => block.filter(({ name }) => name === wanted).map(({ args }) => joined(args));
  const names = of('server_name').join(' ').split(' ').filter(Boolean).toSorted();
  const listens = block.filter(({ name }) => name === 'listen').map(({ args }) => args[0]?.text ?? '');
  const on = listens.length === 0 ? '' : ` on ${[...new Set(listens)].toSorted().join(', ')}`;
  return `server${names.length === 0 ? '' : ` ${names.join(' ')}`}${on}`;
}

/**
 * Whether every request that comes to a block is answered by a `return` in it. Lines of the rewrite module run in their order,
 * and `break` and `rewrite` may end them early.
 */
function answersAll(block: readonly Directive[]): boolean {
  for (const { name, block: inner } of block) {
    if (name === 'return') return true;
    if (
      /^(?:break|rewrite)$/.test(name) ||
      (name === 'if' && inner?.some((one) => /^(?:break|rewrite)$/.test(one.name)))
    )
      return false;
  }
  return false;
}
