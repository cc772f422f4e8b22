import type { Problem } from '../../model/config.ts';
import { NO_OPTIONS, type PassiveCheck, type Server, type Unknown } from '../../model/pool.ts';
import type { ServerState } from '../../model/traffic.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { isHostName } from '../../text/hosts.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { nameOf, readAddress } from './address.ts';
import { instancesOf } from './implicit.ts';
import type { Directive, Word } from './parse.ts';
import { since, type Version, type VersionMask } from './tables.ts';
import { isFilledIn, refused, timeMs, wholeNumber } from './values.ts';

/** Parameters of `server` that take a value. `service`, `route`, `slow_start` need newer versions or NGINX Plus. */
const VALUES: ReadonlySet<string> = new Set(
  'weight max_conns max_fails fail_timeout slow_start service route id srun_id'.split(' '),
);
const FLAGS: ReadonlySet<string> = new Set('backup down drain resolve'.split(' '));

/** Parameters that not every version has. */
const NEWER: ReadonlyMap<string, Version> = new Map([
  ['resolve', '1.28'],
  ['service', '1.28'],
  ['route', '1.30'],
  ['drain', '1.30'],
]);

/** Kept by name, since nothing else in the model stands for them. */
const KEPT: ReadonlySet<string> = new Set('resolve service id srun_id'.split(' '));

/** What a server needs to know of its upstream. */
export interface Owner {
  readonly pool: string;
  readonly context: 'http' | 'stream';
  /** The versions that the file has to suit. */
  readonly versions: VersionMask;
  /** nginx's own passive check, for servers that set nothing of it. */
  readonly passiveCheck: PassiveCheck;
  /** A template decides whether the line is there. */
  readonly conditional: boolean;
  /** The method named before this line when it knows no backups. */
  readonly withoutBackups: string | undefined;
}

/** One `server` line of an upstream. Undefined when it has no address. */
export function readServer(
  directive: Directive,
  owner: Owner,
  found: { readonly problems: Problem[]; readonly unknowns: Unknown[] },
): Server | undefined {
  const [addressWord, ...rest] = directive.args;
  if (addressWord === undefined) return undefined;
  const { at } = directive;
  const who = { pool: owner.pool, server: addressWord.text };
  const report = (problem: Problem): void => void found.problems.push({ ...problem, ...who });
  const parameters = readParameters(rest, owner, report);
  // A service record has the ports.
  const service = rest.some(({ text }) => text.startsWith('service='));
  const { host, port } = readAddress(addressWord, service ? 'http' : owner.context, report);
  const name = nameOf(addressWord, host, port);
  const untold = (what: string, place: Span): void =>
    void found.unknowns.push({ at: place, reason: say`${what} of ${name} is filled in by a template` });
  if (host === undefined) untold('the address', addressWord.at);
  else if (port !== undefined && port.value === undefined && isFilledIn(addressWord))
    untold('the port', addressWord.at);

  const { given } = parameters;
  const optional = <T>(parameter: string, read: (text: string) => T | undefined): Setting<T> | undefined => {
    const word = given.get(parameter);
    return word && written(isFilledIn(word) ? undefined : read(valueOf(word)), word.at);
  };
  /** What the file says, else the default, unless a template may say it. */
  const setting = <T>(parameter: string, read: (text: string) => T | undefined, otherwise: T): Setting<T> => {
    const told = optional(parameter, read);
    if (told !== undefined) return told;
    return parameters.open === undefined ? implied(otherwise, at) : written<T>(undefined, parameters.open);
  };
  const weight = setting('weight', (text) => wholeNumber(text) || undefined, 1);
  const givenWeight = given.get('weight');
  if (parameters.open !== undefined) untold('a parameter', parameters.open);
  else if (givenWeight !== undefined && isFilledIn(givenWeight)) untold('the weight', givenWeight.at);
  if (owner.conditional)
    found.unknowns.push({ at, reason: say`whether ${name} is in use depends on a template's condition or loop` });

  const limit = optional('max_conns', wholeNumber);
  // 0 is no limit.
  const maxConnections = limit?.value === 0 ? undefined : limit;
  const slowStartMs = optional('slow_start', (text) => timeMs(text, 's'));
  const stickyValue = optional('route', (text) => text);
  const state = given.has('down') ? 'down' : given.has('drain') ? 'drain' : undefined;
  return {
    name,
    address: host,
    port,
    at,
    weight,
    priority: given.has('backup') ? written(1, given.get('backup')?.at ?? at) : setting('backup', () => 1, 0),
    state: owner.conditional ? written<ServerState>(undefined, at) : setting(state ?? 'down', () => state, 'up'),
    instances: instancesOf(host, at),
    passiveCheck: readPassiveCheck(given, owner.passiveCheck, parameters.open, at),
    ...(isHostName(host) ? { resolves: given.has('resolve') ? ('all' as const) : ('once' as const) } : {}),
    ...(maxConnections ? { maxConnections } : {}),
    ...(slowStartMs ? { slowStartMs } : {}),
    ...(stickyValue ? { stickyValue } : {}),
    options: keptOptions(given),
  };
}

