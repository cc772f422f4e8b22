/** Checks action.yml, the workflows, and every workflow of the README with GitHub's own language service. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

const dir = '.github/workflows';
const files = ['action.yml', ...(existsSync(dir) ? readdirSync(dir).map((f) => `${dir}/${f}`) : [])];
const documents = files.map((file) => ({ file, first: 1, text: readFileSync(file, 'utf8') }));
const readme = readFileSync('README.md', 'utf8');
let workflows = 0;
for (const match of readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)) {
  if (!/^jobs:/m.test(match[1])) continue;
  const first = readme.slice(0, match.index).split('\n').length + 1;
  documents.push({ file: 'README.md', first, text: match[1] });
  workflows++;
}
if (workflows < 3) throw new Error('The README has lost its workflows.');

const inputs = Object.keys(parse(readFileSync('action.yml', 'utf8')).inputs);
let failed = false;
const tell = (file, line, message) => {
  console.log(`${file}:${line} ${message}`);
  failed = true;
};
for (const [i, { file, first, text }] of documents.entries()) {
  const uri = file === 'action.yml' ? 'file:///action.yml' : `file:///.github/workflows/${i}.yml`;
  for (const d of await validate(TextDocument.create(uri, 'yaml', 1, text))) {
    tell(file, d.range.start.line + first, d.message);
  }
  if (file === 'action.yml') continue;
  for (const job of Object.values(parse(text).jobs ?? {})) {
    for (const step of job.steps ?? []) {
      if (!/^(evenkeel\/evenkeel@|\.\/?$)/.test(step.uses ?? '')) continue;
      for (const name of Object.keys(step.with ?? {})) {
        if (!inputs.includes(name)) tell(file, first, `${name} is no input of the action.`);
      }
    }
  }
}
process.exitCode = failed ? 1 : 0;
