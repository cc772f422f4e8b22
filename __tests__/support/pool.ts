import { FORMATS } from '../../src/formats/list.ts';
import type { Dialect } from '../../src/model/dialect.ts';
import { poolKey } from '../../src/model/keys.ts';
import type { Algorithm } from '../../src/model/algorithm.ts';
import type { Config } from '../../src/model/config.ts';
import type { Pool, Server } from '../../src/model/pool.ts';
import { implied, written, type Span } from '../../src/model/span.ts';
import { SourceFile } from '../../src/text/source.ts';

/** A short way to state a pool in a test; positions are those of its place in the list, one line a server. */
export interface PoolSpec {
  readonly name?: string;
  readonly format?: string;
  readonly algorithm?: Algorithm;
  readonly servers: readonly ServerSpec[];
  readonly allBackups?: boolean;
  readonly more?: Partial<Pool>;
}

export interface ServerSpec {
  readonly name?: string;
  readonly address?: string;
  readonly port?: number;
  readonly weight?: number | null;
  readonly state?: 'up' | 'drain' | 'down';
  readonly backup?: boolean;
  readonly count?: number;
  readonly more?: Partial<Server>;
}

export const ROUND_ROBIN: Algorithm = {
  kind: 'round-robin',
  native: 'roundrobin',
  serves: 'in-turn',
  weights: 'used',
};

function dialectOf(format: string): Dialect {
  const reader = FORMATS.find(({ dialect }) => dialect.format === format);
  if (reader === undefined) throw new Error(`no reader for ${format}`);
  return reader.dialect;
}

/** A pool as a reader would give it. */
export function pool(spec: PoolSpec): Pool {
  const format = spec.format ?? 'haproxy';
  const source = new SourceFile('lb.cfg', `pool\n${spec.servers.map((_, i) => `  server ${i}\n`).join('')}`);
  const line = (n: number): Span => {
    const start = source.text.split('\n').slice(0, n).join('\n').length + (n > 0 ? 1 : 0);
    return source.span(start, start + 4);
  };
  return {
    key: poolKey(format, source.path, spec.name ?? 'app'),
    name: spec.name ?? 'app',
    dialect: dialectOf(format),
    at: line(0),
    protocol: 'http',
    algorithm: written(spec.algorithm ?? ROUND_ROBIN, line(0)),
    servers: spec.servers.map((server, i) => serverOf(server, i, line(i + 1))),
    timeouts: {},
    spill: {
      spare: implied(Infinity, line(0)),
      standby: (spec.allBackups ?? format === 'nginx') ? 'all' : 'first',
      standbyBy: format === 'nginx' ? 'round-robin' : 'algorithm',
    },
    zones: implied('pooled', line(0)),
    dynamic: false,
    unknowns: [],
    caveats: [],
    answers: [],
    options: new Map(),
    ...spec.more,
  };
}

function serverOf(spec: ServerSpec, index: number, at: Span): Server {
  return {
    name: spec.name ?? `s${index + 1}`,
    address: spec.address ?? '127.0.0.1',
    port: written(spec.port ?? 22001 + index, at),
    at,
    weight: spec.weight === undefined ? implied(1, at) : written(spec.weight ?? undefined, at),
    priority: implied(spec.backup === true ? 1 : 0, at),
    state: implied(spec.state ?? 'up', at),
    instances: { count: implied(spec.count ?? 1, at), named: 'listed' },
    options: new Map(),
    ...spec.more,
  };
}

/** A config that holds the given pools. */
export function config(pools: readonly Pool[], more: Partial<Config> = {}): Config {
  const source = pools[0]?.at.source ?? new SourceFile('lb.cfg', '');
  return {
    dialect: pools[0]?.dialect ?? dialectOf('haproxy'),
    path: source.path,
    source,
    status: 'read',
    files: [source.path],
    pools,
    routes: [],
    entries: [],
    references: [],
    listeners: [],
    facts: new Map(),
    problems: [],
    unknowns: [],
    ignores: [],
    ...more,
  };
}
