import type { Span } from '../../../model/span.ts';
import type { FileTree } from '../../../model/tree.ts';
import { LIMITS } from '../../../text/limits.ts';
import { child, entriesOf, itemsOf, type PMap, type PNode } from '../../../text/positioned.ts';
import { withoutDots } from '../../../text/paths.ts';
import { SourceFile } from '../../../text/source.ts';
import type { TreeFault } from '../../../text/tree-faults.ts';
import { readYaml } from '../../../text/yaml-tree.ts';
import { fill, variablesOf, type Variables } from './variables.ts';

/** A service of compose with everything that is written of it: what it extends first, what overrides it last. */
export interface ComposeService {
  readonly name: string;
  readonly at: Span;
  readonly layers: readonly PMap[];
}

/** What one `docker compose up` starts. */
export interface Project {
  readonly source: SourceFile;
  /** The trees that were read, the given file first. */
  readonly roots: readonly PNode[];
  readonly services: readonly ComposeService[];
  readonly variables: Variables;
  /** The service that is Traefik itself. */
  readonly traefik: ComposeService | undefined;
  readonly files: readonly string[];
  readonly faults: readonly TreeFault[];
}

/** Reads a compose file with the override beside it, and the files that it includes or extends services of. */
export function readProject(path: string, text: string, tree: FileTree): Project {
  const files = new Files(tree);
  const source = new SourceFile(path, text);
  const root = files.parse(source);
  const overrides = overridesOf(path).flatMap((name) => files.open(name) ?? []);
  const services = new Map<string, ComposeService>();
  const roots = [...(root === undefined ? [] : [{ path, root }]), ...overrides];
  for (const one of [...roots, ...roots.flatMap((file) => files.included(file))])
    for (const { key, keyAt, value } of entriesOf(child(one.root, 'services'))) {
      if (value.kind !== 'map') continue;
      const { at = keyAt, layers = [] } = services.get(key) ?? {};
      services.set(key, { name: key, at, layers: [...layers, ...files.extended(value, one)] });
    }
  const settings = tree.read(beside(path, '.env') ?? '');
  const all = [...services.values()];
  const variables = settings === undefined ? new Map<string, string>() : variablesOf(settings);
  return {
    source,
    roots: roots.map((file) => file.root),
    services: all,
    variables,
    traefik: all.find((service) => isTraefik(service, variables)),
    files: [path, ...files.read],
    faults: files.faults,
  };
}

function isTraefik(service: ComposeService, variables: Variables): boolean {
  const image = fieldOf(service, 'image');
  return image?.kind === 'scalar' && /(?:^|\/)traefik(?::|@|$)/.test(fill(String(image.value), variables).text);
}

/** What is written under a key of a service; of several layers the last that has it. */
export function fieldOf({ layers }: ComposeService, ...keys: readonly string[]): PNode | undefined {
  return layers
    .map((layer) => keys.reduce<PNode | undefined>((node, key) => child(node, key), layer))
    .findLast((node) => node !== undefined && !(node.kind === 'scalar' && node.value === null));
}

interface File {
  readonly path: string;
  readonly root: PNode;
}

class Files {
  readonly faults: TreeFault[] = [];
  readonly #tree: FileTree;
  readonly #opened = new Map<string, File | undefined>();

  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  get read(): string[] {
    return [...this.#opened].flatMap(([path, file]) => (file === undefined ? [] : [path]));
  }

  parse(source: SourceFile): PNode | undefined {
    const { documents, faults } = readYaml(source);
    this.faults.push(...faults);
    return documents[0];
  }

  open(path: string | undefined): File | undefined {
    if (path === undefined) return undefined;
    if (this.#opened.has(path)) return this.#opened.get(path);
    const text = this.#opened.size < LIMITS.includes ? this.#tree.read(path) : undefined;
    const root = text === undefined ? undefined : this.parse(new SourceFile(path, text));
    const file = root === undefined ? undefined : { path, root };
    this.#opened.set(path, file);
    return file;
  }

  /** The files of `include`, in depth. */
  included({ path, root }: File, depth = 0): File[] {
    if (depth >= LIMITS.includeDepth) return [];
    const names = itemsOf(child(root, 'include')).flatMap((item) =>
      textsOf(item.kind === 'map' ? child(item, 'path') : item),
    );
    return names.flatMap((name) => {
      const wanted = beside(path, name);
      const file = wanted === undefined || this.#opened.has(wanted) ? undefined : this.open(wanted);
      return file === undefined ? [] : [file, ...this.included(file, depth + 1)];
    });
  }

  /** A service after the ones that it extends. */
  extended(service: PMap, file: File, depth = 0): PMap[] {
    const parent = child(service, 'extends');
    if (parent === undefined || depth >= LIMITS.includeDepth) return [service];
    const [name] = textsOf(parent.kind === 'map' ? child(parent, 'service') : parent);
    const [other] = textsOf(child(parent, 'file'));
    const where = other === undefined ? file : this.open(beside(file.path, other));
    const base = where === undefined || name === undefined ? undefined : child(child(where.root, 'services'), name);
    return where === undefined || base?.kind !== 'map' || base === service
      ? [service]
      : [...this.extended(base, where, depth + 1), service];
  }
}

function textsOf(node: PNode | undefined): string[] {
  if (node?.kind === 'seq') return node.items.flatMap((item) => textsOf(item));
  return node?.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : [];
}

/** Docker Compose adds the override of a file with one of its own names. */
function overridesOf(path: string): string[] {
  const match = /^(.*?(?:^|\/)(?:docker-)?compose)\.(ya?ml)$/.exec(path);
  return match === null ? [] : ['yml', 'yaml'].map((ending) => `${match[1]}.override.${ending}`);
}

/** A path relative to the folder of a file; undefined when it leads out of the tree. */
function beside(file: string, name: string): string | undefined {
  return withoutDots(`${file.split('/').slice(0, -1).join('/')}/${name}`);
}
