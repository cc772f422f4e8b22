import type { StatementRow } from '../model/statement.ts';

/** How a product's documents (YAML, JSON, TOML) are taken apart into statements. */
export interface TreeShape {
  /**
   * The words of a row are paths, from the kind of the document where it has one: `http.services.*.loadBalancer.strategy`. A row
   * covers what is below its path as well; the longest path decides. `*` is any key, `x-*` any that begins so, and a key with dots
   * is quoted: `metadata.annotations."example.org/weight"`. Lists add nothing to a path.
   */
  readonly rows: readonly StatementRow[];
  /**
   * Of lists of maps: the keys that name an element, of which the first that it has counts. `*` = the whole element is its name.
   * Elements of other lists go by their position.
   */
  readonly elements?: Readonly<Record<string, readonly string[]>>;
  /** Lists whose elements are asked in their order. */
  readonly ordered?: readonly string[];
  /** Keys are the same in any letter case. */
  readonly anyCase?: true;
  /** One spelling for the keys that mean the same. */
  readonly spelling?: (key: string) => string;
}

/** A place among the paths of a table: what may follow, and what is known up to here. */
class Step {
  readonly keys = new Map<string, Step>();
  readonly prefixes = new Map<string, Step>();
  any: Step | undefined;
  row: StatementRow | undefined;
  names: readonly string[] | undefined;
  ordered = false;

  /** What follows under a key, the most exact first. */
  *under(key: string): Generator<Step> {
    const exact = this.keys.get(key);
    if (exact !== undefined) yield exact;
    for (const [prefix, step] of this.prefixes) if (key.startsWith(prefix)) yield step;
    if (this.any !== undefined) yield this.any;
  }

  /** The step of one part of a path, made where there is none. */
  to(part: string): Step {
    if (part === '*') return (this.any ??= new Step());
    const [steps, key] = part.endsWith('*') ? [this.prefixes, part.slice(0, -1)] : [this.keys, part];
    const known = steps.get(key) ?? new Step();
    steps.set(key, known);
    return known;
  }
}

/** How far into a document, as the table knows it. */
export interface TreePath {
  readonly row: StatementRow | undefined;
  /** The keys that name the elements of a list here. */
  readonly names: readonly string[] | undefined;
  readonly ordered: boolean;
  /** Keys below are free names, not words of the product. */
  readonly namesKeys: boolean;
  under(key: string): TreePath;
}

/** A product's table of statements by their paths. */
export class TreeTable {
  readonly rows: readonly StatementRow[];
  readonly top: TreePath;
  readonly #folded: (key: string) => string;

  constructor({ rows, elements = {}, ordered = [], anyCase, spelling }: TreeShape) {
    this.rows = rows;
    this.#folded = spelling ?? (anyCase === true ? (key) => key.toLowerCase() : (key) => key);
    const root = new Step();
    const at = (path: string): Step =>
      (path.match(/"[^"]*"|[^.]+/g) ?? []).reduce(
        (step, part) => step.to(this.#folded(part.replaceAll('"', ''))),
        root,
      );
    for (const row of rows) for (const path of row.words) at(path).row = row;
    for (const [path, names] of Object.entries(elements)) at(path).names = names;
    for (const path of ordered) at(path).ordered = true;
    this.top = this.#path([root], undefined);
  }

  #path(steps: readonly Step[], inherited: StatementRow | undefined): TreePath {
    const row = steps.find((step) => step.row !== undefined)?.row ?? inherited;
    return {
      row,
      names: steps.find(({ names }) => names !== undefined)?.names,
      ordered: steps.some(({ ordered }) => ordered),
      namesKeys: steps.some(({ any }) => any !== undefined),
      under: (key) => {
        const next = this.#folded(key);
        return this.#path(
          steps.flatMap((step) => [...step.under(next)]),
          row,
        );
      },
    };
  }
}
