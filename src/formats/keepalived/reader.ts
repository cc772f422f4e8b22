import type { Config } from '../../model/config.ts';
import type { Entry, Listen } from '../../model/route.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { ignoresAmong } from '../../text/ignores.ts';
import { guardStatements, guardText, LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { FormatReader } from '../reader.ts';
import { dialect } from './dialect.ts';
import { statementsOf } from './harmless.ts';
import { nameOf, readPool } from './pool.ts';
import { parse, type Statement } from './statements.ts';
import { faulty, noteUnknowns, type Found } from './values.ts';

/** The `virtual_server` blocks of a keepalived.conf. */
export const reader: FormatReader = { dialect, recognise, read };

function recognise(path: string, text: string): number {
  if (!/\.(?:conf|cfg)$/i.test(path)) return 0;
  if (/^[ \t]*virtual_server(?:_group)?[ \t]+[^\s{]/m.test(text)) return 0.98;
  return /^[ \t]*vrrp_(?:instance|sync_group|script)[ \t]+[^\s{]/m.test(text) ? 0.98 : 0;
}

function read(path: string, tree: FileTree): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  guardStatements(path, text.match(/^[^\S\n]*[^\s#!}]/gm)?.length ?? 0);
  const { statements, comments, faults } = parse(source);
  const found: Found = {
    problems: faults.map(({ at, what }) => {
      const why = say`keepalived misreads everything after it.`;
      return faulty(at, what, why, say`Set one closing brace for every opening one.`);
    }),
    unknowns: [],
  };
  for (const statement of statements) readOther(statement, found);
  const virtualServers = statements.filter(({ words: [{ text: keyword }, name] }) => {
    return keyword === 'virtual_server' && name !== undefined;
  });
  const groups: Groups = new Map(
    statements
      .filter(({ words: [keyword] }) => keyword.text === 'virtual_server_group')
      .map(({ words: [, name], block = [] }) => [name?.text, block.map(listenOf)]),
  );
  const pools = virtualServers.map((statement) => readPool(path, statement, found));
  const whole = found.problems.length === 0 && found.unknowns.length === 0;
  return {
    dialect,
    path,
    source,
    status: whole ? 'read' : 'partial',
    files: [path],
    pools,
    routes: [],
    entries: virtualServers.flatMap((statement, i) => {
      const key = pools[i]?.key;
      return key === undefined ? [] : [entryOf(statement, groups, key)];
    }),
    references: [],
    listeners: [],
    facts: new Map(),
    statements: statementsOf(statements),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: text.includes('evenkeel-ignore') ? ignoresAmong(comments, placesOf(statements)) : [],
  };
}

/** What outside a virtual server may change one: files that are included, lines of some hosts, repeated lines. */
function readOther({ words, at }: Statement, found: Found): void {
  const [{ text: keyword }] = words;
  if (/^[@~]|^\$\w+$/.test(keyword)) noteUnknowns({ words, at }, found);
  if (!/^include(?:[rmwab]+)?$/.test(keyword)) return;
  const file = words[1]?.text ?? '';
  found.unknowns.push({ at, reason: say`${file} is included but not read` });
  found.problems.push({
    rule: 'unresolved-template-or-include',
    at,
    what: say`${file} is included but not read.`,
    why: say`Virtual servers in it are not checked.`,
    fix: say`Add the included files to the checked ones by name.`,
  });
}

/** The addresses of every `virtual_server_group` by its name. */
type Groups = ReadonlyMap<string | undefined, readonly Listen[]>;

/** A virtual server listens on its addresses, and everything that arrives goes to its pool. */
function entryOf(statement: Statement, groups: Groups, pool: Config['pools'][number]['key']): Entry {
  const name = nameOf(statement);
  const { at } = statement;
  return {
    key: `virtual_server ${name}`,
    name: `virtual_server ${name}`,
    at,
    listens: listensOf(statement, groups),
    hosts: [],
    matches: [{ at, to: { kind: 'pool', pool, name } }],
    settings: new Map(),
  };
}

function listensOf(statement: Statement, groups: Groups): readonly Listen[] {
  const [, kind, name] = statement.words;
  if (kind?.text !== 'group') return [{ at: statement.at, address: nameOf(statement) }];
  return groups.get(name?.text) ?? [];
}

/** One address of a group: `192.0.2.1 80`. */
function listenOf({ words, at }: Statement): Listen {
  return { at, address: words.map(({ text }) => text).join(':') };
}

function placesOf(statements: readonly Statement[]): Statement['at'][] {
  return statements.flatMap(({ at, block = [] }) => [at, ...placesOf(block)]);
}
