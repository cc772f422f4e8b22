import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRefused, read, SMALL } from './support.ts';
import { findProgram, RECIPES } from '../../support/real/products.ts';
import { describeReal } from '../../support/real-servers.ts';
import { reader } from '../../../src/formats/caddy/reader.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';

/** What Caddy does not find when it only looks at a file, and the other way round. */
const DIFFERENT: Readonly<Record<string, string>> = {};

describeReal('caddy', 'what Caddy itself makes of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-caddy-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const program = findProgram(RECIPES.caddy.programs) ?? '';
  const caddy = (command: 'adapt' | 'validate', text: string): { readonly ok: boolean; readonly out: string } => {
    const file = join(folder, 'Caddyfile');
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(program, [command, '--adapter', 'caddyfile', '--config', file], {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder },
    });
    return { ok: status === 0, out: command === 'adapt' ? stdout : stderr };
  };

  test.each(Object.entries(SMALL))('accepts or refuses as Caddy does: %s', (name, text) => {
    const { ok, out } = caddy('validate', text);
    const config = read(text);
    const ours = isRefused(config)
      ? `refused: ${config.problems.map(({ what }) => plain(what)).join(' ')}`
      : 'accepted';
    const theirs = ok === (DIFFERENT[name] === undefined) ? 'accepted' : `refused: ${out.split('\n').at(-2) ?? ''}`;
    expect([ours.split(':')[0], ours, theirs]).toEqual([theirs.split(':')[0], ours, theirs]);
  });

  test('the files are of more than 60 kinds, right and wrong ones', () => {
    const refused = Object.values(SMALL).filter((text) => isRefused(read(text)));
    expect(Object.keys(SMALL).length).toBeGreaterThanOrEqual(60);
    expect(refused.length).toBeGreaterThan(25);
  });

  /** What a pool is, without its names and places. */
  const shape = (pool: Pool): object => ({
    dynamic: pool.dynamic,
    algorithm: pool.algorithm.value,
    sticky: pool.stickiness?.name?.value,
    servers: pool.servers.map(({ name, address, port, weight, tls, maxConnections }) => [
      name,
      address,
      port?.value,
      weight.value,
      tls?.value,
      maxConnections?.value,
    ]),
    check: values(pool.activeCheck),
    passive: values(pool.passiveCheck),
    retries: pool.retries?.value,
    timeouts: values(pool.timeouts),
    host: pool.sendsHost?.value?.replace('{upstream_hostport}', '{http.reverse_proxy.upstream.hostport}'),
  });
  const values = (part: object | undefined): object =>
    Object.fromEntries(
      Object.entries(part ?? {}).flatMap(([key, value]) =>
        typeof value === 'object' && value !== null && 'value' in value && key !== 'expects'
          ? [[key, value.value]]
          : [],
      ),
    );
  const json = (text: string): Config =>
    reader.read('caddy.json', new MemoryTree({ 'caddy.json': text }), { rootMap: {} });
  const accepted = Object.entries(SMALL).filter(([, text]) => text.includes('192.0.2.1') && !isRefused(read(text)));

  test.each(accepted)('the JSON that Caddy makes has the same pools: %s', (_, text) => {
    const { ok, out } = caddy('adapt', text);
    expect(ok).toBe(true);
    const [own, adapted] = [read(text), json(out)];
    expect(adapted.problems).toEqual([]);
    expect(own.pools.length).toBeGreaterThan(0);
    expect(own.pools.map(shape)).toEqual(adapted.pools.map(shape));
  });

  test('there are more than 12 of them', () => {
    expect(accepted.length).toBeGreaterThan(12);
  });
});
