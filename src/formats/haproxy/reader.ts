import { append } from '../../text/append.ts';
import type { Config, IgnoreComment, Problem } from '../../model/config.ts';
import type { Pool } from '../../model/pool.ts';
import type { FileTree } from '../../model/tree.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { FormatReader, ReadOptions } from '../reader.ts';
import { dialect } from './dialect.ts';
import { fronts } from './faults.ts';
import { noteFacts, type Found } from './front.ts';
import { NOTHING_INHERITED, readDefaults, readProxy, type Inherited } from './proxy.ts';
import { readSections, unparsable, type Section } from './sections.ts';
import { lineOf } from '../../model/span.ts';

/** Reads HAProxy configurations: sections, inheritance from `defaults`, servers, checks, stickiness, references. */
export const reader: FormatReader = { dialect, recognise, read };

function recognise(path: string, text: string): number {
  const sections =
    text.match(
      /^[ \t]*(?:global|defaults|(?:defaults|frontend|backend|listen)[ \t]+[\w.:"'-]+(?![\w.:"'-]))[^\n:;={]*$/gm,
    )?.length ?? 0;
  const named = /haproxy/i.test(path) ? 0.3 : 0;
  if (sections === 0) return /\.cfg$/i.test(path) ? named : 0;
  return Math.min(1, 0.4 + named + 0.1 * sections);
}

function read(path: string, tree: FileTree, options: ReadOptions): Config {
  const text = tree.read(path) ?? '';
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const found: Found = {
    scope: path,
    pools: [],
    references: [],
    listeners: [],
    entries: [],
    facts: new Map(),
    problems: [],
    unknowns: [],
  };
  const ignores: IgnoreComment[] = [];
  const checkFront = fronts();
  let nothing = true;
  const named = new Map<string, Inherited>();
  let current = NOTHING_INHERITED;
  // Each proxy and each chained section goes through all that it inherits; a file may make that the square of its length.
  let left: number = LIMITS.visitedNodes;
  let tooLong = false;
  const handed = (inherited: Inherited, to: Section): Inherited => {
    left -= inherited.statements.length;
    if (left >= 0) return inherited;
    const reason = say`the ${'defaults'} of this file are too long for so many sections, and are not read for all of them`;
    const at = inherited.statements[0]?.at ?? to.at;
    if (!tooLong) found.unknowns.push({ at, reason });
    tooLong = true;
    return { ...NOTHING_INHERITED, unknowns: [{ at, reason }] };
  };
  for (const section of readSections(source, options.productVersion, { ...found, ignores })) {
    nothing = false;
    checkFront(section, found.problems);
    const from = section.rest[0]?.text === 'from' ? named.get(section.rest[1]?.text ?? '') : undefined;
    const anonymousFrom =
      section.kind === 'defaults' && section.name === 'from' ? named.get(section.rest[0]?.text ?? '') : undefined;
    if (section.kind === 'global') noteFacts(section, found.facts, ['global maxconn']);
    if (section.kind === 'defaults') {
      current = readDefaults(section, handed(from ?? anonymousFrom ?? NOTHING_INHERITED, section), found);
      if (section.name !== undefined) named.set(section.name, current);
    } else if (section.kind === 'frontend' || section.kind === 'backend' || section.kind === 'listen') {
      readProxy(section, handed(from ?? current, section), options.productVersion, found);
    }
  }
  append(found.problems, declaredTwice(found.pools));
  const whole =
    found.problems.length === 0 &&
    found.unknowns.length === 0 &&
    found.pools.every((pool) => pool.unknowns.length === 0);
  return {
    dialect,
    path,
    source,
    status: nothing ? 'refused' : whole ? 'read' : 'partial',
    files: [path],
    pools: found.pools,
    routes: [],
    entries: found.entries,
    references: found.references,
    listeners: found.listeners,
    facts: found.facts,
    problems: found.problems,
    unknowns: found.unknowns,
    ignores,
  };
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
    return [{ ...unparsable(pool.at, what, say`Give it another name, or merge the two.`), pool: pool.name }];
  });
}
