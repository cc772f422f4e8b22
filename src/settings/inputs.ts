import type { DeclaredSplit } from '../model/pool.ts';
import type { IdentifyBy, Tolerance, VersionField } from '../model/request.ts';
import { InputError } from '../model/tree.ts';
import type { ProbeRequest } from '../probe/request.ts';
import { ADMIN_USAGE, isAdminSource } from '../sources/admin/admin.ts';
import { readCount, readDuration, readRate, readShare } from './units.ts';

/** From which severity on findings fail a run. */
export type FailOn = 'error' | 'warning' | 'never';

/** Everything that a run can be asked for, checked. Durations in ms, rates per second, shares 0..1. */
export interface Inputs {
  readonly config: readonly string[];
  readonly base: string | undefined;
  readonly checklist: string;
  /** True when the checklist file was named, so that its absence is a fault. */
  readonly checklistNamed: boolean;
  readonly schema: readonly string[];
  readonly target: URL | undefined;
  readonly pool: string | undefined;
  readonly identifyBy: IdentifyBy;
  /** Undefined = what the checklist file declares for the pool, else even. */
  readonly expect: DeclaredSplit | undefined;
  readonly tolerance: Tolerance;
  readonly maxErrors: number;
  readonly maxRequests: number;
  readonly rate: number;
  readonly timeoutMs: number;
  readonly settleMs: number;
  readonly version: VersionField | undefined;
  /** What changes in every request, so that a hash pool sees many keys; undefined = nothing. */
  readonly vary: ProbeRequest['vary'];
  /** Keep watching so long, ms; undefined = until the split is proved. */
  readonly watchMs: number | undefined;
  /** Sent with every request of the probe; the values are secrets. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Globs of counts files. */
  readonly observe: readonly string[];
  /** An admin interface, as `PRODUCT:SOCKET`: its counters, or beside a target what is loaded. */
  readonly admin: string | undefined;
  /** Undefined = not set by hand: errors fail a run without a measurement, nothing but the measurement one with it. */
  readonly failOn: FailOn | undefined;
  readonly onInconclusive: 'fail' | 'warn';
  readonly comment: 'on-problem' | 'always' | 'never';
  readonly token: string | undefined;
}

const FAIL_ON: readonly FailOn[] = ['error', 'warning', 'never'];

/** Where the checklist file lies when no other is named. */
export const DEFAULT_CHECKLIST = '.github/evenkeel.yml';

/** Whether traffic is to be measured: sent to a target, or read from counts or an admin interface. */
export function isMeasuring({ target, observe, admin }: Inputs): boolean {
  return target !== undefined || observe.length > 0 || admin !== undefined;
}

/** What `readInputs` asks for a value: the empty text means "not given". */
export type GetInput = (name: string) => string;

/**
 * Reads and checks every input, of the Action or of the command line alike. Throws InputError with one sentence that says
 * which input it is, what it was and what it should be. `label` says how people write an input: `max-errors`, `--max-errors`.
 */
