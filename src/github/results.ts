import type { ChecklistItem, Report } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { annotationsOf } from '../report/annotations.ts';
import { toDocument } from '../report/document.ts';
import { logSafe } from '../report/escape.ts';
import { renderHtml } from '../report/html.ts';
import type { Links } from '../report/links.ts';
import { renderComment, renderReviewIssue, renderSummaries, statusDescription } from '../report/markdown.ts';
import { toSarif } from '../report/sarif.ts';
import { sharesOf } from '../report/shares.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Inputs } from '../settings/inputs.ts';
import { count, list, say, words } from '../text/say.ts';
import type { Verified } from '../verify/verify.ts';
import { courtesy, type GitHubApi, type Repository } from './api.ts';
import { keepComment } from './comment.ts';
import { repositoryOf, type RunContext } from './context.ts';
import { setDeploymentStatus } from './deployment-status.ts';
import type { EventFacts } from './event.ts';
import type { Opened } from './job.ts';
import { annotate, logged, setOutputs, writeSummary, type Core } from './publish.ts';
import { keepReviewIssue } from './review-issue.ts';
import { writeFile } from './files.ts';

export interface PublishRequest {
  readonly core: Core;
  readonly context: RunContext;
  readonly event: EventFacts;
  readonly api: GitHubApi | undefined;
  readonly inputs: Inputs;
  readonly opened: Opened;
  readonly verified: Verified;
  /** Warnings about the run itself, collected so far. */
  readonly warnings: readonly Text[];
}

const DOCS = 'https://github.com/evenkeel/evenkeel/blob/v0/docs';

/** Shows a verdict everywhere it is wanted. What GitHub refuses becomes one warning; the verdict never depends on it. */
export async function publish(request: PublishRequest): Promise<void> {
  const { core, context, opened, verified } = request;
  const { report } = verified;
  const links = linksOf(context, opened);
  core.info(logSafe(renderTerminal(report, { color: false, width: 100 })));
  const warnings = [...request.warnings];
  await onGitHub(request, links, (warning) => warnings.push(warning));
  if (verified.openItems.length > 0) core.error(logged(waiting(verified.openItems)), { title: 'evenkeel' });
  annotate(core, annotationsOf(report), warnings.length === 0 ? {} : { warning: Math.min(warnings.length, 3) });
  for (const warning of warnings.slice(0, 3)) core.warning(logged(warning), { title: 'evenkeel' });
  for (const warning of warnings.slice(3)) core.info(logged(warning));
  await writeSummary(core, renderSummaries(report, links));
  setOutputs(core, {
    outcome: report.outcome,
    findings: report.findings.filter((finding) => finding.ignored === undefined).length,
    cause: causeOf(report),
    'max-deviation': deviationOf(report),
    shares: JSON.stringify(sharesOf(report)),
    report: writeFile(context, 'report.json', toDocument(report)),
    html: writeFile(context, 'report.html', renderHtml(report, links)),
    sarif: writeFile(context, 'evenkeel.sarif', toSarif(report)),
    counts: writeCounts(context, verified),
  });
}

/** What a person has to do before the run can end well. */
function waiting(open: readonly ChecklistItem[]): Text {
  return say`${count(open.length, 'required question is', 'required questions are')} still open: ${list(open.map(({ ask }) => ask))}. Tick ${words(open.length === 1 ? 'it' : 'them')} in the description of the pull request; the comment has the lines to paste.`;
}

function linksOf(context: RunContext, { head, base }: Opened): Links {
  return {
    serverUrl: context.serverUrl,
    repository: `${context.owner}/${context.repo}`,
    headSha: head.sha ?? undefined,
    baseSha: base?.sha ?? undefined,
    runUrl: context.runUrl,
    docsUrl: DOCS,
  };
}

async function onGitHub(request: PublishRequest, links: Links, warn: (message: Text) => void): Promise<void> {
  const { api, context, event, inputs, opened, verified } = request;
  if (api === undefined) return;
  const { report } = verified;
  const repository = repositoryOf(context);
  const { pullRequest, deployment } = event;
  if (pullRequest !== undefined && inputs.comment !== 'never' && context.eventName !== 'merge_group') {
    const body = renderComment(report, links);
    await courtesy(
      'The pull request comment was not written',
      'pull-requests: write',
      () =>
        keepComment(api, {
          repository,
          pullRequest: pullRequest.number,
          body,
          marker: opened.marker.verify,
          runUrl: context.runUrl,
          mayCreate: inputs.comment === 'always' || needsAttention(report),
        }),
      warn,
    );
  }
  if (event.purpose === 'deployment' && deployment !== undefined) {
    const description = statusDescription(report);
    await courtesy(
      'The deployment status was not written',
      'deployments: write',
      () =>
        setDeploymentStatus(api, {
          repository,
          deployment: deployment.id,
          outcome: report.outcome,
          tolerated: verified.exitCode === 0,
          description,
          runUrl: context.runUrl,
        }),
      warn,
    );
  }
  if (event.purpose === 'review') await keepReview(request, api, repository, links, warn);
}

async function keepReview(
  { context, opened, verified }: PublishRequest,
  api: GitHubApi,
  repository: Repository,
  links: Links,
  warn: (message: Text) => void,
): Promise<void> {
  const body = renderReviewIssue(verified.report, links);
  await courtesy(
    'The review issue was not written',
    'issues: write',
    () =>
      keepReviewIssue(api, {
        repository,
        title: 'Load balancer review',
        body,
        marker: opened.marker.review,
        runUrl: context.runUrl,
        sha: opened.head.sha ?? undefined,
        clean: !needsAttention(verified.report),
      }),
    warn,
  );
}

/** Something that a person should look at: a verdict other than pass, an open item, an error or a warning that counts (in a review every one does). */
function needsAttention(report: Report): boolean {
  return (
    report.outcome !== 'pass' ||
    report.checklist.some((item) => item.state === 'open') ||
    report.findings.some(
      (finding) =>
        finding.ignored === undefined &&
        finding.severity !== 'notice' &&
        (finding.introduced || report.base === null || report.review === true),
    )
  );
}

function causeOf(report: Report): string {
  const failed = report.measurements.find((measurement) => measurement.outcome === 'fail');
  // The first is the answer, `none-fits` while no cause is sure enough to act on.
  return failed === undefined ? '' : (failed.explanations[0]?.cause ?? 'none-fits');
}

function deviationOf(report: Report): string {
  const deviations = report.measurements.flatMap((measurement) =>
    measurement.servers.flatMap(({ expected, share }) => (expected === null ? [] : [Math.abs(share - expected)])),
  );
  return deviations.length === 0 ? '' : deviations.reduce((a, b) => Math.max(a, b), 0).toFixed(4);
}

/** One counts file; several addresses give several files and a glob that matches them. */
function writeCounts(context: RunContext, { counts }: Verified): string {
  const [first, ...more] = counts;
  if (first === undefined) return '';
  if (more.length === 0) return writeFile(context, 'counts.json', first);
  const paths = counts.map((one, i) => writeFile(context, `counts-${i + 1}.json`, one));
  return (paths[0] ?? '').replace(/1\.json$/, '*.json');
}
