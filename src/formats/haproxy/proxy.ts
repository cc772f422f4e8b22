import type {
  Algorithm,
  HealthCheck,
  Listener,
  Pool,
  Problem,
  Reference,
  Server,
  Stickiness,
  Timeouts,
  Unknown,
} from '../../model/config.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { compareVersions } from './conditions.ts';
import { BALANCE, PROXY_KEYWORDS } from './keywords.ts';
import { unparsable, type Section, type Statement } from './sections.ts';
import { readAddress, readOptions, readServer, type ServerOptions } from './server.ts';
import { durationSetting, numberSetting } from './values.ts';
import type { Word } from './words.ts';

/** What a `defaults` section hands to the proxies after it. */
export interface Inherited {
  readonly statements: readonly Statement[];
  readonly serverOptions: ServerOptions;
}

export const NOTHING_INHERITED: Inherited = { statements: [], serverOptions: new Map() };

export interface Found {
  readonly pools: Pool[];
  readonly references: Reference[];
  readonly listeners: Listener[];
  readonly facts: Map<string, Setting<string>>;
  readonly problems: Problem[];
  readonly unknowns: Unknown[];
}

/** A `defaults` section on top of the one it is made `from`. */
export function readDefaults(section: Section, from: Inherited, found: Found): Inherited {
  checkKeywords(section, found.problems);
  let serverOptions = from.serverOptions;
  for (const { words } of section.statements) {
    if (words[0]?.text === 'default-server')
      serverOptions = readOptions(words.slice(1), serverOptions, found.problems, {});
  }
  return { statements: [...from.statements, ...section.statements], serverOptions };
}

/** A `frontend`, `backend` or `listen` section. */
export function readProxy(section: Section, inherited: Inherited, version: string | undefined, found: Found): void {
  checkKeywords(section, found.problems);
  const settings = new Settings([...inherited.statements, ...section.statements]);
  const name = section.name ?? section.kind;
  const mode = settings.last('mode')?.words[1]?.text ?? 'tcp';
  const protocol = mode === 'http' ? 'http' : 'tcp';
  const timeouts = settings.timeouts();
  if (section.kind !== 'backend') readFront(section, settings, protocol, timeouts, found);
  if (section.kind === 'frontend') {
    noteFacts(section, found.facts);
    return;
  }
  if (section.kind === 'listen') {
    found.references.push({ kind: 'listen', at: section.at, pool: name, protocol, timeouts, options: new Map() });
  }
  noteFacts(section, found.facts, ['set-src', 'reads-forwarded-for']);
  found.pools.push(readPool(section, name, protocol, settings, inherited.serverOptions, timeouts, version, found));
}

function readPool(
  section: Section,
  name: string,
  protocol: Pool['protocol'],
  settings: Settings,
  defaults: ServerOptions,
  timeouts: Timeouts,
  version: string | undefined,
  found: Found,
): Pool {
  const unknowns: Unknown[] = [...section.unread];
  const own = { problems: found.problems, unknowns };
  const check = checkKind(settings, protocol === 'http');
  let serverOptions = defaults;
  const servers: Server[] = [];
  let dynamic = false;
  const lines = new Map<string, Span>();
  for (const statement of section.statements) {
    const keyword = statement.words[0]?.text;
    if (keyword === 'default-server')
      serverOptions = readOptions(statement.words.slice(1), serverOptions, found.problems, { pool: name });
    if (keyword !== 'server' && keyword !== 'server-template') continue;
    const read = readServer(statement, serverOptions, { pool: name, http: protocol === 'http', check }, own);
    if (!read) continue;
    const earlier = lines.get(read.server.name);
    if (earlier) found.problems.push(namedTwice(name, read.server, earlier));
    else lines.set(read.server.name, statement.at);
    servers.push(earlier ? { ...read.server, name: `${read.server.name}#${servers.length + 1}` } : read.server);
    dynamic ||= read.dynamic;
  }
  const stickiness = readStickiness(settings);
  const retries = settings.last('retries')?.words[1];
  const redispatch = settings.option('redispatch');
  const activeCheck = servers.find((server) => server.activeCheck)?.activeCheck;
  const disabled = section.statements.find((statement) => statement.words[0]?.text === 'disabled');
  const more = [
    ['option redispatch', redispatch],
    ['cookie', cookieWords(settings)],
    ['overridden method', overridden(section)],
  ] as const;
  return {
    name,
    format: 'haproxy',
    at: section.at,
    protocol,
    algorithm: readAlgorithm(settings, section, version, found.problems, name),
    servers: disabled
      ? servers.map((server) => ({ ...server, state: written('down' as const, disabled.at) }))
      : servers,
    ...(stickiness ? { stickiness } : {}),
    ...(activeCheck ? { activeCheck } : {}),
    timeouts,
    ...(retries ? { retries: numberSetting('retries', retries, found.problems, { pool: name }) } : {}),
    allBackups: settings.option('allbackups') !== undefined,
    dynamic,
    unknowns,
    options: new Map([
      ...settings.others(),
      ...more.flatMap(([option, setting]) => (setting === undefined ? [] : [[option, setting] as const])),
    ]),
  };
}

