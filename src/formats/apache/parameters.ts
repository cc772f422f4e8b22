import type { Setting, Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import type { Word } from './lines.ts';
import { duration, pairOf, refused, type Found } from './values.ts';

/** `key=value` settings by their key in lower case. */
export type Parameters = ReadonlyMap<string, { readonly value: Setting<string>; readonly at: Span }>;

/** Of one server (mod_proxy, mod_proxy_hcheck). */
const OF_WORKERS: ReadonlySet<string> = new Set(
  'min max smax acquire connectiontimeout disablereuse enablereuse flushpackets flushwait iobuffersize receivebuffersize keepalive lbset ping loadfactor redirect retry route status timeout ttl secret responsefieldsize upgrade hcmethod hcinterval hcpasses hcfails hcuri hcexpr hctemplate address_ttl addressttl mapping authoritative host'.split(
    ' ',
  ),
);
/** Of the balancer (mod_proxy_balancer). */
const OF_BALANCERS: ReadonlySet<string> = new Set(
  'lbmethod maxattempts nofailover stickysession stickysessionsep scolonpathdelim timeout failonstatus failontimeout nonce growth forcerecovery'.split(
    ' ',
  ),
);

/** The words that are flags, not settings. */
const FLAGS: ReadonlySet<string> = new Set(['nocanon', 'interpolate', 'noquery', 'decoded']);

/** Whether a setting is one of the balancer where both may be written. */
export function isOfBalancer(key: string): boolean {
  return OF_BALANCERS.has(key);
}

/** Reads settings, and reports those that Apache refuses. `of`: what may be set here. */
export function readParameters(words: readonly Word[], of: 'workers' | 'balancers' | 'both', found: Found): Parameters {
  const result = new Map<string, { readonly value: Setting<string>; readonly at: Span }>();
  for (const word of words) {
    const pair = pairOf(word);
    if (pair === undefined) {
      if (!FLAGS.has(word.text.toLowerCase()) && !word.isOpen)
        found.problems.push(
          refused(word.at, say`${word.text} is not of the form ${'key=value'}.`, say`Set a key and a value.`),
        );
      continue;
    }
    const { key, value, at } = pair;
    const isKnown = (of !== 'balancers' && OF_WORKERS.has(key)) || (of !== 'workers' && OF_BALANCERS.has(key));
    if (!isKnown) {
      const meant = didYouMean(key, [...OF_WORKERS, ...OF_BALANCERS]);
      found.problems.push(
        refused(at, say`Unknown parameter ${key}.`, meant === undefined ? say`Remove it.` : say`Set ${meant}.`),
      );
      continue;
    }
    if (value.value !== undefined) check(key, value.value, value.at, found);
    result.set(key, { value, at });
  }
  return result;
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  lbmethod: ['byrequests', 'bytraffic', 'bybusyness', 'heartbeat'],
  hcmethod: ['none', 'tcp', 'options', 'head', 'get', 'cping', 'provider', 'options11', 'head11', 'get11', 'external'],
  nofailover: ['on', 'off'],
  keepalive: ['on', 'off'],
  disablereuse: ['on', 'off'],
  enablereuse: ['on', 'off'],
  scolonpathdelim: ['on', 'off'],
  failontimeout: ['on', 'off'],
  forcerecovery: ['on', 'off'],
  flushpackets: ['on', 'off', 'auto'],
};

function check(key: string, text: string, at: Span, found: Found): void {
  const allowed = WORDS[key];
  const wrong = (fix: ReturnType<typeof say>, rule?: 'invalid-weight'): void => {
    found.problems.push(refused(at, say`Invalid value ${text} of ${key}.`, fix, rule));
  };
  if (allowed !== undefined) {
    if (!allowed.includes(key === 'lbmethod' ? text : text.toLowerCase()))
      wrong(say`Set ${didYouMean(text, allowed) ?? allowed[0] ?? ''}.`);
    return;
  }
  switch (key) {
    case 'loadfactor':
      if (factor(text) === undefined) wrong(say`Set a number from 1 to 100.`, 'invalid-weight');
      return;
    case 'lbset':
      if (atoi(text) < 0 || atoi(text) > 99) wrong(say`Set a number from 0 to 99.`);
      return;
    case 'status':
      if (statusOf(text) === undefined) wrong(say`Set flags such as ${'+D'}, ${'+S'}, ${'+N'}, ${'+H'} or ${'+R'}.`);
      return;
    case 'retry':
    case 'hcpasses':
    case 'hcfails':
    case 'maxattempts':
      if (atoi(text) < 0) wrong(say`Set a whole number of 0 or more.`);
      return;
    case 'timeout':
    case 'connectiontimeout':
      if ((duration(text) ?? 0) < 1) wrong(say`Set a number of seconds above 0.`);
      return;
    default:
  }
}

/** What C's atoi makes of a text: the number that it begins with, else 0. */
export function atoi(text: string): number {
  return Number(/^\s*[-+]?\d{1,9}/.exec(text)?.[0] ?? 0);
}

/** A load factor, 1 to 100 with two decimals; undefined when Apache refuses it. */
export function factor(text: string): number | undefined {
  const leading = /^\s*\d{1,9}(?:\.\d{0,9})?/.exec(text)?.[0];
  const value = leading === undefined ? 0 : Math.trunc(Number(leading) * 100 + 1e-9) / 100;
  return value >= 1 && value <= 100 ? value : undefined;
}

export type Flag = 'I' | 'D' | 'S' | 'E' | 'H' | 'R' | 'N' | 'C';

/** The flags that `+D-H` switches on and off; undefined when one is unknown. */
export function statusOf(text: string): ReadonlyMap<Flag, boolean> | undefined {
  const flags = new Map<Flag, boolean>();
  let on = true;
  for (const c of text.toUpperCase()) {
    if (c === '+' || c === '-') on = c === '+';
    else if (isFlag(c)) flags.set(c, on);
    else return undefined;
  }
  return flags;
}

function isFlag(text: string): text is Flag {
  return 'IDSEHRNC'.includes(text);
}
