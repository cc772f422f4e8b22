import type { Problem } from '../../model/config.ts';
import { duration, say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { compareVersions } from '../../text/versions.ts';
import { actionFault } from './actions.ts';
import { freeFault, nameFault, statusFault } from './arguments.ts';
import { bindFault } from './bind.ts';
import { conditionTests } from './condition-faults.ts';
import { missing, specFault, timeFault, unknownWord } from './grammar.ts';
import { BALANCE, GLOBAL_WORDS, OPTIONS, PROXY_WORDS } from './keywords.ts';
import { DIVIDED, EXPECTED, LINE_SPECS, OPTION_SPECS, REMOVED, SECTION_SPECS, TIMEOUTS } from './line-specs.ts';
import { logFault } from './log.ts';
import { testFault } from './samples.ts';
import { unparsable, type Section, type Statement } from './sections.ts';
import { isListed, rowsOf } from './table.ts';
import { durationMs } from './values.ts';
import type { Word } from './words.ts';

/** The letter of a section in the tables. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['defaults', 'D'],
  ['frontend', 'F'],
  ['listen', 'L'],
  ['backend', 'B'],
]);

/** Options that `no` cannot take back. */
const FIRM = new Set(
  (
    'forwardfor httpchk httplog httpslog ldap-check mysql-check originalto pgsql-check redis-check smtpchk spop-check ' +
    'ssl-hello-chk tcp-check tcpka tcplog external-check http-restrict-req-hdr-names'
  ).split(' '),
);

/** Lines for which HAProxy refuses the file, each for itself: its keywords, their places and their values. */
export function checkKeywords(section: Section, version: string | undefined, problems: Problem[]): void {
  const letter = LETTERS.get(section.kind);
  const pool = section.name ?? section.kind;
  const nameFault = headerFault(section, letter);
  if (nameFault !== undefined) problems.push(nameFault);
  if (!isListed(version)) return;
  for (const { words, at } of section.statements) {
    const [first] = words;
    if (first?.text === undefined) continue;
    const line = { words, at, keyword: first.text, version };
    const fault = letter === undefined ? otherFault(section, line) : proxyFault(section, letter, line);
    if (fault !== undefined) problems.push(letter === undefined ? fault : { ...fault, pool });
  }
}

/** What HAProxy 2.6 to 3.2 refuse of the line that opens a section. */
function headerFault({ kind, name, rest, at }: Section, letter: string | undefined): Problem | undefined {
  if (letter === undefined || letter === 'D') return undefined;
  if (name === undefined) return missing(at, kind, 'a name');
  const wrong = /[^A-Za-z0-9_.:-]/.exec(name)?.[0];
  if (wrong !== undefined && !name.includes('{') && !name.includes('$') && !name.includes('<'))
    return unparsable(
      at,
      say`A name of a section may not hold ${wrong}.`,
      say`Set a name of letters, digits, ${'_'}, ${'-'}, ${'.'} and ${':'}.`,
    );
  const [first] = rest;
  if (first?.text === undefined || first.text === 'from') return undefined;
  return unparsable(
    first.at,
    say`An address behind the name of a ${kind} is refused.`,
    say`Move it to a line ${`bind ${first.text}`}.`,
  );
}

interface LineOf {
  readonly words: readonly Word[];
  readonly at: Statement['at'];
  readonly keyword: string;
  readonly version: string | undefined;
}

function otherFault({ kind }: Section, { words, at, keyword, version }: LineOf): Problem | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  if (keyword === 'log' && (kind === 'global' || kind === 'peers')) return logFault(words, at);
  if (kind === 'global') {
    const word = keyword === 'no' ? words[1] : first;
    if (word?.text === undefined || rowsOf(GLOBAL_WORDS, word.text, version).length > 0 || word.text.startsWith('lua.'))
      return undefined;
    return unknownWord(word, GLOBAL_WORDS.keys(), 'in global');
  }
  const known = SECTION_SPECS.get(kind);
  return known === undefined || known.includes(keyword) ? undefined : unknownWord(first, known, `in ${kind}`);
}

