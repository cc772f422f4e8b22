import type { HealthCheck } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import type { Statement } from './sections.ts';
import type { Settings } from './settings.ts';

/** The options that choose what a check asks. A later one takes over from an earlier one, and `no` is refused for them. */
const CHECK_OPTIONS: ReadonlySet<string> = new Set(
  'httpchk tcp-check external-check mysql-check pgsql-check redis-check smtpchk ldap-check ssl-hello-chk spop-check'.split(
    ' ',
  ),
);

/** Whether a line is `option NAME` with one of the checks. */
function choosesCheck({ words: [keyword, option] }: Statement): boolean {
  return keyword?.text === 'option' && CHECK_OPTIONS.has(option?.text ?? '');
}

/** What the checks of a proxy ask: the last option that chooses counts, be it the section's own or an inherited one. */
export function checkKind(
  { inherited, own, statements }: Settings,
  options: ReadonlyMap<string, Setting<string>>,
): Omit<HealthCheck, 'at'> {
  const choice = own.findLast(choosesCheck) ?? inherited.findLast(choosesCheck);
  switch (choice?.words[1]?.text) {
    case undefined:
      return { type: 'tcp' };
    case 'httpchk':
      return { type: 'http', ...httpRequest(statements, choice), ...expected(options) };
    case 'external-check':
      return { type: 'exec' };
    case 'tcp-check': {
      // Rules of the section itself replace those of `defaults`, where they count only beside the option.
      const replaced = own.some(isTcpRule) || inherited.findLast(choosesCheck)?.words[1]?.text !== 'tcp-check';
      const expects = options.get('tcp-check expect');
      return {
        type: (replaced ? own : inherited).some((line) => isTcpRule(line) && asks(line)) ? 'other' : 'tcp',
        ...(expects === undefined ? {} : { expects }),
      };
    }
    default:
      return { type: 'other' };
  }
}

/** What `http-check expect` asks for; without it HAProxy accepts 2xx and 3xx. */
function expected(options: ReadonlyMap<string, Setting<string>>): Pick<HealthCheck, 'expects' | 'statuses'> {
  const expects = options.get('http-check expect');
  if (expects === undefined) return { statuses: [[200, 399]] };
  const statuses = statusesOf(expects.value ?? '');
  return { expects, ...(statuses === undefined ? {} : { statuses }) };
}

/** The statuses that one expectation accepts, as ranges; undefined where it asks for something else or too much to say. */
function statusesOf(expectation: string): readonly (readonly [number, number])[] | undefined {
  const [, not, pattern, wanted = ''] = /^(! )?(r?)status (\S+)$/.exec(expectation) ?? [];
  const holds = pattern === undefined ? undefined : pattern === 'r' ? matching(wanted) : listed(wanted);
  if (holds === undefined) return undefined;
  const ranges: [number, number][] = [];
  for (let code = 100; code < 600; code++) {
    if (holds(code) === (not !== undefined)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** `200,300-399` */
function listed(text: string): ((code: number) => boolean) | undefined {
  if (!/^[\d,-]+$/.test(text)) return undefined;
  const ranges = text.split(',').map((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return [from, to] as const;
  });
  return (code) => ranges.some(([from, to]) => code >= from && code <= to);
}

/** Patterns of digits, classes and choices mean the same to every engine, and three digits bound the work. */
function matching(text: string): ((code: number) => boolean) | undefined {
  if (text.length > 64 || !/^(?:[\d^$.|()?,-]|\[\^?[\d-]+\]|\\d|\{\d\})+$/.test(text)) return undefined;
  try {
    const pattern = new RegExp(text);
    return (code) => pattern.test(String(code));
  } catch {
    return undefined;
  }
}

function isTcpRule({ words }: Statement): boolean {
  return words[0]?.text === 'tcp-check';
}

/** Without one of these a `tcp-check` only opens a connection. */
function asks({ words }: Statement): boolean {
  return /^(?:send|expect)/.test(words[1]?.text ?? '');
}

/** `option httpchk [METHOD] URI` and `http-check send uri URI` write the same request; a bare option keeps what was sent. */
function httpRequest(
  statements: readonly Statement[],
  choice: Statement,
): Pick<HealthCheck, 'path' | 'version' | 'host'> {
  const standard = implied('/', choice.at);
  let path = standard;
  let sent = false;
  let version: Setting<string> | undefined;
  let host: Setting<string> | undefined;
  for (const { words, at } of statements) {
    const [keyword, second] = words;
    if (keyword?.text === 'option' && second?.text === 'httpchk') {
      const uri = words[3] ?? words[2];
      if (uri !== undefined) path = written(uri.text, uri.at);
      else if (!sent) path = standard;
      version = words[4] && written(words[4].text, words[4].at);
      host = /host/i.test(
        words
          .slice(4)
          .map(({ raw }) => raw)
          .join(' '),
      )
        ? written('', at)
        : undefined;
    } else if (keyword?.text === 'http-check' && second?.text === 'send') {
      const uri = words[words.findIndex(({ text }) => text === 'uri' || text === 'uri-lf') + 1 || words.length];
      path = uri === undefined ? standard : written(uri.text, uri.at);
      sent = true;
      const ver = words[words.findIndex(({ text }) => text === 'ver') + 1 || words.length];
      if (ver !== undefined) version = written(ver.text, ver.at);
      const header = words.findIndex(({ text }) => /^host$/i.test(text ?? ''));
      const value = words[header + 1 || words.length];
      host = value === undefined ? undefined : written(value.text, value.at);
    }
  }
  return { path, ...(version === undefined ? {} : { version }), ...(host === undefined ? {} : { host }) };
}
