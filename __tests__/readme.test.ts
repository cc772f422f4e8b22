import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { installPacked } from './support/packed.ts';
import { TempRepo } from './support/temp-repo.ts';

interface Block {
  readonly language: string;
  readonly text: string;
  /** The output that the page shows for it: a `text` block right after. */
  readonly shown: string | undefined;
}

/** Every fenced block of a page. */
function blocks(page: string): Block[] {
  const fences = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  return fences.map(({ 0: whole, 1: language = '', 2: text = '', index }, i) => {
    const next = fences[i + 1];
    const follows = next?.[1] === 'text' && page.slice(index + whole.length, next.index).trim() === '';
    return { language, text, shown: follows ? next[2] : undefined };
  });
}

/** A clean repository with the package installed, as a user has it, and what the README runs of a clone. */
const folder = new TempRepo();
beforeAll(() => {
  installPacked(folder.path);
  for (const name of ['examples', 'dist']) cpSync(name, folder.at(name), { recursive: true });
}, 60_000);
afterAll(() => folder.remove());

function shell(text: string, more: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    NO_COLOR: '1',
    npm_config_offline: 'true',
    ...more,
  };
  return spawnSync('bash', ['--norc', '-e', '-c', text], { cwd: folder.path, encoding: 'utf8', env });
}

/** The settings of a page, used by a check of a sound config. */
function accepted(settings: string): void {
  folder.write({ 'settings.yml': settings });
  for (const file of ['policies/production.yml', 'policies/careful-change.yml', 'policies/capacity-declared.yml'])
    cpSync(`examples/${file}`, folder.at(file));
  const run = shell('npx evenkeel check examples/demo/haproxy.before.cfg --checklist settings.yml --json || true');
  const { outcome, summary } = JSON.parse(run.stdout) as { outcome: string; summary: string };
  expect([settings, summary, outcome === 'error']).toEqual([settings, summary, false]);
}

const README = readFileSync('README.md', 'utf8');
const PAGES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].concat(
  readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
);

describe('the README', () => {
  const all = blocks(README);
  const commands = all.filter(({ language }) => language === 'sh');
  const yaml = all.filter(({ language }) => language === 'yaml');

  test('has no block that nothing looks at', () => {
    const shown = all.filter(({ shown: output }) => output !== undefined).length;
    const workflows = yaml.filter(({ text }) => /^jobs:/m.test(text));
    const settings = yaml.filter(({ text }) => text.startsWith('version: 1'));
    expect([commands.length, workflows.length, settings.length]).toEqual([2, 4, 1]);
    expect(all).toHaveLength(commands.length + workflows.length + settings.length + shown);
    // The examples are run by __tests__/action/examples and held to action.yml by script/lib/lint-workflows.mjs.
    const examples = readdirSync('examples/workflows').map((name) =>
      readFileSync(`examples/workflows/${name}`, 'utf8'),
    );
    for (const { text } of workflows) expect(examples).toContain(text);
  });

  test.each(commands)('$text runs in a clean folder and prints what is shown', ({ text, shown }) => {
    const run = shell(text);
    expect([run.status, run.stderr]).toEqual([0, '']);
    if (shown !== undefined) expect(run.stdout.trim()).toBe(shown.trim());
  });

  test('names only commands that there are', () => {
    const named = [...README.matchAll(/`evenkeel (\w+)/g)].map(([, command]) => command);
    expect(named.length).toBeGreaterThan(5);
    const help = shell('npx evenkeel --help').stdout;
    for (const command of new Set(named)) expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test('shows pictures that are there and small', () => {
    const pictures = [...README.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(pictures.length).toBeGreaterThan(3);
    for (const path of pictures) expect([path, statSync(path).size < 150_000]).toEqual([path, true]);
  });
});

test.each(PAGES)('%s: its settings are accepted, its workflows are YAML, its links lead somewhere', (path) => {
  const page = readFileSync(path, 'utf8');
  for (const { language, text } of blocks(page)) {
    if (language !== 'yaml') continue;
    if (text.startsWith('version: 1')) accepted(text);
    else expect(parse(text)).toBeTruthy();
  }
  for (const [, target = ''] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const full = file === '' ? path : normalize(join(dirname(path), file));
    expect([path, target, existsSync(full)]).toEqual([path, target, true]);
    if (anchor !== undefined && full.endsWith('.md')) {
      const headings = [...readFileSync(full, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
      const anchors = headings.map((heading) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
      expect([path, target, anchors.includes(anchor)]).toEqual([path, target, true]);
    }
  }
});
