import type { Config } from '../model/config.ts';
import { placeKey, type Span } from '../model/span.ts';
import { TOPICS, type Topic } from '../model/statement.ts';
import type { LocatedChange } from './collector.ts';
import type { Compared } from './estate.ts';
import type { Outline, Placed } from './outline.ts';

/** Where the changes of a comparison are, and so which statements they explain. */
export class Effects {
  readonly #outline: Outline;
  /** Statements that a change points at, by side and place. */
  readonly #located = new Set<string>();
  /** Blocks that are a pool, a route or an entry of one side only. */
  readonly #whole = new Set<string>();
  /** Blocks with changes of a topic or of a named setting. */
  readonly #reached = new Map<string, Set<string>>();

  constructor({ pools, routes, entries, routing }: Compared, outline: Outline, head: readonly Config[]) {
    this.#outline = outline;
    for (const { base, head: now, change, changes } of pools) {
      const blocks = [base?.pool.at, now?.pool.at];
      if (change === 'added' || change === 'removed') this.#oneSided(base?.pool.at ?? now?.pool.at);
      for (const one of changes) this.#add(one, blocks);
    }
    for (const { base, head: now, change, changes, classes } of entries) {
      const blocks = [base?.entry.at, now?.entry.at];
      if (change === 'added' || change === 'removed') this.#oneSided(base?.entry.at ?? now?.entry.at);
      for (const one of changes) this.#add(one, blocks);
      for (const { at } of classes) this.#note('requests', at, blocks);
    }
    for (const { base, head: now, change } of routes) {
      if (change === 'same') continue;
      if (change !== 'changed') this.#oneSided(base?.at ?? now?.at);
      for (const at of [base?.at, now?.at, ...[...(base?.to ?? []), ...(now?.to ?? [])].map((branch) => branch.at)])
        this.#note('requests', at, [base?.at, now?.at]);
    }
    for (const { base, head: now } of routing.changes)
      for (const at of [base?.reference.at, now?.reference.at]) this.#note('requests', at, []);
    for (const { problems } of head)
      for (const { rule, at } of problems) if (rule !== 'unresolved-template-or-include') this.#locate(at);
  }

  /** Whether a change of the comparison accounts for a statement. */
  explain({ statement, side, scope, scopes, owned, own }: Placed): boolean {
    if (statement.opaque === true && side === 'head') return false;
    if (scopes.some((one) => this.#whole.has(one)) || (own !== undefined && this.#whole.has(own)))
      return statement.kind !== 'unreadable' || side === 'base';
    if (this.#located.has(`${side} ${placeKey(statement.at)}`)) return true;
    const reaches = (what: string): boolean => {
      const blocks = this.#reached.get(what);
      if (blocks === undefined) return false;
      // What stands outside of pools and entries is handed down to all of them.
      return !owned || blocks.has(scope) || (own !== undefined && blocks.has(own));
    };
    const words = statement.text.replace(/^(?:no|default) /, '').split(' ');
    for (let length = Math.min(4, words.length); length > 0; length--)
      if (reaches(`setting ${words.slice(0, length).join(' ').toLowerCase()}`)) return true;
    return statement.kind === 'read' && statement.row?.shows?.some((topic) => reaches(topic)) === true;
  }

  #add({ kind, setting, at }: LocatedChange, blocks: readonly (Span | undefined)[]): void {
    this.#note(TOPICS[kind], at, blocks);
    this.#note(`setting ${setting.replace(/ \(ms\)$/, '').toLowerCase()}`, at, blocks);
  }

  #note(what: Topic | `setting ${string}`, at: Span | undefined, blocks: readonly (Span | undefined)[]): void {
    const reached = this.#reached.get(what) ?? new Set<string>();
    this.#reached.set(what, reached);
    for (const place of [at, ...blocks]) {
      const found = place && this.#outline.at(place);
      if (found === undefined) continue;
      for (const scope of found.scopes) reached.add(scope);
      if (found.own !== undefined) reached.add(found.own);
    }
    if (at !== undefined) this.#locate(at);
  }

  #locate(at: Span): void {
    const found = this.#outline.at(at);
    // A heading stands for its block where a change has no line of its own.
    if (found !== undefined && found.own === undefined)
      this.#located.add(`${found.side} ${placeKey(found.statement.at)}`);
  }

  #oneSided(at: Span | undefined): void {
    const own = at && this.#outline.at(at)?.own;
    if (own !== undefined) this.#whole.add(own);
    // It has no block of its own: of the block that it is in, it explains what is read for it.
    else for (const topic of ['requests', 'servers'] as const) this.#note(topic, at, []);
  }
}
