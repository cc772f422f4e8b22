import { existsSync, readFileSync } from 'node:fs';

/** src/formats/list.ts: every reader, whatever its folder is called. */
export function formatList(formats) {
  const ids = formats.map(({ id }) => id);
  return partList(ids, {
    part: 'reader',
    type: `import type { FormatReader } from './reader.ts';`,
    doc: 'Every format that can be read.',
    list: `FORMATS: readonly FormatReader[] = [${ids.map(named).join(', ')}]`,
  });
}

/** src/formats/admins.ts: the admin interfaces of the products that have one. */
export function adminList(ids) {
  return partList(ids, {
    part: 'admin',
    type: `import type { AdminReader } from './admin-reader.ts';`,
    doc: 'Every product whose admin interface can be read.',
    list: `ADMINS: readonly AdminReader[] = [${ids.map(named).join(', ')}]`,
  });
}

/** src/formats/identities.ts: how each product can be made to name its servers. */
export function identityList(ids) {
  return partList(ids, {
    part: 'identity',
    type: `import type { Identity } from './identity.ts';`,
    doc: 'What is known of each product by its folder, which is its format where configs are read.',
    list: `IDENTITIES: readonly { readonly format: string; readonly identity: Identity }[] = [${ids
      .map((id) => `{ format: '${id}', identity: ${named(id)} }`)
      .join(', ')}]`,
  });
}

/** A module that collects one part, by its file and its export, from the folders that have it. */
function partList(ids, { part, type, doc, list }) {
  return [
    '// Made by script/generate from the folders beside it.',
    type,
    ...ids.map((id) => `import { ${part} as ${named(id)} } from './${id}/${part}.ts';`),
    '',
    `/** ${doc} */`,
    `export const ${list};`,
    '',
  ].join('\n');
}

/** A folder's name as an identifier: `aws-alb` is `awsAlb`. */
function named(id) {
  return id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** docs/formats.md: what is read of each product (src/formats/<product>/format.md where there is one) and what is checked. */
export function formatsPage(formats, rules) {
  return [
    '<!-- Made by script/generate from src/formats and src/rules. -->',
    '# Formats',
    ...formats.flatMap(({ id, reader }) => [
      '',
      `## ${reader.dialect.title}`,
      ...(existsSync(`src/formats/${id}/format.md`)
        ? ['', readFileSync(`src/formats/${id}/format.md`, 'utf8').trim()]
        : []),
    ]),
    '',
    '## Rules of one product',
    '',
    'Every other rule holds for all formats.',
    '',
    `| rule | ${formats.map(({ reader }) => reader.dialect.title).join(' | ')} |`,
    `|---|${formats.map(() => '---|').join('')}`,
    ...rules
      .filter(({ format }) => format !== undefined)
      .map(
        ({ id, format }) =>
          `| [${id}](rules/${id}.md) | ${formats.map((one) => (one.id === format ? 'yes' : '')).join(' | ')} |`,
      ),
    '',
  ].join('\n');
}
