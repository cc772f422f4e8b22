import type { DeclaredSplit, Pool } from './pool.ts';

/** What the checklist file declares about one pool, beside what its config says. */
export interface PoolFacts {
  readonly expect?: DeclaredSplit;
  /** What each server stands, by server name. */
  readonly capacity?: ReadonlyMap<string, number>;
  /** Peak load of the whole pool, in the unit of capacity. */
  readonly peak?: number;
  /** How many servers a dynamic pool has. */
  readonly servers?: number;
  /** One server is meant. */
  readonly single?: boolean;
  /** Response identities of a server: names or patterns with `*`, by server name. */
  readonly identify?: ReadonlyMap<string, readonly string[]>;
  /** `25%`, `5pp` or `auto`. */
  readonly tolerance?: string;
}

/** What the checklist file declares, by the name that it gives a pool: `name`, `file#name` or `format:name`. */
export type DeclaredFacts = ReadonlyMap<string, PoolFacts>;

/** The names by which the checklist file may mean a pool, the most exact first. */
export function namesOf(pool: Pick<Pool, 'name' | 'dialect' | 'at'>): readonly string[] {
  return namesAt(pool.name, pool.dialect.format, pool.at.source.path);
}

/** What is declared for a pool. What a more exact name says stands before what a plain one does, as a whole. */
export function factsOf(facts: DeclaredFacts, pool: Pick<Pool, 'name' | 'dialect' | 'at'>): PoolFacts | undefined {
  return firstOf(facts, namesOf(pool));
}

/** As `factsOf`, for a pool that only its name and place are known of. */
export function factsAt(
  facts: DeclaredFacts,
  name: string,
  format: string | null,
  file: string | undefined,
): PoolFacts | undefined {
  return firstOf(facts, namesAt(name, format, file));
}

function namesAt(name: string, format: string | null, file: string | undefined): readonly string[] {
  return [...(file === undefined ? [] : [`${file}#${name}`]), ...(format === null ? [] : [`${format}:${name}`]), name];
}

function firstOf(facts: DeclaredFacts, names: readonly string[]): PoolFacts | undefined {
  const found = names.find((name) => facts.has(name));
  return found === undefined ? undefined : facts.get(found);
}
