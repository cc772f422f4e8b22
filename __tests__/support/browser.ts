import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The part of Playwright that is used; its own types need those of a browser, which nothing else here has. */
export interface Browser {
  newContext(options: { readonly bypassCSP: boolean }): Promise<Context>;
  close(): Promise<void>;
}
interface Context {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
export interface Page {
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
  on(event: 'pageerror', listener: (error: Error) => void): void;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  setContent(html: string): Promise<void>;
  setViewportSize(size: { readonly width: number; readonly height: number }): Promise<void>;
  emulateMedia(media: { readonly colorScheme: 'light' | 'dark' }): Promise<void>;
  evaluate(script: string): Promise<unknown>;
  screenshot(options: { readonly path: string; readonly fullPage: boolean }): Promise<unknown>;
  context(): Context;
}

const require = createRequire(import.meta.url);

export function launch(program: string): Promise<Browser> {
  const { chromium } = require('playwright-core') as {
    chromium: { launch(options: { executablePath: string; args: string[] }): Promise<Browser> };
  };
  return chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface Opened {
  readonly page: Page;
  /** What came on the console, errors of scripts and refusals of the page's policy included. */
  readonly messages: readonly string[];
  readonly requests: readonly string[];
}

/** Opens a page from its text. `bypass`: without its content security policy. */
export async function open(browser: Browser, html: string, bypass: boolean): Promise<Opened> {
  const context = await browser.newContext({ bypassCSP: bypass });
  const page = await context.newPage();
  const messages: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.setContent(html);
  return { page, messages, requests };
}

/** What a person would stumble over, by how the page was shown: `390 px, dark: scrolls sideways by 12 px`. */
export type Faults = readonly string[];

/**
 * Looks at a page at 390 and 1280 px, light and dark: sideways scrolling, messages on the console, requests, and what
 * axe-core finds serious or critical. With SCREENS=folder, pictures are left there under `name`.
 */
export async function look(browser: Browser, html: string, name: string): Promise<Faults> {
  const strict = await open(browser, html, false);
  await strict.page.context().close();
  // The accessibility check is a script, which the policy of the page would refuse.
  const { page, messages, requests } = await open(browser, html, true);
  await page.evaluate(AXE);
  const faults: string[] = [];
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const found: string[] = [];
      const beyond = Number(await page.evaluate(BEYOND));
      if (beyond > 0) found.push(`scrolls sideways by ${beyond} px`);
      found.push(...((await page.evaluate(BARRIERS)) as string[]));
      faults.push(...found.map((fault) => `${width} px, ${colorScheme}: ${fault}`));
      const folder = process.env['SCREENS'];
      if (folder !== undefined) {
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
  }
  await page.context().close();
  return [...faults, ...strict.messages, ...messages, ...strict.requests, ...requests];
}

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const BEYOND = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
const BARRIERS = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html)))`;
