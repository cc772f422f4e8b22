import type { Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Text } from '../../model/text.ts';
import { say, words as own } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { argumentFault } from './arguments.ts';
import { childContexts, contextName, FREE_BLOCKS } from './contexts.ts';
import { isForeign, LOOK_ALIKES } from './foreign.ts';
import { kindFault } from './kinds.ts';
import type { Directive, Word } from './parse.ts';
import { allDefinitions, VERSIONS, type Definition, type VersionMask } from './tables.ts';
import { isPlaceholder, refused } from './values.ts';

/** What a file is checked against, and where what is found goes. */
export interface Checking {
  readonly versions: VersionMask;
  /** Whether a file is a template, where conditions decide which of its lines are there. */
  readonly isTemplate: (path: string) => boolean;
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/**
 * Checks the directives of a block and of all blocks in it against the tables, and splits those that swallowed the next line
 * because a semicolon is missing. Gives back what nginx would have read had the file been right. `contexts` holds the letters of
 * every context that the block may be (`directive-table.ts`).
 */
export function checked(directives: readonly Directive[], contexts: string, checking: Checking): readonly Directive[] {
  return new Checker(checking).block(directives, contexts, undefined);
}

/** Why a directive is not accepted. */
interface Refusal {
  readonly what: Text;
  readonly fix?: Text;
}

class Checker {
  readonly #checking: Checking;
  /** Kept by name and context: a file may hold the same unknown word thousands of times. */
  readonly #nearest = new Map<string, string | undefined>();

  constructor(checking: Checking) {
    this.#checking = checking;
  }

  block(directives: readonly Directive[], contexts: string, pool: string | undefined): readonly Directive[] {
    const seen = new Map<string, Directive>();
    const found: Directive[] = [];
    for (const directive of directives) {
      let next: Directive | undefined = directive;
      for (let splits = 0; next !== undefined; splits++) {
        const split: Split | undefined = splits < MAX_SPLITS ? swallowed(next, contexts) : undefined;
        if (split !== undefined) {
          const what = say`Directive ${split.first.name} runs on into ${split.rest.name} on a later line.`;
          this.#refuse(split.first, { what, fix: say`Add ${';'} at its end.` }, pool);
        }
        found.push(this.#one(split?.first ?? next, contexts, seen, pool));
        next = split?.rest;
      }
    }
    return found;
  }

  #one(directive: Directive, contexts: string, seen: Map<string, Directive>, pool: string | undefined): Directive {
    const { name, args, at, block } = directive;
    if (directive.tag !== undefined || name === 'include') return directive;
    if (FILLED_NAME.test(name)) {
      this.#filledIn(directive, pool);
      return directive;
    }
    const known = allDefinitions().get(name);
    if (known === undefined) {
      this.#unknown(directive, contexts, pool);
      return directive;
    }
    const refusal = this.#refusal(directive, known, contexts);
    if (refusal !== undefined) this.#refuse(directive, refusal, pool);
    else this.#repeated(directive, known, contexts, seen, pool);
    if (block === undefined || FREE_BLOCKS.has(name)) return directive;
    const inner = name === 'upstream' ? (args[0]?.text ?? pool) : pool;
    const child = childContexts(name, contexts);
    return child === '' ? directive : { ...directive, at, block: this.block(block, child, inner) };
  }

