import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { addressFault } from './address-faults.ts';
import { missing, specFault, unknownWord } from './grammar.ts';
import type { Word } from './words.ts';

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron auth2 ftp ntp audit alert cron2 local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
const LEVELS = 'emerg alert crit err warning notice info debug'.split(' ');

/** Words between the address and the facility, with what stands behind each. */
const BETWEEN: ReadonlyMap<string, readonly string[]> = new Map([
  ['len', ['N']],
  ['format', ['local|rfc3164|rfc5424|priority|short|timed|iso|raw']],
  ['sample', ['W']],
  ['profile', ['W']],
]);

/** `log global` or `log ADDRESS [len N] [format F] [sample S] FACILITY [LEVEL [LEVEL]]`. */
export function logFault(words: readonly Word[], at: Span): Problem | undefined {
  const [keyword, address, ...rest] = words;
  if (keyword?.text !== 'log') return undefined;
  if (address === undefined) return missing(at, 'log', 'an address and a facility');
  if (address.text === undefined || rest.some(({ text }) => text === undefined)) return undefined;
  if (address.text === 'global') return specFault([], rest, { at: address.at, text: 'log global' });
  const fault = /^(?:stdout|stderr|(?:ring|fd|backend)@.*)$/.test(address.text) ? undefined : addressFault(address);
  if (fault !== undefined) return fault;
  let i = 0;
  for (let spec = BETWEEN.get(rest[i]?.text ?? ''); spec !== undefined; spec = BETWEEN.get(rest[i]?.text ?? '')) {
    const name = rest[i]?.text ?? '';
    const wrong = specFault(spec, rest.slice(i + 1, i + 2), { at: rest[i]?.at ?? at, text: `log ${name}` });
    if (wrong !== undefined) return wrong;
    i += 2;
  }
  const [facility, level, least, more] = rest.slice(i);
  if (facility === undefined) return missing(address.at, 'log', 'a facility');
  if (!FACILITIES.includes(facility.text ?? '')) return unknownWord(facility, FACILITIES, 'as a facility of log');
  const wrong = [level, least].find((word) => word !== undefined && !LEVELS.includes(word.text ?? ''));
  if (wrong !== undefined) return unknownWord(wrong, LEVELS, 'as a level of log');
  return more === undefined ? undefined : specFault([], [more], { at, text: 'the levels of log' });
}
