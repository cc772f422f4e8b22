import { append } from '../../text/append.ts';
import type { IgnoreComment, Problem } from '../../model/config.ts';
import type { Unknown } from '../../model/pool.ts';
import type { Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { InputError, type FileTree } from '../../model/tree.ts';
import { globMatch, hasGlob } from '../../text/glob.ts';
import { parseIgnore } from '../../text/ignores.ts';
import { guardText, LIMITS } from '../../text/limits.ts';
import { withoutDots } from '../../text/paths.ts';
import { say } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import type { ReadOptions } from '../reader.ts';
import { parse, type Comment, type Directive, type Parsed } from './parse.ts';
import { refused } from './values.ts';

export interface Loaded {
  /** The root file, with the directives of included files in the place of each `include` that could be read. */
  readonly directives: readonly Directive[];
  readonly source: SourceFile;
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
  readonly ignores: readonly IgnoreComment[];
}

/** Reads a root file and what it includes. */
export function load(path: string, tree: FileTree, options: ReadOptions): Loaded {
  const text = tree.read(path) ?? '';
  guardText(path, text, LIMITS.fileBytes);
  const source = new SourceFile(path, text);
  const loader = new Loader(path, tree, options);
  const directives = loader.root(source);
  const { files, problems, unknowns, ignores } = loader;
  return { directives, source, files, problems, unknowns, ignores };
}

class Loader {
  readonly files: string[];
  readonly problems: Problem[] = [];
  readonly unknowns: Unknown[] = [];
  readonly ignores: IgnoreComment[] = [];
  readonly #tree: FileTree;
  readonly #rootMap: readonly (readonly [from: string, to: string])[];
  /** Folders that relative includes may start from. */
  #bases: readonly string[];
  readonly #open = new Set<string>();
  /** Files that are included more than once are read once. */
  readonly #parsed = new Map<string, Parsed>();
  readonly #told = new Set<string>();
  #includes = 0;
  /** Directives of included files, each counted as often as it is included. */
  #directives = 0;

  constructor(path: string, tree: FileTree, options: ReadOptions) {
    this.files = [path];
    this.#bases = [folderOf(path)];
    this.#tree = tree;
    this.#rootMap = Object.entries(options.rootMap)
      .map(([from, to]) => [from.replace(/\/+$/, ''), to.replace(/\/+$/, '')] as const)
      .toSorted((a, b) => b[0].length - a[0].length);
  }

  /**
   * Relative includes start at the main file's folder. A file without `events` or `http` is a part of some nginx.conf that
   * usually stands one folder up (`conf.d/app.conf`), so that folder is tried too.
   */
  root(source: SourceFile): readonly Directive[] {
    const main = /^[ \t]*(?:events|http|stream)\s*\{/m.test(source.text);
    const [folder = ''] = this.#bases;
    if (!main && folder !== '') this.#bases = [folder, folderOf(folder)];
    return this.#file(source.path, this.#parse(source), 0);
  }

  #parse(source: SourceFile): Parsed {
    const parsed = parse(source);
    this.#parsed.set(source.path, parsed);
    append(this.problems, faultsOf(parsed));
    this.#noteIgnores(parsed.comments, parsed.directives, source);
    return parsed;
  }

  #file(path: string, { directives }: Parsed, depth: number): readonly Directive[] {
    this.#open.add(path);
    const expanded = this.#expand(directives, depth);
    this.#open.delete(path);
    return expanded;
  }

  #expand(directives: readonly Directive[], depth: number): readonly Directive[] {
    return directives.flatMap((directive) => {
      if (directive.name === 'include' && directive.block === undefined) return this.#include(directive, depth);
      return directive.block === undefined
        ? [directive]
        : [{ ...directive, block: this.#expand(directive.block, depth) }];
    });
  }

  #include(directive: Directive, depth: number): readonly Directive[] {
    const [pattern] = directive.args;
    if (pattern === undefined || directive.args.length > 1) {
      const what = say`${'include'} takes one argument, not ${directive.args.length}.`;
      this.problems.push(refused(directive.at, what, say`End each line with ${';'}.`));
      return [];
    }
    const { text, at } = pattern;
    if (pattern.template || text.includes('$')) return this.#unread(at, text, say`its name is a template`);
    const candidates = this.#locate(text);
    if (candidates.length === 0) return this.#unread(at, text, say`it lies outside this repository`);
    if (!hasGlob(text)) {
      for (const path of candidates) {
        const found = this.#readOne(path, at, depth);
        if (found !== undefined) return found;
      }
      return this.#unread(at, text, say`there is no such file here`);
    }
    const paths = candidates.map((path) => this.#glob(path)).find((found) => found.length > 0) ?? [];
    return paths.flatMap((path) => this.#readOne(path, at, depth) ?? []);
  }

  /** The directives of an included file; undefined when it is not there. */
  #readOne(path: string, at: Span, depth: number): readonly Directive[] | undefined {
    if (this.#open.has(path)) return this.#unread(at, path, say`it includes itself`);
    if (depth >= LIMITS.includeDepth || this.#includes >= LIMITS.includes) {
      return this.#unread(at, path, say`there are too many includes`);
    }
    let parsed = this.#parsed.get(path);
    if (parsed === undefined) {
      let text: string | undefined;
      try {
        text = this.#tree.read(path);
        if (text !== undefined) guardText(path, text, LIMITS.fileBytes);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return this.#unread(at, path, say`it is too large, no text, or may not be read`);
      }
      if (text === undefined) return undefined;
      this.files.push(path);
      parsed = this.#parse(new SourceFile(path, text));
    }
    this.#includes++;
    this.#directives += sizeOf(parsed.directives);
    if (this.#directives > LIMITS.visitedNodes)
      return this.#unread(at, path, say`the included files are too long in all`);
    return this.#file(path, parsed, depth + 1);
  }

  /** The paths in the tree that an include may mean; none when it leads out of it. */
  #locate(text: string): readonly string[] {
    if (!text.startsWith('/')) {
      return this.#bases.flatMap((base) => withoutDots(base === '' ? text : `${base}/${text}`) ?? []);
    }
    for (const [from, to] of this.#rootMap) {
      if (text.startsWith(`${from}/`)) return [withoutDots(`${to}${text.slice(from.length)}`) ?? []].flat();
    }
    return [];
  }

  /** Files that a pattern matches, in the order of glob(3). */
  #glob(pattern: string): readonly string[] {
    const parts = pattern.split('/');
    let found: readonly string[] = [''];
    parts.forEach((part, i) => {
      const last = i === parts.length - 1;
      found = found.flatMap((folder) => {
        const path = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
        if (!hasGlob(part)) return [path(part)];
        return this.#tree
          .list(folder)
          .filter((name) => name.endsWith('/') !== last && globMatch(part, name.replace(/\/$/, '')))
          .map((name) => path(name.replace(/\/$/, '')));
      });
    });
    return found.toSorted();
  }

  /** Notes what is missing; the include itself stays, as the place of what may stand in it. */
  #unread(at: Span, path: string, reason: Text): readonly Directive[] {
    if (HOLDS_NO_SERVERS.test(path)) return [];
    const missing: Directive = { name: 'include', args: [], at, block: undefined };
    // One include may be met many times, and match many files.
    const key = `${at.source.path} ${at.start}`;
    if (this.#told.has(key)) return [missing];
    this.#told.add(key);
    this.unknowns.push({ at, reason: say`${path} is included but ${reason}` });
    this.problems.push({
      rule: 'unresolved-template-or-include',
      at,
      what: say`${path} is included but not read: ${reason}.`,
      why: say`Servers and settings in it are missing from everything that is said here.`,
      fix: say`Keep it in this repository, and say where absolute paths live with ${'root-map'}.`,
    });
    return [missing];
  }

  #noteIgnores(comments: readonly Comment[], directives: readonly Directive[], source: SourceFile): void {
    const marked = comments.flatMap((comment) => {
      const parsed = parseIgnore(comment.text);
      return parsed ? [{ comment, parsed }] : [];
    });
    if (marked.length === 0) return;
    const all = flatten(directives).toSorted((a, b) => a.at.start - b.at.start);
    let next = 0;
    for (const { comment, parsed } of marked) {
      while ((all[next]?.at.start ?? Infinity) < comment.at.start) next++;
      const before = all[next - 1];
      const line = source.position(comment.at.start).line;
      const sameLine = before !== undefined && source.position(before.at.end).line === line;
      const target = sameLine ? before : all[next];
      if (target) this.ignores.push({ at: comment.at, covers: target.at, ...parsed });
    }
  }
}

/** What breaks the grammar of a template may be mended by what is filled in. */
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
      why: say`nginx sees the rendered file, and only that can be judged.`,
      fix: say`Render the file first and name the rendered one.`,
    },
  ];
}

/** Files that by convention hold no servers and no proxy settings; every stock nginx.conf names some. */
const HOLDS_NO_SERVERS =
  /(?:^|\/)(?:(?:modules-enabled|modules|modules\.d)\/[^/]*|mime\.types(?:\.default)?|(?:fastcgi|uwsgi|scgi|proxy)_params|fastcgi\.conf|snippets\/fastcgi-php\.conf|options-ssl-nginx\.conf|koi-(?:win|utf)|win-utf)$/;

function sizeOf(directives: readonly Directive[]): number {
  return directives.reduce((sum, { block }) => sum + 1 + (block === undefined ? 0 : sizeOf(block)), 0);
}

function flatten(directives: readonly Directive[]): Directive[] {
  return directives.flatMap((directive) => [directive, ...flatten(directive.block ?? [])]);
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
