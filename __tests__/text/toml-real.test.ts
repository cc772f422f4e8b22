import { itemsOf, nodeAt, toPlain } from '../../src/text/positioned.ts';
import { SourceFile } from '../../src/text/source.ts';
import { readToml } from '../../src/text/toml-tree.ts';
import { send } from '../support/real/client.ts';
import { describeReal, freePort, startBackends, startServer } from '../support/real-servers.ts';

const ROUTER = '[http.routers]\napp = { rule = "PathPrefix(`/`)", service = "app" }\n';
const SERVERS = ['http', 'services', 'app', 'loadBalancer', 'servers'];

/** The same servers with weights 3 and 1, as TOML lets one write them. `{a}` is the address of backend a. */
const NOTATIONS: Readonly<Record<string, string>> = {
  'tables in a list':
    '[[http.services.app.loadBalancer.servers]]\nurl = "http://{a}"\nweight = 3\n[[http.services.app.loadBalancer.servers]]\nurl = "http://{b}"\nweight = 1\n',
  'a list of inline tables over lines':
    '[http.services.app.loadBalancer]\nservers = [\n  { url = "http://{a}", weight = 0x3 }, # first\n  {\n    url = \'http://{b}\',\n    weight = 0b1,\n  },\n]\n',
  'dotted and quoted keys':
    'http.services."app".loadBalancer.servers = [{url = "http://{a}", weight = 3}, {url = "http://{b}"}]\n',
  'texts over lines and escapes':
    '[[http.services.app.loadBalancer.servers]]\nurl = """\\\n    http:\\u002f/{a}"""\nweight = +3\n[[http.services.app.loadBalancer.servers]]\nurl = \'\'\'\nhttp://{b}\'\'\'\n',
};

describeReal('traefik', 'TOML, read by Traefik and by us', () => {
  test.each(Object.entries(NOTATIONS))(
    '%s',
    async (_name, servers) => {
      const backends = await startBackends(['a', 'b']);
      const addresses = Object.fromEntries(backends.map(({ name, port }) => [name, `127.0.0.1:${port}`]));
      const written = servers.startsWith('http.') ? servers + ROUTER : ROUTER + servers;
      const text = written.replace(/\{([ab])\}/g, (_, name: string) => addresses[name] ?? '');
      const [root] = readToml(new SourceFile('app.toml', text)).documents;
      const read = itemsOf(root && nodeAt(root, SERVERS)).map((server) => ({
        weight: 1,
        ...(toPlain(server) as object),
      }));
      expect(read).toEqual([
        { url: `http://${addresses['a']}`, weight: 3 },
        { url: `http://${addresses['b']}`, weight: 1 },
      ]);

      const port = await freePort();
      await startServer('traefik', text, port);
      expect((await send(port, 40)).counts).toEqual({ a: 30, b: 10 });
    },
    30_000,
  );
});
