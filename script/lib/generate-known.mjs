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
    '  A keyword from a variable is an error: [`unreadable-change`](rules/unreadable-change.md).',
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
    '### Not judged',
    '',
    'Every other statement of the manual.',
  ];
}

function table(title, rows) {
  return [
    `### ${title}`,
    ...rows.flatMap(({ what, manual, words }) => [
      '',
      `[${what}](${manual}):`,
      '',
      '```text',
      ...wrapped(words),
      '```',
    ]),
  ];
}

/** Statements in lines of at most 120 characters. */
function wrapped(words) {
  const lines = [''];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== '' && last.length + word.length > 118) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last}, ${word}`;
  }
  return lines;
}
