import type { Block, Statement } from '../../model/statement.ts';
import { FREE_BLOCKS } from './contexts.ts';
import { isForeign } from './foreign.ts';
import { TABLE } from './harmless.ts';
import type { Directive } from './parse.ts';
import { allDefinitions } from './tables.ts';

/** Blocks that change nothing about who gets a request, with all that is in them. */
const HARMLESS_BLOCKS: ReadonlySet<string> = new Set(['types', 'charset_map', 'events', 'mail']);

/** Every directive after includes, with what is made of it. Pure. */
export function statementsOf(directives: readonly Directive[], isTemplate: (path: string) => boolean): Statement[] {
  const found: Statement[] = [];
  const visit = (list: readonly Directive[], around: Around): void => {
    for (const directive of list) {
      const statement = read(directive, around, isTemplate);
      found.push(statement);
      const label = statement.opens;
      if (directive.block === undefined || label === undefined) continue;
      visit(directive.block, {
        within: [...around.within, { label, at: directive.at }],
        free: FREE_BLOCKS.has(directive.name) ? statement : undefined,
        harmless: around.harmless || (HARMLESS_BLOCKS.has(directive.name) && around.within.length < 2),
      });
    }
  };
  visit(directives, { within: [], free: undefined, harmless: false });
  return found;
}

interface Around {
  readonly within: readonly Block[];
  /** The heading of a block whose lines are entries, not directives. */
  readonly free: Statement | undefined;
  readonly harmless: boolean;
}

function read(
  directive: Directive,
  { within, free, harmless }: Around,
  isTemplate: (path: string) => boolean,
): Statement {
  const { name, args, at, block, tag } = directive;
  const text = textOf(directive);
  const common = { text, at, within, ...(block === undefined ? {} : { opens: blockLabel(directive, text) }) };
  if (harmless || HARMLESS_BLOCKS.has(name)) return { ...common, kind: 'harmless' };
  if (tag !== undefined || name === 'include') return { ...common, kind: 'unjudged' };
  if (free !== undefined) {
    const { row, kind, defines } = free;
    return { ...common, kind, ...(row === undefined ? {} : { row }), ...(defines === undefined ? {} : { defines }) };
  }
  const words = [
    name,
    ...args.map((word, i) => (i === 0 && name.endsWith('_set_header') ? word.text.toLowerCase() : word.text)),
  ];
  const row = TABLE.row(words);
  if (row?.kind === 'harmless') return { ...common, row, kind: 'harmless' };
  const known = row !== undefined || allDefinitions().has(name) || isForeign(name);
  if (!known) return { ...common, ...unknownKind(isTemplate(at.source.path)) };
  if (args.some(({ template }) => template)) return { ...common, kind: 'unjudged', ...(row ? { row } : {}) };
  if (row === undefined) return { ...common, kind: 'unjudged', ...defined(directive) };
  return {
    ...common,
    row,
    kind: 'read',
    ...(name === 'server' ? { counts: true as const } : {}),
    ...(/_pass \S*\$/.test(text) ? { computed: true as const } : {}),
    ...(/^(?:set|rewrite|break|if|return)$/.test(name) ? { ordered: 'rewrite' } : {}),
    ...defined(directive),
  };
}

/** What a template fills in is said of the template; a directive that no table knows may be anything. */
function unknownKind(template: boolean): Pick<Statement, 'kind' | 'opaque'> {
  return template ? { kind: 'unjudged' } : { kind: 'unreadable', opaque: true };
}

/** The variable or zone that a directive makes. */
function defined({ name, args }: Directive): { readonly defines?: string } {
  const texts = args.map(({ text }) => text);
  const made = /^(?:map|geo|split_clients)$/.test(name)
    ? texts.at(-1)
    : name === 'set' || name === 'auth_request_set'
      ? texts[0]
      : /^limit_(?:req|conn)_zone$/.test(name)
        ? /^zone=([^:]+)/.exec(texts.find((text) => text.startsWith('zone=')) ?? '')?.[1]
        : undefined;
  return made === undefined ? {} : { defines: made };
}

function textOf({ name, args, at, tag }: Directive): string {
  if (name === 'include' || tag !== undefined) return at.source.text.slice(at.start, at.end).trim();
  return [name, ...args.map(({ text }) => text)].join(' ');
}

/** A virtual server is called by its hosts and listeners. */
function blockLabel({ name, block }: Directive, text: string): string {
  if (name !== 'server') return text;
  const own = (wanted: string): string =>
    (block ?? [])
      .filter((one) => one.name === wanted)
      .map(({ args }) => args.map((word) => word.text).join(' '))
      .join(', ');
  return `server ${own('server_name')} on ${own('listen')}`;
}
