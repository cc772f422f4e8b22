import type { Text } from '../model/text.ts';
import { say, words } from './say.ts';
import { syntaxFix } from './tree-faults.ts';

/** How the library's only error for a key or table that is there already reads. */
export const DUPLICATE = 'Defining a key multiple times is invalid';

/** The library's sentences in our words; it gives its errors no code. One that is not here is shown as it is. */
const WORDS: ReadonlyMap<string, readonly [what: string, fix: string]> = new Map([
  ['Unterminated string constant', ['A text has no closing quote', 'Add the closing quote.']],
  ['Unterminated table-key', ['The name of a table is not closed', 'Add the closing bracket: [table] or [[table]].']],
  ['Unterminated array', ['A list is not closed', 'Add the closing bracket ].']],
  ['Unterminated inline table', ['An inline table is not closed', 'Add the closing brace }.']],
  ['Empty bare keys are not allowed', ['A name is missing', 'Add the name before = or between the brackets.']],
  ['Must be a newline', ['Something follows a value on the same line', 'Move it to a line of its own.']],
  ['Expected equal (=) token', ['A key has no equals sign', 'Add it: key = value on one line.']],
  ['Unspecified values are invalid', ['A key has no value', 'Add the value behind the equals sign.']],
  ['Expected comma (,) token', ['A comma is missing between two values', 'Add the comma.']],
  [
    'Unexpected character',
    [
      'There is a character that TOML does not allow here',
      'Set key = "value": names and values need = between them, texts quotes.',
    ],
  ],
  ['Unexpected token', ['There is something here that TOML does not expect', 'Remove it, or set key = value.']],
  [
    'Control characters (codes < 0x1f and 0x7f) are not allowed',
    ['A control character is in the file', 'Remove it, or write it as an escape such as \\u0000.'],
  ],
  [
    'The key, equals sign, and value must be on the same line',
    ['A line ends too early: a value is missing, or a bracket is not closed', 'Add what is missing to the line above.'],
  ],
  ['Underscores are allowed between digits', ['A number has an underscore at its edge', 'Remove the underscore.']],
  ['Unexpected spaces', ['There is a space between the two brackets of a table', 'Remove the space.']],
  ['Three or more quotes are not permitted', ['A text has too many quotes at its end', 'Remove the extra quotes.']],
  ['Unexpected invalid date', ['A date does not exist', 'Set a date that exists, or put it in quotes.']],
  ['Unexpected invalid time', ['A time does not exist', 'Set a time that exists, or put it in quotes.']],
  ['Leading zeros are not allowed', ['A number begins with a zero', 'Remove the zero, or put the value in quotes.']],
  [
    'Invalid character in escape sequence',
    [
      'A double-quoted text has an escape that TOML does not know',
      'Add a second backslash, or set the text in single quotes.',
    ],
  ],
  ['Consecutive dots are not permitted in keys', ['A key has two dots in a row', 'Remove one dot.']],
  ['Keys cannot end with a dot', ['A key ends with a dot', 'Remove the dot.']],
  ['Keys cannot start with a dot', ['A key starts with a dot', 'Remove the dot.']],
]);

/** What a syntax error of the library says and what to do about it. `text` is the file. */
export function tomlErrorText(message: string, text: string): { what: Text; fix: Text } {
  const known = WORDS.get(message);
  return {
    what: known === undefined ? say`Invalid TOML: ${message.slice(0, 200)}` : words(known[0]),
    fix: syntaxFix(text, known?.[1] ?? 'Correct the syntax here.'),
  };
}
