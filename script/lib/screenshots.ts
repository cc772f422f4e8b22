/** Pictures of what the built Action really writes; see script/screenshots. */
import { mkdirSync, readFileSync } from 'node:fs';
import { FakeGitHub } from '../../__tests__/support/fake-github.ts';
import { GitHubState } from '../../__tests__/support/github-state.ts';
import { gfm } from '../../__tests__/support/gfm.ts';
import { githubPage } from '../../__tests__/support/github-page.ts';
import { launch, open, type Browser } from '../../__tests__/support/browser.ts';
import { findProgram } from '../../__tests__/support/real/products.ts';
import { runAction, type ActionRun } from '../../__tests__/support/run-action.ts';
import { TempClone, TempRepo } from '../../__tests__/support/temp-repo.ts';
import { DemoBalancer } from '../../src/demo/balancer.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';

const FILE = 'lb/haproxy.cfg';
const [BEFORE, AFTER, FIXED] = ['before', 'after', 'fixed'].map((name) =>
  readFileSync(`examples/demo/haproxy.${name}.cfg`, 'utf8'),
) as [string, string, string];

interface Shot {
  /** The comment on the pull request, Markdown; '' when none was written. */
  readonly comment: string;
  readonly run: ActionRun;
}

function poolOf(config: string) {
  const [pool] = haproxy.read(FILE, new MemoryTree({ [FILE]: config }), { rootMap: {} }).pools;
  if (pool === undefined) throw new Error('The demo config has no pool.');
  return pool;
}

/** Main has `base`, a pull request or a push brings `head`; with `loaded` the balancer that serves it is measured too. */
async function take(
  base: string,
  head: string,
  loaded?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Shot> {
  const repo = new TempRepo();
  const github = new FakeGitHub();
  const state = new GitHubState(github).serveGit(repo);
  const balancer = new DemoBalancer();
  const route = '/repos/{owner}/{repo}/pulls/{pull_number}';
  github.on(`GET ${route}`, () => ({ status: 200, body: { ...github.sample(route), body: '' } }));
  const baseSha = repo.commit({ [FILE]: base });
  repo.git('checkout', '--quiet', '-b', 'topic');
  const headSha = repo.commit({ [FILE]: head, 'a.txt': 'a' });
  repo.git('checkout', '--quiet', '--detach', baseSha);
  const merge = repo.mergeCommit('topic');
  const clone = new TempClone(repo, merge, 50);
  try {
    const target = await balancer.start(poolOf(base).servers.map((server) => server.name));
    if (loaded !== undefined) balancer.load(poolOf(loaded));
    const measuring = { target: target.href, rate: '500/s', settle: '0s' };
    const repos = { head: { sha: headSha, ref: 'topic' }, base: { sha: baseSha, ref: 'main' } };
    const run = await runAction({
      event: loaded === undefined ? 'pull_request' : 'push',
      payload:
        loaded === undefined
          ? { pull_request: { number: 7, body: '', ...repos } }
          : { before: baseSha, after: merge, ref: 'refs/heads/main' },
      workspace: clone.path,
      inputs: { config: FILE, token: 't', comment: 'always', ...(loaded === undefined ? {} : measuring), ...more },
      env: {
        GITHUB_SHA: merge,
        GITHUB_REF: loaded === undefined ? 'refs/pull/7/merge' : 'refs/heads/main',
        GITHUB_REPOSITORY: 'acme/edge',
        GITHUB_API_URL: await github.start(),
        GITHUB_SERVER_URL: 'https://github.com',
      },
    });
    return { comment: state.comments[0]?.body ?? '', run };
  } finally {
    await balancer.stop();
    await github.stop();
    repo.remove();
    clone.remove();
  }
}

async function picture(
  browser: Browser,
  html: string,
  path: string,
  width: number,
  colorScheme: 'light' | 'dark',
  height?: number,
): Promise<void> {
  const { page } = await open(browser, html, false);
  await page.setViewportSize({ width, height: height ?? 900 });
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path, fullPage: height === undefined });
  await page.context().close();
}

const [program, renderer] = [findProgram(['chromium']), findProgram(['cmark-gfm'])];
if (program === undefined || renderer === undefined) throw new Error('Needs chromium and cmark-gfm: run script/setup.');
const asGitHub = (markdown: string): string => githubPage(gfm(renderer, markdown));
const browser = await launch(program);
const COLORS = ['light', 'dark'] as const;
try {
  const [folder] = process.argv.slice(2);
  const outage = await take(BEFORE, AFTER);
  const forgotten = await take(AFTER, FIXED, AFTER);
  if (folder === undefined) {
    mkdirSync('docs/images', { recursive: true });
    for (const color of COLORS) {
      await picture(browser, asGitHub(outage.comment), `docs/images/comment-${color}.png`, 820, color, 610);
      await picture(browser, asGitHub(forgotten.run.summary), `docs/images/probe-${color}.png`, 820, color, 485);
      const page = forgotten.run.files['html'] ?? '';
      await picture(browser, page, `docs/images/report-${color}.png`, 820, color, 730);
    }
  } else {
    mkdirSync(folder, { recursive: true });
    const nameless = { 'identify-by': 'header:X-Nowhere' };
    const shots: Readonly<Record<string, Shot>> = {
      outage,
      forgotten,
      good: await take(BEFORE, BEFORE),
      mended: await take(AFTER, FIXED),
      even: await take(AFTER, FIXED, FIXED),
      nameless: await take(AFTER, FIXED, FIXED, nameless),
    };
    for (const [name, { comment, run }] of Object.entries(shots)) {
      const pages = { comment: asGitHub(comment), summary: asGitHub(run.summary), page: run.files['html'] ?? '' };
      for (const [kind, html] of Object.entries(pages)) {
        if (html === '' || (kind === 'comment' && comment === '')) continue;
        for (const width of [390, 1280])
          for (const color of COLORS)
            await picture(browser, html, `${folder}/${name}-${kind}-${width}-${color}.png`, width, color);
      }
    }
  }
} finally {
  await browser.close();
}
