import { describe, expect, test } from '@jest/globals';
import { readTicks } from '../../src/report/ticks.ts';

const TICK = '- [x] The others can carry the load <!-- evenkeel:capacity -->';

function answer(description: string): unknown {
  return readTicks(description).get('capacity');
}

test.each([
  ['alone', TICK],
  ['after a text', `Takes web3 out.\r\n\r\n${TICK}\r\n`],
  ['after a comment', `<!-- a template's words -->\n${TICK}`],
  ['after a long comment', `<!--\nwords\n-->\n\n${TICK}`],
  ['after code', `\`\`\`sh\nnginx -t\n\`\`\`\n${TICK}`],
  ['after code with a longer fence', `\`\`\`\`\n\`\`\`\n\`\`\`\`\n${TICK}`],
  ['after a fold', `<details><summary>log</summary>\n\nlines\n\n</details>\n\n${TICK}`],
  ['after a quotation', `> said\n\n${TICK}`],
  ['with code in it', `- [x] \`web3\` may go <!-- evenkeel:capacity -->`],
  ['after HTML and an empty line', `<p align="center">x</p>\n\n${TICK}`],
])('a tick counts %s', (_, description) => {
  expect(answer(description)).toBe('ticked');
});

describe('a tick that readers are not shown as a task counts for nothing:', () => {
  test.each([
    ['in a comment', `<!--\n${TICK.replace('-->', '')}\n-->`],
    ['in a comment that its own marker ends', `<!-- hidden\n${TICK}`],
    ['in a comment that begins behind words', `words <!-- hidden\n${TICK}`],
    ['in a comment that nothing ends', `<!-- hidden\n- [x] no\n- [x] yes <!-- evenkeel:capacity`],
    ['in fenced code', `\`\`\`\n${TICK}\n\`\`\``],
    ['in fenced code of another kind', `~~~ md\n${TICK}\n~~~`],
    ['in fenced code that nothing ends', `\`\`\`\n${TICK}`],
    ['in fenced code with a fence of the other kind in it', `\`\`\`\n~~~\n${TICK}\n\`\`\``],
    ['in fenced code with a shorter fence in it', `\`\`\`\`\n\`\`\`\n${TICK}\n\`\`\`\``],
    ['in fenced code of an item', `- \`\`\`\n${TICK}\n  \`\`\``],
    ['in indented code', `words\n\n    ${TICK}`],
    ['in code indented by a tab', `words\n\n\t${TICK}`],
    ['in a code span', `- [x] no \`<!-- evenkeel:capacity -->\``],
    ['in a code span of two ticks', `- [x] no \`\` \` <!-- evenkeel:capacity --> \`\``],
    ['in a quotation', `> ${TICK}`],
    ['in a quotation of a quotation', `>> ${TICK}`],
    ['in a fold', `<details>\n\n${TICK}\n\n</details>`],
    ['in a fold within a fold', `<details>\n<details>\n</details>\n\n${TICK}\n\n</details>`],
    ['in a fold that begins behind words', `see <details>\n\n${TICK}`],
    ['in a fold in capitals', `<DETAILS>\n\n${TICK}`],
    ['in raw HTML', `<div>\n${TICK}\n</div>`],
    ['in preformatted text with an empty line', `<pre>\n\n${TICK}\n</pre>`],
    ['in a quotation of HTML', `<blockquote>\n\n${TICK}\n\n</blockquote>`],
    ['in preformatted text', `<pre>\n${TICK}\n</pre>`],
  ])('%s', (_, description) => {
    expect(answer(description)).toBeUndefined();
    // Nor does it hide that the same item is open elsewhere.
    expect(answer(`${TICK.replace('[x]', '[ ]')}\n\n${description}`)).toBe('open');
  });
});

test('a hostile description is read in linear time', () => {
  for (const part of ['`', '<!--', '<details>', '> - [x] ', '``` ', '` `` ', '- [x] <!-- evenkeel:a -->'])
    expect(readTicks(part.repeat(65_536 / part.length)).get('capacity')).toBeUndefined();
});