  /** What the newest version says against it, when all versions in question refuse it. */
  #refusal(directive: Directive, known: readonly Definition[], contexts: string): Refusal | undefined {
    let last: Refusal | undefined;
    for (let i = 0; i < VERSIONS.length; i++) {
      const bit = 1 << i;
      if ((this.#checking.versions & bit) === 0) continue;
      last = refusalIn(directive, known, contexts, bit);
      if (last === undefined) return undefined;
    }
    return last;
  }

  #repeated(
    directive: Directive,
    known: readonly Definition[],
    contexts: string,
    seen: Map<string, Directive>,
    pool: string | undefined,
  ): void {
    const { name, at } = directive;
    const fitting = known.filter((one) => fits(one, contexts));
    if (fitting.length === 0 || !fitting.every(({ kind }) => kind !== 'own' && kind !== 'bitmask')) return;
    if (seen.has(name) && !this.#checking.isTemplate(at.source.path))
      this.#refuse(directive, { what: say`Duplicate directive ${name}.`, fix: say`Remove one of the two.` }, pool);
    seen.set(name, directive);
  }

  #unknown(directive: Directive, contexts: string, pool: string | undefined): void {
    const { name, at, block } = directive;
    if (isForeign(name)) return;
    const key = `${contexts} ${block === undefined ? '' : '{'} ${name}`;
    if (!this.#nearest.has(key) && this.#nearest.size < MAX_GUESSES)
      this.#nearest.set(key, nearest(name, contexts, block !== undefined));
    const meant = this.#nearest.get(key);
    if (meant !== undefined) {
      const what = say`Unknown directive ${name}; did you mean ${meant}?`;
      this.#refuse(directive, { what, fix: say`Rename it to ${meant}.` }, pool);
      return;
    }
    const reason = say`${name} is not a directive of nginx, and what a module makes of it is unknown`;
    this.#checking.unknowns.push({ at, reason });
  }

  /** A name that something fills in: nginx itself refuses it, whatever it is. */
  #filledIn(directive: Directive, pool: string | undefined): void {
    const { name, at } = directive;
    const { unknowns, isTemplate } = this.#checking;
    if (/<%|\{\{|\{%/.test(name) && !isTemplate(at.source.path))
      this.#refuse(directive, { what: say`Unknown directive ${name}.` }, pool);
    else if (pool === undefined)
      unknowns.push({ at, reason: say`which directive ${name} becomes is filled in by a template` });
  }

  #refuse({ at }: Directive, { what, fix }: Refusal, pool: string | undefined): void {
    this.#checking.problems.push({ ...refused(at, what, fix), ...(pool === undefined ? {} : { pool }) });
  }
}

/** Whether a definition is of a context that the block may be. */
function fits({ contexts: allowed }: Definition, contexts: string): boolean {
  return allowed === '.' || Array.from(allowed).some((letter) => contexts.includes(letter));
}

function refusalIn(
  { name, args, block }: Directive,
  known: readonly Definition[],
  contexts: string,
  version: VersionMask,
): Refusal | undefined {
  const there = known.filter(({ versions }) => (versions & version) !== 0);
  const candidates = there.filter((one) => fits(one, contexts));
  const [first] = candidates;
  if (first === undefined) {
    const what =
      there.length === 0
        ? say`nginx ${VERSIONS[Math.log2(version)] ?? ''} has no directive ${name}.`
        : say`Directive ${name} is not allowed ${contextName(contexts)}.`;
    return { what };
  }
  // A part may be of several contexts: one in which the directive is right will do.
  let refusal: Refusal | undefined;
  for (const definition of candidates) {
    refusal = shapeFault(name, args, block !== undefined, definition, contexts, version);
    if (refusal === undefined) return undefined;
  }
  return refusal;
}

function shapeFault(
  name: string,
  args: readonly Word[],
  opens: boolean,
  definition: Definition,
  contexts: string,
  version: VersionMask,
): Refusal | undefined {
  if (definition.block && !opens) {
    return { what: say`Directive ${name} has no opening ${'{'}.`, fix: say`Add ${'{ }'} around what belongs to it.` };
  }
  if (!definition.block && opens)
    return { what: say`Directive ${name} does not take a block.`, fix: say`Add ${';'} at its end instead.` };
  if (args.some(isPlaceholder)) return undefined;
  if (!definition.allows(args.length)) {
    const needs = say`Directive ${name} takes ${own(definition.wanted)} arguments, not ${args.length}.`;
    return { what: args.length === 0 ? say`Directive ${name} has no argument, and needs one.` : needs };
  }
  const texts = args.map(({ text }) => text);
  const fault = kindFault(definition, texts) ?? argumentFault(name, texts, { contexts, version });
  return fault === undefined ? undefined : { what: say`${name}: ${fault}` };
}

/** A name that a template engine or `envsubst` makes, as a whole or a part of it. */
const FILLED_NAME = /\$\{[^{}$]*\}|\$[A-Za-z_]|\{\{|\{%|<%|%%\w+%%|@@\w+@@|__[A-Z][A-Z0-9_]*__/;

/** For this many unknown names of a file a name that may be meant is looked for; a file with more is of another product. */
const MAX_GUESSES = 200;

/** A directive may lack its semicolon this many times in a row and still be separated. */
const MAX_SPLITS = 64;

/** Directives that take any number of words, none of which can be the name of a directive. */
const STRICT_WORDS: ReadonlySet<string> = new Set(
  'server listen access_log error_log error_page resolver limit_req_zone proxy_cache_path sticky'.split(' '),
);

interface Split {
  readonly first: Directive;
  readonly rest: Directive;
}

/** A directive whose later lines begin with the name of another one: the two that were meant. */
function swallowed({ name, args, at, block }: Directive, contexts: string): Split | undefined {
  const [definition] = (allDefinitions().get(name) ?? []).filter((one) => fits(one, contexts));
  if (definition === undefined || FREE_BLOCKS.has(name)) return undefined;
  const open = definition.wanted.startsWith('at least') || definition.wanted === 'any number';
  if (open ? !STRICT_WORDS.has(name) : definition.allows(args.length) && definition.block === (block !== undefined))
    return undefined;
  for (let i = definition.least; i < args.length; i++) {
    const word = args[i];
    const earlier = args[i - 1]?.at.end ?? at.start + name.length;
    if (word === undefined || !hasNewline(word, earlier)) continue;
    const known = allDefinitions().get(word.text);
    if (known === undefined || !known.some((one) => fits(one, contexts))) continue;
    const first = { name, args: args.slice(0, i), at: { ...at, end: Math.max(earlier, at.start) }, block: undefined };
    const rest = { name: word.text, args: args.slice(i + 1), at: { ...at, start: word.at.start }, block };
    return { first, rest };
  }
  return undefined;
}

function hasNewline({ at: { source, start } }: Word, earlier: number): boolean {
  return start > earlier && source.text.slice(earlier, start).includes('\n');
}

/**
 * The directive that an unknown name most likely stands for. Short names are near to too many words of modules that are not
 * known (`host` to `root`), so those have to begin alike.
 */
function nearest(name: string, contexts: string, opens: boolean): string | undefined {
  if (LOOK_ALIKES.has(name)) return undefined;
  const likely = (known: string): boolean => known.length >= 6 || known[0] === name[0];
  const candidates: string[] = [];
  for (const [known, definitions] of allDefinitions()) {
    if (likely(known) && definitions.some((one) => one.block === opens && fits(one, contexts))) candidates.push(known);
  }
  return didYouMean(name, candidates);
}
