import type { Problem } from '../../model/config.ts';
import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { addressFault } from './address-faults.ts';
import { missing, specFault, unknownWord } from './grammar.ts';
import { unparsable } from './sections.ts';
import type { Word } from './words.ts';

/** Words in any order, each with the specs of what follows it; a condition may end the line. */
type Free = ReadonlyMap<string, readonly string[]>;

function free(text: string): Free {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line): [string, readonly string[]] => {
        const [word = '', ...spec] = line.trim().split(' ');
        return [word, spec];
      }),
  );
}

const REPLY = free(`
  status R
  deny_status R
  content-type W
  errorfile W
  errorfiles W
  default-errorfiles
  file W
  lf-file W
  string W
  lf-string W
  hdr W W
`);

/** Keywords whose arguments may be in any order, and how many come first. */
const FREE: ReadonlyMap<string, { readonly first: readonly string[]; readonly words: Free }> = new Map([
  [
    'cookie',
    {
      first: ['W'],
      words: free(`
        rewrite
        insert
        prefix
        indirect
        nocache
        postonly
        preserve
        httponly
        secure
        dynamic
        domain W
        maxidle T
        maxlife T
        attr W
      `),
    },
  ],
  [
    'redirect',
    {
      first: ['location|prefix|scheme', 'W'],
      words: free(`
        code 301|302|303|307|308
        drop-query
        keep-query
        append-slash
        ignore-empty
        set-cookie W
        set-cookie-fmt W
        clear-cookie W
      `),
    },
  ],
  [
    'stick-table',
    {
      first: [],
      words: free(`
        type ip|ipv4|ipv6|integer|string|binary
        len W
        size Z
        expire T
        nopurge
        recv-only
        peers W
        srvkey name|addr
        write-to W
        brates-factor W
        store W
      `),
    },
  ],
  ['option forwardfor', { first: [], words: free('except W\nheader W\nif-none') }],
  ['option originalto', { first: [], words: free('except W\nheader W\nif-none') }],
  ['balance uri', { first: [], words: free('len P\ndepth P\nwhole\npath-only') }],
  [
    'http-check send',
    { first: [], words: free('meth W\nuri W\nuri-lf W\nver W\nhdr W W\nbody W\nbody-lf W\ncomment W') },
  ],
  ['source', { first: ['A'], words: free('interface W\nusesrc W') }],
  ['tcp-check send', { first: ['W'], words: free('comment W') }],
  ['tcp-check send-lf', { first: ['W'], words: free('comment W') }],
  ['tcp-check send-binary', { first: ['W'], words: free('comment W') }],
  ['tcp-check send-binary-lf', { first: ['W'], words: free('comment W') }],
  ['deny', { first: [], words: REPLY }],
  ['tarpit', { first: [], words: REPLY }],
  ['return', { first: [], words: REPLY }],
]);

const CONDITIONAL = /^(?:deny|tarpit|return|redirect)$/;

/** What HAProxy refuses of arguments in free order; undefined where a keyword has none such. */
export function freeFault(key: string, args: readonly Word[], at: Span): Problem | undefined {
  const known = FREE.get(key);
  if (known === undefined) return undefined;
  const start = known.first.length;
  const fault = specFault(known.first, args.slice(0, start), { at, text: key });
  if (fault !== undefined) return fault;
  for (let i = start; i < args.length; i++) {
    const word = args[i];
    if (word?.text === undefined) return undefined;
    if (CONDITIONAL.test(key) && /^(?:if|unless)$/.test(word.text)) return undefined;
    const spec = known.words.get(word.text) ?? (key === 'stick-table' && word.text === 'type' ? ['W'] : undefined);
    if (spec === undefined) return unknownWord(word, known.words.keys(), `behind ${key}`);
    const values = args.slice(i + 1, i + 1 + spec.length);
    if (values.some(({ text }) => text === undefined)) return undefined;
    const wrong = specFault(spec, values, { at: word.at, text: word.text }) ?? exceptFault(key, word, values[0]);
    if (wrong !== undefined) return wrong;
    i += spec.length;
    // A key of text or bytes may have a length.
    if (word.text === 'type' && args[i + 1]?.text === 'len') i += 2;
  }
  return key === 'stick-table' && args.every(({ text }) => text !== undefined && text !== 'size')
    ? missing(at, key, 'a size')
    : undefined;
}

function exceptFault(key: string, word: Word, value: Word | undefined): Problem | undefined {
  if (word.text !== 'except' || value?.text === undefined || !key.startsWith('option')) return undefined;
  const network =
    /^[\d.]+(?:\/[\d.]+)?$|:/.test(value.text) && addressFault({ ...value, text: value.text.split('/', 1)[0] });
  return network === undefined
    ? undefined
    : unparsable(value.at, say`${value.text} is not a network.`, say`Set one such as ${'192.0.2.0/24'}.`);
}

/** `status 200-299,304` of `http-check expect`. */
export function statusFault(word: Word): Problem | undefined {
  const wrong = (word.text ?? '').split(',').find((part) => {
    const [, from, to] = /^([+-]?\d+)(?:-(\d+))?$/.exec(part) ?? [];
    return from === undefined || Number(from) > Number(to ?? from);
  });
  return wrong === undefined
    ? undefined
    : unparsable(
        word.at,
        say`${wrong === '' ? (word.text ?? '') : wrong} is not a list of statuses.`,
        say`Set one such as ${'200-299'}.`,
      );
}

/** A name may hold letters, digits, `_`, `-`, `.` and `:`. */
export function nameFault(word: Word, what: string): Problem | undefined {
  const wrong = /[^A-Za-z0-9_.:-]/.exec(word.text ?? '')?.[0];
  return wrong === undefined
    ? undefined
    : unparsable(
        word.at,
        say`The name of ${what} may not hold ${wrong}.`,
        say`Set a name of letters, digits, ${'_'}, ${'-'}, ${'.'} and ${':'}.`,
      );
}
