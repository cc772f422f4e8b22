import { routeParts } from '../../../src/compare/flow.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/aws/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { mainPart, type Part } from '../../../src/model/share.ts';
import { lineOf, type Span } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

/** Reads files as one tree; the first is the root. A text alone is `main.tf`. */
export function read(files: string | Readonly<Record<string, string>>): Config {
  const all = typeof files === 'string' ? { 'main.tf': files } : files;
  return reader.read(Object.keys(all)[0] ?? '', new MemoryTree(all), { rootMap: {} });
}

/** The text that a span covers. */
export const written = ({ source, start, end }: Span): string => source.text.slice(start, end);

/** `12: what is wrong`, in the order of the file. */
export const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);

export function poolOf({ pools }: Config, name: string): Pool {
  const pool = pools.find((one) => one.name === name);
  if (pool === undefined) throw new Error(`no pool ${name} among ${pools.map((one) => one.name).join(', ')}`);
  return pool;
}

/** Servers by name with their share, rounded to four digits. */
export function shares(config: Config, name: string): Record<string, unknown> {
  const pool = poolOf(config, name);
  const { shares: found } = predict(pool);
  return Object.fromEntries(pool.servers.map((server, i) => [server.name, rounded(mainPart(found[i]))]));
}

/** Targets of a route by name with their part. */
export function parts(config: Config, name: string): Record<string, unknown> {
  const route = config.routes.find((one) => one.name === name);
  if (route === undefined) throw new Error(`no route ${name} among ${config.routes.map((one) => one.name).join(', ')}`);
  const found = routeParts(route, [config]);
  return Object.fromEntries(
    route.to.map(({ to }, i) => [to.kind === 'pool' ? to.name : to.kind, rounded(found[i] ?? null)]),
  );
}

function rounded(part: Part): unknown {
  const four = (n: number): number => Math.round(n * 1e4) / 1e4;
  if (part === null || typeof part === 'number') return part === null ? null : four(part);
  return [four(part.low), four(part.high)];
}