/** How the cookie is used (`insert indirect`, `dynamic`), without its name. */
function cookieWords(settings: Settings): Setting<string> | undefined {
  const cookie = settings.last('cookie');
  return cookie === undefined || cookie.words.length < 3
    ? undefined
    : written(textOf(cookie.words.slice(2)), cookie.at);
}

/** A `balance` line of this very section that a later one takes over from, without a word from HAProxy. */
function overridden(section: Section): Setting<string> | undefined {
  const line = section.statements.filter(({ words }) => words[0]?.text === 'balance').at(-2);
  return line && written(textOf(line.words.slice(1)), line.at);
}

/** The statements in force, with what `no option` takes back. */
class Settings {
  readonly #statements: readonly Statement[];

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
  }

  last(keyword: string): Statement | undefined {
    return this.#statements.findLast((statement) => statement.words[0]?.text === keyword);
  }

  all(keyword: string): readonly Statement[] {
    return this.#statements.filter((statement) => statement.words[0]?.text === keyword);
  }

  /** `option NAME ...` as a setting with its arguments; undefined when it is off. */
  option(name: string): Setting<string> | undefined {
    const line = this.#statements.findLast(({ words }) => {
      const [first, second] = words[0]?.text === 'no' ? words.slice(1) : words;
      return first?.text === 'option' && second?.text === name;
    });
    if (line === undefined || line.words[0]?.text === 'no') return undefined;
    return written(textOf(line.words.slice(2)), line.at);
  }

  timeouts(): Timeouts {
    const found = new Map<string, Setting<number>>();
    for (const { words } of this.all('timeout')) {
      if (words[1]?.text !== undefined && words[2] !== undefined) found.set(words[1].text, durationSetting(words[2]));
    }
    for (const [old, now] of [
      ['contimeout', 'connect'],
      ['srvtimeout', 'server'],
      ['clitimeout', 'client'],
    ] as const) {
      const word = this.last(old)?.words[1];
      if (word !== undefined && !found.has(now)) found.set(now, durationSetting(word));
    }
    const pick = (name: string, key: keyof Timeouts): Timeouts => {
      const setting = found.get(name);
      return setting ? { [key]: setting } : {};
    };
    return {
      ...pick('connect', 'connectMs'),
      ...pick('server', 'serverMs'),
      ...pick('client', 'clientMs'),
      ...pick('queue', 'queueMs'),
    };
  }

  /** Everything that has no place of its own in the model, by keyword and first argument. */
  others(): Map<string, Setting<string>> {
    const found = new Map<string, Setting<string>>();
    for (const { words, at } of this.#statements) {
      const [first, second, ...rest] = words;
      const keyword = first?.text;
      if (keyword === undefined || MODELLED.has(keyword)) continue;
      if (keyword === 'timeout' && MODELLED_TIMEOUTS.has(second?.text ?? '')) continue;
      if (keyword === 'no') {
        found.delete(`${second?.text ?? ''} ${rest[0]?.text ?? ''}`);
        continue;
      }
      const named = TWO_WORDS.has(keyword) && second !== undefined;
      const header = named && /header/.test(second.text ?? '') && rest[0] !== undefined;
      const key = [
        keyword,
        ...(named ? [second.text ?? second.raw] : []),
        ...(header ? [rest[0]?.text ?? ''] : []),
      ].join(' ');
      const value = textOf(words.slice(header ? 3 : named ? 2 : 1));
      const before = REPEATED.has(keyword) ? found.get(key)?.value : undefined;
      found.set(key, written(before === undefined ? value : `${before}; ${value ?? ''}`, at));
    }
    return found;
  }
}

