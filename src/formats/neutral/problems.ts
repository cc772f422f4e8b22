import { append } from '../../text/append.ts';
import type { Problem } from '../../model/config.ts';
import type { Pool, Unknown } from '../../model/pool.ts';
import { lineOf, type Span } from '../../model/span.ts';
import type { Text } from '../../model/text.ts';
import { child, headOf, itemsOf, type PNode, type PScalar } from '../../text/positioned.ts';
import { say, words } from '../../text/say.ts';
import { MAX_SCHEMA_FAULTS, pathName, type SchemaFault } from '../../text/schema-errors.ts';
import { textOf } from '../../text/source.ts';
import type { TreeFault } from '../../text/tree-faults.ts';
import { circles } from './circles.ts';
import { splitAddress } from './server.ts';
import { textAt, type Trouble } from './trouble.ts';

export type { Trouble } from './trouble.ts';

const UNREAD = words('The invalid value is not used, so shares and checks that depend on it are unknown.');

/** What keeps a text from being read as YAML at all. */
export function syntaxProblem(fault: TreeFault): Problem {
  const duplicate = fault.kind === 'duplicate-key';
  return {
    rule: duplicate ? 'schema-invalid' : 'config-unparsable',
    at: fault.at,
    what: say`${fault.what}.`,
    why: duplicate
      ? words('Only one of two equal keys has an effect, and readers differ on which.')
      : words('Nothing in the file can be checked until it can be read.'),
    fix: fault.fix,
  };
}

/** A file without content, or with more than one document. */
export function documentProblem(kind: 'empty' | 'second', at: Span): Problem {
  return kind === 'empty'
    ? {
        rule: 'config-unparsable',
        at,
        what: words('The file has no content.'),
        why: words('Without pools there is nothing to predict or check.'),
        fix: words('Add version: 1 and a list of pools, or remove the file from the configs.'),
      }
    : {
        rule: 'schema-invalid',
        at,
        what: words('A second YAML document starts here.'),
        why: words('Only the first document is read, so these pools are not checked.'),
        fix: words('Move all pools into one document, or into a file of their own.'),
      };
}

/** Everything that is wrong with a document's values, with the paths that it is wrong at. */
export function findTroubles(root: PNode, faults: readonly SchemaFault[]): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const told = new Set<PNode>();
  for (const fault of faults) {
    // A template in the place of a number breaks the schema only until it is rendered; it is told below.
    if (fault.node?.kind === 'scalar' && fault.node.computed) continue;
    const { path, node, at, fix } = fault;
    if (node !== undefined) told.add(node);
    const renamed = fault.keyword === 'additionalProperties' ? renamedKey(fault, root) : undefined;
    const problem: Problem = {
      rule: 'schema-invalid',
      at,
      ...(renamed ?? { what: say`${fault.what}.`, why: whyOf(fault), fix }),
    };
    troubles.push({ path, node, problem });
  }
  append(troubles, scalarTroubles(root, told));
  append(troubles, nameTroubles(root));
  return troubles;
}

/** A key of an older schema: the fix names the one that replaces it. */
function renamedKey({ path, node }: SchemaFault, root: PNode): Pick<Problem, 'what' | 'why' | 'fix'> | undefined {
  if (path.at(-1) !== 'crossZone' || path[0] !== 'pools') return undefined;
  const use = node?.kind === 'scalar' && node.value === false ? 'separate' : 'pooled';
  return {
    what: say`${pathName(path, root)} is now called ${'zones'}.`,
    why: words('An unknown key has no effect.'),
    fix: say`Set ${`zones: ${use}`} in its place.`,
  };
}

function whyOf(fault: SchemaFault): Text {
  if (fault.keyword === 'additionalProperties') return words('An unknown key has no effect.');
  return fault.keyword === 'required' ? words('It has no default that could be assumed.') : UNREAD;
}

/** Values that only a template engine or another YAML version could tell. */
function scalarTroubles(root: PNode, told: ReadonlySet<PNode>): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const visit = (node: PNode, path: readonly string[]): void => {
    if (troubles.length >= MAX_SCHEMA_FAULTS) return;
    if (node.kind === 'seq') node.items.forEach((item, i) => visit(item, [...path, String(i)]));
    else if (node.kind === 'map') for (const entry of node.entries.values()) visit(entry.value, [...path, entry.key]);
    else if (!told.has(node)) {
      const problem = scalarProblem(node, path, root);
      if (problem !== undefined) troubles.push({ path, node, problem });
    }
  };
  visit(root, []);
  return troubles;
}

