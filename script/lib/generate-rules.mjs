const MADE = '// Made by script/generate from the folders beside it.';

/** src/rules/list.ts: every rule, by id. */
export function ruleList(rules) {
  return [
    MADE,
    ...rules.map(
      ({ id, folder }) =>
        `import { rule as ${identifier(id)} } from '${folder.replace('src/rules/', './').replace('src/', '../')}/rule.ts';`,
    ),
    `import type { Rule } from './rule.ts';`,
    '',
    '/** Every rule, by id. */',
    `export const RULES: readonly Rule[] = [${rules
      .map(({ id, format }) =>
        format === undefined ? identifier(id) : `{ ...${identifier(id)}, format: '${format}' }`,
      )
      .join(', ')}];`,
    '',
  ].join('\n');
}

/** src/rules/pages.ts: the pages as text, so that the bundle needs no file beside it. */
export function rulePages(rules) {
  return [
    MADE,
    '/** The page of every rule, by id. */',
    `export const RULE_PAGES: Readonly<Record<string, string>> = {`,
    ...rules.map(({ id, page }) => `${JSON.stringify(id)}: ${JSON.stringify(page)},`),
    '};',
    '',
  ].join('\n');
}

/** docs/rules/<id>.md: the rule's own page, with the facts that rule.ts states under its title. */
export function rulePage({ id, rule, page, format }) {
  const [title, ...rest] = page.split('\n');
  const facts = [
    '<!-- Made by script/generate from src/rules. -->',
    title,
    '',
    `\`${id}\` · ${rule.severity}${format === undefined ? '' : ` · ${format}`}`,
    ...optionTable(rule.options ?? {}),
  ];
  return [...facts, ...rest].join('\n');
}

/** docs/rules/README.md: the checklist at a glance. */
export function ruleIndex(rules) {
  return [
    '<!-- Made by script/generate from src/rules. -->',
    '# Rules',
    '',
    'Each rule is one item of the checklist. The title says what holds when the rule is silent.',
    '',
    '| rule | what holds | severity | formats |',
    '|---|---|---|---|',
    ...rules.map(
      ({ id, rule, format }) => `| [${id}](${id}.md) | ${cell(rule.title)} | ${rule.severity} | ${format ?? 'any'} |`,
    ),
    '',
  ].join('\n');
}

function optionTable(options) {
  const entries = Object.entries(options);
  if (entries.length === 0) return [];
  return [
    '',
    '| option | default | what it says |',
    '|---|---|---|',
    ...entries.map(([name, spec]) => `| \`${name}\` | ${valueOf(spec)} | ${cell(spec.describe)} |`),
  ];
}

function valueOf({ type, default: value }) {
  if (type === 'percent') return `${Number((value * 100).toFixed(6))}%`;
  if (type === 'number') return String(value);
  const [unit, ms] = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ].find(([, ms]) => value % ms === 0 && value >= ms) ?? ['ms', 1];
  return `${value / ms}${unit}`;
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

/** `n-1-worse` -> `n1Worse`. */
function identifier(id) {
  return id.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
}
