import { expect } from '@jest/globals';
import { compare, type EstateChange } from '../../src/compare/compare.ts';
import { FORMATS } from '../../src/formats/list.ts';
import type { Config } from '../../src/model/config.ts';
import type { Finding } from '../../src/model/finding.ts';
import { runRules, type RunConfig } from '../../src/rules/engine.ts';
import { defaultOptions, type Options, type Rule } from '../../src/rules/rule.ts';
import type { Example } from './examples.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';

export const FILE_NAMES: Readonly<Record<string, string>> = {
  haproxy: 'haproxy.cfg',
  nginx: 'nginx.conf',
  neutral: 'lb.yaml',
  traefik: 'dynamic.yml',
  aws: 'main.tf',
};

/** Reads one text in the given format, as the file of that name. */
export function read(format: string, text: string, file = FILE_NAMES[format] ?? format): Config {
  const reader = FORMATS.find((one) => one.dialect.format === format);
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return reader.read(file, new MemoryTree({ [file]: text }), { rootMap: {} });
}

/** The change from one text to another, or one text without a base. */
export function changeOf(format: string, base: string | undefined, head: string): EstateChange {
  return compare(base === undefined ? undefined : [read(format, base)], [read(format, head)]);
}

/** The findings of rules at their defaults. */
export function findings(
  rules: readonly Rule[],
  change: EstateChange,
  more: Partial<RunConfig> = {},
): readonly Finding[] {
  return runRules(rules, change, {
    severityOf: () => undefined,
    optionsOf: defaultOptions,
    measuring: false,
    facts: new Map(),
    ...more,
  });
}

/** A finding in one line, for comparing in tests: `error share-shift 4: web1 goes …`. */
export function shown(finding: Finding): string {
  return `${finding.severity} ${finding.rule} ${lineOf(finding)}: ${plain(finding.what)}`;
}

export function lineOf({ at }: Finding): number {
  return at.source.position(at.start).line;
}

/** Runs one rule on one example; notes the options that it reads. */
export function runExample(rule: Rule, example: Example, read = new Set<string>()): readonly Finding[] {
  const change = changeOf(example.format, example.before, example.text);
  if (rule.scope === 'change' || rule.scope === 'estate') expect(change.base).toBeDefined();
  for (const config of [...(change.base ?? []), ...change.head]) expectReadable(rule, config, example.format);
  const watched = new Proxy<Options>(defaultOptions(rule), {
    get(target, name) {
      if (typeof name === 'string') read.add(name);
      return Reflect.get(target, name) as unknown;
    },
  });
  return findings([rule], change, {
    optionsOf: () => watched,
    measuring: example.measuring,
    facts: example.facts,
  });
}

/** An example that the reader finds fault with shows something else than it says; the pages about such faults may. */
function expectReadable(rule: Rule, config: Config, format: string): void {
  if (rule.scope === 'external' || rule.id === 'unparsed-before-or-after') return;
  const faults = config.problems.map(
    ({ rule: id, at }) => `${format} ${id} at line ${at.source.position(at.start).line}`,
  );
  expect(faults).toEqual([]);
}
