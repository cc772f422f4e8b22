import type { Report } from '../../src/model/report.ts';
import { clean, html, htmlEscape } from '../../src/report/escape.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderComment, renderSummaries } from '../../src/report/markdown.ts';
import { say } from '../../src/text/say.ts';
import { launch, look, open, type Browser } from '../support/browser.ts';
import { gfm } from '../support/gfm.ts';
import { githubPage } from '../support/github-page.ts';
import { HOSTILE, hostileReport, hostileRows } from '../support/hostile.ts';
import { describeWith } from '../support/programs.ts';
import { allGood, LINKS, noIdentity, oldFileLoaded, threeAddresses, twoProblems } from '../support/reports.ts';

const REPORTS: readonly (readonly [name: string, make: () => Report])[] = [
  ['two-problems', twoProblems],
  ['all-good', allGood],
  ['old-file-loaded', oldFileLoaded],
  ['no-identity', noIdentity],
  ['three-addresses', threeAddresses],
  ['hostile', () => hostileReport(`${'long-'.repeat(40)}<b>`)],
];

test('the page allows nothing but its own style and names nothing outside but links', () => {
  for (const [, make] of REPORTS) {
    const page = renderHtml(make(), LINKS);
    expect(page).toMatch(
      /content="default-src 'none'; style-src 'sha256-[\w+/]+=*'; base-uri 'none'; form-action 'none'"/,
    );
    expect(page).not.toMatch(/<script|<img|<iframe|<link|<object| style=| on\w+=| src=/);
    expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  }
});

test('without links the page has none', () => {
  expect(renderHtml(oldFileLoaded())).not.toContain('<a ');
});

test('the blamed line stands in its file, marked', () => {
  const page = renderHtml(oldFileLoaded(), LINKS);
  expect(page).toMatch(/<span class="hit">▶ +21 {6}server web1 192\.0\.2\.11:8080 weight 30 check<\/span>/);
  expect(page).toContain('haproxy.cfg:21 at 3f2c1a9');
});

describeWith('chromium', 'in Chromium', (program) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(program);
  }, 60_000);
  afterAll(() => browser.close());

  test.each(REPORTS)(
    'the page of %s fits, is quiet and shuts nobody out',
    async (name, make) => {
      expect(await look(browser, renderHtml(make(), LINKS), `page-${name}`)).toEqual([]);
    },
    120_000,
  );

  /** The tree of elements with their attribute names, without texts. Of an excerpt, how many lines it has does not count. */
  const SKELETON = `(function walk(node) {
    const names = [...node.attributes].map((one) => one.name).sort().join(' ');
    return '<' + node.localName + ' ' + names + '>' + (node.localName === 'pre' ? [...new Set([...node.children].map(walk))].sort() : [...node.children].map(walk)).join('') + '</>';
  })(document.documentElement)`;

  test('no hostile text makes an element, an attribute, a request or runs a script, even without the policy', async () => {
    const shape = async (text: string): Promise<string> => {
      const { page, messages, requests } = await open(browser, renderHtml(hostileReport(text), LINKS), true);
      const skeleton = String(await page.evaluate(SKELETON));
      const hit = await page.evaluate('window.hit === undefined');
      const outside = await page.evaluate(
        `[...document.links].map((a) => a.href).filter((href) => !href.startsWith('https://github.example/acme/'))`,
      );
      await page.context().close();
      expect({ text, hit, outside, messages, requests }).toEqual({
        text,
        hit: true,
        outside: [],
        messages: [],
        requests: [],
      });
      return skeleton;
    };
    const harmless = await shape('x');
    expect(harmless.length).toBeGreaterThan(2000);
    for (const text of [...Object.values(HOSTILE), ...hostileRows(10, 3)]) {
      expect([text, (await shape(text)) === harmless]).toEqual([text, true]);
    }
  }, 120_000);

  test('4,000 seeded hostile rows stay the text of their element', async () => {
    const rows = hostileRows(4000, 20_261_125);
    const cells = rows.map((row) => `<p title="${htmlEscape(clean(row))}">${html(say`${row}`)}</p>`).join('');
    const { page, messages } = await open(browser, `<main>${cells}</main>`, true);
    const seen = await page.evaluate(
      `[...document.querySelectorAll('main > p')].map((p) => [p.title, p.children.length, p.firstChild.children.length, p.textContent])`,
    );
    await page.context().close();
    const shown = (row: string): string => (clean(row).trim() === '' ? '(empty)' : clean(row));
    expect(seen).toEqual(rows.map((row) => [clean(row), 1, 0, shown(row)]));
    expect(messages).toEqual([]);
  }, 60_000);

  describeWith('cmark-gfm', "in GitHub's rendering", (renderer) => {
    test.each(REPORTS)(
      'comment and summary of %s fit, are quiet and shut nobody out',
      async (name, make) => {
        const [summary = ''] = renderSummaries(make(), LINKS);
        const both = gfm(renderer, `${renderComment(make(), LINKS)}\n\n---\n\n${summary}`);
        const faults = await look(browser, githubPage(both), `markdown-${name}`);
        // GitHub makes the boxes that scroll focusable itself.
        expect(faults.filter((fault) => !fault.includes('scrollable-region-focusable'))).toEqual([]);
      },
      120_000,
    );
  });
});