function proxyFault(section: Section, letter: string, line: LineOf): Problem | undefined {
  const { words, keyword, version, at } = line;
  const [first, second] = words;
  if (first === undefined) return undefined;
  if (keyword === 'no') return takenBack(words, version);
  const now = REMOVED.get(keyword);
  if (now !== undefined) return unparsable(at, say`HAProxy no longer accepts ${keyword}.`, say`Set ${now} instead.`);
  const rows = rowsOf(PROXY_WORDS, keyword, version);
  if (rows.length === 0) return unknownWord(first, PROXY_WORDS.keys(), `in a ${section.kind} section`);
  if (!rows.some((row) => row.includes(letter)))
    return unparsable(
      first.at,
      say`${keyword} cannot be in a ${section.kind} section.`,
      say`Move it to a section that takes it.`,
    );
  if (letter === 'D' && section.name === undefined && NEEDS_NAME.test(keyword))
    return unparsable(
      first.at,
      say`${keyword} needs a ${'defaults'} section with a name.`,
      say`Add a name to the section, or move the line.`,
    );
  if (letter === 'B' && keyword === 'tcp-request' && /^(?:connection|session)$/.test(second?.text ?? ''))
    return unparsable(first.at, say`A backend has no connections of clients.`, say`Move the line to a frontend.`);
  return special(line, letter) ?? (keyword === 'hash-type' ? undefined : specOf(line, second));
}

const NEEDS_NAME = /^(?:acl|http-(?:request|response|after-response)|tcp-(?:request|response)|quic-initial)$/;

/** Keywords with a grammar of their own. */
function special({ words, at, keyword, version }: LineOf, letter: string): Problem | undefined {
  const [, second, third] = words;
  switch (keyword) {
    case 'timeout':
      return timeoutFault(words, at);
    case 'option':
      return optionFault(words, at, letter, version);
    case 'log':
      return logFault(words, at);
    case 'bind':
      return bindFault(words, at, version);
    case 'balance':
      return (
        balanceFault(second, letter) ??
        (second?.text === 'uri' ? freeFault('balance uri', words.slice(2), at) : undefined)
      );
    case 'acl':
      return third === undefined || second === undefined
        ? missing(at, 'acl', 'a name and a test')
        : (nameFault(second, 'a test') ?? testFault(words.slice(2), at));
    case 'http-check':
      return second?.text === 'expect'
        ? expectFault(words, at)
        : freeFault(`http-check ${second?.text ?? ''}`, words.slice(2), at);
    case 'hash-type':
      return specFault(LINE_SPECS.get(keyword) ?? [], words.slice(1, 4), { at, text: keyword });
    case 'tcp-check':
      return freeFault(`tcp-check ${second?.text ?? ''}`, words.slice(2), at);
    case 'cookie':
    case 'source':
    case 'stick-table':
      return freeFault(keyword, words.slice(1), at);
    case 'redirect':
      return freeFault(keyword, words.slice(1), at) ?? conditionTests(words);
    default:
      return actionFault(words, at, version) ?? conditionTests(words);
  }
}

