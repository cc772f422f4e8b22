import { append } from '../../text/append.ts';
import type { Config, Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { FileTree } from '../../model/tree.ts';
import { say } from '../../text/say.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { dialect } from './dialect.ts';
import { readFacts } from './facts.ts';
import { load } from './includes.ts';
import type { Directive } from './parse.ts';
import { walk, withReferences, type Found, type Surroundings } from './references.ts';
import { Scope } from './scope.ts';
import { readUpstream, type Context } from './upstream.ts';
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
  const loaded = load(path, tree, options);
  const { directives, source } = loaded;
  const found: Found = {
    references: [],
    listeners: [],
    problems: [...loaded.problems],
    unknowns: [...loaded.unknowns],
    checks: new Map(),
    udp: new Set(),
  };
  const main = directives.find(({ name, block }) => block !== undefined && /^(?:events|http|stream)$/.test(name));
  const blocks = (name: Context): Directive[] => directives.filter((d) => d.name === name && d.block !== undefined);
  const facts = readFacts(directives, main?.at);
  const pools: Pool[] = [];
  const routes: Config['routes'][number][] = [];
  const readContext = (context: Context, scope: Scope): void => {
    const result = readBlock(path, context, scope, options, found, facts.get('worker_connections'));
    append(pools, result.pools);
    append(routes, result.routes);
  };
  if (main === undefined) {
    // A part of a configuration: its lines stand in `http` or `stream` of the file that includes it.
    const [member] = directives.filter((d) => d.name === 'server' && d.block === undefined);
    if (member !== undefined)
      found.unknowns.push({ at: member.at, reason: say`these servers belong to the upstream that includes this file` });
    readContext(
      contextOf(path, directives),
      new Scope(
        directives.filter((d) => d.name !== 'server' || d.block !== undefined),
        undefined,
      ),
    );
  } else {
    for (const context of ['http', 'stream'] as const) {
      for (const { block } of blocks(context)) readContext(context, new Scope(block ?? [], undefined));
    }
  }
  noteTags(directives, found.unknowns);
  noteTemplates([...found.unknowns, ...pools.flatMap((pool) => pool.unknowns)], found.problems);
  const nothing = directives.length === 0 && found.problems.length > 0;
  const whole =
    found.problems.length === 0 && found.unknowns.length === 0 && pools.every((pool) => pool.unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: nothing ? 'refused' : whole ? 'read' : 'partial',
    files: loaded.files,
    pools,
    routes,
    entries: [],
    references: found.references,
    listeners: found.listeners,
    facts,
    problems: found.problems,
    unknowns: found.unknowns,
    ignores: loaded.ignores,
  };
}

/** Everything of one `http` or `stream` block. */
function readBlock(
  path: string,
  context: Context,
  scope: Scope,
  options: ReadOptions,
  found: Found,
  connections: Setting<string> | undefined,
): { readonly pools: readonly Pool[]; readonly routes: Config['routes'] } {
  const declared = new Map<string, string>();
  const pools = scope.own('upstream').flatMap((upstream) => {
    if (upstream.block === undefined || upstream.args.length === 0) return [];
    const pool = readUpstream(upstream, context, path, found.problems);
    const earlier = declared.get(pool.name.toLowerCase());
    if (earlier === undefined) declared.set(pool.name.toLowerCase(), pool.name);
    else found.problems.push(...declaredTwice(pool));
    return [pool];
  });
  const variables = new Variables(scope.directives, found.problems);
  const around: Surroundings = { context, variables, pools: declared, version: options.productVersion, connections };
  walk(scope, around, found);
  return {
    pools: pools.map((pool) => withReferences(pool, found)),
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

/** Where the lines of a part belong: `stream` when a server passes on directly, or when the path says so. */
function contextOf(path: string, directives: readonly Directive[]): Context {
  const servers = directives.filter(({ name, block }) => name === 'server' && block !== undefined);
  const direct = servers.some(({ block }) => block?.some(({ name }) => name === 'proxy_pass') === true);
  const web = servers.some(
    ({ block }) => block?.some(({ name }) => name === 'location' || name === 'server_name') === true,
  );
  if (direct && !web) return 'stream';
  return servers.length === 0 && /(?:^|[/_.-])(?:stream|tcp|udp)s?(?:[/_.-]|$)/i.test(path) ? 'stream' : 'http';
}

function declaredTwice(pool: Pool): Problem[] {
  const what = say`The upstream ${pool.name} is declared twice.`;
  return [{ ...refused(pool.at, what, say`Give it another name, or merge the two.`), pool: pool.name }];
}

/** Control tags outside upstreams decide which blocks are there at all. */
function noteTags(directives: readonly Directive[], unknowns: Unknown[]): void {
  for (const { tag, at, name, block } of directives) {
    if (tag !== undefined) unknowns.push({ at, reason: say`a template decides what stands here` });
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
      why: say`nginx sees the rendered file, and only that can be judged.`,
      fix: say`Render the file first and name the rendered one.`,
    });
  }
}

function placeOf({ source, start }: Span): string {
  return `${source.path}:${start}`;
}
