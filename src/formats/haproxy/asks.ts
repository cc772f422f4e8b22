import type { Asks, Changed, RequestTest } from '../../model/asks.ts';
import type { Word } from './words.ts';

const ALWAYS: Asks = { all: [] };
const NEVER: Asks = { any: [] };

/** Conditions that every HAProxy knows, as far as a request shows them (configuration manual, 7.4). */
export function asksOfName(name: string): Asks {
  if (name === 'TRUE' || name === 'HTTP') return ALWAYS;
  if (name === 'FALSE') return NEVER;
  if (name === 'LOCALHOST') return { test: { subject: 'address', how: 'within', values: ['127.0.0.0/8', '::1'] } };
  const [, method] = /^METH_([A-Z]+)$/.exec(name) ?? [];
  if (method === undefined) return { open: name };
  return { test: { subject: 'method', how: 'is', values: method === 'GET' ? ['GET', 'HEAD'] : [method] } };
}

const HOW: Readonly<Record<string, RequestTest['how'] | 'dir' | 'dom'>> = {
  beg: 'begins',
  end: 'ends',
  sub: 'contains',
  str: 'is',
  reg: 'matches',
  found: 'exists',
  ip: 'within',
  dir: 'dir',
  dom: 'dom',
};

/** `path_beg -i /api /v2`, `hdr(host) -m end .example`: a fetch with its flags and patterns, any of which is enough. */
export function asksOfTest(list: readonly Word[]): Asks {
  const texts = list.map(({ text }) => text);
  const open: Asks = { open: list.map(({ text, raw }) => text ?? raw).join(' ') };
  const [fetch, ...rest] = texts;
  if (fetch === undefined || texts.includes(undefined)) return open;
  const flags = flagsOf(rest.flatMap((text) => text ?? []));
  const [, name = '', argument, converters = ''] =
    /^([\w.]+)(?:\(([^()]*)\))?((?:,[\w.-]+(?:\([^()]*\))?)*)$/.exec(fetch) ?? [];
  const [, base = name, suffix] = /^(.*)_(beg|end|sub|str|reg|dir|dom|ip)$/.exec(name) ?? [];
  if (flags === undefined) return open;
  const { values, method } = flags;
  if (/^always_(?:true|false)$/.test(name)) return name === 'always_true' ? ALWAYS : NEVER;
  if (name === 'ssl_fc' && values.length === 0) return { test: { subject: 'scheme', how: 'is', values: ['https'] } };
  const about = subjectOf(base.replace(/^req[._](?=hdr|fhdr|cook|ssl_sni)/, ''), argument ?? '', converters);
  const how = HOW[method ?? suffix ?? (about?.subject === 'address' ? 'ip' : 'str')];
  const ignoresCase = flags.ignoresCase || /,(?:lower|upper)\b/.test(converters) ? { ignoresCase: true as const } : {};
  const isOdd = about?.subject === 'port' && values.some((value) => !/^\d+$/.test(value));
  if (about === undefined || how === undefined || isOdd || (values.length === 0) !== (how === 'exists')) return open;
  const { subject, name: of, alsoHttps } = about;
  const test: Asks = {
    test: {
      subject,
      ...(of === undefined ? {} : { name: of }),
      ...(how === 'dir' || how === 'dom'
        ? { how: 'matches', values: values.map((value) => between(value, how === 'dir' ? '/?' : '/?.:')) }
        : { how, values }),
      ...ignoresCase,
    },
  };
  const scheme = (values_: string): Asks => ({ test: { subject: 'scheme', how: 'is', values: [values_] } });
  if (alsoHttps === 'only') return { all: [scheme('https'), test] };
  // HTTP/2 may send whole URLs.
  return alsoHttps === 'unlike' ? { any: [{ all: [scheme('http'), test] }, { all: [scheme('https'), open] }] } : test;
}

interface About extends Pick<RequestTest, 'subject' | 'name'> {
  /** `only`: nothing without TLS has it. `unlike`: with TLS it may be another text. */
  readonly alsoHttps?: 'only' | 'unlike';
}

function subjectOf(fetch: string, argument: string, converters: string): About | undefined {
  const rest = converters.replaceAll(/,(?:lower|upper|host_only|(?:field|word)\(1,:\))(?=,|$)/g, '');
  if (rest !== '') return undefined;
  const withoutPort = /,(?:host_only|field|word)/.test(converters);
  switch (fetch) {
    case 'path':
    case 'query':
    case 'method':
      return { subject: fetch };
    case 'url':
      return { subject: 'url', alsoHttps: 'unlike' };
    case 'hdr':
    case 'fhdr': {
      if (argument === '' || argument.includes(',')) return undefined;
      return withoutPort && /^host$/i.test(argument) ? { subject: 'host' } : { subject: 'header', name: argument };
    }
    case 'hdr_ip':
      return { subject: 'header', name: argument };
    case 'ssl_fc_sni':
    case 'ssl_sni':
      return { subject: 'host', alsoHttps: 'only' };
    case 'src':
      return { subject: 'address' };
    case 'dst_port':
      return { subject: 'port' };
    case 'url_param':
    case 'urlp':
      return argument.includes(',') ? undefined : { subject: 'argument', name: argument };
    case 'cook':
      return { subject: 'cookie', name: argument };
    default:
      return undefined;
  }
}

interface Flags {
  readonly values: readonly string[];
  readonly method: string | undefined;
  readonly ignoresCase: boolean;
}

/** Flags and patterns; undefined where a file or a number decides. */
function flagsOf(words: readonly string[]): Flags | undefined {
  let method: string | undefined;
  let ignoresCase = false;
  let i = 0;
  for (; words[i]?.startsWith('-') === true; i++) {
    if (words[i] === '--') {
      i++;
      break;
    }
    if (words[i] === '-i') ignoresCase = true;
    else if (words[i] === '-m') method = words[++i];
    else if (words[i] !== '-n') return undefined;
  }
  const values = words.slice(i);
  return /^(?:eq|ge|gt|le|lt)$/.test(values[0] ?? '') ? undefined : { values, method, ignoresCase };
}

/** A pattern for a text that stands between two of some signs, or at an end. */
function between(text: string, signs: string): string {
  const trimmed = text.replace(/^\/+|\/+$/g, '').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return `(^|[${signs}])${trimmed}([${signs}]|$)`;
}

const OF_PATHS = ['path', 'url', 'query', 'argument'];

/** What a rule changes of a request for the lines after it. */
export function changedBy([keyword, action, header]: readonly Word[]): readonly string[] {
  if (keyword?.text !== 'http-request') return [];
  const verb = action?.text ?? '';
  if (/^(?:set|replace)-pathq?$|^normalize-uri$/.test(verb)) return OF_PATHS;
  if (/^(?:set|replace)-uri$/.test(verb)) return [...OF_PATHS, 'host', 'header host'];
  if (verb === 'set-query') return ['url', 'query', 'argument'];
  if (verb === 'set-method') return ['method'];
  if (verb === 'set-src') return ['address'];
  if (verb === 'set-dst-port') return ['port'];
  if (!/^(?:set|add|replace|del)-(?:header|value)$/.test(verb)) return [];
  const name = (header?.text ?? '').toLowerCase();
  return [`header ${name}`, ...(name === 'host' ? ['host'] : name === 'cookie' ? ['cookie'] : [])];
}

/** What the rules of a proxy change of its requests. */
export function changesIn(lines: readonly { readonly words: readonly Word[] }[]): Changed {
  return new Set(lines.flatMap(({ words }) => changedBy(words)));
}
