import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { addressFault } from './address-faults.ts';
import { missing, specFault, unknownWord } from './grammar.ts';
import { BIND_SPECS } from './line-specs.ts';
import { BIND_WORDS } from './line-words.ts';
import { unparsable } from './sections.ts';
import { rowsOf } from './table.ts';
import type { Word } from './words.ts';

/** What HAProxy refuses of a `bind` line. */
export function bindFault(words: readonly Word[], at: Span, version: string | undefined): Problem | undefined {
  const [, address, ...rest] = words;
  if (address === undefined) return missing(at, 'bind', 'an address');
  if (address.text !== undefined) {
    const quic = address.text.startsWith('quic');
    for (const part of address.text.split(',')) {
      const fault = part === '' ? undefined : addressFault({ ...address, text: part }, { range: true, needed: true });
      if (fault !== undefined) return fault;
    }
    if (quic) return undefined;
  }
  const given = new Set<string>();
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i];
    if (word?.text === undefined) return undefined;
    const [row] = rowsOf(BIND_WORDS, word.text, version);
    if (row === undefined) return unknownWord(word, BIND_WORDS.keys(), 'behind the address of bind');
    given.add(word.text);
    if (row === '0') continue;
    const value = rest[i + 1];
    if (value === undefined && word.text !== 'thread') return missing(word.at, word.text, 'a value');
    if (value !== undefined && value.text === undefined) return undefined;
    const spec = BIND_SPECS.get(word.text);
    const fault = spec && value && specFault(spec, [value], { at: word.at, text: word.text });
    if (fault !== undefined) return fault;
    i++;
  }
  const certificate = ['crt', 'crt-list', 'default-crt', 'generate-certificates'].some((name) => given.has(name));
  return given.has('ssl') && !certificate
    ? unparsable(at, say`${'ssl'} without a certificate is refused.`, say`Add ${'crt FILE'}.`)
    : undefined;
}
