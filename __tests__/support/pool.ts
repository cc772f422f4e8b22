import type { Algorithm, Config, FormatName, Pool, Server } from '../../src/model/config.ts';
import { implied, written, type Span } from '../../src/model/span.ts';
import { SourceFile } from '../../src/text/source.ts';

/** A short way to state a pool in a test; positions are those of its place in the list, one line a server. */
export interface PoolSpec {
  readonly name?: string;
  readonly format?: FormatName;
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

export const ROUND_ROBIN: Algorithm = { kind: 'round-robin', native: 'roundrobin' };

/** A pool as a reader would give it. */
export function pool(spec: PoolSpec): Pool {
  const format = spec.format ?? 'haproxy';
  const source = new SourceFile('lb.cfg', `pool\n${spec.servers.map((_, i) => `  server ${i}\n`).join('')}`);
  const line = (n: number): Span => {
    const start = source.text.split('\n').slice(0, n).join('\n').length + (n > 0 ? 1 : 0);
    return source.span(start, start + 4);
  };
  return {
    name: spec.name ?? 'app',
    format,
    at: line(0),
    protocol: 'http',
    algorithm: written(spec.algorithm ?? ROUND_ROBIN, line(0)),
    servers: spec.servers.map((server, i) => serverOf(server, i, line(i + 1))),
    timeouts: {},
    allBackups: spec.allBackups ?? format === 'nginx',
    dynamic: false,
    unknowns: [],
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
    tier: implied(spec.backup === true ? 'backup' : 'primary', at),
    state: implied(spec.state ?? 'up', at),
    count: implied(spec.count ?? 1, at),
    options: new Map(),
    ...spec.more,
  };
}

/** A config that holds the given pools. */
export function config(pools: readonly Pool[], more: Partial<Config> = {}): Config {
  const source = pools[0]?.at.source ?? new SourceFile('lb.cfg', '');
  return {
    format: pools[0]?.format ?? 'haproxy',
    path: source.path,
    source,
    status: 'read',
    files: [source.path],
    pools,
    routes: [],
    references: [],
    listeners: [],
    facts: new Map(),
    problems: [],
    unknowns: [],
    ignores: [],
    ...more,
  };
}