function scalarProblem(node: PScalar, path: readonly string[], root: PNode): Problem | undefined {
  const at = node.at;
  // Free text for people may hold anything.
  if (node.computed && path.at(-1) !== 'match') {
    return {
      rule: 'unresolved-template-or-include',
      at,
      what: say`${pathName(path, root)} is ${String(node.value)}, which is computed outside this file.`,
      why: UNREAD,
      fix: words('Set the path of the rendered file: render the template first.'),
    };
  }
  if (node.ambiguous === 'octal' && typeof node.value === 'number') {
    const digits = textOf(at);
    const octal = Number.parseInt(digits.replaceAll('_', ''), 8);
    return {
      rule: 'malformed-number',
      at,
      what: say`${pathName(path, root)} is ${digits}, which is ${node.value} in YAML 1.2${Number.isNaN(octal) ? words('') : say` and ${octal} in YAML 1.1`}.`,
      why: UNREAD,
      fix: say`Set ${String(node.value)} or another number without a leading zero.`,
    };
  }
  return undefined;
}

/** What a JSON schema cannot say: names are unique and mean something, an address has no port in it. */
function nameTroubles(root: PNode): readonly Trouble[] {
  const troubles: Trouble[] = [];
  const pools = itemsOf(child(root, 'pools'));
  append(troubles, repeated(pools, ['pools'], 'pool'));
  for (const [key, kind] of [
    ['routes', 'route'],
    ['entries', 'entry'],
  ] as const)
    append(troubles, repeated(itemsOf(child(root, key)), [key], kind));
  append(troubles, missingRoutes(root));
  append(troubles, circles(root));
  pools.forEach((pool, i) => {
    const servers = itemsOf(child(pool, 'servers'));
    const path = ['pools', String(i), 'servers'];
    append(troubles, repeated(servers, path, 'server'));
    append(troubles, missingLocalities(pool, servers, path));
    append(troubles, crossedPoints(pool, ['pools', String(i)]));
    servers.forEach((server, j) => {
      const address = child(server, 'address');
      if (address?.kind !== 'scalar' || typeof address.value !== 'string') return;
      const { address: host, port } = splitAddress(address.value);
      if (port === undefined || host === undefined) return;
      const problem: Problem = {
        rule: 'schema-invalid',
        at: address.at,
        what: say`The address ${address.value} has a port in it.`,
        why: words('With two spellings of one address, a duplicate server would not be found.'),
        fix: say`Set address ${host} and port ${String(port)}.`,
      };
      troubles.push({ path: [...path, String(j), 'address'], node: undefined, problem });
    });
  });
  return troubles.slice(0, MAX_SCHEMA_FAULTS);
}

/** Targets that name a route which the file does not have: what is sent there is lost. */
function missingRoutes(root: PNode): readonly Trouble[] {
  const routes = itemsOf(child(root, 'routes'));
  const known = new Set(routes.map((route) => textAt(route, 'name')));
  const check = (target: PNode | undefined, path: readonly string[]): readonly Trouble[] => {
    const name = child(target, 'route');
    const called = textAt(target, 'route');
    if (name === undefined || called === undefined || known.has(called)) return [];
    const problem: Problem = {
      rule: 'schema-invalid',
      at: headOf(name),
      what: say`Route ${called} is not in this file.`,
      why: words('Requests that are sent there reach nobody.'),
      fix: say`Add a route named ${called}, or name one that is there.`,
    };
    return [{ path: [...path, 'route'], node: name, problem }];
  };
  return [
    ...routes.flatMap((route, i) =>
      itemsOf(child(route, 'to')).flatMap((to, j) => check(to, ['routes', String(i), 'to', String(j)])),
    ),
    ...itemsOf(child(root, 'entries')).flatMap((entry, i) =>
      itemsOf(child(entry, 'matches')).flatMap((match, j) =>
        check(child(match, 'to'), ['entries', String(i), 'matches', String(j), 'to']),
      ),
    ),
  ];
}

