import { SourceFile } from '../../src/text/source.ts';
import { formatPercent, plain, say } from '../../src/text/say.ts';

describe('SourceFile', () => {
  test.each([
    ['a\nbc', 2, 2, 1],
    ['a\nbc', 3, 2, 2],
    ['a\r\nb', 3, 2, 1],
    ['a\rb', 2, 2, 1],
    ['', 0, 1, 1],
    ['ab', 99, 1, 3],
  ])('%j at offset %d is %d:%d', (text, offset, line, column) => {
    expect(new SourceFile('f', text).position(offset)).toEqual({ line, column });
  });
});

describe('say', () => {
  test('keeps our words and foreign values apart', () => {
    const text = say`${'web1'} gets ${0.5} of it`;
    expect(text.parts.map((part) => part.kind)).toEqual(['value', 'words', 'words', 'words']);
    expect(plain(text)).toBe('web1 gets 0.5 of it');
  });

  test.each([
    [0.714, '71%'],
    [0.0234, '2.3%'],
    [0.0004, '0.04%'],
    [1, '100%'],
    [0.9996, '99.9%'],
    [0.00001, 'under 0.01%'],
    [0, '0%'],
    [null, 'unknown'],
  ])('%p is %s', (share, text) => expect(formatPercent(share)).toBe(text));
});
