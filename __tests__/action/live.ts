import { afterEach } from '@jest/globals';
import { DemoBalancer } from '../../src/demo/balancer.ts';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { FILE } from './stage.ts';

const running: DemoBalancer[] = [];
afterEach(async () => {
  for (const balancer of running.splice(0)) await balancer.stop();
});

/** A balancer that serves what a config says, over real HTTP servers on loopback. */
export interface Live {
  /** What a workflow gives to measure it. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What `systemctl reload haproxy` does. */
  reload(config: string): void;
}

export async function live(config: string): Promise<Live> {
  const balancer = new DemoBalancer();
  running.push(balancer);
  const target = await balancer.start(poolOf(config).servers.map((server) => server.name));
  balancer.load(poolOf(config));
  return {
    inputs: { config: FILE, target: target.href, rate: '500/s', settle: '0s', timeout: '20s' },
    reload: (next) => balancer.load(poolOf(next)),
  };
}

function poolOf(config: string) {
  const [pool] = haproxy.read(FILE, new MemoryTree({ [FILE]: config }), { rootMap: {} }).pools;
  if (pool === undefined) throw new Error('the config has no pool');
  return pool;
}
