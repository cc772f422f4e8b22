import type { FileTree } from '../../../model/tree.ts';
import { InputError } from '../../../model/tree.ts';
import { appendTo } from '../../../text/append.ts';
import { LIMITS } from '../../../text/limits.ts';
import { SourceFile } from '../../../text/source.ts';
import { readYaml } from '../../../text/yaml-tree.ts';
import { parseHcl } from '../hcl/parse.ts';
import type { Attribute, Block, Body, Parsed } from '../hcl/syntax.ts';
import { valueOf, type Value } from '../values.ts';
import { evaluate, MOST_STEPS } from './evaluate.ts';

/** The files of one folder that Terraform loads together. */
export interface Folder {
  /** '' = the top of the tree. */
  readonly path: string;
  /** `.tf` files with overrides merged in, in the order of their names. */
  readonly files: readonly HclFile[];
  /** Values of variables that Terraform loads by itself; later files win. */
  readonly values: ReadonlyMap<string, Value>;
  /** Files of values that are loaded only when a command names them. */
  readonly others: readonly { readonly path: string; readonly values: ReadonlyMap<string, Value> }[];
  /** Every file that was read. */
  readonly paths: readonly string[];
}

export interface HclFile extends Parsed {
  readonly source: SourceFile;
}

/** What is read of one root, so that no file is read twice and not too many are. */
export class Files {
  readonly #tree: FileTree;
  readonly #folders = new Map<string, Folder>();
  #count = 0;

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  /** The folder at a path; undefined where it has no file of Terraform, or too many were read. */
  folder(path: string): Folder | undefined {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const names = this.#tree.list(path === '' ? '.' : path).filter((name) => !name.startsWith('.'));
    const main = names.filter((name) => name.endsWith('.tf'));
    if (main.length === 0 || (this.#count += main.length) > LIMITS.includes) return undefined;
    const isOverride = (name: string): boolean => name === 'override.tf' || name.endsWith('_override.tf');
    const files = main.filter((name) => !isOverride(name)).flatMap((name) => this.#hcl(joined(path, name)) ?? []);
    const overrides = main.filter(isOverride).flatMap((name) => this.#hcl(joined(path, name)) ?? []);
    const values = names.filter((name) => /\.tfvars(?:\.json)?$/.test(name)).toSorted(byLoading);
    const read = values.map((name) => ({ name, path: joined(path, name), values: this.#values(joined(path, name)) }));
    const folder: Folder = {
      path,
      files: overrides.length === 0 ? files : files.map((file) => overridden(file, overrides)),
      values: new Map(read.filter(({ name }) => isLoaded(name)).flatMap((one) => [...one.values])),
      others: read.filter(({ name }) => !isLoaded(name)),
      paths: [...files, ...overrides]
        .map(({ source }) => source.path)
        .concat(read.filter(({ name }) => isLoaded(name)).map((one) => one.path)),
    };
    this.#folders.set(path, folder);
    return folder;
  }

  #hcl(path: string): HclFile | undefined {
    const text = this.#tree.read(path);
    if (text === undefined) return undefined;
    const source = new SourceFile(path, text);
    return { source, ...parseHcl(source) };
  }

  /** Values are literals. One file that cannot be read is none of ours: the folder is read without it. */
  #values(path: string): ReadonlyMap<string, Value> {
    try {
      if (path.endsWith('.json')) {
        const text = this.#tree.read(path);
        const [root] = text === undefined ? [] : readYaml(new SourceFile(path, text)).documents;
        const value = root && valueOf(root);
        return value?.kind === 'map'
          ? new Map([...value.entries].map(([key, entry]) => [key, entry.value]))
          : new Map();
      }
      const scope = { resolve: () => undefined, names: new Map(), budget: { steps: MOST_STEPS, depth: 0 } };
      return new Map(
        (this.#hcl(path)?.body ?? []).flatMap((item) =>
          item.kind === 'attribute' ? [[item.name, evaluate(item.value, scope)] as const] : [],
        ),
      );
    } catch (error) {
      if (error instanceof InputError) return new Map();
      throw error;
    }
  }
}

/** `a/b` and `../c` as one path; undefined where it leaves the tree. */
export function resolved(folder: string, path: string): string | undefined {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** The folder of a file; '' = the top. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function isLoaded(name: string): boolean {
  return /^terraform\.tfvars(?:\.json)?$/.test(name) || /\.auto\.tfvars(?:\.json)?$/.test(name);
}

/** `terraform.tfvars` first, then its JSON, then the others by name; the last one wins. */
function byLoading(a: string, b: string): number {
  const rank = (name: string): number => ['terraform.tfvars', 'terraform.tfvars.json'].indexOf(name) + 1 || 3;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** Attributes of an override replace those of the block of the same name; its blocks replace all blocks of their type. */
function overridden(file: HclFile, overrides: readonly HclFile[]): HclFile {
  const byName = new Map<string, Block[]>();
  for (const { body } of overrides)
    for (const item of body) if (item.kind === 'block') appendTo(byName, nameOf(item), item);
  return {
    ...file,
    body: file.body.map((item) =>
      item.kind === 'block'
        ? (byName.get(nameOf(item)) ?? []).reduce(
            (block, { body }) => ({ ...block, body: replaced(block.body, body) }),
            item,
          )
        : item,
    ),
  };
}

function nameOf({ type, labels }: Block): string {
  return [type, ...labels].join(' ');
}

function replaced(body: Body, by: Body): Body {
  const own = (item: Attribute | Block): string => (item.kind === 'attribute' ? item.name : item.type);
  const names = new Set(by.map(own));
  return [...body.filter((item) => !names.has(own(item))), ...by];
}
