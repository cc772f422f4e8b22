import type { Block, Statement } from '../../model/statement.ts';
import { TABLE } from './harmless.ts';
import { isDirective } from './order.ts';
import type { Directive } from './directive.ts';
import type { Parsed } from './parse.ts';

/** Blocks that change nothing about who gets a request, with all that is in them. */
const HARMLESS = /^(?:log|encode|header|templates|push|tracing|acme_server|metrics)$/;

/** Every directive after imports, with what is made of it. Pure. */
export function statementsOf({ blocks, unread }: Parsed): Statement[] {
  const found: Statement[] = [];
  const visit = (directives: readonly Directive[], around: Around): void => {
    for (const directive of directives) {
      const statement = read(directive, around);
      found.push(statement);
      if (directive.block === undefined || statement.opens === undefined) continue;
      visit(directive.block, {
        within: [...around.within, { label: statement.opens, at: directive.at }],
        outer:
          around.outer === undefined || directive.name.text.startsWith('@') || statement.kind !== 'read'
            ? statement
            : around.outer,
        isHarmless: around.isHarmless || statement.kind === 'harmless',
        isGlobal: around.isGlobal,
        depth: around.depth + 1,
      });
    }
  };
  for (const { keys, directives, at } of blocks) {
    const label = keys.map(({ text }) => text).join(' ');
    const text = label === '' ? 'global options' : `site ${label}`;
    const row = TABLE.row(['site']);
    const isGlobal = label === '';
    found.push({ text, at, within: [], kind: 'read', opens: text, ...(row === undefined ? {} : { row }) });
    visit(directives, { within: [{ label: text, at }], outer: undefined, isHarmless: false, isGlobal, depth: 0 });
  }
  for (const { name, args, at } of unread)
    found.push({ text: [name, ...args].map(({ text }) => text).join(' '), at, within: [], kind: 'unjudged' });
  return found;
}

interface Around {
  readonly within: readonly Block[];
  /** The directive that this is part of. */
  readonly outer: Statement | undefined;
  readonly isHarmless: boolean;
  readonly isGlobal: boolean;
  readonly depth: number;
}

function read({ name, args, at, block }: Directive, around: Around): Statement {
  const words = [name, ...args].map(({ text }) => text);
  const text = words.join(' ');
  const common = { text, at, within: around.within, ...(block === undefined ? {} : { opens: text }) };
  const isOrdered = { ordered: 'handlers' };
  if (around.isHarmless) return { ...common, kind: 'harmless' };
  // Named matchers, and what is in the block of one.
  const { outer } = around;
  if (name.text.startsWith('@')) return { ...common, kind: 'read', defines: name.text, ...rowOf(['@matcher']) };
  if (outer?.text.startsWith('@') === true)
    return { ...common, kind: 'read', defines: outer.text.split(' ')[0] ?? '', ...rowOf(['@matcher']) };
  const lower = words.map((word, i) => (i === 1 && name.text.startsWith('header_') ? word.toLowerCase() : word));
  const row = TABLE.row(around.isGlobal ? ['global', ...lower] : lower);
  if (row !== undefined) {
    const isHarmless = row.kind === 'harmless' || HARMLESS.test(name.text);
    return { ...common, row, kind: isHarmless ? 'harmless' : 'read', ...(isHarmless ? {} : isOrdered) };
  }
  const isKnown = around.isGlobal || isDirective(name.text) || outer !== undefined;
  return isKnown ? { ...common, kind: 'unjudged' } : { ...common, kind: 'unreadable', opaque: true };
}

function rowOf(words: readonly string[]): Pick<Statement, 'row'> {
  const row = TABLE.row(words);
  return row === undefined ? {} : { row };
}
