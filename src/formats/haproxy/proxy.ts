import type { Problem } from '../../model/config.ts';
import type { Caveat, Pool, Server, Unknown } from '../../model/pool.ts';
import type { Stickiness, Timeouts } from '../../model/traffic.ts';
import { lineOf, implied, written, type Setting, type Span } from '../../model/span.ts';
import { append } from '../../text/append.ts';
import { say } from '../../text/say.ts';
import { unparsable, type Section, type Statement } from './sections.ts';
import { readOptions, type ServerOptions } from './server-options.ts';
import { readServer } from './server.ts';
import { numberSetting } from './values.ts';
import { poolKey } from '../../model/keys.ts';
import { dialect } from './dialect.ts';
import { answersOf } from './answers.ts';
import { placedBy, readAlgorithm } from './algorithm.ts';
import { checkKind } from './check.ts';
import { checkConditions } from './condition-faults.ts';
import { checkKeywords } from './faults.ts';
import { diversions } from './diversions.ts';
import { entryOf } from './entries.ts';
import { frontOptions, noteFacts, readFront, type Found } from './front.ts';
import { useServerFaults } from './relations.ts';
import { Settings, textOf } from './settings.ts';

/** What a `defaults` section hands to the proxies after it. */
export interface Inherited {
  readonly statements: readonly Statement[];
  readonly serverOptions: ServerOptions;
  /** What is not known of the options of every server. */
  readonly unknowns: readonly Unknown[];
}

export const NOTHING_INHERITED: Inherited = { statements: [], serverOptions: new Map(), unknowns: [] };

/** A `defaults` section on top of the one it is made `from`. */
export function readDefaults(section: Section, from: Inherited, version: string | undefined, found: Found): Inherited {
  checkKeywords(section, version, found.problems);
  noteUntold(section, found);
  let { serverOptions } = from;
  for (const statement of section.statements) {
    if (statement.words[0]?.text !== 'default-server') continue;
    serverOptions = readOptions(argumentsOf(statement), serverOptions, found.problems, { version });
  }
  return { statements: [...from.statements, ...section.statements], serverOptions, unknowns: from.unknowns };
}

/** A `frontend`, `backend` or `listen` section. */
export function readProxy(section: Section, inherited: Inherited, version: string | undefined, found: Found): void {
  checkKeywords(section, version, found.problems);
  noteUntold(section, found);
  const settings = new Settings(inherited.statements, effective(section));
  checkConditions(section, settings, found.relations);
  const name = section.name ?? section.kind;
  const protocol = protocolOf(settings, inherited);
  const timeouts = settings.timeouts();
  if (section.kind !== 'backend') readFront(section, settings, protocol, timeouts, found);
  if (section.kind === 'frontend') {
    noteFacts(section, found.facts);
    return;
  }
  if (section.kind === 'listen') {
    found.references.push({
      kind: 'listen',
      takesAll: true,
      at: section.at,
      pool: name,
      protocol,
      timeouts,
      options: frontOptions(settings, found),
      from: entryOf(section),
    });
  }
  noteFacts(section, found.facts, ['set-src', 'reads-forwarded-for']);
  const pool = readPool(section, name, protocol, settings, inherited, timeouts, version, found);
  found.pools.push(pool);
  append(found.relations, useServerFaults(pool, section.statements));
}

/** A backend has no clients of its own: HAProxy warns and leaves the timeout out. */
function effective({ kind, statements }: Section): readonly Statement[] {
  const noClients = (words: Statement['words']): boolean =>
    words[0]?.text === 'timeout' && /^client(?:-fin|-hs)?$/.test(words[1]?.text ?? '');
  return kind === 'backend' ? statements.filter(({ words }) => !noClients(words)) : statements;
}

/** What follows the keyword, with empty words where an option may have one for its value. */
function argumentsOf({ words, all }: Statement): Statement['words'] {
  return (all ?? words).slice(1);
}

