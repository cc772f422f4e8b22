/**
 * Whether any change passes unseen: each statement of HAProxy and nginx files is deleted, doubled, changed and moved in turn. Silent
 * mutations ("nothing changes", or only harmless lines, while another statement differs) are counted by kind; there must be none.
 * Files or folders may be named; without any, the project's own fixtures. `--quick`: every tenth mutation; `--verbose`: examples.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSilent, judgeMutation, mutationsOf, OPERATIONS } from '../../__tests__/support/mutate.ts';
import { FORMATS } from '../../src/formats/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';

const root = join(import.meta.dirname, '../..');
const flags = new Set(process.argv.slice(2).filter((word) => word.startsWith('--')));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const OWN = ['examples', '__tests__/faults/haproxy', '__tests__/faults/nginx', '__tests__/compare/configs'];
const EVERY = flags.has('--quick') ? 10 : 1;
/** Longer files take a comparison of the whole for each of their lines. */
const LONGEST = 60_000;

function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

interface Row {
  mutations: number;
  silent: number;
  explained: number;
  idle: number;
  unjudged: number;
  refused: number;
  examples: string[];
}

const rows = new Map<string, Row>();
let files = 0;
let count = 0;
for (const path of (named.length > 0 ? named : OWN.map((folder) => join(root, folder))).flatMap(filesIn)) {
  const text = readFileSync(path, 'utf8');
  if (text.length > LONGEST || text.includes('\0')) continue;
  const [reader] = FORMATS.filter(({ dialect }) => /^(?:haproxy|nginx)$/.test(dialect.format)).toSorted(
    (a, b) => b.recognise(path, text) - a.recognise(path, text),
  );
  if (reader === undefined || reader.recognise(path, text) === 0) continue;
  const base = reader.read(path, new MemoryTree({ [path]: text }), { rootMap: {} });
  files++;
  for (const mutation of mutationsOf(base)) {
    if (!mutation.matters || count++ % EVERY !== 0) continue;
    const { statement, operation } = mutation;
    const judged = judgeMutation(reader, base, mutation);
    const what = statement.row?.what ?? statement.kind;
    note(`${reader.dialect.format} ${what}`, judged, `${path}: ${operation} ${statement.text}`);
  }
}

function note(key: string, judged: ReturnType<typeof judgeMutation>, example: string): void {
  const row = rows.get(key) ?? {
    mutations: 0,
    silent: 0,
    explained: 0,
    idle: 0,
    unjudged: 0,
    refused: 0,
    examples: [],
  };
  rows.set(key, row);
  row.mutations++;
  const { idle, unjudged } = judged.change.statements;
  if (isSilent(judged)) {
    row.silent++;
    row.examples.push(`silent: ${example} | ${judged.summary}`);
  } else if (judged.status === 'refused') row.refused++;
  else if (unjudged.length > 0) {
    row.unjudged++;
    row.examples.push(`not judged: ${example} | ${unjudged.map(({ statement }) => statement.text).join('; ')}`);
  } else if (idle.length > 0) {
    row.idle++;
    row.examples.push(`no effect: ${example}`);
  } else row.explained++;
}

const sum = (key: Exclude<keyof Row, 'examples'>): number => [...rows.values()].reduce((all, row) => all + row[key], 0);
for (const [key, row] of [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(
    `${key}: ${row.mutations} mutations, ${row.silent} silent, ${row.explained} explained, ${row.idle} without effect, ${row.unjudged} listed`,
  );
  for (const example of row.examples.slice(0, flags.has('--verbose') ? 8 : 0))
    console.log(`    ${example.slice(0, 260)}`);
}
console.log(
  `${files} files, ${sum('mutations')} mutations (${OPERATIONS.join(', ')}): ${sum('silent')} silent, ${sum('explained')} explained, ${sum('idle')} without effect, ${sum('unjudged')} listed as not judged`,
);
process.exitCode = sum('silent') > 0 ? 1 : 0;
