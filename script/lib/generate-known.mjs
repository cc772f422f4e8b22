/** docs/what-is-known.md: of each product what is read, what is harmless by table, and what is not judged. */
export function knownPage(formats) {
  return [
    '<!-- Made by script/generate from src/formats. -->',
    '# What is known',
    '',
    'Every statement that differs between two revisions is one of four things:',
    '',
    '- **explained**: a change of a pool, server, route, entry or setting in the report says what it does;',
    '- **harmless**: it is in the table of its product below, and changes nothing about who gets a request and what answers it;',
    '- **without effect**: it is read whole, and what is read stays the same, such as a default that is written out;',
    '- **not judged**: everything else. [`unjudged-change`](rules/unjudged-change.md) lists it, and a pass says so in its title.',
    '  What cannot even be read, such as a keyword from a variable, is an error: [`unreadable-change`](rules/unreadable-change.md).',
    '',
    'A line whose place counts, such as `http-request` in HAProxy, differs too when it is moved behind another one.',
    ...formats.flatMap(({ reader: { dialect }, known }) => ['', `## ${dialect.title}`, '', ...productPart(known)]),
    '',
  ].join('\n');
}

function productPart(known) {
  if (known === undefined)
    return [
      'Its statements are not accounted for one by one: where files differ and nothing is found, the report says no more than that.',
    ];
  const { rows } = known;
  return [
    ...table(
      'read',
      rows.filter(({ kind }) => kind === 'read'),
    ),
    '',
    ...table(
      'harmless',
      rows.filter(({ kind }) => kind === 'harmless'),
    ),
    '',
    'Not judged: every other statement of the manual.',
  ];
}

function table(title, rows) {
  return [
    `| ${title} | statements that begin with |`,
    '|---|---|',
    ...rows.map(
      ({ what, manual, words }) => `| [${what}](${manual}) | ${words.map((word) => `\`${word}\``).join(' ')} |`,
    ),
  ];
}
