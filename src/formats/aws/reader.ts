import type { Config } from '../../model/config.ts';
import type { FileTree } from '../../model/tree.ts';
import { appendTo } from '../../text/append.ts';
import type { FormatReader } from '../reader.ts';
import { dialect } from './dialect.ts';
import { readTemplate } from './cloudformation/read-template.ts';
import { folderOf } from './terraform/files.ts';
import { readFolder } from './terraform/read-folder.ts';
import { readPlan } from './terraform/read-plan.ts';

/** AWS's load balancers, as Terraform and CloudFormation write them. The Terraform files of one folder are one config. */
export const reader: FormatReader = { dialect, recognise, read, sets, readSet };

/** A Terraform file is one whatever it holds: variables stand beside the load balancer that uses them. */
function recognise(path: string, text: string): number {
  if (path.endsWith('.tf')) return 0.9;
  if (isPlan(path, text)) return 0.97;
  if (!/\.(?:ya?ml|json|template)$/i.test(path)) return 0;
  if (/["']?\bAWS::ElasticLoadBalancingV2::/.test(text) && /\bResources["']?\s*:/.test(text)) return 0.95;
  return /^\s*["']?AWSTemplateFormatVersion["']?\s*:/m.test(text) ? 0.5 : 0;
}

function read(path: string, tree: FileTree): Config {
  if (isTerraform(path)) return readFolder(path, tree);
  return isPlan(path, tree.read(path) ?? '') ? readPlan(path, tree) : readTemplate(path, tree);
}

/** What `terraform show -json` writes: of a plan, or of a state. */
function isPlan(path: string, text: string): boolean {
  return (
    path.endsWith('.json') &&
    /"(?:planned_values|terraform_version)"\s*:/.test(text.slice(0, 2000)) &&
    /"root_module"\s*:/.test(text)
  );
}

function isTerraform(path: string): boolean {
  return path.endsWith('.tf');
}

function sets(files: readonly { readonly path: string }[]): readonly (readonly string[])[] {
  const byFolder = new Map<string, string[]>();
  for (const { path } of files) appendTo(byFolder, isTerraform(path) ? folderOf(path) : `${path}/`, path);
  return [...byFolder.values()];
}

function readSet(paths: readonly string[], tree: FileTree): Config {
  const [first = ''] = paths;
  return read(first, tree);
}
