import type { YAMLError } from 'yaml';
import type { Text } from '../model/text.ts';
import { say, words } from './say.ts';
import { syntaxFix } from './tree-faults.ts';

/** The library's error codes in our words; a code that is not here is shown with the library's own sentence. */
const WORDS: ReadonlyMap<string, readonly [what: string, fix: string]> = new Map([
  ['TAB_AS_INDENT', ['A tab is used as indentation, which YAML forbids', 'Indent with spaces.']],
  [
    'BAD_INDENT',
    [
      'The indentation does not fit the lines above, or a bracket is not closed',
      'Indent the items of one list or map alike, and close every [ and {.',
    ],
  ],
  [
    'MISSING_CHAR',
    [
      'A character is missing: a closing quote, a comma, a colon or a space after one',
      'Complete the value here or on the line above.',
    ],
  ],
  [
    'MULTILINE_IMPLICIT_KEY',
    ['A key runs over more than one line; a colon is probably missing', 'Write key: value on one line.'],
  ],
  ['BLOCK_AS_IMPLICIT_KEY', ['A second key: value follows on the same line', 'Put each key on a line of its own.']],
  ['BLOCK_IN_FLOW', ['An indented block stands inside [ ] or { }', 'Use one of the two styles.']],
  ['BAD_SCALAR_START', ['A plain value starts with a character that YAML reserves', 'Put the value in quotes.']],
  [
    'BAD_DQ_ESCAPE',
    ['A double-quoted value has an escape that YAML does not know', 'Write the backslash twice, or use single quotes.'],
  ],
  ['BAD_ALIAS', ['An anchor or alias has no valid name', 'Put the value in quotes if a literal & or * is meant.']],
  ['ALIAS_PROPS', ['An alias has an anchor or a tag', 'Write the alias alone.']],
  ['MULTIPLE_ANCHORS', ['One value has two anchors', 'Keep one anchor.']],
  ['MULTIPLE_TAGS', ['One value has two tags', 'Keep one tag.']],
  ['KEY_OVER_1024_CHARS', ['A key is longer than 1,024 characters', 'Shorten it.']],
  ['RESOURCE_EXHAUSTION', ['The file is nested too deeply', 'Flatten it.']],
  ['UNEXPECTED_TOKEN', ['Something stands here that YAML does not expect', 'Remove it, or put the value in quotes.']],
]);

/** What a syntax error says and what to do about it. */
export function yamlErrorText(error: YAMLError, text: string): { what: Text; fix: Text } {
  const known = WORDS.get(error.code);
  return {
    what: known === undefined ? say`Invalid YAML: ${error.message.slice(0, 200)}` : words(known[0]),
    fix: syntaxFix(text, known?.[1] ?? 'Correct the syntax here.'),
  };
}
