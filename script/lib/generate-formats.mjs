import { existsSync, readFileSync } from 'node:fs';

/** src/formats/list.ts: every reader. A folder's reader is exported under the folder's name. */
export function formatList(formats) {
  return [
    '// Made by script/generate from the folders beside it.',
    ...formats.map(({ id }) => `import { ${id} } from './${id}/reader.ts';`),
    `import type { FormatReader } from './reader.ts';`,
    '',
    '/** Every format that can be read. */',
    `export const FORMATS: readonly FormatReader[] = [${formats.map(({ id }) => id).join(', ')}];`,
    '',
  ].join('\n');
}

/** docs/formats.md: what is read of each product (src/formats/<product>/format.md where there is one) and what is checked. */
export function formatsPage(formats, rules) {
  return [
    '<!-- Made by script/generate from src/formats and src/rules. -->',
    '# Formats',
    ...formats.flatMap(({ id, reader }) => [
      '',
      `## ${reader.title}`,
      ...(existsSync(`src/formats/${id}/format.md`)
        ? ['', readFileSync(`src/formats/${id}/format.md`, 'utf8').trim()]
        : []),
    ]),
    '',
    '## Rules by format',
    '',
    `| rule | ${formats.map(({ reader }) => reader.title).join(' | ')} |`,
    `|---|${formats.map(() => '---|').join('')}`,
    ...rules
      .filter(({ rule }) => rule.formats.length > 0)
      .map(
        ({ id, rule }) =>
          `| [${id}](rules/${id}.md) | ${formats.map((format) => (rule.formats.includes(format.id) ? 'yes' : '')).join(' | ')} |`,
      ),
    '',
  ].join('\n');
}
