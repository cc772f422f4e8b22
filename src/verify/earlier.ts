import type { NamedRevision } from '../measure/candidates.ts';
import type { Revisioned } from './check.ts';
import { readEstate, type ReadSettings } from './read.ts';

/** An earlier revision of the files, read. */
export function readEarlier(revision: Revisioned, settings: ReadSettings): NamedRevision {
  return { configs: readEstate(revision, settings).configs, revision: revisionName(revision) };
}

/** A short sha, or what the revision was called. */
export function revisionName({ revision }: Revisioned): string {
  return revision?.sha?.slice(0, 7) ?? revision?.ref ?? 'base';
}
