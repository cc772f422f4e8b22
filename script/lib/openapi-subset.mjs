/**
 * Cuts the operations that the Action uses out of GitHub's OpenAPI description, with everything they refer to.
 * The tests hold both sides of every conversation to the result.
 *
 *   npm pack @octokit/openapi       # somewhere else: it is large
 *   node script/lib/openapi-subset.mjs api.github.com.json __tests__/support/fixtures/github-openapi.json
 */
import { readFileSync, writeFileSync } from 'node:fs';

const KEPT = {
  '/repos/{owner}/{repo}/issues': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/{issue_number}': ['patch'],
  '/repos/{owner}/{repo}/issues/{issue_number}/comments': ['get', 'post'],
  '/repos/{owner}/{repo}/issues/comments/{comment_id}': ['patch', 'delete'],
  '/repos/{owner}/{repo}/compare/{basehead}': ['get'],
  '/repos/{owner}/{repo}/pulls/{pull_number}': ['get'],
  '/repos/{owner}/{repo}/deployments': ['get'],
  '/repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ['get', 'post'],
  '/repos/{owner}/{repo}/git/blobs/{file_sha}': ['get'],
  '/repos/{owner}/{repo}/git/trees/{tree_sha}': ['get'],
};

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) {
  console.error('Give the description to cut and the file to write.');
  process.exit(2);
}
const spec = JSON.parse(readFileSync(source, 'utf8'));

const paths = {};
for (const [path, methods] of Object.entries(KEPT)) {
  paths[path] = Object.fromEntries(methods.map((method) => [method, trimmed(spec.paths[path][method])]));
}
const components = {};
const seen = new Set();
collect(paths);
writeFileSync(target, `${JSON.stringify({ openapi: spec.openapi, info: spec.info, paths, components })}\n`);
console.log(
  `${Object.keys(paths).length} paths, ${seen.size} shared parts, ${JSON.stringify({ paths, components }).length} bytes`,
);

/** Prose and examples are most of the description and check nothing. */
function trimmed(value) {
  if (Array.isArray(value)) return value.map(trimmed);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !['examples', 'example', 'x-github', 'externalDocs', 'tags', 'summary'].includes(key) &&
      !(key === 'description' && typeof inner === 'string'),
  );
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, key === 'properties' ? properties(inner) : trimmed(inner)]),
  );
}

/** Names of properties are not keywords: one may be called `description`. */
function properties(value) {
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, trimmed(schema)]));
}

function collect(value) {
  if (Array.isArray(value)) return value.forEach(collect);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== '$ref' || typeof inner !== 'string' || seen.has(inner)) {
      collect(inner);
      continue;
    }
    seen.add(inner);
    const [, , kind, name] = inner.split('/');
    const part = trimmed(spec.components[kind][name]);
    (components[kind] ??= {})[name] = part;
    collect(part);
  }
}
