import { markdownCode, urlPath } from './escape.ts';
import type { Place } from './blocks.ts';

/** Where a report can point. What is undefined is shown as text without a link. */
export interface Links {
  /** `https://github.com`, or that of an Enterprise server. */
  readonly serverUrl: string | undefined;
  /** `owner/name`. */
  readonly repository: string | undefined;
  /** Full commit ids. */
  readonly headSha: string | undefined;
  readonly baseSha: string | undefined;
  /** The run that made the report: its summary is the full one. */
  readonly runUrl: string | undefined;
  /** The folder of our documentation for this version; the page of a rule is `rules/ID.md` in it. */
  readonly docsUrl: string | undefined;
}

/** For a report that was made outside of GitHub. */
export const NO_LINKS: Links = {
  serverUrl: undefined,
  repository: undefined,
  headSha: undefined,
  baseSha: undefined,
  runUrl: undefined,
  docsUrl: undefined,
};

/** The line in the repository, at the full commit id; undefined when it is not known. */
export function blobUrl(links: Links, { file, line, revision }: Place): string | undefined {
  const sha = shaOf(links, revision);
  if (links.serverUrl === undefined || links.repository === undefined || sha === undefined) return undefined;
  return `${links.serverUrl}/${urlPath(links.repository)}/blob/${sha}/${urlPath(file)}#L${line}`;
}

function shaOf({ headSha, baseSha }: Links, revision: string | undefined): string | undefined {
  const isBase = revision === 'base' || (revision !== undefined && isSha(revision) && baseSha?.startsWith(revision));
  const sha = revision === undefined ? headSha : isBase === true ? baseSha : revision;
  return sha !== undefined && isSha(sha) ? sha : undefined;
}

function isSha(text: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(text);
}

/** The page that explains a rule. */
export function ruleUrl(links: Links, rule: string): string | undefined {
  return links.docsUrl === undefined ? undefined : `${links.docsUrl}/rules/${urlPath(rule)}.md`;
}

/** A Markdown link with our own words or a code span as its text. */
export function markdownLink(text: string, url: string | undefined): string {
  return url === undefined ? text : `[${text}](${url})`;
}

/** `haproxy.cfg:41`, linked when the repository is known. */
export function markdownPlace(links: Links, place: Place, cell: boolean): string {
  const link = markdownLink(markdownCode(`${place.file}:${place.line}`, { cell }), blobUrl(links, place));
  return place.revision === undefined ? link : `${link} at ${markdownCode(place.revision, { cell })}`;
}
