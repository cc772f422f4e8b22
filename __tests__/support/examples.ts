import { existsSync, readdirSync } from 'node:fs';
import { FORMATS as READERS } from '../../src/formats/list.ts';
import { parse } from 'yaml';
import type { PoolFacts } from '../../src/model/facts.ts';

const FORMATS: readonly string[] = READERS.map(({ dialect }) => dialect.format);

/** Where every rule lives, by id: generic ones in `src/rules`, those of one product in its folder. */
export function ruleFolders(): readonly { readonly id: string; readonly folder: string; readonly format?: string }[] {
  const inside = (root: string): string[] =>
    existsSync(root)
      ? readdirSync(root, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && existsSync(`${root}/${entry.name}/rule.ts`))
          .map(({ name }) => name)
      : [];
  return [
    ...inside('src/rules').map((id) => ({ id, folder: `src/rules/${id}` })),
    ...FORMATS.flatMap((format) =>
      inside(`src/formats/${format}/rules`).map((id) => ({ id, folder: `src/formats/${format}/rules/${id}`, format })),
    ),
  ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export type Role = 'before' | 'bad' | 'good' | 'look-alike';

/** One fenced example of a rule page: "```haproxy bad line=5 measuring". */
export interface Example {
  readonly format: string;
  readonly role: Role;
  readonly text: string;
  /** Line of the page that the fence stands on. */
  readonly pageLine: number;
  /** Line of the example that the finding is at; only of bad ones. */
  readonly line: number | undefined;
  /** The example is read as if a measurement was asked for. */
  readonly measuring: boolean;
  /** What it is compared with: the nearest earlier `before` of its format. */
  readonly before: string | undefined;
  /** What the nearest earlier "```yaml checklist" declares about pools. */
  readonly facts: ReadonlyMap<string, PoolFacts>;
}

const ROLES: readonly string[] = ['before', 'bad', 'good', 'look-alike'];

/** The examples of a rule page in order. Throws on an info string that makes no sense, so that no example is lost. */
export function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  const before = new Map<string, string>();
  let facts: ReadonlyMap<string, PoolFacts> = new Map();
  const lines = page.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const opening = /^```(.*)$/.exec(lines[i] ?? '');
    if (opening === null) continue;
    const pageLine = i + 1;
    const close = lines.indexOf('```', i + 1);
    if (close < 0) throw new Error(`line ${pageLine}: the fence is never closed`);
    const text = `${lines.slice(i + 1, close).join('\n')}\n`;
    i = close;
    const [format = '', role = '', ...flags] = (opening[1] ?? '').trim().split(/\s+/);
    if (format === 'yaml' && role === 'checklist') facts = factsOf(text);
    if (!FORMATS.includes(format)) continue;
    if (!ROLES.includes(role)) throw new Error(`line ${pageLine}: ${role || 'nothing'} is no role of an example`);
    const example: Example = {
      format,
      role: role as Role,
      text,
      pageLine,
      before: before.get(format),
      facts,
      ...flagsOf(flags, pageLine),
    };
    if ((role === 'bad') !== (example.line !== undefined)) {
      throw new Error(`line ${pageLine}: a bad example has line=N, no other has it`);
    }
    if (role === 'before') before.set(format, text);
    else examples.push(example);
  }
  return examples;
}

function flagsOf(flags: readonly string[], pageLine: number): Pick<Example, 'line' | 'measuring'> {
  let line: number | undefined;
  let measuring = false;
  for (const flag of flags) {
    const number = /^line=(\d+)$/.exec(flag)?.[1];
    if (number !== undefined) line = Number(number);
    else if (flag === 'measuring') measuring = true;
    else throw new Error(`line ${pageLine}: ${flag} is no flag of an example`);
  }
  return { line, measuring };
}

/** The `pools` part of a checklist file, as far as rules look at it. */
function factsOf(text: string): ReadonlyMap<string, PoolFacts> {
  const { pools } = parse(text) as { readonly pools: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  return new Map(
    Object.entries(pools).map(([pool, facts]) => [
      pool,
      Object.fromEntries(
        Object.entries(facts).map(([key, value]) => [
          key,
          typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : value,
        ]),
      ) as PoolFacts,
    ]),
  );
}
