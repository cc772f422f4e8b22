/**
 * Holds the engine of schema policies to the official JSON-Schema-Test-Suite, the required tests of draft 2020-12:
 * `script/bench schemas FOLDER`, with a checkout of github.com/json-schema-org/JSON-Schema-Test-Suite. Each test is judged rightly, or its
 * schema is refused in a sentence; a wrong one is listed and makes the run fail. Other schemas are never fetched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../src/model/tree.ts';
import { compilePolicy } from '../../src/settings/policy-schema.ts';

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

const checkout = process.argv.slice(2).find((word) => !word.startsWith('-'));
if (checkout === undefined) {
  console.error('usage: script/bench schemas FOLDER (a checkout of json-schema-org/JSON-Schema-Test-Suite)');
  process.exit(2);
}
const folder = join(checkout, 'tests/draft2020-12');
const tally = { right: 0, refused: 0, wrong: 0 };
const reasons = new Map<string, number>();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  for (const group of JSON.parse(readFileSync(join(folder, file), 'utf8')) as Group[]) judge(file, group);
}
for (const [reason, tests] of [...reasons].toSorted(([, a], [, b]) => b - a))
  console.log(`${tests} tests refused: ${reason}`);
console.log(`${tally.right} tests right, ${tally.refused} refused with the reason, ${tally.wrong} wrong`);
process.exitCode = tally.wrong > 0 || tally.right === 0 ? 1 : 0;

function judge(file: string, { description, schema, tests }: Group): void {
  const policy = refusing(() => compilePolicy('SCHEMA', schema));
  for (const one of tests) {
    const faults = policy && refusing(() => policy.faults(one.data));
    if (policy === undefined || faults === undefined) {
      tally.refused++;
    } else if ((faults.length === 0) === one.valid) {
      tally.right++;
    } else {
      tally.wrong++;
      console.log(`wrong: ${file}: ${description}: ${one.description}`);
    }
  }
}

/** What `work` gives; undefined when it refuses the schema. */
function refusing<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const reason = error.message.replaceAll(/https?:\S+|urn:\S+/g, 'URL');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return undefined;
  }
}
