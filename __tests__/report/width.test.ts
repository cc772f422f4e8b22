import { expect, test } from '@jest/globals';
import { displayWidth, pad, styledWidth, terminalWidth, wrap } from '../../src/report/width.ts';

test('a terminal without columns, or hardly any, is still written to in lines', () => {
  expect([undefined, 0, 1, 40, 132].map(terminalWidth)).toEqual([100, 100, 40, 40, 132]);
});

test('what takes two columns or none is counted so', () => {
  expect(['web1', '漢字', 'e\u0301', '🚀', '│█'].map(displayWidth)).toEqual([4, 4, 1, 2, 2]);
  expect(styledWidth('\u001b[1mweb1\u001b[22m')).toBe(4);
});

test('lines break at spaces, further ones are indented, and no word is cut', () => {
  expect(wrap('one two three', 7, '  ')).toBe('one two\n  three');
  expect(wrap('a-very-long-word b', 4, ' ')).toBe('a-very-long-word\n b');
  expect(pad('漢', 4, 'right') + pad('x', 3, 'left')).toBe('  漢x  ');
});