export function readInputs(get: GetInput, label: (name: string) => string = (name) => name): Inputs {
  const value = (name: string): string | undefined => get(name).trim() || undefined;
  const lines = (name: string): string[] => splitLines(get(name));
  const refuse = (name: string, fix: string): never => {
    throw new InputError(`${label(name)} is ${JSON.stringify((value(name) ?? '').slice(0, 100))}; ${fix}`);
  };
  /** An input that `read` turns into undefined when it makes no sense. */
  const parsed = <T>(name: string, fallback: T, read: (text: string) => T | undefined, fix: string): T => {
    const text = value(name);
    return text === undefined ? fallback : (read(text) ?? refuse(name, fix));
  };
  const choice = <T extends string>(name: string, fallback: T, ...others: T[]): T => {
    const all = [fallback, ...others];
    return parsed(name, fallback, (text) => all.find((one) => one === text), `write one of ${all.join(', ')}.`);
  };

  const token = value('token');
  const target = parsed(
    'target',
    undefined,
    readTarget,
    'write an http or https URL such as https://app.example.com/whoami.',
  );
  const sources = lines('observe');
  const admins = sources.filter((line) => isAdminSource(line));
  if (admins.length > 1) refuse('observe', 'name one admin interface.');
  const observe = sources
    .filter((line) => !isAdminSource(line))
    .map((line) => readObserve(line) ?? refuse('observe', `set counts:GLOB or ${ADMIN_USAGE}, one per line.`));
  const headers = lines('headers').map((line) => {
    const header = readHeader(line);
    // The line itself may hold a secret: it is not repeated.
    if (header === undefined)
      throw new InputError(`${label('headers')} has a line that is not a header; set one Name: value per line.`);
    if (token !== undefined && header[1].includes(token)) {
      throw new InputError(
        `${label('headers')} would send the GitHub token to the target; set a credential of the target's own.`,
      );
    }
    return header;
  });
  const timeoutMs = parsed(
    'timeout',
    120_000,
    (t) => readDuration(t, 1000, 21_600_000),
    'write a time from 1s to 6h, such as 120s.',
  );
  const checklist = value('checklist') ?? DEFAULT_CHECKLIST;
  const config = lines('config');
  if (config.length === 0 && target === undefined && sources.length === 0) {
    throw new InputError(
      `Nothing to do: give ${label('config')} (files to check), ${label('target')} (a URL to probe) or ${label('observe')} (counts to judge).`,
    );
  }

  return {
    config,
    base: value('base'),
    checklist,
    checklistNamed: checklist !== DEFAULT_CHECKLIST,
    schema: lines('schema'),
    target,
    pool: value('pool'),
    identifyBy: parsed(
      'identify-by',
      { by: 'auto' },
      readIdentifyBy,
      'write auto, header:NAME, cookie:NAME or json:FIELD.',
    ),
    expect: parsed(
      'expect',
      undefined,
      readExpect,
      'write even, config, capacity, or a split such as web1=60,web2=40.',
    ),
    tolerance: parsed(
      'tolerance',
      { kind: 'auto' },
      readTolerance,
      'write auto, a part of each share such as 25%, or points such as 5pp.',
    ),
    maxErrors: parsed('max-errors', 0.01, readShare, 'write a share of the requests below 100%, such as 1%.'),
    maxRequests: parsed(
      'max-requests',
      6000,
      (t) => readCount(t, 10, 1_000_000),
      'write a number of requests from 10 to 1000000.',
    ),
    rate: parsed('rate', 50, (t) => readRate(t, 10_000), 'write requests per second up to 10000, such as 50/s.'),
    timeoutMs,
    // The timeout covers it.
    settleMs: parsed(
      'settle',
      Math.min(2000, timeoutMs / 4),
      (t) => readDuration(t, 0, 3_600_000),
      'write a time up to 1h, such as 2s.',
    ),
    version: parsed(
      'version',
      undefined,
      readVersion,
      'write header:NAME or json:FIELD, and =VALUE to wait for one value.',
    ),
    vary: parsed('vary', undefined, readVary, 'write header:NAME, query:NAME, cookie:NAME or path.'),
    watchMs: parsed(
      'for',
      undefined,
      (t) => readDuration(t, 1000, 86_400_000),
      'write a time from 1s to 24h, such as 10m.',
    ),
    headers,
    observe,
    admin: admins[0],
    failOn: parsed(
      'fail-on',
      undefined,
      (text) => FAIL_ON.find((one) => one === text),
      'write one of error, warning, never.',
    ),
    onInconclusive: choice('on-inconclusive', 'fail', 'warn'),
    comment: choice('comment', 'on-problem', 'always', 'never'),
    token,
  };
}

/** Lines without the empty ones and those that are remarks. */
export function splitLines(text: string): string[] {
  return text
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function readTarget(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  return web && url.username === '' && url.password === '' ? url : undefined;
}

const FIELD = /^[^\s=:]{1,200}$/;

function readIdentifyBy(text: string): IdentifyBy | undefined {
  if (text === 'auto') return { by: 'auto' };
  const [, by, name] = /^(header|cookie|json):(.+)$/.exec(text) ?? [];
  if (name === undefined || !FIELD.test(name)) return undefined;
  return by === 'header' || by === 'cookie' || by === 'json' ? { by, name } : undefined;
}

function readVersion(text: string): VersionField | undefined {
  const [, by, name, value] = /^(header|json):([^=]+)(?:=(.+))?$/.exec(text) ?? [];
  if (name === undefined || !FIELD.test(name)) return undefined;
  return by === 'header' || by === 'json' ? { by, name, value } : undefined;
}

function readExpect(text: string): DeclaredSplit | undefined {
  if (text === 'even' || text === 'config' || text === 'capacity') return text;
  const weights = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, name, number] = /^\s*([^=\s]+)\s*=\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(part) ?? [];
    if (name === undefined || weights.has(name)) return undefined;
    weights.set(name, Number(number));
  }
  const total = [...weights.values()].reduce((a, b) => a + b, 0);
  return total > 0 ? weights : undefined;
}

/** `25%`, `5pp` or `auto`; undefined when it is none of them. */
export function readTolerance(text: string): Tolerance | undefined {
  if (text === 'auto') return { kind: 'auto' };
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(%|pp)$/.exec(text) ?? [];
  const share = Number(number) / 100;
  if (unit === undefined || share <= 0 || share > 1) return undefined;
  return unit === '%' ? { kind: 'relative', share } : { kind: 'points', points: share };
}

function readHeader(line: string): readonly [string, string] | undefined {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(line) ?? [];
  if (name === undefined || value === undefined || /[^\t\x20-\x7e\x80-\xff]/.test(value)) return undefined;
  return [name, value];
}

function readObserve(line: string): string | undefined {
  return /^counts:(.+)$/.exec(line)?.[1];
}

/** Part of each request that a probe varies, for pools that hash a key: `header:NAME`, `query:NAME`, `cookie:NAME` or `path`. */
function readVary(text: string): ProbeRequest['vary'] {
  if (text === 'path') return { by: 'path', name: '' };
  const [, by, name] = /^(header|query|cookie):([^\s=:;]{1,200})$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return by === 'header' || by === 'query' || by === 'cookie' ? { by, name } : undefined;
}
