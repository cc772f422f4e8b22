import { reader as nginx } from '../../../src/formats/nginx/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { place } from '../../support/place.ts';

/** Reads `nginx.conf` of the given files; a single text is that file. */
export function read(files: string | Record<string, string>, rootMap: Record<string, string> = {}): Config {
  const all = typeof files === 'string' ? { 'nginx.conf': files } : files;
  return nginx.read(Object.keys(all)[0] ?? 'nginx.conf', new MemoryTree(all), { rootMap });
}

/** A whole configuration around what stands in `http`. */
export function http(inside: string): string {
  return `events {}\nhttp {\n${inside}\n}\n`;
}

export function poolOf(config: Config, name?: string): Pool {
  const pool = config.pools.find((candidate) => name === undefined || candidate.name === name);
  if (pool === undefined) throw new Error('no such pool');
  return pool;
}

/** The pool made of the given lines of an `upstream` in `http`. */
export function upstream(lines: string): Pool {
  return poolOf(read(http(`upstream app {\n${lines}\n}`)));
}

export function problems(config: Config): string[] {
  return config.problems.map((problem) => `${problem.rule} ${place(problem.at)} ${plain(problem.what)}`);
}

export function unknowns(config: Config): string[] {
  return [...config.unknowns, ...config.pools.flatMap((pool) => pool.unknowns)].map(({ reason }) => plain(reason));
}
