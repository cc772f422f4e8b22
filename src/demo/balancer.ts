import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isBackup, type Pool } from '../model/pool.ts';

interface Upstream {
  readonly name: string;
  readonly port: number;
  weight: number;
  current: number;
}

/**
 * A small load balancer for the demo: smooth weighted round robin over real HTTP servers on loopback, configured from a
 * pool that our own reader read. It serves what was loaded last, as a real one does when the reload is forgotten.
 */
export class DemoBalancer {
  readonly #backends = new Map<string, Server>();
  readonly #server: Server;
  #upstreams: Upstream[] = [];

  constructor() {
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
  }

  /** Starts one backend for each server name, then the balancer; all on ports that the system chooses. */
  async start(serverNames: readonly string[]): Promise<URL> {
    for (const name of serverNames) {
      const backend = createServer((_, response) => {
        response.setHeader('x-served-by', name);
        response.end('ok\n');
      });
      await listen(backend);
      this.#backends.set(name, backend);
    }
    return new URL(`http://127.0.0.1:${await listen(this.#server)}/`);
  }

  /** Loads a pool, as `systemctl reload haproxy` would. */
  load(pool: Pool): void {
    this.#upstreams = pool.servers.flatMap((server) => {
      const backend = this.#backends.get(server.name);
      const weight = server.weight.value ?? 0;
      const usable = backend !== undefined && weight > 0 && server.state.value === 'up' && isBackup(server) === false;
      return usable ? [{ name: server.name, port: portOf(backend), weight, current: 0 }] : [];
    });
  }

  async stop(): Promise<void> {
    for (const server of [this.#server, ...this.#backends.values()]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  }

  #pick(): Upstream | undefined {
    let total = 0;
    let best: Upstream | undefined;
    for (const upstream of this.#upstreams) {
      upstream.current += upstream.weight;
      total += upstream.weight;
      if (best === undefined || upstream.current > best.current) best = upstream;
    }
    if (best !== undefined) best.current -= total;
    return best;
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const upstream = this.#pick();
    if (upstream === undefined) {
      outgoing.writeHead(503).end();
      return;
    }
    const onward = request(
      {
        host: '127.0.0.1',
        port: upstream.port,
        path: incoming.url ?? '/',
        method: incoming.method ?? 'GET',
        agent: false,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, { 'x-served-by': answer.headers['x-served-by'] ?? '' });
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.writeHead(502).end());
    onward.end();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => done(portOf(server)));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
