import { append } from '../../text/append.ts';
import type { Config, Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { FileTree } from '../../model/tree.ts';
import { guardStatements } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { dialect } from './dialect.ts';
import { readFacts } from './facts.ts';
import { MAIN, PART_OF_HTTP, PART_OF_STREAM, type Context } from './contexts.ts';
import { checked } from './directives.ts';
import { entriesOf } from './entries.ts';
import { implicitPool } from './implicit.ts';
import { load } from './includes.ts';
import type { Directive } from './parse.ts';
import { serverBlocks, type ServerBlock } from './server-blocks.ts';
import { semanticFaults } from './semantics.ts';
import { allDefinitions, versionsFor, type VersionMask } from './tables.ts';
import { holdsTag, isTemplateName } from './templates.ts';
import { walk, withReferences, type Found, type Surroundings } from './references.ts';
import { Scope } from './scope.ts';
import { withRotations } from './rotations.ts';
import { statementsOf } from './statements.ts';
import { readUpstream } from './upstream.ts';
import { refused } from './values.ts';
import { Variables } from './variables.ts';

/** Reads nginx configurations: whole ones, and parts such as `conf.d/app.conf` that some nginx.conf includes. */
export const reader: FormatReader = { dialect, recognise, read };

function recognise(path: string, text: string): number {
  // No two parts of a pattern may take the same characters: every file of every product comes by here.
  const blocks = text.match(
    /^[ \t]*(?:(?:events|http|stream|server|upstream[ \t]+[^\s{;]+)[ \t]*|(?:location|map|split_clients)[ \t][^{;\n]+)\{/gm,
  );
  const lines = text.match(
    /^[ \t]*(?:proxy_pass|fastcgi_pass|grpc_pass|listen|server_name|worker_processes|proxy_set_header|server)[ \t][^;{}\n]+;/gm,
  );
  const named = /nginx|(?:^|\/)(?:sites-(?:enabled|available)|conf\.d)\//i.test(path) ? 0.2 : 0;
  const count = (blocks?.length ?? 0) + (lines?.length ?? 0);
  if (count === 0) return named > 0 && /\.conf$/i.test(path) && /^[ \t]*\w[^;{}\n]*;[ \t\r]*$/m.test(text) ? named : 0;
  return Math.min(1, 0.4 + named + 0.1 * count);
}

function read(path: string, tree: FileTree, options: ReadOptions): Config {
  const strict = readWith(path, tree, options, isTemplateName);
  // nginx knows no tags: only a file that it refuses as it is can be a template, or one that its name says is one.
  const templates = new Set(strict.problems.filter(isRefusal).map(({ at }) => at.source.path));
  const tagged = [...templates].filter((file) => !isTemplateName(file) && holdsTag(sourceText(strict, file)));
  if (tagged.length === 0) return strict;
  return readWith(path, tree, options, (file) => isTemplateName(file) || tagged.includes(file));
}

function isRefusal({ rule }: Problem): boolean {
  return rule === 'config-unparsable' || rule === 'invalid-weight';
}

function sourceText({ problems }: Config, file: string): string {
  return problems.find(({ at }) => at.source.path === file)?.at.source.text ?? '';
}

/** Directives of one file with all that is in them; how many the included files add has a bound of its own. */
function countOf(directives: readonly Directive[], source: Config['source']): number {
  return directives.reduce(
    (sum, { at, block = [] }) => sum + (at.source === source ? 1 : 0) + countOf(block, source),
    0,
  );
}

function readWith(path: string, tree: FileTree, options: ReadOptions, isTemplate: (path: string) => boolean): Config {
  const loaded = load(path, tree, options, isTemplate);
  guardStatements(path, countOf(loaded.directives, loaded.source));
  const versions = versionsFor(options.productVersion);
  const found: Found = {
    references: [],
    listeners: [],
    problems: [...loaded.problems],
    unknowns: [...loaded.unknowns],
    checks: new Map(),
    udp: new Set(),
    implicit: new Map(),
  };
  const main = loaded.directives.find(
    ({ name, block }) => block !== undefined && /^(?:events|http|stream)$/.test(name),
  );
  const context = contextOf(path, loaded.directives);
  const contexts = main !== undefined ? MAIN : context === 'http' ? PART_OF_HTTP : PART_OF_STREAM;
  const directives = checked(loaded.directives, contexts, {
    versions,
    isTemplate,
    problems: found.problems,
    unknowns: found.unknowns,
  });
  const whole = main !== undefined && loaded.unread.length === 0;
  append(found.problems, semanticFaults(directives, whole, isTemplate));
  const blocks = (name: Context): Directive[] => directives.filter((d) => d.name === name && d.block !== undefined);
  const facts = readFacts(directives, main?.at);
  const pools: Pool[] = [];
  const routes: Config['routes'][number][] = [];
  const servers: ServerBlock[] = [];
  const around = {
    path,
    versions,
    isTemplate,
    whole: whole && found.unknowns.length === 0,
    version: options.productVersion,
    connections: facts.get('worker_connections'),
  };
  const readContext = (name: Context, scope: Scope): void => {
    const result = readBlock(name, scope, around, found);
    append(
      pools,
      result.pools.map((pool) => withRotations(pool, facts.get('worker_processes'))),
    );
    append(routes, result.routes);
    append(servers, serverBlocks(scope.directives, name));
  };
  if (main === undefined) {
    // A part of a configuration: its lines are in `http` or `stream` of the file that includes it.
    const [member] = directives.filter((d) => d.name === 'server' && d.block === undefined);
    if (member !== undefined)
      found.unknowns.push({ at: member.at, reason: say`these servers belong to the upstream that includes this file` });
    readContext(
      context,
      new Scope(
        directives.filter((d) => d.name !== 'server' || d.block !== undefined),
        undefined,
      ),
    );
  } else {
    for (const name of ['http', 'stream'] as const) {
      for (const { block } of blocks(name)) readContext(name, new Scope(block ?? [], undefined));
    }
  }
  noteTags(directives, found.unknowns);
  noteTemplates([...found.unknowns, ...pools.flatMap((pool) => pool.unknowns)], found.problems);
  if (pools.length === 0 && main !== undefined) raiseUnread(found.problems, loaded.unread);
  const nothing = directives.length === 0 && found.problems.some(isRefusal);
  const read = found.problems.length === 0 && found.unknowns.length === 0;
  return {
    dialect,
    path,
    source: loaded.source,
    status: nothing ? 'refused' : read && pools.every((pool) => pool.unknowns.length === 0) ? 'read' : 'partial',
    files: loaded.files,
    pools,
    routes,
    entries: entriesOf(servers, { path, references: found.references, routes }),
    references: found.references,
    listeners: found.listeners,
    facts,
    statements: statementsOf(directives, isTemplate),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: loaded.ignores,
  };
}

/** Without any pool, an include that was not read is all there was to know. */
function raiseUnread(problems: Problem[], unread: readonly Span[]): void {
  const places = new Set(unread.map(placeOf));
  problems.forEach((problem, i) => {
    if (problem.rule === 'unresolved-template-or-include' && places.has(placeOf(problem.at)))
      problems[i] = { ...problem, severity: 'error' };
  });
}

/** What is the same for all blocks of a file. */
interface FileSettings {
  /** The root file. */
  readonly path: string;
  readonly versions: VersionMask;
  readonly isTemplate: (path: string) => boolean;
  readonly whole: boolean;
  readonly version: string | undefined;
  readonly connections: Setting<string> | undefined;
}

/** Everything of one `http` or `stream` block. */
function readBlock(
  context: Context,
  scope: Scope,
  { path, versions, isTemplate, whole, version, connections }: FileSettings,
  found: Found,
): { readonly pools: readonly Pool[]; readonly routes: Config['routes'] } {
  const declared = new Map<string, string>();
  const pools = scope.own('upstream').flatMap((upstream) => {
    if (upstream.block === undefined || upstream.args.length === 0) return [];
    const pool = readUpstream(upstream, { context, path, versions }, found.problems);
    const earlier = declared.get(pool.name.toLowerCase());
    if (earlier === undefined) declared.set(pool.name.toLowerCase(), pool.name);
    else if (!isTemplate(pool.at.source.path)) found.problems.push(...declaredTwice(pool));
    return [pool];
  });
  const variables = new Variables(scope.directives);
  const around: Surroundings = { context, variables, pools: declared, whole, version, connections };
  walk(scope, around, found);
  const implicit = [...found.implicit.values()].map((target) => implicitPool(target, path));
  found.implicit.clear();
  return {
    pools: [...pools.map((pool) => withReferences(pool, found)), ...implicit],
    routes: variables.routes(path, (text) =>
      declared.get(
        text
          .replace(/^[a-z]+:\/\//i, '')
          .replace(/\/.*$/s, '')
          .toLowerCase(),
      ),
    ),
  };
}

/** Where the lines of a part belong: `stream` when they are right there only, or when the path says so. */
function contextOf(path: string, directives: readonly Directive[]): Context {
  const servers = directives.flatMap(({ name, block }) => (name === 'server' && block !== undefined ? [block] : []));
  const inner = servers.flat();
  const web = inner.some(({ name }) => onlyIn(name, /[SL]/, /[s]/));
  const direct = inner.some(({ name }) => name === 'proxy_pass' || onlyIn(name, /[s]/, /[SL]/));
  if (direct && !web) return 'stream';
  return servers.length === 0 && /(?:^|[/_.-])(?:stream|tcp|udp)s?(?:[/_.-]|$)/i.test(path) ? 'stream' : 'http';
}

/** Whether nginx takes a directive in contexts of one kind and not of the other. */
function onlyIn(name: string, these: RegExp, those: RegExp): boolean {
  const known = allDefinitions().get(name) ?? [];
  return known.some(({ contexts }) => these.test(contexts)) && !known.some(({ contexts }) => those.test(contexts));
}

function declaredTwice(pool: Pool): Problem[] {
  const what = say`The upstream ${pool.name} is declared twice.`;
  return [{ ...refused(pool.at, what, say`Rename one of them, or merge the two.`), pool: pool.name }];
}

/** Control tags outside upstreams decide which blocks are there at all. */
function noteTags(directives: readonly Directive[], unknowns: Unknown[]): void {
  for (const { tag, at, name, block } of directives) {
    if (tag !== undefined) unknowns.push({ at, reason: say`a template decides the content here` });
    else if (block !== undefined && name !== 'upstream') noteTags(block, unknowns);
  }
}

/** One finding per file for all that a template fills in; unread includes have their own. */
function noteTemplates(unknowns: readonly Unknown[], problems: Problem[]): void {
  const told = new Set<string>();
  const elsewhere = new Set(problems.map(({ at }) => placeOf(at)));
  for (const { at } of unknowns) {
    if (
      told.has(at.source.path) ||
      elsewhere.has(placeOf(at)) ||
      !/\$|\{\{|\{%|<%|\{#/.test(at.source.text.slice(at.start, at.end))
    )
      continue;
    told.add(at.source.path);
    problems.push({
      rule: 'unresolved-template-or-include',
      at,
      what: say`This is filled in by a template, so what it says is not checked.`,
      why: say`nginx loads the rendered file; only that one can be checked.`,
      fix: say`Set the path of the rendered file: render the template first.`,
    });
  }
}

function placeOf({ source, start }: Span): string {
  return `${source.path}:${start}`;
}
