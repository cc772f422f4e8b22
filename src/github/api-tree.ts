import { LIMITS } from '../text/limits.ts';
import { GitTree } from '../workspace/git-tree.ts';
import type { TreeEntry } from '../workspace/git.ts';
import type { GitHubApi, Repository } from './api.ts';
import { at, textAt } from './context.ts';

/** At most this many files are asked of the API, one request each. */
const DOWNLOAD_LIMIT = 200;

export interface FetchedTree {
  readonly tree: GitTree;
  /** Files that were wanted but not fetched, because they are too many or too large. */
  readonly left: number;
}

/**
 * The files of a commit that the clone does not have, through the API. What the clone has of them under another commit is
 * not asked for again, so a pull request costs one request and one for each file that it changes.
 * `local`: the bytes of an object that is here; `wanted`: which files may matter.
 */
export async function fetchTree(
  api: GitHubApi,
  repository: Repository,
  sha: string,
  local: (object: string) => Uint8Array | undefined,
  wanted: (path: string) => boolean,
): Promise<FetchedTree> {
  const { data } = await api.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...repository,
    tree_sha: sha,
    recursive: '1',
  });
  const listing = at(data, 'tree');
  const entries = (Array.isArray(listing) ? listing : []).flatMap(readEntry);
  const blobs = new Map<string, Uint8Array>();
  let asked = 0;
  let left = at(data, 'truncated') === true ? 1 : 0;
  for (const { path, object, size } of entries) {
    if (!wanted(path) || blobs.has(object)) continue;
    const here = local(object);
    if (here !== undefined) {
      blobs.set(object, here);
    } else if (asked >= DOWNLOAD_LIMIT || size > LIMITS.fileBytes) {
      left++;
    } else {
      asked++;
      blobs.set(object, await fetchBlob(api, repository, object));
    }
  }
  const kept = entries.filter(({ object }) => blobs.has(object));
  const tree = new GitTree(sha, kept, (object, limit) => {
    const bytes = blobs.get(object);
    return bytes === undefined || bytes.length > limit ? undefined : bytes;
  });
  return { tree, left };
}

function readEntry(entry: unknown): (TreeEntry & { readonly size: number })[] {
  const path = textAt(entry, 'path');
  const mode = textAt(entry, 'mode');
  const object = textAt(entry, 'sha');
  const size = at(entry, 'size');
  if (at(entry, 'type') !== 'blob' || path === undefined || mode === undefined || object === undefined) return [];
  return /^[0-9a-f]{40}$/.test(object) ? [{ path, mode, object, size: typeof size === 'number' ? size : 0 }] : [];
}

async function fetchBlob(api: GitHubApi, repository: Repository, object: string): Promise<Uint8Array> {
  const { data } = await api.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...repository,
    file_sha: object,
  });
  return Buffer.from(textAt(data, 'content') ?? '', 'base64');
}
