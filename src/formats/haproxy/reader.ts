import { append } from '../../text/append.ts';
import type { Config, IgnoreComment, Problem } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import type { Statement } from '../../model/statement.ts';
import type { FileTree } from '../../model/tree.ts';
import { guardStatements, guardText, LIMITS } from '../../text/limits.ts';
import { count, say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { dialect } from './dialect.ts';
import { checkKeywords } from './faults.ts';
import { noteFacts, type Found } from './front.ts';
import { planBranches } from './branches.ts';
import { mergeReadings, type Read } from './merge.ts';
import { NOTHING_INHERITED, readDefaults, readProxy, type Inherited } from './proxy.ts';
import { checkPortFaults, fronts, Names, serverReferences, tableFaults, undecided } from './relations.ts';
import { readSections, unparsable, type Reading, type Section } from './sections.ts';
import { setsOf } from './sets.ts';
import { branchStatement, statementsOf } from './statements.ts';
import { isTemplateName, tagsOf, type Tag } from './tags.ts';
import { linesOf, type Word } from './words.ts';
import { lineOf, type Span } from '../../model/span.ts';

/** Reads HAProxy configurations: sections, inheritance from `defaults`, servers, checks, stickiness, references. */
export const reader: FormatReader = { dialect, recognise, read, sets: setsOf, readSet };

function recognise(path: string, text: string): number {
  const sections =
    text.match(
      /^[ \t]*(?:global|defaults|(?:defaults|frontend|backend|listen)[ \t]+[\w.:"'-]+(?![\w.:"'-]))[^\n:;={]*$/gm,
    )?.length ?? 0;
  const named = /haproxy/i.test(path) ? 0.3 : 0;
  if (sections === 0) return /\.cfg$/i.test(path) ? named : 0;
  // Long descriptions in other files have such lines too.
  return Math.min(0.98, 0.4 + named + 0.1 * sections);
}

function read(path: string, tree: FileTree, options: ReadOptions): Config {
  return readSet([path], tree, options);
}

/** Readings are at most so many, and of so many characters together. */
const MAX_READINGS = 12;
const MAX_CHARACTERS = 3_000_000;

/** Reads the files that one process loads, in the order in which it does: names are shared, `defaults` reach the next file. */
function readSet(paths: readonly string[], tree: FileTree, options: ReadOptions): Config {
  const sources = paths.map((path) => {
    const text = tree.read(path) ?? '';
    guardText(path, text, LIMITS.fileBytes);
    return new SourceFile(path, text);
  });
  for (const { path, text } of sources) guardStatements(path, text.match(/^[^\S\n]*[^\s#]/gm)?.length ?? 0);
  const tags = sources.map(tagsOf);
  const plain = readBranches(
    sources,
    sources.map(({ path }, i) => (isTemplateName(path) ? (tags[i] ?? []) : [])),
    options,
  );
  // Tags make a template of a file only when HAProxy does not load it as it is.
  const refused = plain.problems.some(({ rule }) => rule === 'config-unparsable');
  return refused && tags.some((list, i) => list.length > 0 && !isTemplateName(paths[i] ?? ''))
    ? readBranches(sources, tags, options)
    : plain;
}

/** Reads files once for each branch that nothing decides. */
function readBranches(sources: readonly SourceFile[], tags: readonly (readonly Tag[])[], options: ReadOptions): Config {
  const files = sources.map((source, i) => {
    const own = tags[i] ?? [];
    // A first look for branches is for nothing where no line can begin with a dot.
    const branching = own.length > 0 || /^\s*["'\\.]/m.test(source.text);
    const plan = planBranches(branching ? linesOf(source, new Map(), own) : []);
    return { source, tags: own, plan, version: options.productVersion };
  });
  const wanted = Math.max(1, ...files.map(({ plan }) => plan.count));
  const length = sources.reduce((sum, { text }) => sum + text.length, 1);
  const most = Math.max(2, Math.min(MAX_READINGS, Math.floor(MAX_CHARACTERS / length)));
  const count = Math.min(wanted, most);
  const readings = Array.from({ length: count }, (_, number) => readOnce(files.map((file) => ({ ...file, number }))));
  const config = mergeReadings(readings);
  const problems = [...config.problems, ...templated(tags)];
  const unknowns = [...config.unknowns];
  const [source] = sources;
  if (wanted > most && source !== undefined)
    unknowns.push({ at: source.span(0, 0), reason: say`the files have more branches than are read` });
  const whole =
    problems.length === 0 && unknowns.length === 0 && config.pools.every((pool) => pool.unknowns.length === 0);
  // Sections whose names are not known may have any.
  const open = config.unknowns.some(({ at }) => SECTION_LINE.test(at.source.text.slice(at.start, at.start + 40)));
  const references = open ? undecided(config.references, config.pools) : config.references;
  const status = config.status === 'refused' ? 'refused' : whole ? 'read' : 'partial';
  return { ...config, references, status, problems, unknowns };
}

/** Where a line that is not read may open a section, or be anything at all. */
const SECTION_LINE = /^(?:backend|listen|[a-z]*["{<])/;

/** One finding for all tags of a file. */
function templated(tags: readonly (readonly Tag[])[]): Problem[] {
  return tags.flatMap((list): Problem[] => {
    const [first] = list;
    if (first === undefined) return [];
    return [
      {
        rule: 'unresolved-template-or-include',
        at: first.at,
        what: say`This file is a template, and what its ${count(list.length, 'tag')} would fill in is not checked.`,
        why: say`HAProxy loads the rendered file; only that one can be checked in full.`,
        fix: say`Set the path of the rendered file: render the template first.`,
      },
    ];
  });
}

function readOnce(files: readonly Reading[]): Read {
  const found: Found = {
    scope: files[0]?.source.path ?? '',
    pools: [],
    references: [],
    listeners: [],
    entries: [],
    facts: new Map(),
    problems: [],
    relations: [],
    unknowns: [],
  };
  const ignores: IgnoreComment[] = [];
  const checkFront = fronts();
  const named = new Map<string, Inherited>();
  const variables = new Map<string, string>();
  let current = NOTHING_INHERITED;
  // Each proxy and each chained section goes through all that it inherits; a file may make that the square of its length.
  let left: number = LIMITS.visitedNodes;
  let tooLong = false;
  const handed = (inherited: Inherited, to: Section): Inherited => {
    left -= inherited.statements.length;
    if (left >= 0) return inherited;
    const reason = say`the ${'defaults'} of this file are too long for the number of sections, and are not read for all of them`;
    const at = inherited.statements[0]?.at ?? to.at;
    if (!tooLong) found.unknowns.push({ at, reason });
    tooLong = true;
    return { ...NOTHING_INHERITED, unknowns: [{ at, reason }] };
  };
  const names = new Names();
  const tables: Section[] = [];
  const statements: Statement[] = [];
  const branching: Span[] = [];
  const kinds = new Map<string, number>();
  const take = (section: Section, version: string | undefined): void => {
    const earlier = kinds.get(section.kind) ?? 0;
    kinds.set(section.kind, earlier + 1);
    append(statements, statementsOf(section, earlier));
    names.add(section);
    if (section.statements.some(({ words }) => words[0]?.text === 'stick-table')) tables.push(section);
    const base = baseOf(section);
    const from = named.get(base?.text ?? '');
    const lost = from === undefined ? fromNothing(base) : undefined;
    if (lost !== undefined) found.relations.push(lost);
    checkFront(section, found.relations);
    if (section.kind === 'global') noteFacts(section, found.facts, ['global maxconn', 'ssl-server-verify']);
    if (section.kind === 'defaults') {
      current = readDefaults(section, handed(from ?? NOTHING_INHERITED, section), version, found);
      if (section.name !== undefined) named.set(section.name, current);
    } else if (section.kind === 'frontend' || section.kind === 'backend' || section.kind === 'listen') {
      readProxy(section, handed(from ?? current, section), version, found);
    } else checkKeywords(section, version, found.problems);
  };
  for (const file of files)
    for (const section of readSections(file, variables, { ...found, ignores, branching })) take(section, file.version);
  append(statements, branching.map(branchStatement));
  append(found.relations, declaredTwice(found.pools));
  append(found.relations, serverReferences(found.pools, names));
  append(found.relations, found.pools.flatMap(checkPortFaults));
  append(
    found.relations,
    tables.flatMap((section) => tableFaults(section, names)),
  );
  const [first] = files;
  if (first === undefined) throw new Error('A set has at least one file.');
  const { pools, references, listeners, entries, facts, problems, unknowns, relations } = found;
  return {
    config: {
      dialect,
      path: first.source.path,
      source: first.source,
      status: kinds.size === 0 ? 'refused' : 'read',
      files: files.map(({ source }) => source.path),
      pools,
      routes: [],
      entries,
      references,
      listeners,
      facts,
      statements,
      problems,
      unknowns,
      ignores,
    },
    relations,
  };
}

/** NAME of `from NAME`, which follows the name of a section; `defaults` may have none. */
function baseOf({ kind, name, rest }: Section): Word | undefined {
  if (kind === 'defaults' && name === 'from') return rest[0];
  return rest[0]?.text === 'from' ? rest[1] : undefined;
}

/** `from NAME` of `defaults` that were not read before it. */
function fromNothing(base: Word | undefined): Problem | undefined {
  if (base?.text === undefined) return undefined;
  const what = say`No ${'defaults'} section before this one has the name ${base.text}.`;
  return unparsable(base.at, what, say`Add it above, or remove ${'from'}.`);
}

/** HAProxy looks a pool up by its name alone. */
function declaredTwice(pools: readonly Pool[]): Problem[] {
  const first = new Map<string, Pool>();
  return pools.flatMap((pool): Problem[] => {
    const earlier = first.get(pool.name);
    if (earlier === undefined) {
      first.set(pool.name, pool);
      return [];
    }
    const line = String(lineOf(earlier.at));
    const what = say`${pool.name} is already the name of the section at line ${line}.`;
    return [{ ...unparsable(pool.at, what, say`Rename one of them, or merge the two.`), pool: pool.name }];
  });
}
