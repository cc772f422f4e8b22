import { append } from '../../text/append.ts';
import type { IgnoreComment } from '../../model/config.ts';
import type { Text } from '../../model/text.ts';
import type { FileTree } from '../../model/tree.ts';
import { globMatch } from '../../text/glob.ts';
import { ignoresAmong } from '../../text/ignores.ts';
import { LIMITS } from '../../text/limits.ts';
import { withoutDots } from '../../text/paths.ts';
import { say, words } from '../../text/say.ts';
import { SourceFile } from '../../text/source.ts';
import { includedText, notRead, rootMapLine, UNREADABLE } from '../included.ts';
import type { ReadOptions } from '../reader.ts';
import { parse, type Directive, type Parsed, type Word } from './lines.ts';
import { refused, type Found } from './values.ts';

export interface Loaded {
  /** With included files in the place of each include, variables filled in, and without conditions that do not hold. */
  readonly directives: readonly Directive[];
  readonly files: readonly string[];
  readonly ignores: readonly IgnoreComment[];
  readonly unread: readonly Directive[];
}

/** Reads a root file and what it includes. */
export function load(source: SourceFile, tree: FileTree, options: ReadOptions, found: Found): Loaded {
  const loader = new Loader(source, tree, options, found);
  const directives = loader.file(source, 0);
  return { directives, files: loader.files, ignores: loader.ignores, unread: loader.unread };
}

/** Files of packages that balance nothing. */
const STOCK =
  /(?:^|\/)(?:mods-enabled\/.*|options-ssl-apache\.conf|envvars|ports\.conf|conf-enabled\/\*\.conf|conf\.modules\.d\/.*|magic|mime\.types)$/;

class Loader {
  readonly files: string[];
  readonly ignores: IgnoreComment[] = [];
  readonly unread: Directive[] = [];
  readonly #tree: FileTree;
  readonly #options: ReadOptions;
  readonly #found: Found;
  readonly #root: string;
  readonly #defined = new Map<string, string>();
  readonly #parsed = new Map<string, Parsed>();
  readonly #open = new Set<string>();
  #includes = 0;
  #directives = 0;

  constructor(source: SourceFile, tree: FileTree, options: ReadOptions, found: Found) {
    this.files = [source.path];
    this.#tree = tree;
    this.#options = options;
    this.#found = found;
    this.#root = source.path;
  }

  file(source: SourceFile, depth: number): readonly Directive[] {
    let parsed = this.#parsed.get(source.path);
    if (parsed === undefined) {
      parsed = parse(source);
      this.#parsed.set(source.path, parsed);
      append(
        this.#found.problems,
        parsed.faults.map(({ at, what, fix }) => refused(at, what, fix)),
      );
      if (source.text.includes('evenkeel-ignore'))
        append(this.ignores, ignoresAmong(parsed.comments, placesOf(parsed.directives)));
    }
    this.#open.add(source.path);
    const directives = this.#expand(parsed.directives, depth);
    this.#open.delete(source.path);
    return directives;
  }

  #expand(directives: readonly Directive[], depth: number): readonly Directive[] {
    return directives.flatMap((one): readonly Directive[] => {
      if (++this.#directives > LIMITS.visitedNodes) return [];
      const name = one.name.toLowerCase();
      const args = one.args.map((word) => this.#filled(word));
      const directive = { ...one, args };
      const [first, second] = args;
      switch (name) {
        case 'define':
          if (first !== undefined) this.#defined.set(first.text, second?.text ?? '');
          return [directive];
        case 'undefine':
          this.#defined.delete(first?.text ?? '');
          return [directive];
        case 'include':
        case 'includeoptional':
          return first === undefined ? [] : this.#include(directive, first, depth);
        case 'ifdefine':
        case 'ifmodule':
        case 'ifversion':
        case 'iffile':
        case 'ifdirective':
        case 'ifsection':
          return this.#condition(directive, name, depth);
        default:
      }
      if (one.block === undefined) return [directive];
      return [{ ...directive, block: this.#expand(one.block, depth) }];
    });
  }

  /** A condition on modules is taken to hold; one on a name that no file defines may or may not. */
  #condition(directive: Directive, name: string, depth: number): readonly Directive[] {
    const test = directive.args[0]?.text ?? '';
    const negated = test.startsWith('!');
    const block = directive.block ?? [];
    if (name === 'ifdefine') {
      const isDefined = this.#defined.has(negated ? test.slice(1) : test);
      if (isDefined !== negated && (isDefined || !balances(block))) return this.#expand(block, depth);
      if (isDefined || !balances(block)) return [];
      this.#found.unknowns.push({ at: directive.at, reason: say`whether ${test} is defined is not in the file` });
      return [];
    }
    if (!negated) return this.#expand(block, depth);
    if (balances(block))
      this.#found.unknowns.push({
        at: directive.at,
        reason: say`whether ${test.slice(1)} is there is not in the file`,
      });
    return [];
  }

