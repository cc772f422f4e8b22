import type { Candidate, Expectation, ExpectedServer } from '../evidence/expectation.ts';
import type { Pool, Server } from '../model/pool.ts';
import { LIMITS } from '../text/limits.ts';

/** A line that makes numbered servers: `server-template web 1-3` makes web1, web2 and web3. */
export interface Template {
  readonly prefix: string;
  readonly first: number;
  /** Undefined when the file does not say how many. */
  readonly last: number | undefined;
}

/** The template that a line is; undefined for a line of one server. */
export function templateOf({ name, instances }: Server): Template | undefined {
  if (instances.named !== 'numbered' || !instances.count.written) return undefined;
  const { value: servers } = instances.count;
  const [, before = '', digits = '', to = ''] = /^(.*?)(\d+)-(\d+)$/.exec(name) ?? [];
  if (servers !== undefined && servers <= LIMITS.serversPerTemplate && to !== '') {
    // `web2` and `1-3` are written in one: the count says where the prefix ends.
    const first = Number(to) - servers + 1;
    const prefix = `${before}${digits.slice(0, digits.length - String(first).length)}`;
    return { prefix, first, last: Number(to) };
  }
  return { prefix: (name.split(/["'$]/)[0] ?? '').replace(/[\d-]+$/, ''), first: 0, last: undefined };
}

/** The names of the servers that a template makes; none where their number is not known. */
export function templateNames({ prefix, first, last = first - 1 }: Template): string[] {
  return Array.from({ length: last - first + 1 }, (_, i) => `${prefix}${first + i}`);
}

/** The expectation with every line of numbered servers as these servers, each with an equal part of the line's share. */
export function withSlots(expectation: Expectation, pools: readonly Pool[]): Expectation {
  const slots = slotsByLine(pools);
  if (slots.size === 0) return expectation;
  return {
    ...expectation,
    servers: expectation.servers.flatMap((server) => spread(server, slots)),
    candidates: expectation.candidates.map((candidate): Candidate => ({
      ...candidate,
      shares: new Map([...candidate.shares].flatMap(([line, share]) => spreadShare(line, share, slots))),
    })),
  };
}

type Slots = ReadonlyMap<string, readonly string[]>;

function slotsByLine(pools: readonly Pool[]): Slots {
  const slots = new Map<string, readonly string[]>();
  for (const pool of pools) {
    for (const server of pool.servers) {
      const template = templateOf(server);
      if (template?.last !== undefined) slots.set(server.name, templateNames(template));
    }
  }
  return slots;
}

function spread(server: ExpectedServer, slots: Slots): ExpectedServer[] {
  const names = slots.get(server.name);
  if (names === undefined) return [server];
  const expected = server.expected === null ? null : server.expected / names.length;
  return names.map((name) => ({ ...server, name, expected }));
}

function spreadShare(line: string, share: number, slots: Slots): (readonly [string, number])[] {
  const names = slots.get(line);
  return names === undefined ? [[line, share]] : names.map((name) => [name, share / names.length]);
}