function readPool(
  section: Section,
  name: string,
  protocol: Pool['protocol'],
  settings: Settings,
  defaults: Inherited,
  timeouts: Timeouts,
  version: string | undefined,
  found: Found,
): Pool {
  const unknowns: Unknown[] = [...section.unread, ...defaults.unknowns];
  const caveats: Caveat[] = [];
  const own = { problems: found.problems, unknowns, caveats };
  const others = settings.others();
  const check = checkKind(settings, others);
  let { serverOptions } = defaults;
  const servers: Server[] = [];
  let dynamic = false;
  const lines = new Map<string, Span>();
  for (const statement of section.statements) {
    const keyword = statement.words[0]?.text;
    if (keyword === 'default-server') {
      serverOptions = readOptions(argumentsOf(statement), serverOptions, found.problems, { pool: name, version });
    }
    if (keyword !== 'server' && keyword !== 'server-template') continue;
    const read = readServer(
      statement,
      serverOptions,
      { pool: name, http: protocol === 'http', version, check, tlsVerified: !found.facts.has('ssl-server-verify') },
      own,
    );
    if (!read) continue;
    const earlier = lines.get(read.server.name);
    if (earlier) found.relations.push(namedTwice(name, read.server, earlier));
    else lines.set(read.server.name, statement.at);
    servers.push(earlier ? { ...read.server, name: `${read.server.name}#${servers.length + 1}` } : read.server);
    dynamic ||= read.dynamic;
  }
  const stickiness = readStickiness(settings);
  const retries = settings.last('retries')?.words[1];
  const redispatch = settings.option('redispatch');
  const retryOn = settings.last('retry-on');
  const lost = overridden(section);
  const activeCheck = servers.find((server) => server.activeCheck)?.activeCheck;
  const disabled = settings.isDisabled();
  const more = [
    ['option redispatch', redispatch],
    ['cookie', cookieWords(settings)],
  ] as const;
  return {
    name,
    key: poolKey(dialect.format, found.scope, name),
    dialect,
    at: section.at,
    protocol,
    algorithm: placedBy(readAlgorithm(settings, section, { pool: name, protocol, version }, found.problems), servers),
    servers: disabled
      ? servers.map((server) => ({
          ...server,
          state: written('down' as const, disabled.at),
        }))
      : servers,
    ...(lost ? { overridden: lost } : {}),
    ...(stickiness ? { stickiness } : {}),
    ...(activeCheck ? { activeCheck } : {}),
    ...sentHost(settings),
    timeouts,
    retries: retries ? numberSetting('retries', retries, found.problems, { pool: name }) : implied(3, section.at),
    retriesElsewhere: redispatch ? { ...redispatch, value: redispatch.value !== '0' } : implied(false, section.at),
    ...(retryOn === undefined
      ? {}
      : { retriesAnswers: written(textOf(retryOn.words)?.includes('all-retryable-errors'), retryOn.at) }),
    spill: {
      spare: implied(Infinity, section.at),
      standby: settings.option('allbackups') === undefined ? 'first' : 'all',
      standbyBy: 'algorithm',
    },
    zones: implied('pooled', section.at),
    caveats: [...diversions(settings, servers), ...caveats],
    ...keptState(settings),
    answers: section.kind === 'listen' ? [] : answersOf(settings),
    dynamic,
    unknowns,
    options: new Map([
      ...others,
      ...more.flatMap(([option, setting]) => (setting === undefined ? [] : [[option, setting] as const])),
    ]),
  };
}

/** Lines that say how servers are picked, checked and kept, and where traffic goes. */
const TELLING = new Set(
  (
    'balance hash-type mode option no cookie appsession stick http-check tcp-check retries disabled enabled timeout contimeout ' +
    'srvtimeout clitimeout use_backend default_backend'
  ).split(' '),
);

/** What the environment may change is said once for all that reads the line. */
function noteUntold(section: Section, found: Found): void {
  for (const statement of section.statements) {
    const { words, at } = statement;
    if (!TELLING.has(words[0]?.text ?? '')) continue;
    if (words.some(({ text }) => text === undefined))
      found.unknowns.push({ at, reason: say`a value of ${words[0]?.raw ?? ''} comes from the environment` });
  }
}

/** Without `defaults`, which may stand in another file, a method that reads requests tells the mode. */
function protocolOf(settings: Settings, inherited: Inherited): Pool['protocol'] {
  const mode = settings.last('mode')?.words[1];
  if (mode !== undefined) return mode.text === undefined ? 'unknown' : mode.text === 'http' ? 'http' : 'tcp';
  const method = settings.last('balance')?.words[1]?.text ?? '';
  return inherited.statements.length === 0 && /^(?:uri|url_param|hdr)\b/.test(method) ? 'http' : 'tcp';
}

/** `http-request set-header Host NAME` without a condition and without anything that requests fill in. */
function sentHost(settings: Settings): Pick<Pool, 'sendsHost'> {
  const line = settings
    .all('http-request')
    .findLast(({ words }) => words[1]?.text === 'set-header' && words[2]?.text?.toLowerCase() === 'host');
  const value = line?.words[3];
  if (line === undefined || value?.text === undefined || line.words.length > 4 || value.text.includes('%')) return {};
  return { sendsHost: written(value.text, value.at) };
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

function readStickiness(settings: Settings): Stickiness | undefined {
  const cookie = settings.last('cookie');
  const cookieName = cookie?.words[1];
  const values = cookie?.words.some(({ text }) => text === 'dynamic') === true ? 'made' : 'written';
  if (cookie && cookieName)
    return { type: 'cookie', at: cookie.at, values, name: written(cookieName.text, cookieName.at) };
  const session = settings.last('appsession');
  if (session)
    return {
      type: 'app-cookie',
      at: session.at,
      ...(session.words[1] ? { name: written(session.words[1].text, session.words[1].at) } : {}),
    };
  const stick = settings.stick();
  if (stick) {
    const key = stick.words[2];
    if (/^src\b/.test(key?.text ?? '')) return { type: 'source-ip', at: stick.at };
    return { type: 'table', at: stick.at, ...(key === undefined ? {} : { name: written(key.text, key.at) }) };
  }
  return undefined;
}

/** Weights and states that were set at run time come back after a reload, where a file keeps them. */
function keptState(settings: Settings): Pick<Pool, 'keepsRuntimeState'> {
  const line = settings.last('load-server-state-from-file');
  return line === undefined || line.words[1]?.text === 'none' ? {} : { keepsRuntimeState: line.at };
}

function namedTwice(pool: string, server: Server, earlier: Span): Problem {
  return {
    ...unparsable(
      server.at,
      say`${server.name} is already the name of the server at line ${String(lineOf(earlier))}.`,
      say`Rename one of them: each server of ${pool} needs its own name.`,
    ),
    pool,
    server: server.name,
  };
}
