import type { Span } from '../../model/span.ts';
import type { Block, Statement } from '../../model/statement.ts';
import { HARMLESS_SECTIONS, TABLE } from './harmless.ts';
import type { Section, Statement as Line } from './sections.ts';
import { SERVER_WORDS } from './line-words.ts';
import { rowsOf } from './table.ts';
import type { Word } from './words.ts';

/** Rules that are asked in their order. */
const ORDERED: ReadonlySet<string> = new Set(
  'http-request http-response http-after-response tcp-request tcp-response filter'.split(' '),
);

/** The statements of a section, its heading first, with what is made of each. `earlier` = sections of its kind before it. */
export function statementsOf(section: Section, earlier: number): Statement[] {
  const { kind, name, rest, at } = section;
  const heading = [kind, ...(name === undefined ? [] : [name]), ...rest.map(shown)].join(' ');
  // `defaults` may have a name or none: it is the same section by its place among the others.
  const called = kind === 'defaults' ? (earlier === 0 ? '' : `(${earlier + 1})`) : (name ?? '');
  const block: Block = { label: [kind, called].join(' ').trim(), at };
  const row = TABLE.row([kind]);
  const harmless = HARMLESS_SECTIONS.has(kind);
  const head: Statement = {
    text: heading,
    at,
    within: [],
    opens: block.label,
    ...(row === undefined && name !== undefined ? { defines: name } : {}),
    ...(row === undefined ? { kind: harmless || kind === 'global' ? 'harmless' : 'unjudged' } : { kind: 'read', row }),
  };
  return [
    head,
    ...section.statements.map((line) => statement(line, block, harmless)),
    ...section.unread.map(({ at: place, word }): Statement => ({
      text: textAt(place),
      at: place,
      within: [block],
      ...(word === true ? { kind: 'unreadable', opaque: true } : { kind: 'unjudged' }),
    })),
  ];
}

/** A line that decides which other lines count: what they say is read, which of them hold is not judged. */
export function branchStatement(at: Span): Statement {
  return { text: textAt(at), at, within: [], kind: 'unjudged' };
}

function textAt({ source, start, end }: Span): string {
  return source.text.slice(start, end).trim().replace(/\s+/g, ' ');
}

function statement({ words, at, all }: Line, block: Block, harmless: boolean): Statement {
  const texts = (all ?? words).map(shown);
  const bare = /^(?:no|default)$/.test(texts[0] ?? '') ? texts.slice(1) : texts;
  // Names of headers are the same in any case.
  const known = bare.map((text, i) => (i === 2 && (bare[1] ?? '').endsWith('-header') ? text.toLowerCase() : text));
  const row = TABLE.row(known);
  const common = { text: texts.join(' '), at, within: [block], ...(row === undefined ? {} : { row }) };
  if (harmless || row?.kind === 'harmless') return { ...common, kind: 'harmless' };
  const [keyword, defined] = bare;
  const ordered = keyword !== undefined && ORDERED.has(keyword) ? { ordered: keyword } : {};
  if (row === undefined) return { ...common, ...ordered, kind: 'unjudged' };
  if (words.some(({ text }) => text === undefined))
    return { ...common, kind: 'unreadable', ...(hidesKeyword(words) ? { opaque: true } : {}) };
  return {
    ...common,
    kind: 'read',
    ...(keyword === 'server' || keyword === 'server-template' ? { counts: true } : {}),
    ...(keyword === 'acl' && defined !== undefined ? { defines: defined } : {}),
  };
}

/** Whether a word of a server that names an option, not its value, is made outside of the file: any option may be there. */
function hidesKeyword([keyword, ...words]: readonly Word[]): boolean {
  const before = { server: 2, 'default-server': 0, 'server-template': 3 }[keyword?.text ?? ''];
  if (before === undefined) return keyword?.text === undefined;
  for (let i = before; i < words.length; i++) {
    const option = words[i]?.text;
    if (option === undefined) return true;
    i += Math.max(0, ...rowsOf(SERVER_WORDS, option, undefined).map(Number));
  }
  return false;
}

function shown({ text, raw }: Word): string {
  return text ?? raw;
}