  /** `${NAME}` as it was defined before; what no file defines is one of the environment. */
  #filled(word: Word): Word {
    if (!word.text.includes('${')) return word;
    let isOpen = false;
    const text = word.text.replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) => {
      const value = this.#defined.get(name);
      if (value === undefined) isOpen = true;
      return value ?? whole;
    });
    return { ...word, text, ...(isOpen ? { isOpen: true as const } : {}) };
  }

  #include(directive: Directive, target: Word, depth: number): readonly Directive[] {
    const isOptional = directive.name.toLowerCase() === 'includeoptional';
    const { text } = target;
    if (target.isOpen) return this.#refuse(directive, text, say`its name is not in the file`);
    const { paths, outside } = this.#find(text);
    if (paths.length > 0) return paths.flatMap((path) => this.#read(path, directive, depth));
    if (STOCK.test(text) || (isOptional && !outside)) return [];
    if (isOptional) {
      this.unread.push(directive);
      this.#found.unknowns.push({ at: target.at, reason: say`${text} is included but outside of this repository` });
      return [];
    }
    return this.#refuse(directive, text, outside ? say`it is outside of this repository` : say`there is no such file`);
  }

  #read(path: string, directive: Directive, depth: number): readonly Directive[] {
    if (this.#open.has(path)) return this.#refuse(directive, path, say`it includes itself`);
    if (depth >= LIMITS.includeDepth || ++this.#includes > LIMITS.includes)
      return this.#refuse(directive, path, say`there are more than ${LIMITS.includes} includes`);
    const text = includedText(this.#tree, path) ?? undefined;
    if (text === undefined) return this.#refuse(directive, path, UNREADABLE);
    if (!this.files.includes(path)) this.files.push(path);
    return this.file(new SourceFile(path, text), depth + 1);
  }

  /** Relative paths start from ServerRoot: the folder of the root file, or the one above it. */
  #find(text: string): { readonly paths: readonly string[]; readonly outside: boolean } {
    if (text.startsWith('/')) {
      const [best] = Object.entries(this.#options.rootMap)
        .map(([from, to]) => [from.replace(/\/+$/, ''), to.replace(/\/+$/, '')] as const)
        .filter(([from]) => text.startsWith(`${from}/`))
        .toSorted((a, b) => b[0].length - a[0].length);
      const path = best === undefined ? undefined : withoutDots(`${best[1]}${text.slice(best[0].length)}`);
      return path === undefined ? { paths: [], outside: true } : { paths: this.#existing(path), outside: false };
    }
    const folders = this.#root.split('/').slice(0, -1);
    const bases = [folders, folders.slice(0, -1)].map((parts) => parts.join('/'));
    for (const base of new Set(bases)) {
      const path = withoutDots(base === '' ? text : `${base}/${text}`);
      const paths = path === undefined ? [] : this.#existing(path);
      if (paths.length > 0) return { paths, outside: false };
    }
    return { paths: [], outside: false };
  }

  #existing(pattern: string): readonly string[] {
    const parts = pattern.split('/');
    let found: readonly string[] = [''];
    parts.forEach((part, i) => {
      const isLast = i === parts.length - 1;
      found = found.flatMap((folder) =>
        this.#tree
          .list(folder)
          .filter((name) => (isLast || name.endsWith('/')) && matches(part, name.replace(/\/$/, '')))
          .map((name) => `${folder === '' ? '' : `${folder}/`}${isLast ? name : name.slice(0, -1)}`),
      );
    });
    return found.toSorted().flatMap((path) =>
      path.endsWith('/')
        ? this.#tree
            .list(path.slice(0, -1))
            .filter((name) => !name.endsWith('/'))
            .map((name) => `${path}${name}`)
        : [path],
    );
  }

  #refuse(directive: Directive, path: string, reason: Text): [] {
    this.unread.push(directive);
    const fix = path.startsWith('/')
      ? say`Set ${rootMapLine(path)} in the checklist file.`
      : say`Add the file to this repository.`;
    const { unknown, problem } = notRead({
      at: directive.at,
      path,
      how: words('included'),
      reason,
      missing: words('Balancers and settings'),
      fix,
    });
    this.#found.unknowns.push(unknown);
    this.#found.problems.push(problem);
    return [];
  }
}

function matches(part: string, name: string): boolean {
  return /[*?[]/.test(part) ? globMatch(part, name) : part === name;
}

/** Whether a block has anything to do with where requests go. */
function balances(directives: readonly Directive[]): boolean {
  return directives.some(
    ({ name, block = [] }) =>
      /^(?:proxy|balancermember|rewriterule|include|virtualhost|define)/i.test(name) || balances(block),
  );
}

function placesOf(directives: readonly Directive[]): Directive['at'][] {
  return directives.flatMap(({ at, block = [] }) => [at, ...placesOf(block)]);
}