function specOf({ words, at, keyword }: LineOf, second: Word | undefined): Problem | undefined {
  const direct = LINE_SPECS.get(keyword);
  if (direct !== undefined) return specFault(direct, words.slice(1), { at, text: keyword });
  if (!DIVIDED.has(keyword)) return undefined;
  if (second === undefined) return missing(at, keyword, 'a word');
  if (second.text === undefined || /\(|^(?:connection|session|content)$/.test(second.text)) return undefined;
  const spec = LINE_SPECS.get(`${keyword} ${second.text}`);
  return spec === undefined
    ? unknownWord(second, wordsBehind(keyword), `behind ${keyword}`)
    : specFault(spec, words.slice(2), { at: second.at, text: `${keyword} ${second.text}` });
}

function wordsBehind(keyword: string): readonly string[] {
  return [...LINE_SPECS.keys()].flatMap((key) =>
    key.startsWith(`${keyword} `) ? [key.slice(keyword.length + 1)] : [],
  );
}

function takenBack(words: readonly Word[], version: string | undefined): Problem | undefined {
  const [first, second, third, ...more] = words;
  if (first === undefined || (second !== undefined && second.text === undefined)) return undefined;
  const extra = second?.text === 'log' ? third : undefined;
  if (second?.text === 'log' && extra === undefined) return undefined;
  if (second?.text !== 'option' || third === undefined)
    return unparsable(first.at, say`${'no'} takes back only options and ${'log'}.`, say`Remove the line.`);
  if (third.text === undefined) return undefined;
  if (FIRM.has(third.text))
    return unparsable(
      first.at,
      say`${`option ${third.text}`} cannot be taken back with ${'no'}.`,
      say`Set another check after it; ${'option tcp-check'} only connects.`,
    );
  if (rowsOf(OPTIONS, third.text, version).length === 0) return unknownWord(third, OPTIONS.keys(), 'behind option');
  const [rest] = more;
  return rest?.text === undefined || OPTION_SPECS.has(third.text)
    ? undefined
    : unparsable(rest.at, say`Nothing more may follow ${`option ${third.text}`}.`, say`Remove ${rest.text}.`);
}

/** A timeout whose name or value HAProxy refuses, or whose value it reads only in part. */
function timeoutFault([, name, value, more]: readonly Word[], at: Statement['at']): Problem | undefined {
  if (name === undefined) return missing(at, 'timeout', 'a name');
  if (name.text === undefined) return undefined;
  if (!TIMEOUTS.has(name.text)) return unknownWord(name, TIMEOUTS, 'behind timeout');
  if (value === undefined) return missing(name.at, `timeout ${name.text}`, 'a time');
  const { text } = value;
  if (text === undefined) return undefined;
  const ms = durationMs(text);
  const fault = timeFault(value);
  if (fault !== undefined || ms === undefined) return fault;
  if (more?.text !== undefined)
    return unparsable(
      more.at,
      say`Nothing more may follow ${`timeout ${name.text} ${text}`}.`,
      say`Remove ${more.text}.`,
    );
  if (/^\d+(?:us|ms|[smhd])?$/.test(text)) return undefined;
  return {
    rule: 'malformed-number',
    at: value.at,
    what: say`${text} is not a plain duration, and HAProxy reads it as ${duration(ms)}.`,
    why: say`HAProxy warns and ignores the text after the unit; newer versions reject the file.`,
    fix: say`Set the unit as ${'us'}, ${'ms'}, ${'s'}, ${'m'}, ${'h'} or ${'d'}.`,
  };
}

function optionFault(
  [, name, ...rest]: readonly Word[],
  at: Statement['at'],
  letter: string,
  version: string | undefined,
): Problem | undefined {
  if (name === undefined) return missing(at, 'option', 'a name');
  if (name.text === undefined) return undefined;
  const rows = rowsOf(OPTIONS, name.text, version);
  if (rows.length === 0) return unknownWord(name, OPTIONS.keys(), 'behind option');
  if (!rows.some((row) => row.includes(letter)))
    return unparsable(
      name.at,
      say`${`option ${name.text}`} cannot be in this section.`,
      say`Move it to a section that takes it.`,
    );
  const key = `option ${name.text}`;
  if (name.text === 'httpchk' && /[\r\n]/.test(rest[2]?.text ?? '')) return hiddenHeaders(name.at, version);
  if (/^(?:forwardfor|originalto)$/.test(name.text)) return freeFault(key, rest, name.at);
  return specFault(OPTION_SPECS.get(name.text) ?? [], rest, { at: name.at, text: key });
}

/** Versions before 2.7 warn of headers behind the version of a check. */
function hiddenHeaders(at: Statement['at'], version: string | undefined): Problem {
  const refused = version !== undefined && compareVersions(version, '2.7') >= 0;
  return {
    ...unparsable(
      at,
      say`Headers behind the version of ${'option httpchk'} are deprecated, and HAProxy 2.8 refuses them.`,
      say`Move them to a line such as ${'http-check send hdr Host shop.example'}.`,
    ),
    ...(refused ? {} : { severity: 'warning' as const }),
  };
}

/** A near misspelling is a finding of whatever reads the method, which no frontend does. */
function balanceFault(method: Word | undefined, letter: string): Problem | undefined {
  if (method?.text === undefined) return undefined;
  const name = /^[a-z-]+/.exec(method.text)?.[0] ?? method.text;
  if (BALANCE.has(name)) {
    return name === 'hdr' && !/^hdr\([^)]+\)/.test(method.text)
      ? unparsable(method.at, say`${'balance hdr'} needs the name of a header.`, say`Set ${'balance hdr(NAME)'}.`)
      : undefined;
  }
  return letter === 'F' || didYouMean(name, BALANCE) === undefined
    ? unparsable(method.at, say`Unknown algorithm ${method.text}.`, say`Set one such as ${'roundrobin'}.`)
    : undefined;
}

/** The word of `http-check expect` that says what is looked at, behind `!` and the options that take a value. */
function expectFault(words: readonly Word[], at: Statement['at']): Problem | undefined {
  let i = 2;
  while (/^(?:min-recv|comment|(?:ok|error|tout)-status|on-(?:success|error)|status-code)$/.test(words[i]?.text ?? ''))
    i += 2;
  if (words[i]?.text === '!') i++;
  const word = words[i];
  if (word === undefined) return missing(at, 'http-check expect', 'what to look at');
  if (word.text === undefined) return undefined;
  const text = word.text.replace(/^!/, '');
  if (!EXPECTED.has(text)) return unknownWord({ ...word, text }, EXPECTED, 'behind http-check expect');
  const value = words[i + 1];
  if (value === undefined) return missing(word.at, text, 'a value');
  const [more] = text.endsWith('hdr') ? [] : words.slice(i + 2);
  if (more?.text !== undefined) return specFault([], [more], { at: value.at, text: `http-check expect ${text}` });
  return text === 'status' && value.text !== undefined ? statusFault(value) : undefined;
}
