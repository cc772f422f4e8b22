import { expect, test } from '@jest/globals';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import type { Pool, Server } from '../../src/model/pool.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { random } from '../support/random.ts';
import { describeReal, freePort, startServer } from '../support/real-servers.ts';

/** What the reader says of servers is held to what HAProxy itself reports of them, over random configs from fixed seeds. */

const POOLS = 40;

/** A config with `defaults` that build on each other, `default-server` lines in between, templates, quotes and comments. */
function configOf(seed: number, port: number): string {
  const next = random(seed);
  const pick = <T>(first: T, ...others: readonly T[]): T =>
    [first, ...others][Math.floor(next() * (others.length + 1))] ?? first;
  const some = (chance: number, text: string): string => (next() < chance ? text : '');
  const quoted = (text: string): string => pick(text, text, `"${text}"`, `'${text}'`);
  const options = (): string =>
    [
      some(0.4, `weight ${quoted(pick('0', '1', '3', '100', '256'))}`),
      some(0.4, 'check'),
      some(0.15, 'no-check'),
      some(0.15, 'disabled'),
      some(0.15, 'enabled'),
      some(0.2, 'backup'),
      some(0.1, 'no-backup'),
      some(0.2, `maxconn ${pick(0, 5, 100)}`),
      some(0.2, `inter ${pick('1s', '500')} fall ${pick(1, 5)} rise ${pick(1, 4)}`),
      some(0.1, 'source 127.0.0.1'),
      some(0.1, 'slowstart 10s send-proxy'),
    ]
      .filter((option) => option !== '')
      .join(' ');
  const balance = (): string =>
    pick(
      '',
      '',
      ...['roundrobin', 'static-rr', 'leastconn', 'source', 'random', 'uri', 'hdr(x)', 'first'].map(
        (m) => `balance ${m}`,
      ),
    );
  const lines: string[] = [];
  for (let i = 0; i < 4; i++) {
    lines.push(`defaults d${i}${i === 0 ? '' : some(0.6, ` from d${i - 1}`)}`, `mode ${pick('http', 'tcp')}`);
    lines.push('timeout connect 5s', 'timeout client 5s', 'timeout server 5s');
    lines.push(some(0.5, `default-server weight 5 ${options()}`), some(0.3, balance()), some(0.05, 'disabled'));
  }
  for (let i = 0; i < POOLS; i++) {
    lines.push(`backend p${i} from d${pick(0, 1, 2, 3)}`, balance(), some(0.2, pick('disabled', 'enabled')));
    for (let s = 0; s < pick(1, 2, 3, 5); s++) {
      lines.push(some(0.2, `default-server weight 4 ${options()}`), some(0.1, '# server old 127.0.0.1:1'));
      const address = `${pick('127.0.0.1', '[::1]', 'ipv4@127.0.0.1')}:${9000 + s}`;
      lines.push(
        next() < 0.15
          ? `server-template t${s}- ${pick('2', '1-3')} ${address} ${options()}`
          : `${pick('', '\t')}server ${quoted(`s${s}`)} ${address} ${options()} ${some(0.1, '# and so on')}`,
      );
    }
  }
  lines.push('defaults', 'mode http', 'timeout client 5s', 'timeout connect 5s', 'timeout server 5s');
  lines.push('frontend report', `bind 127.0.0.1:${port}`, 'stats enable', 'stats uri /stats');
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

/** The rows of HAProxy's own report, by pool. */
async function reported(port: number): Promise<ReadonlyMap<string, readonly ReadonlyMap<string, string>[]>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/stats;csv`)).text();
  const [head = '', ...rows] = text.trim().split('\n');
  const names = head.replace('# ', '').split(',');
  const found = new Map<string, ReadonlyMap<string, string>[]>();
  for (const row of rows) {
    const cells = new Map(row.split(',').map((cell, i) => [names[i] ?? '', cell]));
    if (cells.get('svname') === 'BACKEND' || cells.get('svname') === 'FRONTEND') continue;
    const pool = cells.get('pxname') ?? '';
    found.set(pool, [...(found.get(pool) ?? []), cells]);
  }
  return found;
}

/** A server as the report has it; a template is as many of them. */
function expectedRows({ name, weight, priority, state, instances, activeCheck, maxConnections }: Server): object[] {
  const { count } = instances;
  const row = {
    name: count.value === 1 && !count.written ? name : undefined,
    weight: String(weight.value),
    backup: priority.value === 1,
    off: state.value === 'down',
    limit: String(maxConnections?.value ?? ''),
    check: activeCheck && state.value !== 'down' ? `${activeCheck.rise?.value}/${activeCheck.fall?.value}` : undefined,
  };
  return Array.from({ length: count.value ?? 0 }, () => row);
}

function reportedRow(cells: ReadonlyMap<string, string>, server: Server | undefined): object {
  const off = /MAINT/.test(cells.get('status') ?? '');
  const checked = !off && cells.get('status') !== 'no check';
  return {
    name: server?.instances.count.written ? undefined : cells.get('svname'),
    weight: cells.get('weight'),
    backup: cells.get('bck') === '1',
    off,
    limit: cells.get('slim'),
    check: checked ? `${cells.get('check_rise')}/${cells.get('check_fall')}` : undefined,
  };
}

describeReal('haproxy', 'what HAProxy reports of its servers', () => {
  test.each([1, 2, 3, 4])(
    'is what the reader says, seed %i',
    async (seed) => {
      const port = await freePort();
      const text = configOf(seed, port);
      const config = haproxy.read('lb.cfg', new MemoryTree({ 'lb.cfg': text }), { rootMap: {}, productVersion: '2.6' });
      expect(config.problems).toEqual([]);
      const server = await startServer('haproxy', text, port);
      const rows = await reported(port);
      const isOff = (pool: Pool): boolean => !rows.has(pool.name);
      expect(config.pools).toHaveLength(POOLS);
      for (const pool of config.pools) {
        // HAProxy leaves a proxy that is switched off out of its report.
        if (isOff(pool)) expect(pool.servers.map(({ state }) => state.value)).toEqual(pool.servers.map(() => 'down'));
        const lines = pool.servers.flatMap((one) => Array.from({ length: one.instances.count.value ?? 0 }, () => one));
        const told = (rows.get(pool.name) ?? []).map((cells, i) => reportedRow(cells, lines[i]));
        if (!isOff(pool)) expect([pool.name, told]).toEqual([pool.name, pool.servers.flatMap(expectedRows)]);
      }
      expect(config.pools.filter((pool) => !isOff(pool)).length).toBeGreaterThan(POOLS / 4);
      await server.stop();
    },
    30_000,
  );
});
