import { entryFlow } from '../../src/compare/flow.ts';
import { predict } from '../../src/compare/predict.ts';
import { poolsOf } from '../../src/compare/references.ts';
import { reader } from '../../src/formats/apache/reader.ts';
import { mainShare } from '../../src/model/share.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

const NAMES = ['a', 'b', 'c', 'd'];

/** What the file says each backend gets of the requests for `/`, by its address. */
function predicted(text: string): ReadonlyMap<string, number> {
  const config = reader.read('httpd.conf', new MemoryTree({ 'httpd.conf': text }), { rootMap: {} });
  const entry = config.entries.at(-1);
  if (entry === undefined) throw new Error('no entry');
  const rest = entryFlow(entry, [config]).classes.find(({ when }) => when === undefined);
  const shares = new Map<string, number>();
  for (const [key, part] of rest?.flow.pools ?? []) {
    const pool = poolsOf([config]).byKey(key)?.pool;
    if (pool === undefined || typeof part !== 'number') throw new Error('not known');
    predict(pool).shares.forEach((share, i) => {
      const server = pool.servers[i];
      const address = `${server?.address ?? ''}:${server?.port?.value ?? ''}`;
      shares.set(address, (shares.get(address) ?? 0) + part * (mainShare(share) ?? Number.NaN));
    });
  }
  return shares;
}

/** Turns come out to two requests: each child of Apache has a state of its own only in what it has open. */
describeReal('apache', 'shares that a real Apache serves', () => {
  const balancer = (members: readonly string[], setting = ''): string =>
    `<Proxy balancer://shop>\n${members.map((member) => `BalancerMember http://${member}\n`).join('')}${setting === '' ? '' : `ProxySet ${setting}\n`}</Proxy>\nProxyPass / balancer://shop/`;
  test.each([
    ['equal servers', balancer(['A', 'B', 'C'])],
    ['load factors', balancer(['A loadfactor=5', 'B loadfactor=3', 'C loadfactor=2'])],
    ['a load factor with decimals', balancer(['A loadfactor=1.5', 'B'])],
    ['by busyness, idle', balancer(['A loadfactor=5', 'B'], 'lbmethod=bybusyness')],
    ['by traffic with equal responses', balancer(['A loadfactor=3', 'B'], 'lbmethod=bytraffic')],
    ['a hot standby', balancer(['A', 'B status=+H'])],
    ['a hot spare', balancer(['A', 'B', 'C status=+R'])],
    ['a second set', balancer(['A', 'B', 'C lbset=1', 'D lbset=1'])],
    ['disabled, stopped and draining servers', balancer(['A', 'B status=+D', 'C status=+S', 'D status=+N'])],
    ['a standby of the first set before the second set', balancer(['A status=+H', 'B lbset=1'])],
    ['a server that is listed twice', balancer(['A', 'B', 'A'])],
    [
      'two blocks of one balancer',
      `${balancer(['A'])}\n<Proxy balancer://SHOP>\nBalancerMember http://B loadfactor=3\n</Proxy>`,
    ],
    ['a member outside of the block', `BalancerMember balancer://shop http://C\n${balancer(['A', 'B'])}`],
    ['settings of the pass', `${balancer(['A loadfactor=5', 'B'])} lbmethod=bybusyness`],
    ['passes in the order of the file', `ProxyPass /x/ http://D/\n${balancer(['A', 'B'])}\nProxyPass / http://C/`],
    ['a section before a pass', `${balancer(['A', 'B'])}\n<Location />\nProxyPass http://D/\n</Location>`],
    ['defined words', `Define HEAVY 4\nDefine HOST A\n${balancer(['${HOST} loadfactor=${HEAVY}', 'B'])}`],
    [
      'a virtual server with a balancer of its own',
      `${balancer(['A'])}\n<VirtualHost *:PORT>\n${balancer(['B', 'C']).replaceAll('ProxyPass / balancer://shop/', 'ProxyPass /zzz balancer://shop/')}\nProxyPass / balancer://shop/\n</VirtualHost>`.replace(
        'ProxyPass / balancer://shop/\n<Virtual',
        '<Virtual',
      ),
    ],
  ])(
    '%s',
    async (_name, lines) => {
      const backends = await startBackends(NAMES);
      const addresses = backends.map(({ port }) => `127.0.0.1:${port}`);
      const port = await freePort();
      const body = lines
        .replaceAll('PORT', String(port))
        .replaceAll(
          /(http:\/\/|HOST )([A-D])\b/g,
          (_, before: string, letter: string) => before + (addresses[letter.charCodeAt(0) - 65] ?? ''),
        );
      const text = `Listen 127.0.0.1:${port}\n${body}\n`;
      const server = await startServer('apache', text, port);
      const requests = 400;
      const { counts } = await send(port, requests);
      await server.stop();
      const shares = predicted(text);
      expect(shares.size).toBeGreaterThan(0);
      NAMES.forEach((name, i) => {
        const share = shares.get(addresses[i] ?? '') ?? 0;
        expect(Math.abs((counts[name] ?? 0) - share * requests)).toBeLessThanOrEqual(2);
      });
    },
    30_000,
  );
});
