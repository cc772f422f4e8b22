import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { missing, specFault } from './grammar.ts';
import { BARE_WORDS, SERVER_SPECS } from './line-specs.ts';
import { SERVER_WORDS } from './line-words.ts';
import { unparsable } from './sections.ts';
import { isListed, rowsOf } from './table.ts';
import type { Word } from './words.ts';

/** Options of a server as HAProxy names them; the value word is undefined for flags. `no-check` removes `check`. */
export type ServerOptions = ReadonlyMap<string, { readonly at: Span; readonly value: Word | undefined }>;

/** Key of what the environment fills in among the options: it may be any of them, and end the line. */
export const BLURRED = '';

/** Words that are not known are kept up to so many options, since each server has what its defaults have. */
const MAX_OPTIONS = 256;

/** Reads the words after a server's address (or after `default-server`) on top of inherited options. */
export function readOptions(
  words: readonly Word[],
  inherited: ServerOptions,
  problems: Problem[],
  owner: {
    readonly pool?: string;
    readonly server?: string;
    readonly version: string | undefined;
    readonly blurred?: boolean;
  },
): ServerOptions {
  const options = new Map(inherited);
  const { version: _, blurred = false, ...who } = owner;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const keyword = word?.text;
    // In the place of a keyword an empty word ends the line.
    if (word === undefined || keyword === '') break;
    if (keyword === undefined) {
      options.set(BLURRED, { at: word.at, value: undefined });
      continue;
    }
    // `set-proxy-v2-tlv-fmt(0xE1) FORMAT`
    const [known] = rowsOf(SERVER_WORDS, keyword.split('(', 1)[0] ?? '', owner.version);
    if (known === '1') {
      const value = words[i + 1];
      if (value === undefined) {
        if (!BARE_WORDS.has(keyword)) problems.push({ ...missing(word.at, keyword, 'a value'), ...who });
        else options.set(keyword, { at: word.at, value: { ...word, text: '' } });
        continue;
      }
      if (/^(?:usesrc|interface)$/.test(keyword) && !options.has('source'))
        problems.push({
          ...unparsable(
            word.at,
            say`${keyword} is only taken behind ${'source'}.`,
            say`Add ${'source ADDRESS'} before it.`,
          ),
          ...who,
        });
      const spec = SERVER_SPECS.get(keyword);
      const fault = spec && isListed(owner.version) && specFault(spec, [value], { at: word.at, text: keyword });
      if (fault) problems.push({ ...fault, ...who });
      i++;
      options.set(keyword, { at: word.at, value });
      // Where the variable is not set, newer versions take the next word for the value.
      if (value.text === undefined && rowsOf(SERVER_WORDS, words[i + 1]?.text ?? '', undefined).includes('0'))
        options.set(BLURRED, { at: value.at, value: undefined });
    } else if (known === '0') {
      if (keyword.startsWith('no-')) options.delete(keyword.slice(3));
      else if (keyword === 'enabled') options.delete('disabled');
      else options.set(keyword, { at: word.at, value: undefined });
    } else {
      // What the environment fills in may want this word for its value.
      const certain = isListed(owner.version) && !blurred && words.every(({ text }) => text !== undefined);
      if (certain) problems.push({ ...unknownOption(word), ...who });
      if (options.size < MAX_OPTIONS) options.set(keyword, { at: word.at, value: undefined });
    }
  }
  return options;
}

function unknownOption(word: Word): Problem {
  const text = word.text ?? '';
  const meant = didYouMean(text.split('=', 1)[0] ?? '', SERVER_WORDS.keys());
  if (text.includes('=') && meant !== undefined)
    return unparsable(
      word.at,
      say`${text} is not an option of a server: words and values are separated by a space.`,
      say`Set ${text.replace('=', ' ')}.`,
    );
  return meant === undefined
    ? unparsable(word.at, say`Unknown server option ${text}.`, say`Remove it, or set an option that the manual lists.`)
    : unparsable(word.at, say`Unknown server option ${text}; did you mean ${meant}?`, say`Set ${meant}.`);
}
