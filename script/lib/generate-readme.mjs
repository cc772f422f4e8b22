/**
 * The README with what is told elsewhere first: tables of inputs and outputs between `<!-- inputs -->` and `<!-- /inputs -->`
 * as action.yml says, and workflows between `<!-- workflow NAME -->` and its end. `workflows`: text by name.
 */
export function withParts(readme, action, workflows) {
  const inputs = Object.entries(action.inputs).map(([name, { description, default: value }]) => [
    `\`${name}\``,
    cell(description),
    value === undefined || value === '' ? '' : `\`${value}\``,
  ]);
  const outputs = Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, cell(description)]);
  return [
    ['inputs', table(['input', 'what it is', 'default'], inputs)],
    ['outputs', table(['output', 'what it is'], outputs)],
    ...Object.entries(workflows).map(([name, text]) => [`workflow ${name}`, `\`\`\`yaml\n${text}\`\`\``]),
  ].reduce((text, [marker, body]) => between(text, marker, body), readme);
}

function between(text, marker, body) {
  const open = `<!-- ${marker} -->`;
  const close = `<!-- /${marker} -->`;
  const start = text.indexOf(open);
  const end = text.indexOf(close);
  if (start < 0 && end < 0) return text;
  if (end < start) throw new Error(`README.md needs ${open} before ${close}.`);
  return `${text.slice(0, start + open.length)}\n${body}\n${text.slice(end)}`;
}

function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function cell(text) {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`);
}
