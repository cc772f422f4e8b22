import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { plain } from '../text/say.ts';

/** What is wrong at a place of the checklist file: `FILE:LINE:COLUMN what, and what to write instead`. */
export function refusal(at: Span, message: Text): InputError {
  const { line, column } = at.source.position(at.start);
  return new InputError(`${at.source.path}:${line}:${column} ${plain(message)}`);
}