/** Read into fields of the model, or of no weight for balancing. */
const MODELLED = new Set(
  (
    'server server-template default-server balance cookie mode bind use_backend default_backend acl log description retries ' +
    'contimeout clitimeout srvtimeout capture log-format log-tag disabled enabled'
  ).split(' '),
);
const MODELLED_TIMEOUTS = new Set(['connect', 'server', 'client', 'queue']);
const TWO_WORDS = new Set(
  'option timeout http-request http-response http-after-response http-check tcp-check tcp-request tcp-response stick stats email-alert hash-type'
    .split(' ')
    .filter((k) => k !== 'hash-type'),
);
const REPEATED = new Set(
  'http-request http-response http-after-response http-check tcp-check tcp-request tcp-response stick stats'.split(' '),
);

function textOf(words: readonly Word[]): string | undefined {
  return words.some((word) => word.text === undefined) ? undefined : words.map((word) => word.text).join(' ');
}

function checkKind(settings: Settings, http: boolean): Omit<HealthCheck, 'at'> {
  const httpchk = settings.option('httpchk');
  const send = settings.all('http-check').find(({ words }) => words[1]?.text === 'send');
  if (httpchk !== undefined) {
    const arguments_ = (httpchk.value ?? '').split(' ');
    const uri = send?.words[send.words.findIndex((word) => word.text === 'uri') + 1 || send.words.length];
    const path = uri
      ? written(uri.text, uri.at)
      : written(arguments_.find((argument) => argument.startsWith('/')) ?? '/', httpchk.at);
    return { type: 'http', path };
  }
  const others = ['mysql-check', 'pgsql-check', 'redis-check', 'smtpchk', 'ldap-check', 'ssl-hello-chk', 'spop-check'];
  if (settings.option('external-check')) return { type: 'exec' };
  if (others.some((name) => settings.option(name) !== undefined)) return { type: 'other' };
  const tcpChecks = settings.all('tcp-check').length > 0 && settings.option('tcp-check') !== undefined;
  return { type: tcpChecks && !http ? 'other' : 'tcp' };
}

function readStickiness(settings: Settings): Stickiness | undefined {
  const cookie = settings.last('cookie');
  const cookieName = cookie?.words[1];
  if (cookie && cookieName) return { type: 'cookie', at: cookie.at, name: written(cookieName.text, cookieName.at) };
  const session = settings.last('appsession');
  if (session)
    return {
      type: 'app-cookie',
      at: session.at,
      ...(session.words[1] ? { name: written(session.words[1].text, session.words[1].at) } : {}),
    };
  const stick = settings.all('stick').find(({ words }) => ['on', 'match'].includes(words[1]?.text ?? ''));
  if (stick) return { type: /^src\b/.test(stick.words[2]?.text ?? '') ? 'source-ip' : 'table', at: stick.at };
  return undefined;
}

function readAlgorithm(
  settings: Settings,
  section: Section,
  version: string | undefined,
  problems: Problem[],
  pool: string,
): Setting<Algorithm> {
  const line = settings.last('balance');
  const method = line?.words[1];
  if (line === undefined || method === undefined) {
    const random = version !== undefined && compareVersions(version, '3.3') >= 0;
    return implied(
      random ? { kind: 'random-two-choices', native: 'random' } : { kind: 'round-robin', native: 'roundrobin' },
      section.at,
    );
  }
  const native =
    textOf(line.words.slice(1)) ??
    line.words
      .slice(1)
      .map((word) => word.raw)
      .join(' ');
  if (method.text === undefined) return written<Algorithm>(undefined, method.at);
  const parsed = /^([a-z-]+)(?:\(([^)]*)\))?$/.exec(method.text);
  const name = parsed?.[1] ?? method.text;
  if (!BALANCE.has(name)) {
    const meant = didYouMean(name, BALANCE);
    if (meant !== undefined)
      problems.push({
        ...unparsable(
          method.at,
          say`${name} is no balancing method; did you mean ${meant}?`,
          say`Write ${`balance ${meant}`}.`,
        ),
        pool,
      });
    return written<Algorithm>({ kind: 'unknown', native }, line.at);
  }
  const hashType = settings.last('hash-type')?.words[1]?.text;
  const mapping = hashType === 'consistent' ? 'chash' : 'modulo';
  const argument = parsed?.[2] ?? line.words[2]?.text;
  const hashed = (kind: Algorithm['kind'], key: string): Algorithm => ({ kind, native, key, mapping });
  const algorithm = ((): Algorithm => {
    switch (name) {
      case 'roundrobin':
      case 'static-rr':
        return { kind: 'round-robin', native };
      case 'leastconn':
        return { kind: 'least-connections', native };
      case 'first':
        return { kind: 'first', native };
      case 'random':
        return { kind: parsed?.[2] === '1' ? 'random' : 'random-two-choices', native };
      case 'source':
        return hashed('source-hash', 'src');
      case 'uri':
        return hashed('uri-hash', native);
      case 'url_param':
        return hashed('uri-hash', `url_param(${argument ?? ''})`);
      case 'hdr':
        return hashed('header-hash', `hdr(${argument ?? ''})`);
      case 'rdp-cookie':
        return hashed('cookie-hash', `rdp-cookie(${argument ?? 'mstshash'})`);
      case 'hash':
        return hashed(/^src\b/.test(argument ?? '') ? 'source-hash' : 'header-hash', argument ?? '');
      default:
        return { kind: 'unknown', native };
    }
  })();
  return written(algorithm, line.at);
}

