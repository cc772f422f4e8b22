import type { Counts } from '../../src/model/counts.ts';
import { nodePorts } from '../../src/probe/ports.ts';
import { probe } from '../../src/probe/probe.ts';
import type { AddressResult, KnownServer, ProbePorts, ProbeRequest } from '../../src/probe/request.ts';
import { plain } from '../../src/text/say.ts';

/** A request as fast as answers come, for servers on this machine. */
export function request(target: string | number, more: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    target: new URL(typeof target === 'number' ? `http://127.0.0.1:${target}/` : target),
    identifyBy: { by: 'auto' },
    known: [],
    headers: [],
    rate: Infinity,
    maxRequests: 60,
    timeoutMs: 20_000,
    settleMs: 0,
    version: undefined,
    concurrency: 4,
    connectMs: 3000,
    requestMs: 5000,
    tls: { insecure: false },
    allowLinkLocal: false,
    begin: () => () => true,
    ...more,
  };
}

/** Real sockets and sleeping; randomness that repeats, and names that the test gives. */
export function ports(names: Readonly<Record<string, readonly string[]>> = {}): ProbePorts {
  let seed = 1;
  return {
    ...nodePorts(),
    lookup: async (host) => {
      const found = names[host];
      if (found === undefined) throw new Error(`ENOTFOUND ${host}`);
      return found;
    },
    random: () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    },
  };
}

/** As `ports`, but no sleep takes longer than 20 ms, so that three spaced tries do not cost seconds. */
export function hasty(names: Readonly<Record<string, readonly string[]>> = {}): ProbePorts {
  const outside = ports(names);
  return { ...outside, sleep: (ms) => outside.sleep(Math.min(ms, 20)) };
}

/** Asks a target that has one address. */
export async function ask(asked: ProbeRequest, outside: ProbePorts = ports()): Promise<AddressResult> {
  const results = await probe(asked, outside);
  expect(results).toHaveLength(1);
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result;
}

export function known(...names: readonly string[]): KnownServer[] {
  return names.map((name) => ({ name, identities: [name], patterns: [] }));
}

/** All requests that counts hold. */
export function total(counts: Counts): number {
  const sum = (record: Readonly<Record<string, number | undefined>> = {}): number =>
    Object.values(record).reduce<number>((all, n) => all + (n ?? 0), 0);
  return (
    sum(counts.servers) +
    sum(counts.failed) +
    sum(counts.unexpected) +
    (counts.unidentified ?? 0) +
    (counts.cached ?? 0)
  );
}

export function notesOf(result: AddressResult): string {
  return result.notes.map(plain).join('\n');
}

export function obstacleOf(result: AddressResult): string {
  return result.obstacle === undefined ? '' : plain(result.obstacle);
}
