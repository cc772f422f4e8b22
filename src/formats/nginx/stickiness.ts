import type { Stickiness } from '../../model/traffic.ts';
import { implied, written, type Span } from '../../model/span.ts';
import type { Directive, Word } from './parse.ts';
import { joined, timeMs } from './values.ts';

/** What keeps a client on its server: `sticky` in its forms, and what modules call it. */
export function readStickiness(directives: readonly Directive[]): Stickiness | undefined {
  const sticky = directives.findLast(({ name }) =>
    /^(?:sticky|sticky_cookie_insert|session_sticky|jvm_route)$/.test(name),
  );
  if (sticky === undefined) return undefined;
  const { at, args } = sticky;
  const [kind, ...rest] = args;
  const value = (parameter: string): Word | undefined => {
    const word = args.find(({ text }) => text.startsWith(`${parameter}=`));
    return word && { ...word, text: word.text.slice(parameter.length + 1) };
  };
  if (sticky.name === 'sticky' && kind?.text === 'route') {
    return {
      type: rest.some(({ text }) => /cookie/.test(text)) ? 'app-cookie' : 'header',
      at,
      ...named(joinedWord(rest)),
    };
  }
  if (sticky.name === 'sticky' && kind?.text === 'learn') {
    return { type: 'app-cookie', at, ...named(value('lookup')), ...lasting(value('timeout') ?? '10m', at) };
  }
  if (sticky.name === 'jvm_route') return { type: 'app-cookie', at, ...named(kind) };
  const plain = sticky.name === 'sticky_cookie_insert' || (sticky.name === 'sticky' && kind?.text === 'cookie');
  const cookie = plain ? (sticky.name === 'sticky' ? rest[0] : kind) : (value('name') ?? value('cookie'));
  const expires = value('expires') ?? value('maxidle') ?? value('maxlife');
  return { type: 'cookie', at, ...named(cookie), ...(expires === undefined ? {} : lasting(expires, at)) };
}

function named(word: Word | undefined): Pick<Stickiness, 'name'> {
  return word === undefined ? {} : { name: written(word.template ? undefined : word.text, word.at) };
}

function lasting(time: Word | string, at: Span): Pick<Stickiness, 'ttlMs'> {
  if (typeof time === 'string') return { ttlMs: implied(timeMs(time), at) };
  // nginx writes `expires=max` as a date in 2037: for a session that is no limit.
  return time.text === 'max' ? {} : { ttlMs: written(timeMs(time.text), time.at) };
}

function joinedWord(words: readonly Word[]): Word | undefined {
  const [first] = words;
  return first && { ...first, text: joined(words), template: words.some((word) => word.template) };
}
