/**
 * Rewrites the generated files, or with --check says which ones are stale and fails.
 * The folders are the truth: src/rules/<id>/{rule.ts,rule.md}, src/formats/<product>/{reader.ts,admin.ts,identity.ts,rules/<id>,examples/<id>.md}, action.yml.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as prettier from 'prettier';
import { parse } from 'yaml';
import { adminList, formatList, formatsPage, identityList } from './generate-formats.mjs';
import { knownPage } from './generate-known.mjs';
import { ruleIndex, ruleList, rulePage, rulePages } from './generate-rules.mjs';
import { withParts } from './generate-readme.mjs';

const formats = await Promise.all(
  foldersWith('src/formats', 'reader.ts').map(async (id) => ({
    id,
    reader: (await load(`src/formats/${id}/reader.ts`)).reader,
    known: existsSync(`src/formats/${id}/harmless.ts`)
      ? (await load(`src/formats/${id}/harmless.ts`)).TABLE
      : undefined,
  })),
);
const rules = (
  await Promise.all(
    [
      ...foldersWith('src/rules', 'rule.ts').map((id) => ({ id, folder: `src/rules/${id}`, format: undefined })),
      ...formats.flatMap(({ id: format }) =>
        foldersWith(`src/formats/${format}/rules`, 'rule.ts').map((id) => ({
          id,
          folder: `src/formats/${format}/rules/${id}`,
          format,
        })),
      ),
    ].map(async (one) => ({
      ...one,
      rule: (await load(`${one.folder}/rule.ts`)).rule,
      page: withNative(one.id, readFileSync(`${one.folder}/rule.md`, 'utf8')),
    })),
  )
).toSorted((a, b) => (a.id < b.id ? -1 : 1));

const files = new Map([
  ['src/rules/list.ts', await pretty('list.ts', ruleList(rules))],
  ['src/rules/pages.ts', await pretty('pages.ts', rulePages(rules))],
  ['src/formats/list.ts', await pretty('list.ts', formatList(formats))],
  ['src/formats/admins.ts', await pretty('admins.ts', adminList(foldersWith('src/formats', 'admin.ts')))],
  ['src/formats/identities.ts', await pretty('identities.ts', identityList(foldersWith('src/formats', 'identity.ts')))],
  ['docs/rules/README.md', ruleIndex(rules)],
  ...rules.map((rule) => [`docs/rules/${rule.id}.md`, rulePage(rule)]),
  ['docs/formats.md', formatsPage(formats, rules)],
  ['docs/what-is-known.md', knownPage(formats)],
  ['src/demo/configs.ts', await pretty('configs.ts', demoConfigs())],
]);
if (existsSync('README.md')) {
  const folder = 'examples/workflows';
  const workflows = readdirSync(folder).map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]);
  const action = parse(readFileSync('action.yml', 'utf8'));
  files.set('README.md', withParts(readFileSync('README.md', 'utf8'), action, Object.fromEntries(workflows)));
}

const stale = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
const orphans = existsSync('docs/rules')
  ? readdirSync('docs/rules')
      .map((name) => `docs/rules/${name}`)
      .filter((path) => !files.has(path))
  : [];
if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...orphans]) {
    console.error(`${path} is stale: run script/generate and commit what it writes.`);
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const path of orphans) rmSync(path);
}

/** The demo's configs are examples to read and part of the bundle. */
function demoConfigs() {
  const texts = ['before', 'after', 'fixed'].map((version) => {
    const text = readFileSync(`examples/demo/haproxy.${version}.cfg`, 'utf8');
    return `${version}: ${JSON.stringify(text)},`;
  });
  return `// Made by script/generate from examples/demo.\n/** The load balancer before the outage, with the fault, and mended. */\nexport const DEMO_CONFIGS = {\n${texts.join('\n')}\n} as const;\n`;
}

/** A rule's page with its examples in the words of each product that has some. */
function withNative(id, page) {
  const native = formats.flatMap(({ id: format, reader }) => {
    const file = `src/formats/${format}/examples/${id}.md`;
    return existsSync(file) ? ['', `### ${reader.dialect.title}`, '', readFileSync(file, 'utf8').trim()] : [];
  });
  return native.length === 0 ? page : `${page.trimEnd()}\n${native.join('\n')}\n`;
}

function foldersWith(root, file) {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => existsSync(`${root}/${name}/${file}`))
    .toSorted();
}

function load(path) {
  return import(pathToFileURL(resolve(path)).href);
}

async function pretty(name, text) {
  return prettier.format(text, { ...(await prettier.resolveConfig('package.json')), filepath: name });
}
