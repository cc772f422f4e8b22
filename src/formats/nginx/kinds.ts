import type { Text } from '../../model/text.ts';
import { list, say } from '../../text/say.ts';
import type { Definition } from './tables.ts';
import { sizeBytes, timeMs, wholeNumber } from './values.ts';

/** What is wrong with the arguments of a directive whose kind tells their form. */
export function kindFault({ kind, values }: Definition, args: readonly string[]): Text | undefined {
  const [first = ''] = args;
  switch (kind) {
    case 'flag':
      return /^(?:on|off)$/i.test(first) ? undefined : say`${first} is not ${'on'} or ${'off'}.`;
    case 'num':
      return numberFault(first, values);
    case 'size':
      return sizeFault(first, false);
    case 'off':
      return sizeFault(first, true);
    case 'msec':
      return timeMs(first) === undefined ? say`invalid duration ${first}; use a value such as ${'30s'}.` : undefined;
    case 'sec':
      return timeMs(first, 's') === undefined
        ? say`invalid duration ${first}; use whole seconds such as ${'30s'}.`
        : undefined;
    case 'bufs':
      return (wholeNumber(first) ?? 0) < 1
        ? say`${first} is not a number of buffers from 1 up.`
        : sizeFault(args[1] ?? '', false, true);
    case 'enum':
      return wordFault(args.slice(0, 1), values);
    case 'bitmask':
      return wordFault(args, values);
    case 'once':
    case 'own':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function numberFault(text: string, [least, most]: readonly string[]): Text | undefined {
  const number = wholeNumber(text);
  if (number === undefined) return say`${text} is not a whole number.`;
  if (least === undefined || (number >= Number(least) && (most === '' || number <= Number(most)))) return undefined;
  return say`${text} is out of range; use ${least} to ${most ?? ''}.`;
}

function sizeFault(text: string, large: boolean, positive = false): Text | undefined {
  const bytes = sizeBytes(text, large);
  return bytes === undefined || (positive && bytes === 0)
    ? say`invalid size ${text}; use a value such as ${'8k'}.`
    : undefined;
}

function wordFault(args: readonly string[], allowed: readonly string[]): Text | undefined {
  const known = new Set(allowed.map((word) => word.toLowerCase()));
  const wrong = args.find((arg) => !known.has(arg.toLowerCase()));
  return wrong === undefined ? undefined : say`invalid value ${wrong}; use ${list(allowed, 16)}.`;
}
