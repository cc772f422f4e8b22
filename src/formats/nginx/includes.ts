import { append } from '../../text/append.ts';
import type { IgnoreComment, Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import type { FileTree } from '../../model/tree.ts';
import { hasGlob } from '../../text/glob.ts';
import { ignoresAmong } from '../../text/ignores.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { list, say, words } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { includedText, notRead, rootMapLine, UNREADABLE } from '../included.ts';
import type { ReadOptions } from '../reader.ts';
import { dumpedFiles, dumpedMatches, type DumpedFile } from './dump.ts';
import { basesOf, folderOf, Locator } from './locate.ts';
import { parse, type Directive, type Parsed } from './parse.ts';
import { refused } from './values.ts';

export interface Loaded {
  /** The root file, with the directives of included files in the place of each `include` that could be read. */
  readonly directives: readonly Directive[];
  readonly source: SourceFile;
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
  readonly ignores: readonly IgnoreComment[];
  /** Includes that could not be read. */
  readonly unread: readonly Span[];
}

/** Files may include each other this deep; nginx itself has no limit. */
const MAX_DEPTH = 64;

const TOO_MANY = say`there are more than ${LIMITS.includes} includes`;

/** Reads a root file and what it includes. Tags count in files of which `isTemplate` says so. */
export function load(
  path: string,
  tree: FileTree,
  options: ReadOptions,
  isTemplate: (path: string) => boolean,
): Loaded {
  const text = tree.read(path) ?? '';
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const dump = dumpedFiles(text);
  if (dump !== undefined) {
    const loader = new Loader(source, tree, options, isTemplate, dump);
    const loaded = loader.load();
    // Every file of a real dump is included: what only looks like one is read as nginx would read it.
    if (loader.usedDump === dump.length) return loaded;
  }
  return new Loader(source, tree, options, isTemplate, undefined).load();
}

class Loader {
  readonly files: string[];
  readonly problems: Problem[] = [];
  readonly unknowns: Unknown[] = [];
  readonly ignores: IgnoreComment[] = [];
  readonly unread: Span[] = [];
  readonly #source: SourceFile;
  readonly #tree: FileTree;
  readonly #isTemplate: (path: string) => boolean;
  readonly #locator: Locator;
  readonly #dump: readonly DumpedFile[] | undefined;
  readonly #open = new Set<string>();
  /** Files that are included more than once are read once. */
  readonly #parsed = new Map<string, Parsed>();
  readonly #reported = new Set<string>();
  #includes = 0;
  /** Directives of included files, each counted as often as it is included. */
  #directives = 0;

  constructor(
    source: SourceFile,
    tree: FileTree,
    options: ReadOptions,
    isTemplate: (path: string) => boolean,
    dump: readonly DumpedFile[] | undefined,
  ) {
    this.files = [source.path];
    this.#source = source;
    this.#tree = tree;
    this.#isTemplate = isTemplate;
    this.#dump = dump;
    const main = /^[ \t]*(?:events|http|stream)\s*\{/m.test(source.text);
    this.#locator = new Locator(tree, options.rootMap, basesOf(source.path, main, tree));
  }

  /** How many files of the dump were read. */
  get usedDump(): number {
    return this.#parsed.size;
  }

  load(): Loaded {
    const directives = this.#root();
    const { files, problems, unknowns, ignores, unread } = this;
    return { directives, source: this.#source, files, problems, unknowns, ignores, unread };
  }

  #root(): readonly Directive[] {
    const [main] = this.#dump ?? [];
    const parsed = main === undefined ? this.#parse(this.#source) : this.#dumped(main);
    return this.#file(main?.path ?? this.#source.path, parsed, 0);
  }

  #parse(source: SourceFile): Parsed {
    const parsed = parse(source, { tags: this.#isTemplate(source.path) });
    this.#keep(source.path, parsed, source);
    return parsed;
  }

  #dumped({ path, start, end }: DumpedFile): Parsed {
    const known = this.#parsed.get(path);
    if (known !== undefined) return known;
    const parsed = parse(this.#source, { tags: false, start, end });
    this.#keep(path, parsed, this.#source);
    return parsed;
  }

  #keep(path: string, parsed: Parsed, source: SourceFile): void {
    this.#parsed.set(path, parsed);
    append(this.problems, faultsOf(parsed));
    append(this.ignores, ignoresIn(parsed, source));
  }

  #file(path: string, { directives }: Parsed, depth: number): readonly Directive[] {
    this.#open.add(path);
    const expanded = this.#expand(directives, depth, '');
    this.#open.delete(path);
    return expanded;
  }

  #expand(directives: readonly Directive[], depth: number, within: string): readonly Directive[] {
    return directives.flatMap((directive) => {
      if (directive.name === 'include' && directive.block === undefined) return this.#include(directive, depth, within);
      return directive.block === undefined
        ? [directive]
        : [{ ...directive, block: this.#expand(directive.block, depth, directive.name) }];
    });
  }

  #include(directive: Directive, depth: number, within: string): readonly Directive[] {
    const [pattern] = directive.args;
    if (pattern === undefined || directive.args.length > 1) {
      const what = say`${'include'} takes one argument, not ${directive.args.length}.`;
      this.problems.push(refused(directive.at, what, say`End each line with ${';'}.`));
      return [];
    }
    const { text, at } = pattern;
    if (this.#dump !== undefined) return this.#fromDump(this.#dump, text, at, depth);
    if (pattern.template || text.includes('$')) return this.#unread(at, text, say`its name is a template`, within);
    const { paths, guess, several } = this.#locator.find(text);
    if (several !== undefined) {
      const reason = say`it could be ${list(several, 3)}`;
      return this.#unread(at, text, reason, within);
    }
    if (guess !== undefined) this.#noteGuess(at, text, guess);
    if (paths.length > 0) return paths.flatMap((path) => this.#readOne(path, at, depth, within));
    if (hasGlob(text) && !text.startsWith('/') && !/^\.\.(?:\/|$)/.test(text)) return [];
    const outside = text.startsWith('/') || text.startsWith('..');
    const reason = outside ? say`it lies outside this repository` : say`there is no such file here`;
    return this.#unread(at, text, reason, within);
  }

  #fromDump(dump: readonly DumpedFile[], text: string, at: Span, depth: number): readonly Directive[] {
    if (this.#includes >= LIMITS.includes) return this.#unread(at, text, TOO_MANY, '');
    const found = dumpedMatches(dump, text, folderOf(dump[0]?.path ?? ''));
    if (found.length === 0 && !hasGlob(text)) return this.#unread(at, text, say`the dump does not hold it`, '');
    return found.flatMap((file) => {
      if (this.#open.has(file.path)) return this.#unread(at, file.path, say`it includes itself`, '');
      const parsed = this.#dumped(file);
      const refusal = this.#spend(parsed, depth);
      return refusal === undefined
        ? this.#file(file.path, parsed, depth + 1)
        : this.#unread(at, file.path, refusal, '');
    });
  }

  /** The directives of an included file. */
  #readOne(path: string, at: Span, depth: number, within: string): readonly Directive[] {
    if (this.#open.has(path)) return this.#unread(at, path, say`it includes itself`, '');
    let parsed = this.#parsed.get(path);
    if (parsed === undefined) {
      const text = includedText(this.#tree, path);
      if (text === null) return this.#unread(at, path, UNREADABLE, '');
      if (text === undefined) return this.#unread(at, path, say`there is no such file here`, within);
      this.files.push(path);
      parsed = this.#parse(new SourceFile(path, text));
    }
    const refusal = this.#spend(parsed, depth);
    return refusal === undefined ? this.#file(path, parsed, depth + 1) : this.#unread(at, path, refusal, '');
  }

  /** Why one more file is too much; undefined when it is not. */
  #spend({ directives }: Parsed, depth: number): Text | undefined {
    if (depth >= MAX_DEPTH) return say`includes are nested more than ${MAX_DEPTH} deep`;
    if (++this.#includes > LIMITS.includes) return TOO_MANY;
    this.#directives += sizeOf(directives);
    return this.#directives > LIMITS.visitedNodes ? say`the included files are too long in all` : undefined;
  }

  /** Notes what is missing; the include itself stays, as the place of what may be in it. */
  #unread(at: Span, path: string, reason: Text, within: string): readonly Directive[] {
    if (isStock(path, within)) return [];
    const missing: Directive = { name: 'include', args: [], at, block: undefined };
    // One include may be met many times, and match many files.
    const key = `${at.source.path} ${at.start}`;
    if (this.#reported.has(key)) return [missing];
    this.#reported.add(key);
    this.unread.push(at);
    const fix = path.startsWith('/')
      ? say`Set ${rootMapLine(path)} in the checklist file, with the folder of this repository that holds it.`
      : say`Add the file to this repository.`;
    const { unknown, problem } = notRead({
      at,
      path,
      how: words('included'),
      reason,
      missing: words('Servers and settings'),
      fix,
    });
    this.unknowns.push(unknown);
    this.problems.push(problem);
    return [missing];
  }

  #noteGuess(at: Span, text: string, { from, to }: { readonly from: string; readonly to: string }): void {
    const key = `guess ${from} ${to}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.problems.push({
      rule: 'unresolved-template-or-include',
      at,
      what: say`${text} is read from ${to}, the only folder of this repository that fits.`,
      why: say`The path is absolute, and nothing says which folder is installed there.`,
      fix: say`Set ${`root-map: { ${from}: ${to === '.' ? '.' : `./${to}`} }`} in the checklist file to confirm it.`,
    });
  }
}

function ignoresIn({ comments, directives }: Parsed, source: SourceFile): readonly IgnoreComment[] {
  if (!source.text.includes('evenkeel-ignore')) return [];
  const places = flatten(directives).map(({ at }) => at);
  return ignoresAmong(comments, places);
}

/** What breaks the grammar of a template may be repaired by what is filled in. */
function faultsOf({ faults, directives }: Parsed): readonly Problem[] {
  const template =
    faults.length > 0 &&
    flatten(directives).some(({ tag, args }) => tag !== undefined || args.some((word) => word.template));
  const [first] = faults;
  if (!template || first === undefined) return faults.map(({ at, what }) => refused(at, what));
  return [
    {
      rule: 'unresolved-template-or-include',
      at: first.at,
      what: say`This file is a template, and not all of it can be read: ${first.what}`,
      why: say`nginx loads the rendered file; only that one can be checked.`,
      fix: say`Set the path of the rendered file: render the template first.`,
    },
  ];
}

/** Files that come with nginx's packages and hold no servers and no pass, at the places where they are included. */
function isStock(path: string, within: string): boolean {
  if (within === '')
    return /^(?:\/etc\/nginx\/|\/usr\/share\/nginx\/)?(?:modules|modules-enabled)\/\*\.conf$/.test(path);
  const name = path.replace(/^(?:\/etc\/nginx\/|\/usr\/local\/nginx\/conf\/)/, '');
  if (/^(?:http|server|location)$/.test(within) && /^(?:mime\.types|koi-utf|koi-win|win-utf)$/.test(name)) return true;
  if (!/^(?:server|location|if)$/.test(within)) return false;
  return (
    /^(?:(?:fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf|snippets\/fastcgi-php\.conf)$/.test(name) ||
    path === '/etc/letsencrypt/options-ssl-nginx.conf'
  );
}

function sizeOf(directives: readonly Directive[]): number {
  return directives.reduce((sum, { block }) => sum + 1 + (block === undefined ? 0 : sizeOf(block)), 0);
}

function flatten(directives: readonly Directive[]): Directive[] {
  return directives.flatMap((directive) => [directive, ...flatten(directive.block ?? [])]);
}