/** Rings whose least number of points is above the most. */
function crossedPoints(pool: PNode, path: readonly string[]): readonly Trouble[] {
  return ['lookup', 'draw'].flatMap((key): Trouble[] => {
    const points = child(child(child(pool, 'algorithm'), key), 'points');
    const [min, max] = ['min', 'max'].map((end) => child(points, end));
    if (min?.kind !== 'scalar' || max?.kind !== 'scalar') return [];
    if (typeof min.value !== 'number' || typeof max.value !== 'number' || min.value <= max.value) return [];
    const problem: Problem = {
      rule: 'schema-invalid',
      at: min.at,
      what: say`The ring has at least ${String(min.value)} points and at most ${String(max.value)}.`,
      why: UNREAD,
      fix: say`Set ${'min'} to ${String(max.value)} or less.`,
    };
    return [{ path: [...path, 'algorithm', key, 'points', 'min'], node: min, problem }];
  });
}

/** Servers that name a locality which their pool does not list, although it lists some. */
function missingLocalities(pool: PNode, servers: readonly PNode[], path: readonly string[]): readonly Trouble[] {
  const listed = itemsOf(child(pool, 'localities'));
  const known = new Set(listed.map((locality) => textAt(locality, 'name')));
  return servers.flatMap((server, j): Trouble[] => {
    const name = child(server, 'locality');
    const called = textAt(server, 'locality');
    if (listed.length === 0 || name === undefined || called === undefined || known.has(called)) return [];
    const problem: Problem = {
      rule: 'schema-invalid',
      at: headOf(name),
      what: say`Locality ${called} is not listed under ${'localities'} of the pool.`,
      why: words('A locality without a weight gets no traffic.'),
      fix: say`Add ${`{ name: ${called}, weight: 1 }`} to ${'localities'}, or name one that is there.`,
    };
    return [{ path: [...path, String(j), 'locality'], node: name, problem }];
  });
}

function repeated(
  nodes: readonly PNode[],
  path: readonly string[],
  kind: 'pool' | 'server' | 'route' | 'entry',
): readonly Trouble[] {
  const first = new Map<string, Span>();
  const troubles: Trouble[] = [];
  nodes.forEach((node, i) => {
    const name = child(node, 'name');
    if (name?.kind !== 'scalar' || typeof name.value !== 'string') return;
    const before = first.get(name.value);
    if (before === undefined) {
      first.set(name.value, name.at);
      return;
    }
    const line = lineOf(before);
    const problem: Problem = {
      rule: 'schema-invalid',
      at: name.at,
      what: say`${words(kind === 'entry' ? 'An' : 'A')} ${words(kind)} named ${name.value} is already on line ${line}.`,
      why: words('A name that two things share is ambiguous.'),
      fix: words('Rename one of them.'),
    };
    troubles.push({ path: [...path, String(i)], node: undefined, problem });
  });
  return troubles;
}

/** The problems, each with the names of the pool and the server that its path leads through. */
export function namedProblems(
  troubles: readonly Trouble[],
  poolAt: (index: string) => Pool | undefined,
): readonly Problem[] {
  return troubles.map(({ path, problem }) => {
    const pool = path[0] === 'pools' ? poolAt(path[1] ?? '') : undefined;
    const server = path[2] === 'servers' ? pool?.servers[Number(path[3])] : undefined;
    return {
      ...problem,
      ...(pool === undefined ? {} : { pool: pool.name }),
      ...(server === undefined ? {} : { server: server.name }),
    };
  });
}

/** What a pool's readers must know is missing: its own troubles and those of the defaults that it may use. */
export function unknownsOf(troubles: readonly Trouble[], poolIndex: number): readonly Unknown[] {
  return troubles
    .filter(({ path }) => (path[0] === 'pools' && path[1] === String(poolIndex)) || path[0] === 'defaults')
    .map(({ problem }) => ({ at: problem.at, reason: problem.what }));
}

/** Troubles of the file that are no pool's. */
export function otherUnknowns(troubles: readonly Trouble[]): readonly Unknown[] {
  return troubles
    .filter(({ path }) => path[0] !== 'pools' && path[0] !== 'defaults')
    .map(({ problem }) => ({ at: problem.at, reason: problem.what }));
}
