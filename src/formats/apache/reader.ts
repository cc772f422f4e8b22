import type { Config } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import { written, type Setting } from '../../model/span.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { SourceFile } from '../../text/source.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { Balancers } from './balancers.ts';
import { dialect } from './dialect.ts';
import { Entries, hostLabel, isNamed } from './entries.ts';
import type { Directive } from './lines.ts';
import { load } from './load.ts';
import { poolOf } from './pool.ts';
import { statementsOf } from './statements.ts';
import { duration, type Found } from './values.ts';

/** Configurations of Apache httpd with mod_proxy and mod_proxy_balancer: whole ones, and parts of them. */
export const reader: FormatReader = { dialect, recognise, read };

function recognise(path: string, text: string): number {
  if (/\.(?:xml|html?|md|ya?ml|json|toml|tf|hcl|cfg|js|ts|php|vcl)$/i.test(path)) return 0;
  // No two parts of a pattern may take the same characters.
  const sections =
    /^[ \t]*<(?:VirtualHost|Proxy|IfModule|IfDefine|Directory|Location|LocationMatch)[ \t][^\n<]*>[ \t\r]*$/im.test(
      text,
    );
  const lines =
    /^[ \t]*(?:BalancerMember|ProxyPass|ProxyPassMatch|ProxyPassReverse|LoadModule|ProxySet)[ \t]+[^\n;]*[^\n;{\r][ \t\r]*$/im.test(
      text,
    );
  if (!sections && !lines) return 0;
  const isOther = /^[ \t]*(?:server|location|upstream)\b[^\n<>]*\{[ \t\r]*$/m.test(text);
  return isOther ? 0.1 : sections && lines ? 0.98 : 0.9;
}

function read(path: string, tree: FileTree, options: ReadOptions): Config {
  const text = tree.read(path);
  if (text === undefined) throw new InputError(`${path} is not a file that can be read. Name a file that exists.`);
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const found: Found = { problems: [], unknowns: [] };
  const { directives, files, ignores, unread } = load(source, tree, options, found);
  const balancers = new Balancers(found);
  balancers.read(directives, '');
  for (const one of directives)
    if (isNamed(one, 'virtualhost') && one.block !== undefined) balancers.read(one.block, hostLabel(one));
  const common = { path, templates: balancers.templates, timeout: timeoutOf(directives) };
  const pools = new Map<string, Pool>();
  for (const [key, balancer] of balancers.all)
    if (balancer.members.length > 0) pools.set(key, poolOf(balancer, common));
  const entries = new Entries(directives, { balancers, pools, common, found });
  entries.read();
  const all = [...pools.values(), ...entries.direct.values()];
  const isWhole =
    found.problems.length === 0 && found.unknowns.length === 0 && all.every((pool) => pool.unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: directives.length === 0 && found.problems.length > 0 ? 'refused' : isWhole ? 'read' : 'partial',
    files,
    pools: all,
    routes: [],
    entries: entries.entries,
    references: entries.references,
    listeners: [],
    facts: factsOf(directives),
    statements: statementsOf(directives, unread),
    problems: found.problems,
    unknowns: found.unknowns,
    ignores,
  };
}

/** `ProxyTimeout`, else `Timeout`, of the main server. */
function timeoutOf(directives: readonly Directive[]): Setting<number> | undefined {
  const line =
    directives.find((one) => isNamed(one, 'proxytimeout')) ?? directives.find((one) => isNamed(one, 'timeout'));
  const [value] = line?.args ?? [];
  return value === undefined ? undefined : written(value.isOpen ? undefined : duration(value.text), value.at);
}

function factsOf(directives: readonly Directive[]): Config['facts'] {
  const names = (list: readonly Directive[]): Directive | undefined => {
    for (const one of list) {
      const isNaming =
        isNamed(one, 'header') && one.args.some(({ text }) => /BALANCER_WORKER|BALANCER_ROUTE/.test(text));
      const inner = isNaming ? one : names(one.block ?? []);
      if (inner !== undefined) return inner;
    }
    return undefined;
  };
  const line = names(directives);
  return new Map(line === undefined ? [] : [['names-servers', written('yes', line.at)]]);
}