function readFront(
  section: Section,
  settings: Settings,
  protocol: Pool['protocol'],
  timeouts: Timeouts,
  found: Found,
): void {
  const references: Reference[] = [];
  const listeners: Listener[] = [];
  for (const { words, at } of section.statements) {
    const [keyword, second] = words;
    if (keyword?.text === 'bind' && second) {
      for (const part of (second.text ?? '').split(',')) {
        const { host, port } = readAddress({ ...second, text: part });
        if (host !== undefined && port !== undefined) {
          listeners.push({
            at,
            host,
            port,
            acceptsProxyProtocol: words.some((word) => word.text === 'accept-proxy'),
          });
        }
      }
    }
    if ((keyword?.text === 'use_backend' || keyword?.text === 'default_backend') && second) {
      const target = second.text?.includes('%[') ? undefined : second.text;
      references.push({
        kind: keyword.text,
        at: second.at,
        pool: target,
        protocol,
        timeouts,
        options: new Map(),
      });
    }
  }
  const inherited = settings.last('default_backend');
  const own = section.statements.some(({ words }) => words[0]?.text === 'default_backend');
  if (inherited?.words[1] && !own) {
    references.push({
      kind: 'default_backend',
      at: inherited.words[1].at,
      pool: inherited.words[1].text,
      protocol,
      timeouts,
      options: new Map(),
    });
  }
  const targets = [...(section.kind === 'listen' ? [section.name] : []), ...references.map(({ pool }) => pool)];
  const known = targets.filter((target) => target !== undefined);
  const leadsTo = known.length === targets.length ? { leadsTo: known } : {};
  for (const reference of references) found.references.push(reference);
  for (const listener of listeners) found.listeners.push({ ...listener, ...leadsTo });
}

/** Facts of the whole file that rules look for as evidence. */
function noteFacts(section: Section, facts: Map<string, Setting<string>>, only?: readonly string[]): void {
  const note = (name: string, value: string, at: Span): void => {
    if (only === undefined || only.includes(name)) facts.set(name, written(value, at));
  };
  for (const { words, at } of section.statements) {
    const texts = words.map((word) => word.text ?? '');
    const [keyword = '', action = '', header = ''] = texts;
    if (keyword.startsWith('http-') && /^(set|add)-header$/.test(action))
      note(`${keyword} ${action} ${header}`, texts.slice(3).join(' '), at);
    if (keyword === 'http-request' && action === 'set-src') note('set-src', texts.slice(2).join(' '), at);
    if (keyword === 'option' && action === 'forwardfor' && texts.includes('if-none'))
      note('option forwardfor if-none', '', at);
    if (/(req\.)?hdr(_ip)?\(\s*x-forwarded-for/i.test(texts.join(' ')))
      note('reads-forwarded-for', texts.join(' '), at);
  }
}

function checkKeywords(section: Section, problems: Problem[]): void {
  for (const { words } of section.statements) {
    const [first] = words;
    if (first?.text === undefined || PROXY_KEYWORDS.has(first.text)) continue;
    const meant = didYouMean(first.text, PROXY_KEYWORDS);
    if (meant !== undefined) {
      problems.push({
        ...unparsable(first.at, say`${first.text} is no keyword; did you mean ${meant}?`, say`Write ${meant}.`),
        pool: section.name ?? section.kind,
      });
    }
  }
}

function namedTwice(pool: string, server: Server, earlier: Span): Problem {
  const line = earlier.source.position(earlier.start).line;
  return {
    ...unparsable(
      server.at,
      say`${server.name} is already the name of the server at line ${String(line)}.`,
      say`Give each server of ${pool} its own name.`,
    ),
    pool,
    server: server.name,
  };
}
