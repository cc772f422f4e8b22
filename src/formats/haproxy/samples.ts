import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { CONVERTERS, FETCHES } from './fetches.ts';
import { unparsable } from './sections.ts';
import type { Word } from './words.ts';

/** Names that a Lua script or a build of its own brings along. */
const FOREIGN = /^(?:lua\.|da-|51d|wurfl|opentracing)/;

/**
 * What HAProxy does not know in a sample: `hdr(host),lower`. Arguments are not looked into, since a script may bring names of its
 * own and most arguments are texts.
 */
export function sampleFault(word: Word): Problem | undefined {
  const { text } = word;
  if (text === undefined) return undefined;
  const [fetch, ...converters] = namesIn(text);
  if (fetch === undefined) return undefined;
  if (!isKnown(FETCHES, fetch)) return unknownName(word, fetch, FETCHES);
  const converter = converters.find((name) => !isKnown(CONVERTERS, name));
  return converter === undefined ? undefined : unknownName(word, converter, CONVERTERS);
}

function isKnown(names: ReadonlySet<string>, name: string): boolean {
  return FOREIGN.test(name) || names.has(name.replace(/^sc[0-2]_/, 'sc_'));
}

function unknownName(word: Word, name: string, known: ReadonlySet<string>): Problem {
  const meant = didYouMean(name, known);
  return unparsable(
    word.at,
    meant === undefined
      ? say`HAProxy knows no sample ${name}.`
      : say`HAProxy knows no sample ${name}; did you mean ${meant}?`,
    say`Set one that the manual lists.`,
  );
}

/** The names of a sample and of its converters, without what their brackets hold. */
function namesIn(text: string): readonly string[] {
  const names = [''];
  let depth = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (depth > 0 && c === '\\') i++;
    else if (quote !== '') quote = c === quote ? '' : quote;
    else if (depth > 0 && (c === '"' || c === "'")) quote = c;
    else if (c === '(') depth++;
    else if (c === ')') depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (c === ',') names.push('');
    else names.push(`${names.pop() ?? ''}${c}`);
  }
  return names;
}

/** Flags before the patterns of an `acl`. */
const FLAGS: ReadonlySet<string> = new Set('-i -f -m -n -u -M --'.split(' '));
const METHODS: ReadonlySet<string> = new Set('found bool int ip bin len str sub reg beg end dir dom'.split(' '));

/** Samples that are whole numbers. */
const COUNTED =
  /^(?:dst_port|src_port|req\.len|status|nbsrv|(?:src|sc[0-2])_\w+_(?:cnt|cur|rate)|[bf]e_(?:conn|sess_rate))(?:\([^,]*\))?$/;

/** Their patterns: numbers, ranges and what compares. */
const NUMBERS = /^(?:-?\d*:?-?\d*|eq|ge|gt|le|lt)$/;

/** What HAProxy refuses of a test such as `path_beg -i /api` or `src 192.0.2.0/24`. */
export function testFault([fetch, ...rest]: readonly Word[], at: Span): Problem | undefined {
  if (fetch === undefined)
    return unparsable(at, say`A test needs something to look at.`, say`Set one such as ${'path_beg /api'}.`);
  const fault = sampleFault(fetch);
  if (fault !== undefined) return fault;
  let i = 0;
  for (let flag = rest[i]; flag?.text?.startsWith('-') === true; flag = rest[i]) {
    if (flag.text === '--') return undefined;
    if (!FLAGS.has(flag.text))
      return unparsable(
        flag.at,
        say`${flag.text} is not a flag of a test.`,
        say`Add ${'--'} before patterns that begin with a dash.`,
      );
    if (/^-[fmu]$/.test(flag.text)) {
      const value = rest[i + 1];
      if (value === undefined)
        return unparsable(flag.at, say`${flag.text} needs a value.`, say`Add it after the flag.`);
      if (flag.text !== '-u' && (flag.text === '-f' || value.text !== 'ip')) {
        if (flag.text === '-m' && value.text !== undefined && !METHODS.has(value.text))
          return unparsable(
            value.at,
            say`HAProxy does not know the way of matching ${value.text}.`,
            say`Set one such as ${'str'} or ${'beg'}.`,
          );
        return undefined;
      }
      i++;
    }
    i++;
  }
  const odd =
    COUNTED.test(fetch.text ?? '') && rest.slice(i).find(({ text }) => text !== undefined && !NUMBERS.test(text));
  if (odd)
    return unparsable(odd.at, say`${odd.text ?? ''} is not a number.`, say`Set a number or a range such as ${'1:5'}.`);
  const [operator, ...numbers] = rest.slice(i);
  if (
    /^(?:eq|ge|gt|le|lt)$/.test(operator?.text ?? '') &&
    !/^(?:hdr|path|url|base|req\.hdr|var|cook|str)/.test(fetch.text ?? '')
  ) {
    const wrong = numbers.find(({ text }) => text !== undefined && !/^(?:-?[\d.:]+|eq|ge|gt|le|lt)$/.test(text));
    if (wrong)
      return unparsable(
        wrong.at,
        say`${wrong.text ?? ''} is not a number.`,
        say`Set a number behind ${operator?.text ?? ''}.`,
      );
  }
  if (!/^(?:src|dst|fc_src|fc_dst|bc_src|bc_dst|(?:req\.|res\.|s)?hdr_ip(?:\([^,]*\))?)$/.test(fetch.text ?? ''))
    return undefined;
  const wrong = rest.slice(i).find(({ text }) => text !== undefined && !isNetwork(text));
  return (
    wrong &&
    unparsable(wrong.at, say`${wrong.text ?? ''} is not an address.`, say`Set an address such as ${'192.0.2.0/24'}.`)
  );
}

/** Host names are looked up when HAProxy starts, so only what looks like an address can be told to be none. */
function isNetwork(text: string): boolean {
  if (text.includes(':') || /^\d+$/.test(text)) return true;
  const [, a = '', b = '0', c = '0', e = '0'] =
    /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:\/(?:\d\d?|[\d.]{7,}))?$/.exec(text) ?? [];
  return a === '' ? /^[a-z][\w.-]*$/i.test(text) : [a, b, c, e].every((part) => Number(part) <= 255);
}
