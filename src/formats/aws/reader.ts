import type { Config } from '../../model/config.ts';
import type { FileTree } from '../../model/tree.ts';
import { appendTo } from '../../text/append.ts';
import type { FormatReader } from '../reader.ts';
import { dialect } from './dialect.ts';
import { folderOf } from './terraform/files.ts';
import { readFolder } from './terraform/read-folder.ts';

/** AWS's load balancers, as Terraform writes them. The files of one folder are one config. */
export const reader: FormatReader = { dialect, recognise, read, sets, readSet };

/** A Terraform file is one whatever it holds: variables stand beside the load balancer that uses them. */
function recognise(path: string): number {
  return path.endsWith('.tf') ? 0.9 : 0;
}

function read(path: string, tree: FileTree): Config {
  return readFolder(path, tree);
}

function sets(files: readonly { readonly path: string }[]): readonly (readonly string[])[] {
  const byFolder = new Map<string, string[]>();
  for (const { path } of files) appendTo(byFolder, folderOf(path), path);
  return [...byFolder.values()];
}

function readSet(paths: readonly string[], tree: FileTree): Config {
  const [first = ''] = paths;
  return read(first, tree);
}
