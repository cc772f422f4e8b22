import type { Block, Statement } from '../../model/statement.ts';
import { TABLE } from './harmless.ts';
import type { Directive } from './lines.ts';

/** Every directive after includes, with what is made of it. Pure. */
export function statementsOf(directives: readonly Directive[], unread: readonly Directive[]): Statement[] {
  const found: Statement[] = [];
  const visit = (list: readonly Directive[], within: readonly Block[], isHarmless: boolean): void => {
    for (const directive of list) {
      const statement = read(directive, within, isHarmless);
      found.push(statement);
      if (directive.block !== undefined && statement.opens !== undefined)
        visit(
          directive.block,
          [...within, { label: statement.opens, at: directive.at }],
          statement.kind === 'harmless',
        );
    }
  };
  visit(directives, [], false);
  for (const one of unread) found.push({ text: textOf(one), at: one.at, within: [], kind: 'unjudged' });
  return found;
}

function read(directive: Directive, within: readonly Block[], isHarmless: boolean): Statement {
  const { name, args, at, block } = directive;
  const text = textOf(directive);
  const common = { text, at, within, ...(block === undefined ? {} : { opens: text }) };
  if (isHarmless) return { ...common, kind: 'harmless' };
  const word = name.toLowerCase();
  const row = TABLE.row([word, ...args.map((arg) => arg.text.toLowerCase())]);
  // Modules of others are many: what no table knows may be anything.
  if (row === undefined) return { ...common, kind: 'unjudged' };
  const ordered = /^(?:proxypass|rewrite|redirect|location|if$)/.test(word) ? { ordered: 'requests' } : {};
  const counts = word === 'rewritecond' || word === 'rewriterule' ? { counts: true as const } : {};
  const defines = word === 'define' || word === 'proxyhctemplate' || word === 'proxyhcexpr' ? args[0]?.text : undefined;
  return { ...common, row, kind: row.kind, ...ordered, ...counts, ...(defines === undefined ? {} : { defines }) };
}

function textOf({ name, args }: Directive): string {
  return [name, ...args.map(({ text }) => text)].join(' ');
}
