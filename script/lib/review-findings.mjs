/**
 * Holds the checklist to real configs: every error and warning that it gives on the files of a folder must be a reviewed row.
 *   node script/lib/review-findings.mjs FOLDER [--rows FILE] [--list]
 * Rows know a file by the SHA-256 of its text, so the files themselves need not be kept. Fails on a finding without a row, on a row
 * whose finding is gone, on an error that was found false, and on more than one noisy warning per five files. `--list` prints all.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from '../../src/compare/compare.ts';
import { FORMATS } from '../../src/formats/list.ts';
import { runRules } from '../../src/rules/engine.ts';
import { RULES } from '../../src/rules/list.ts';
import { defaultOptions } from '../../src/rules/rule.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';

/** As sure as a reader must be that a file is its own. */
const SURE = 0.5;
const FILES_PER_NOISY_WARNING = 5;

const { values, positionals } = parseArgs({
  options: {
    rows: { type: 'string', default: new URL('../../__tests__/rules/reviewed.json', import.meta.url).pathname },
    list: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: node script/lib/review-findings.mjs FOLDER [--rows FILE] [--list]');
  process.exit(2);
}

const rows = JSON.parse(readFileSync(values.rows, 'utf8'));
const rowsOf = Map.groupBy(rows, (row) => row.file);
const totals = { files: 0, error: { true: 0, noise: 0 }, warning: { true: 0, noise: 0 }, notice: 0 };
const faults = [];

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const text = readFileSync(path, 'utf8');
  const reader = readerOf(path, text);
  if (reader === undefined) continue;
  totals.files++;
  const file = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const left = new Set(rowsOf.get(file) ?? []);
  for (const { rule, severity, at, what } of findingsIn(reader, text)) {
    const { line } = at.source.position(at.start);
    if (values.list) console.log(`${file} ${line} ${severity} ${rule}: ${plain(what)}  [${entry.name}]`);
    if (severity === 'notice') {
      totals.notice++;
      continue;
    }
    const row = [...left].find((one) => one.rule === rule && one.line === line && one.severity === severity);
    if (row === undefined) {
      faults.push(`not reviewed: ${entry.name} (${file}) line ${line}: ${severity} ${rule}: ${plain(what)}`);
      continue;
    }
    left.delete(row);
    totals[severity][row.verdict]++;
    if (severity === 'error' && row.verdict === 'noise')
      faults.push(`false error: ${entry.name} (${file}) line ${line}: ${rule}: ${row.why}`);
  }
  for (const { rule, line } of left) faults.push(`no longer found: ${entry.name} (${file}) line ${line}: ${rule}`);
}

const { files, error, warning, notice } = totals;
if (warning.noise * FILES_PER_NOISY_WARNING > files) faults.push(`${warning.noise} noisy warnings in ${files} files`);
console.log(
  `${files} files: errors ${error.true} true, ${error.noise} false; warnings ${warning.true} true, ${warning.noise} noise; ${notice} notices`,
);
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);

/** The reader that is surest, if one is sure. */
function readerOf(path, text) {
  const [best] = FORMATS.map((reader) => ({ reader, sure: reader.recognise(basename(path), text) })).toSorted(
    (a, b) => b.sure - a.sure,
  );
  return best !== undefined && best.sure >= SURE ? best.reader : undefined;
}

/** What the checklist says of one file at its defaults, as in a review of everything. */
function findingsIn(reader, text) {
  const config = reader.read('config', new MemoryTree({ config: text }), { rootMap: {} });
  return runRules(RULES, compare(undefined, [config]), {
    severityOf: () => undefined,
    optionsOf: defaultOptions,
    measuring: false,
    facts: new Map(),
  });
}
