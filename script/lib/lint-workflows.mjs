import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';

const dir = '.github/workflows';
const files = ['action.yml', ...(existsSync(dir) ? readdirSync(dir).map((f) => `${dir}/${f}`) : [])];
let failed = false;
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  for (const d of await validate(TextDocument.create(`file:///${file}`, 'yaml', 1, text))) {
    console.log(`${file}:${d.range.start.line + 1}:${d.range.start.character + 1} ${d.message}`);
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
