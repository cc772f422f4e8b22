import { appendTo } from '../../text/append.ts';
import type { Directive } from './parse.ts';

/** A block whose settings reach into the blocks inside it: `http`, `server`, `location`, `if`. */
export class Scope {
  readonly directives: readonly Directive[];
  readonly parent: Scope | undefined;
  #byName: Map<string, Directive[]> | undefined;

  constructor(directives: readonly Directive[], parent: Scope | undefined) {
    this.directives = directives;
    this.parent = parent;
  }

  /** The directives of one name that stand directly in this block. */
  own(name: string): readonly Directive[] {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const directive of this.directives) {
        appendTo(this.#byName, directive.name, directive);
      }
    }
    return this.#byName.get(name) ?? [];
  }

  /** What is in force here: the directives of the innermost block that has any, since lists are not merged. */
  inForce(name: string): readonly Directive[] {
    const own = this.own(name);
    return own.length > 0 ? own : (this.parent?.inForce(name) ?? []);
  }

  /** This block and those around it, outermost first. */
  chain(): readonly Scope[] {
    return [...(this.parent?.chain() ?? []), this];
  }
}