function keptOptions(given: ReadonlyMap<string, Word>): Server['options'] {
  const kept = [...given].filter(([parameter]) => KEPT.has(parameter));
  if (kept.length === 0) return NO_OPTIONS;
  return new Map(kept.map(([parameter, word]) => [parameter, written(valueOf(word), word.at)]));
}

interface Parameters {
  readonly given: ReadonlyMap<string, Word>;
  /** A word that a template fills in as a whole: it may set any parameter. */
  readonly open: Span | undefined;
}

function readParameters(words: readonly Word[], owner: Owner, report: (problem: Problem) => void): Parameters {
  const given = new Map<string, Word>();
  let open: Span | undefined;
  for (const word of words) {
    const equals = word.text.indexOf('=');
    const key = equals < 0 ? word.text : word.text.slice(0, equals);
    if (equals < 0 ? FLAGS.has(key) : VALUES.has(key)) {
      given.set(key, word);
      if (!isFilledIn(word)) checkValue(key, word, report);
      const newer = NEWER.get(key);
      if (newer !== undefined && (since(newer) & owner.versions) === 0)
        report(refused(word.at, say`Parameter ${key} needs nginx ${newer} or newer.`, say`Remove ${word.text}.`));
      if (key === 'backup' && owner.withoutBackups !== undefined) {
        const what = say`${'backup'} cannot be used with ${owner.withoutBackups}.`;
        report(
          refused(
            word.at,
            what,
            say`Remove ${'backup'}, or set an algorithm that supports backups, such as ${'least_conn'}.`,
          ),
        );
      }
      continue;
    }
    if (isFilledIn(word)) {
      open ??= word.at;
      continue;
    }
    const meant = didYouMean(key, equals < 0 ? [...FLAGS, ...VALUES] : [...VALUES, ...FLAGS]);
    if (meant === undefined) {
      const all = say`Remove it, or set one of ${[...VALUES, ...FLAGS].join(' ')}.`;
      report(refused(word.at, say`Unknown parameter ${word.text} of ${'server'}.`, all));
    } else {
      const form = VALUES.has(meant) ? `${meant}=${equals < 0 ? '…' : word.text.slice(equals + 1)}` : meant;
      report(
        refused(word.at, say`Unknown parameter ${word.text} of ${'server'}; did you mean ${form}?`, say`Set ${form}.`),
      );
    }
  }
  return { given, open };
}

function checkValue(key: string, word: Word, report: (problem: Problem) => void): void {
  const value = valueOf(word);
  if (key === 'weight') {
    const weight = wholeNumber(value);
    if (weight !== undefined && weight > 0) return;
    report({
      ...refused(
        word.at,
        say`Invalid weight ${word.text}: nginx accepts whole numbers from 1.`,
        weight === 0
          ? say`Set ${'down'} to take the server out of rotation.`
          : say`Set a whole number such as ${'weight=2'}.`,
      ),
      rule: 'invalid-weight',
    });
  } else if (key === 'max_conns' || key === 'max_fails') {
    if (wholeNumber(value) === undefined)
      report(refused(word.at, say`${word.text} is not a whole number.`, say`Set a whole number; 0 disables it.`));
  } else if (key === 'fail_timeout' || key === 'slow_start') {
    if (timeMs(value, 's') === undefined)
      report(
        refused(
          word.at,
          say`${word.text} is not a duration in whole seconds.`,
          say`Set a duration such as ${`${key}=30s`}.`,
        ),
      );
  }
}

function valueOf(word: Word): string {
  const equals = word.text.indexOf('=');
  return equals < 0 ? '' : word.text.slice(equals + 1);
}

function readPassiveCheck(
  given: ReadonlyMap<string, Word>,
  standard: PassiveCheck,
  open: Span | undefined,
  at: Span,
): PassiveCheck {
  const fails = given.get('max_fails');
  const timeout = given.get('fail_timeout');
  if (fails === undefined && timeout === undefined && open === undefined) return standard;
  const read = (
    word: Word | undefined,
    from: (text: string) => number | undefined,
    otherwise: number,
  ): Setting<number> => {
    if (word !== undefined) return written(isFilledIn(word) ? undefined : from(valueOf(word)), word.at);
    return open === undefined ? implied(otherwise, at) : written<number>(undefined, open);
  };
  const time = read(timeout, (text) => timeMs(text, 's'), 10_000);
  return { at: fails?.at ?? timeout?.at ?? at, maxFails: read(fails, wholeNumber, 1), windowMs: time, ejectMs: time };
}
