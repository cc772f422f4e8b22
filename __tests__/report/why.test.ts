import { renderWhy } from '../../src/report/why.ts';
import { RULES } from '../../src/rules/list.ts';
import { RULE_PAGES } from '../../src/rules/pages.ts';

const MODE = { color: false, width: 80 };

const PAGES = {
  'made-up':
    '# Title\n\n## Why\n\nA **bold** word and `code`, in a paragraph\nthat goes on.\n\n- one\n- two [link](https://a.example)\n\n```haproxy bad line=2\nbackend x\n    server a\n```\n',
};
const MADE_UP = [{ id: 'made-up', title: 'Title', severity: 'error' }];

test('a page is laid out for reading', () => {
  expect(renderWhy('made-up', MADE_UP, PAGES, MODE)).toBe(
    [
      'made-up (error)',
      '',
      'Title',
      '',
      'Why',
      '',
      'A bold word and code, in a paragraph that goes on.',
      '',
      '- one',
      '- two link (https://a.example)',
      '',
      '  haproxy bad line=2:',
      '    backend x',
      '        server a',
    ].join('\n'),
  );
  expect(renderWhy('made-up', MADE_UP, PAGES, { color: true, width: 80 })).toContain('\u001b[1mbold\u001b[22m');
});

test('every rule has a page that fits the terminal', () => {
  for (const rule of RULES) {
    const text = renderWhy(rule.id, RULES, RULE_PAGES, MODE);
    const prose = text
      .split('\n')
      .filter((line) => !line.startsWith('    ') && line.includes(' ') && !line.includes('://'));
    expect(text).toContain(rule.id);
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
    expect(text).not.toMatch(/^```|^#/m);
  }
});

test('a misspelt id is a user fault that names the one that was meant', () => {
  expect(() => renderWhy('maed-up', MADE_UP, PAGES, MODE)).toThrow(
    expect.objectContaining({ name: 'InputError', message: 'There is no rule "maed-up". Did you mean made-up?' }),
  );
  expect(() => renderWhy('zzz', MADE_UP, PAGES, MODE)).toThrow('There is no rule "zzz". The rules are made-up.');
});
