import type { Algorithm, Lookup } from '../model/algorithm.ts';
import type { HealthCheck, PassiveCheck, Pool } from '../model/pool.ts';
import type { Stickiness } from '../model/traffic.ts';
import type { Setting } from '../model/span.ts';

/** What a change shows where the config does not tell a value. */
export const UNKNOWN = 'unknown';

/** An active check in one line: what it asks and how fast it decides. */
export function checkText(check: HealthCheck | undefined): string | null {
  if (check === undefined) return null;
  const told = (label: string, setting: Setting<string | number> | undefined, unit = ''): string =>
    setting === undefined ? '' : ` ${label}${setting.value === undefined ? UNKNOWN : `${setting.value}${unit}`}`;
  return (
    check.type +
    told(check.path?.value === undefined ? 'path ' : '', check.path) +
    told('every ', check.intervalMs, ' ms') +
    told('timeout ', check.timeoutMs, ' ms') +
    told('rise ', check.rise) +
    told('fall ', check.fall)
  );
}

/** The rest of what a check asks, where the product has no options of its own for it. */
export function checkDetails(check: HealthCheck | undefined): string {
  const { method, host, port, expects, version, follows, retryIntervalMs } = check ?? {};
  return Object.entries({ method, host, port, expects, version, follows, 'retry interval in ms': retryIntervalMs })
    .flatMap(([label, setting]) => (setting === undefined ? [] : [`${label} ${setting.value ?? UNKNOWN}`]))
    .join(', ');
}

/** What takes a server out by its failures, in one line. */
export function passiveText(check: PassiveCheck | undefined): string | null {
  if (check === undefined) return null;
  const time = (before: string, setting: Setting<number> | undefined): string =>
    setting === undefined
      ? ''
      : `${before} ${setting.value === undefined ? `an ${UNKNOWN} time` : `${setting.value} ms`}`;
  const most = check.maxEjected === undefined ? '' : `, at most ${check.maxEjected.value ?? UNKNOWN} of the pool`;
  const sees = check.sees === undefined ? '' : `, by ${check.sees}`;
  const fails = check.maxFails.value ?? `an ${UNKNOWN} number of`;
  return `${fails} fails${time(' in', check.windowMs)}${time(', out for', check.ejectMs)}${most}${sees}`;
}

/** Stickiness in one line, for documents and for comparing. */
export function stickinessText(stickiness: Stickiness | undefined): string | null {
  if (stickiness === undefined) return null;
  const { type, name, ttlMs, values } = stickiness;
  const named = name === undefined ? [] : [name.value ?? UNKNOWN];
  const lasting = ttlMs === undefined ? [] : [ttlMs.value === undefined ? `for ${UNKNOWN}` : `for ${ttlMs.value} ms`];
  return [type, ...named, ...lasting, ...(values === 'made' ? ['with values of the product'] : [])].join(' ');
}

/** An algorithm in one line; spellings that mean the same give the same text. */
export function algorithmText(pool: Pool): string {
  const algorithm = pool.algorithm.value;
  if (algorithm === undefined) return UNKNOWN;
  return textOf(algorithm);
}

/** The algorithms of two revisions; where one line does not tell them apart, with the details that differ. */
export function algorithmTexts(base: Pool, head: Pool): readonly [string, string] {
  const texts = [algorithmText(base), algorithmText(head)] as const;
  if (texts[0] !== texts[1]) return texts;
  const [before, after] = [base, head].map(({ algorithm }) => details(algorithm.value));
  const differing = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].filter(
    (key) => before?.get(key) !== after?.get(key),
  );
  const [was, is] = [before, after].map((side, i) =>
    [texts[i], ...differing.map((key) => `${key} ${side?.get(key) ?? 'not set'}`)].join(', '),
  );
  return [was ?? texts[0], is ?? texts[1]];
}

/** Every value of a tree by its path; what the product calls it does not count. */
function details(tree: object | undefined, path: readonly string[] = []): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree ?? {}) as [string, unknown][]) {
    const here = [...path, key];
    if (key === 'native' && path.length === 0) continue;
    if (typeof value === 'object' && value !== null) for (const one of details(value, here)) found.set(...one);
    else if (value !== undefined) found.set(here.join(' '), JSON.stringify(value).replaceAll('"', ''));
  }
  return found;
}

function textOf(algorithm: Algorithm): string {
  switch (algorithm.kind) {
    case 'unknown':
    case 'least-time':
      return algorithm.native;
    case 'hash':
      return `${algorithm.key.of} hash of ${algorithm.key.native} (${lookupText(algorithm.lookup)})`;
    case 'random':
      return `random${algorithm.choices > 1 ? `, best of ${algorithm.choices}` : ''}${algorithm.draw === 'equal' ? UNWEIGHTED : ''}`;
    case 'fill':
      return 'first with room';
    case 'round-robin':
      return `round-robin${algorithm.serves === 'in-blocks' ? ' in blocks' : ''}${algorithm.weights === 'ignored' ? UNWEIGHTED : ''}`;
    case 'least-connections':
      return `least-connections${algorithm.loaded === 'equal' ? UNWEIGHTED : ''}`;
    default:
      return algorithm satisfies never;
  }
}

const UNWEIGHTED = ', without weights';

function lookupText(lookup: Lookup | undefined): string {
  switch (lookup?.table) {
    case undefined:
      return UNKNOWN;
    case 'ring':
      return 'perWeight' in lookup.points ? 'ring' : `ring of ${lookup.points.min} to ${lookup.points.max} points`;
    case 'maglev':
      return `maglev of ${lookup.size}`;
    case 'slots':
    case 'rendezvous':
      return lookup.table;
    default:
      return lookup satisfies never;
  }
}
