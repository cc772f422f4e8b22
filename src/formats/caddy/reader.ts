import type { Config } from '../../model/config.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { readYaml } from '../../text/yaml-tree.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { dialect } from './dialect.ts';
import type { Surroundings } from './handlers.ts';
import { readServers } from './json.ts';
import { orderOf } from './order.ts';
import { parse } from './parse.ts';
import { recognise } from './recognise.ts';
import { defaultsOf, readSite, type Places } from './sites.ts';
import { statementsOf } from './statements.ts';
import { refused, type Found } from './values.ts';

/** Caddyfiles with everything that they import, and Caddy's JSON. */
export const reader: FormatReader = { dialect, recognise, read };

function read(path: string, tree: FileTree, options: ReadOptions): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const places: Places = {
    path,
    version: options.productVersion,
    pools: [],
    entries: [],
    references: [],
    names: new Map(),
  };
  const isJson = /\.json$/i.test(path) || /^\s*\{\s*"/.test(text);
  return isJson ? readJson(source, places) : readCaddyfile(source, tree, options, places);
}

function readCaddyfile(source: SourceFile, tree: FileTree, options: ReadOptions, places: Places): Config {
  const parsed = parse(source, tree, options);
  const found: Found = { problems: [...parsed.problems], unknowns: [...parsed.unknowns] };
  const named = (key: string | undefined): string | undefined => /^&\((.*)\)$/s.exec(key ?? '')?.[1];
  const globals = parsed.blocks.flatMap(({ keys, directives }) => (keys.length === 0 ? directives : []));
  const routes = new Map(
    parsed.blocks.flatMap(({ keys: [key], directives }) => {
      const name = named(key?.text);
      return name === undefined ? [] : [[name, directives] as const];
    }),
  );
  const around: Surroundings = { found, order: orderOf(globals), routes, aside: [], groups: 0 };
  const defaults = defaultsOf(globals);
  const seen = new Map<string, string>();
  for (const block of parsed.blocks) {
    if (block.keys.length === 0 || named(block.keys[0]?.text) !== undefined) continue;
    for (const { text, at } of block.keys) {
      if (seen.has(text) && !text.includes('{'))
        found.problems.push(
          refused(at, say`The site ${text} is defined twice.`, say`Rename one of the two, or merge them.`),
        );
      seen.set(text, text);
    }
    readSite(block, defaults, around, places);
  }
  return configOf(source, places, found, {
    files: parsed.files,
    ignores: parsed.ignores,
    statements: statementsOf(parsed),
    isRefused: parsed.blocks.length === 0 && found.problems.length > 0,
  });
}

function readJson(source: SourceFile, places: Places): Config {
  const { documents, faults } = readYaml(source);
  const [root] = documents;
  const found: Found = { problems: faults.map(({ at, what, fix }) => refused(at, say`${what}.`, fix)), unknowns: [] };
  if (root !== undefined) readServers(root, found, places);
  return configOf(source, places, found, { files: [source.path], ignores: [], isRefused: root === undefined });
}

function configOf(
  source: SourceFile,
  { path, pools, entries, references }: Places,
  { problems, unknowns }: Found,
  { isRefused, ...rest }: Pick<Config, 'files' | 'ignores' | 'statements'> & { readonly isRefused: boolean },
): Config {
  const isWhole = problems.length === 0 && unknowns.length === 0 && pools.every((pool) => pool.unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: isRefused ? 'refused' : isWhole ? 'read' : 'partial',
    pools,
    routes: [],
    entries,
    references,
    listeners: [],
    facts: new Map(),
    problems,
    unknowns,
    ...rest,
  };
}
