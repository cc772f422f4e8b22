import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryFlow } from '../../../src/compare/flow.ts';
import { without } from '../../../src/compare/loss.ts';
import { predict } from '../../../src/compare/predict.ts';
import { reader } from '../../../src/formats/keepalived/reader.ts';
import { FORMATS } from '../../../src/formats/list.ts';
import type { Config } from '../../../src/model/config.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { mainPart, type Part } from '../../../src/model/share.ts';
import { lineOf } from '../../../src/model/span.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import { textOf } from '../../../src/text/source.ts';
import { random } from '../../support/random.ts';

const SHOP = `! The shop, behind two directors.
global_defs {
    router_id lb1
}
virtual_server 198.51.100.10 443 {
    lb_algo wrr   # by weight
    lb_kind DR
    protocol TCP
    delay_loop 7
    persistence_timeout 90
    sorry_server 192.0.2.99 8443

    real_server 192.0.2.21 443 { # evenkeel-ignore weight-imbalance -- a larger machine
        weight 3
        uthreshold 400
        SSL_GET {
            url {
                path "/up"
                status_code 200-299
                digest 9b3a0c85a887a256d6939da88aabd8cd
            }
            connect_timeout 2
            retry 4
        }
    }
    real_server 192.0.2.22 443
    {
        TCP_CHECK { connect_port 8443 }
    }
    real_server 2001:db8::23 443 {
        weight 0
        MISC_CHECK { misc_path "/usr/local/bin/probe --fast" }
    }
}
virtual_server_group dns {
    198.51.100.53 53
    198.51.100.54-56 53
}
virtual_server group dns {
    protocol UDP
    real_server 192.0.2.53 53 {
    }
}
`;

const read = (text: string): Config =>
  reader.read('keepalived.conf', new MemoryTree({ 'keepalived.conf': text }), { rootMap: {} });
const says = ({ problems }: Config): string[] => problems.map(({ what, at }) => `${lineOf(at)}: ${plain(what)}`);
const unread = ({ unknowns }: Config): string[] => unknowns.map(({ reason, at }) => `${lineOf(at)}: ${plain(reason)}`);
const shares = (pool: Pool): Part[] => predict(pool).shares.map(mainPart);

function poolOf(text: string): Pool {
  const [pool] = read(text).pools;
  if (pool === undefined) throw new Error('no pool');
  return pool;
}

const twoServers = (algorithm: string, more = ''): string =>
  `virtual_server 198.51.100.1 80 {\nlb_algo ${algorithm}\n${more}\nreal_server 192.0.2.1 80 {\nweight 3\n}\nreal_server 192.0.2.2 80 {\n}\n}\n`;

