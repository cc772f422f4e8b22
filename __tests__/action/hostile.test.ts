import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { gfm, linkTargets, outsideCode } from '../support/gfm.ts';
import { HOSTILE } from '../support/hostile.ts';
import { describeWith } from '../support/programs.ts';
import { runnerCommands } from '../support/runner-commands.ts';
import { Stage, type Run } from './stage.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

/** A pool in the neutral format, as the author of a pull request may name its parts. */
function pool(poolName: string, servers: readonly string[], weight: number): string {
  const all = servers.map((name, i) => ({
    name,
    address: `10.0.0.${i + 1}`,
    port: 80,
    weight: i === 0 ? weight : 10,
    identify: [`${name}!`],
  }));
  return JSON.stringify({ version: 1, pools: [{ name: poolName, servers: all }] });
}

/** A target whose answers name servers by a body and send odd headers beside; every third one nobody knows. */
async function target(names: readonly string[], unknown: string): Promise<string> {
  let asked = 0;
  const server = createServer((_, response) => {
    const name = asked++ % 3 === 2 ? unknown : `${names[asked % names.length]}!`;
    response.writeHead(200, 'OK ::error::x', { 'x-odd': '"><img src=x> | `a` ##[add-mask]x', 'set-cookie': 'a=|`<b>' });
    response.end(JSON.stringify({ server: name }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** A pull request in which every name is `text`, checked and measured by the built Action. */
async function propose(text: string): Promise<{ run: Run; comment: string; stage: Stage; file: string }> {
  const stage = new Stage();
  const file = `lb/${text.replaceAll(/[/\0]/g, '_') || 'x'}.json`;
  const servers = [`${text}1`, `${text}2`, `${text}3`];
  const pr = stage.pullRequest(
    { [file]: pool(text, servers, 10) },
    { [file]: pool(text, servers, 100) },
    `- [x] ${text}`,
  );
  const inputs = {
    config: 'lb/*',
    target: await target(servers, `${text}?`),
    'identify-by': 'json:server',
    'fail-on': 'error',
    rate: '500/s',
    settle: '0s',
    'max-requests': '300',
    timeout: '20s',
  };
  const env = { GITHUB_HEAD_REF: text.replaceAll('\0', ''), GITHUB_ACTOR: text.replaceAll('\0', '') };
  const run = await stage.run(pr.merge, 'pull_request', pr.payload, { inputs, env });
  return { run, comment: stage.state.comments[0]?.body ?? '', stage, file };
}

/** Stands in every foreign text, to be looked for where none may be. */
const CANARY = 'zqx';
const TRIED = ['forgedRow', 'closeDetails', 'command', 'onlyTicks', 'math', 'mention', 'bidi', 'link'] as const;
/** The elements that our own renderers write. */
const MARKDOWN_TAGS =
  /^<\/?(h[345]|p|strong|code|table|thead|tbody|tr|t[hd]( align="(left|right)")?|ul|ol|li|blockquote|details( open)?|summary|sub|a( href="")?|pre|pre lang="(diff|markdown)"|input type="checkbox" disabled="" \/|br( \/)?|!-- evenkeel:verify:[0-9a-f]{16} --)>$/;
const PAGE_ATTRIBUTES =
  /^(aria-hidden|aria-label|charset|class|content|d|height|href|http-equiv|lang|name|open|preserveaspectratio|rel|role|scope|tabindex|viewbox|width)$/i;

describeWith('cmark-gfm', 'names and answers that try to be something else, from end to end', (program) => {
  test.each(TRIED)('%s in every name and answer stays what it is', async (name) => {
    const { run, comment, stage, file } = await propose(`${CANARY}${HOSTILE[name]}`);
    // A name that looks like a variable is not known, but its weight is, and it is ten times that of the others.
    expect([run.outputs['outcome'], run.stderr]).toEqual(['fail', '']);
    expect(stage.github.violations).toEqual([]);

    const commands = runnerCommands(run.stdout).filter(({ command }) => command !== 'add-mask');
    expect(commands.length).toBeGreaterThan(1);
    for (const { command, properties } of commands) {
      expect(['error', 'warning', 'notice']).toContain(command);
      if (properties['file'] !== undefined) expect(properties['file']).toBe(file);
    }

    for (const markdown of [comment, run.summary]) {
      const html = gfm(program, markdown);
      const outside = outsideCode(html).replaceAll(/<pre[^]*?<\/pre>/g, '');
      expect(html).toContain(CANARY);
      expect(outside).not.toContain(CANARY);
      expect(outside.match(/<[^>]*>/g)?.filter((tag) => !MARKDOWN_TAGS.test(tag))).toEqual([]);
      expect(linkTargets(html).filter((url) => !/^https:\/\/github\.(example|com)\//.test(url))).toEqual([]);
    }

    const page = run.files['html'] ?? '';
    expect(page).toContain(CANARY);
    const tags = page.match(/<[a-z][^>]*>/gi) ?? [];
    expect(tags.filter((tag) => /^<(script|img|iframe|object|form|base)/i.test(tag))).toEqual([]);
    const attributes = tags.flatMap((tag) =>
      [...tag.matchAll(/ ([^\s="/>]+)(?:="[^"]*")?/g)].map(([, one = '']) => one),
    );
    expect([...new Set(attributes)].filter((one) => !PAGE_ATTRIBUTES.test(one))).toEqual([]);
  });
});
