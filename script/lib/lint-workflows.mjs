/** Checks action.yml and every workflow, those of the README and the examples too, with GitHub's own language service. */
import { readdirSync, readFileSync } from 'node:fs';
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

const dirs = ['.github/workflows', 'examples/workflows'];
const files = ['action.yml', ...dirs.flatMap((dir) => readdirSync(dir).map((file) => `${dir}/${file}`))];
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

/** What the language service holds our own steps to: the inputs and outputs of action.yml. */
const action = parse(readFileSync('action.yml', 'utf8'));
const actionsMetadataProvider = {
  fetchActionMetadata: ({ owner, name }) =>
    Promise.resolve(`${owner}/${name}` === 'evenkeel/evenkeel' ? action : undefined),
};
const OURS = /^(evenkeel\/evenkeel@v\d+|\.\/)$/;

let failed = false;
const tell = (file, line, message) => {
  console.log(`${file}:${line} ${message}`);
  failed = true;
};
for (const [i, { file, first, text }] of documents.entries()) {
  const uri = file === 'action.yml' ? 'file:///action.yml' : `file:///.github/workflows/${i}.yml`;
  for (const d of await validate(TextDocument.create(uri, 'yaml', 1, text), { actionsMetadataProvider })) {
    // Other people's actions are not looked up.
    if (!d.message.startsWith('Unable to resolve action')) tell(file, d.range.start.line + first, d.message);
  }
  if (file === 'action.yml') continue;
  for (const job of Object.values(parse(text).jobs ?? {})) {
    const steps = job.steps ?? [];
    for (const { uses } of steps) {
      // A tag can be moved to other code; only ours follows its major version.
      if (uses !== undefined && !OURS.test(uses) && !/@[0-9a-f]{40}$/.test(uses))
        tell(file, first, `${uses} is not pinned by its commit.`);
    }
    const ours = new Set(steps.filter(({ uses }) => OURS.test(uses ?? '')).map(({ id }) => id));
    for (const [, id, output] of JSON.stringify(job).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      if (ours.has(id) && !Object.hasOwn(action.outputs, output))
        tell(file, first, `${output} is no output of the action.`);
    }
  }
}
process.exitCode = failed ? 1 : 0;