describe('a virtual server', () => {
  const config = read(SHOP);
  const pool = poolOf(SHOP);

  test('has its servers with their addresses, weights and limits, each at its place', () => {
    expect([config.status, says(config), unread(config)]).toEqual(['read', [], []]);
    expect(config.pools.map(({ name, protocol }) => [name, protocol])).toEqual([
      ['198.51.100.10:443', 'tcp'],
      ['group dns/udp', 'udp'],
    ]);
    expect(
      pool.servers.map(({ name, weight, priority, maxConnections }) => [
        name,
        weight.value,
        weight.written,
        priority.value,
        maxConnections?.value,
      ]),
    ).toEqual([
      ['192.0.2.21:443', 3, true, 0, 400],
      ['192.0.2.22:443', 1, false, 0, undefined],
      ['[2001:db8::23]:443', 0, true, 0, undefined],
      ['192.0.2.99:8443', 1, false, 1, undefined],
    ]);
    const [first, second] = pool.servers;
    expect([first?.at, first?.weight.at, second?.at, pool.algorithm.at].map((at) => at && textOf(at))).toEqual([
      'real_server 192.0.2.21 443',
      '3',
      'real_server 192.0.2.22 443',
      'wrr',
    ]);
    expect(config.ignores.map(({ covers }) => textOf(covers))).toEqual(['real_server 192.0.2.21 443']);
  });

  test('has checks with the times of the nearest block, and the defaults of keepalived', () => {
    const checks = pool.servers.map(({ activeCheck: check }) => [
      check?.type,
      check?.path?.value ?? check?.port?.value,
      check?.intervalMs?.value,
      check?.timeoutMs?.value,
      check?.fall?.value,
      check?.retryIntervalMs?.value,
    ]);
    expect(checks).toEqual([
      ['https', '/up', 7000, 2000, 5, 3000],
      ['tcp', 8443, 7000, 5000, 2, 1000],
      ['exec', undefined, 7000, 7000, 1, 1000],
      [undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
    expect([pool.stickiness?.type, pool.stickiness?.ttlMs?.value]).toEqual(['source-ip', 90_000]);
    expect(pool.servers[0]?.options.get('SSL_GET.url.digest')?.value).toMatch(/^9b3a/);
  });

  test('splits by weight, and its sorry server serves when every real server is down', () => {
    expect(shares(pool)).toEqual([0.75, 0.25, 0, 0]);
    expect(shares(without(without(pool, 0), 1))).toEqual([0, 0, 0, 1]);
  });

  test('is an entry, with every address of its group', () => {
    const [shop, dns] = config.entries;
    expect(shop?.listens.map(({ address }) => address)).toEqual(['198.51.100.10:443']);
    expect(dns?.listens.map(({ address }) => address)).toEqual(['198.51.100.53:53', '198.51.100.54-56:53']);
    if (dns === undefined) throw new Error('no entry');
    const { classes } = entryFlow(dns, [config]);
    expect(classes.map(({ flow }) => [...flow.pools.values()])).toEqual([[1]]);
  });
});

describe('schedulers', () => {
  test.each<[string, string, unknown[]]>([
    ['rr', 'exact', [0.5, 0.5]],
    ['wrr', 'exact', [0.75, 0.25]],
    ['wlc', 'load-dependent', [0.75, 0.25]],
    ['lc', 'load-dependent', [0.5, 0.5]],
  ])('%s', (algorithm, predictability, loaded) => {
    const prediction = predict(poolOf(twoServers(algorithm)));
    expect(prediction.predictability).toBe(predictability);
    expect(prediction.shares.map((share) => share.loaded)).toEqual(loaded);
  });

  test.each(['fo', 'ovf', 'lblc', 'lblcr', 'twos'])('%s gives no number', (algorithm) => {
    for (const share of predict(poolOf(twoServers(algorithm))).shares) expect(typeof share.loaded).not.toBe('number');
  });

  test('wlc where none is written, and where keepalived does not know the word', () => {
    expect(poolOf(twoServers('rr').replace('lb_algo rr', '')).algorithm.value?.native).toBe('wlc');
    const odd = read(twoServers('roundrobin'));
    expect(odd.pools[0]?.algorithm.value?.native).toBe('wlc');
    expect(says(odd)).toEqual(['2: Unknown scheduler roundrobin.']);
  });

  test('with a quorum above 1 the shares hold on a condition', () => {
    const sorry = 'sorry_server 192.0.2.9 80\n';
    expect(predict(poolOf(twoServers('wrr', sorry))).predictability).toBe('exact');
    expect(predict(poolOf(twoServers('wrr', `${sorry}quorum 3`))).predictability).toBe('conditional');
  });
});

describe('what the file does not say', () => {
  test.each([
    ['weight 3', 'weight $HEAVY', '5: $HEAVY is replaced before the file is read'],
    ['weight 3', '@east weight 3', '5: a line with @east is read on some hosts only'],
    ['virtual_server', 'include conf.d/*.conf\nvirtual_server', '1: conf.d/*.conf is included but not read'],
    ['virtual_server', '~SEQ(N, 1, 3) x\nvirtual_server', '1: ~SEQ(N, repeats lines that are not in the file'],
  ])('%s as %s is unknown', (from, to, reason) => {
    const config = read(twoServers('wrr').replace(from, to));
    expect(config.status).toBe('partial');
    expect(unread(config)[0]).toBe(reason);
  });

  test('a substituted weight gives bounds', () => {
    const [first] = shares(poolOf(twoServers('wrr').replace('weight 3', 'weight $HEAVY')));
    expect(typeof first).toBe('object');
  });
});

const FAULTS: readonly (readonly [string, string, string])[] = [
  ['weight 3', 'weight -3', '5: Invalid weight -3.'],
  ['weight 3', 'weight 2147483648', '5: Invalid weight 2147483648.'],
  ['weight 3', 'weight heavy', '5: Invalid weight heavy.'],
  ['192.0.2.2', '192.0.2.1', '7: 192.0.2.1:80 is listed twice.'],
  ['wrr', 'wrrr', '2: Unknown scheduler wrrr.'],
  ['weight 3\n}', 'weight 3', '9: The file ends before a block is closed with }.'],
  ['weight 3', 'weight 2147483647', ''],
  ['weight 3', 'weight 5 ! heavy', ''],
  ['192.0.2.1 80 {', '192.0.2.1 80\n{', ''],
];

test.each(FAULTS)('%s as %s', (from, to, problem) => {
  expect(says(read(twoServers('wrr').replace(from, to))).join()).toBe(problem);
});

const PROGRAM = '/usr/sbin/keepalived';
(existsSync(PROGRAM) ? describe : describe.skip)('keepalived itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keepalived-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(FAULTS)('agrees about %s as %s', (from, to, problem) => {
    const file = join(folder, 'keepalived.conf');
    // Anything that it has to assume is a warning too, so the rest of the file leaves nothing open.
    writeFileSync(file, twoServers('wrr', 'lb_kind NAT\nprotocol TCP').replace(from, to));
    const { status } = spawnSync(PROGRAM, ['-t', '-f', file], { encoding: 'utf8' });
    expect(status === 0).toBe(problem === '');
  });
});

test('its files are recognized, also those with VRRP alone, and those of others are not', () => {
  const best = (text: string): string | undefined =>
    FORMATS.map((one) => [one.dialect.format, one.recognise('lb.conf', text)] as const).toSorted(
      (a, b) => b[1] - a[1],
    )[0]?.[0];
  expect(best(SHOP)).toBe('keepalived');
  expect(best('vrrp_instance VI_1 {\n    state MASTER\n}\n')).toBe('keepalived');
  expect(best('events {}\nhttp { upstream a { server 192.0.2.1; } }')).toBe('nginx');
});

test('any text at all is read without an exception (400 seeded texts)', () => {
  const next = random(11);
  const pieces = ['{', '}', '\n', '#', '!', '"', "'", '\\', '\\\n', '$', '${', '@x ', '~SEQ', 'url {', '__proto__ 1'];
  for (let i = 0; i < 400; i++) {
    let text = SHOP;
    for (let n = 1 + Math.floor(next() * 10); n > 0; n--) {
      const at = Math.floor(next() * text.length);
      text = `${text.slice(0, at)}${pieces[Math.floor(next() * pieces.length)] ?? ''}${text.slice(at + Math.floor(next() * 30))}`;
    }
    const { pools, problems } = read(text);
    for (const { at } of [...pools, ...problems]) expect(textOf(at)).toHaveLength(at.end - at.start);
    for (const pool of pools) expect(predict(pool).shares).toHaveLength(pool.servers.length);
  }
  expect(() => read('a {\n'.repeat(20_000))).not.toThrow();
});
