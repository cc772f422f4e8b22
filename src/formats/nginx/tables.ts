import { append } from '../../text/append.ts';
import { compareVersions } from '../../text/versions.ts';
import { TABLE } from './directive-table.ts';

/** The versions that the table tells apart, oldest first. */
export const VERSIONS = ['1.22', '1.26', '1.28', '1.30', '1.31'] as const;

export type Version = (typeof VERSIONS)[number];

/** Bits of `VERSIONS`. */
export type VersionMask = number;

export const ALL_VERSIONS: VersionMask = (1 << VERSIONS.length) - 1;

/** How the argument of a directive is checked; `own` where `arguments.ts` does it, `once` where any text will do. */
export type Kind = 'flag' | 'num' | 'size' | 'off' | 'msec' | 'sec' | 'bufs' | 'enum' | 'bitmask' | 'once' | 'own';

/** One way in which nginx takes a directive. */
export interface Definition {
  /** Letters of the contexts it is allowed in, see `directive-table.ts`. */
  readonly contexts: string;
  readonly least: number;
  readonly allows: (count: number) => boolean;
  /** For messages: `2`, `1 or 2`, `at least 1`. */
  readonly wanted: string;
  readonly block: boolean;
  readonly kind: Kind;
  /** The words of an enum or bitmask; the bounds of a number as `least..most`. */
  readonly values: readonly string[];
  readonly versions: VersionMask;
}

let definitions: ReadonlyMap<string, readonly Definition[]> | undefined;

/** Every directive of nginx itself by its name, with the ways in which each version takes it. */
export function allDefinitions(): ReadonlyMap<string, readonly Definition[]> {
  definitions ??= parseTable(TABLE);
  return definitions;
}

/** Directives by name from lines of `CONTEXTS ARGUMENTS KIND [VERSIONS] = NAMES`. */
function parseTable(table: string): ReadonlyMap<string, readonly Definition[]> {
  const found = new Map<string, Definition[]>();
  for (const line of table.trim().split('\n')) {
    const [left = '', names = ''] = line.split(' = ');
    const [contexts = '', counts = '', kind = '', versions] = left.split(' ');
    const [word = '', values] = kind.split(':');
    const definition: Definition = {
      contexts,
      ...argumentsOf(counts.replace('{', '')),
      block: counts.endsWith('{'),
      kind: word as Kind,
      values: values === undefined ? [] : values.split(word === 'num' ? '..' : ','),
      versions: versions === undefined ? ALL_VERSIONS : maskOf(versions.split(',')),
    };
    for (const name of names.split(' ')) {
      const known = found.get(name);
      if (known === undefined) found.set(name, [definition]);
      else append(known, [definition]);
    }
  }
  return found;
}

function argumentsOf(counts: string): Pick<Definition, 'least' | 'allows' | 'wanted'> {
  if (counts === '*') return { least: 0, allows: () => true, wanted: 'any number' };
  if (counts.endsWith('+')) {
    const least = Number(counts.slice(0, -1));
    return { least, allows: (count) => count >= least, wanted: `at least ${least}` };
  }
  const allowed = Array.from(counts, Number);
  return {
    least: allowed[0] ?? 0,
    allows: (count) => allowed.includes(count),
    wanted: allowed.length < 3 ? allowed.join(' or ') : `${allowed[0] ?? 0} to ${allowed.at(-1) ?? 0}`,
  };
}

function maskOf(versions: readonly string[]): VersionMask {
  return versions.reduce((mask, version) => mask | (1 << VERSIONS.findIndex((known) => known === version)), 0);
}

/**
 * The versions that a file has to suit: those listed next to the declared one, all of them when none is declared. What only some
 * of them refuse is not refused.
 */
export function versionsFor(declared: string | undefined): VersionMask {
  if (declared === undefined || !/^\d+(?:\.\d+)*$/.test(declared)) return ALL_VERSIONS;
  const minor = declared.split('.').slice(0, 2).join('.');
  const same = VERSIONS.findIndex((version) => version === minor);
  if (same >= 0) return 1 << same;
  const next = VERSIONS.findIndex((version) => compareVersions(version, minor) > 0);
  if (next < 0) return 1 << (VERSIONS.length - 1);
  return next === 0 ? 1 : (1 << next) | (1 << (next - 1));
}

/** The first version from which on a feature exists, as a mask of the listed versions that have it. */
export function since(version: Version): VersionMask {
  return ALL_VERSIONS & ~((1 << VERSIONS.indexOf(version)) - 1);
}
