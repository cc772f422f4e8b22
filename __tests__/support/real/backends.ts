import { createServer, type Server } from 'node:http';
import { freePort } from './ports.ts';

/** How a backend answers; may be changed while it runs. */
export interface Behaviour {
  /** Before it answers, ms. */
  delayMs?: number;
  status?: number;
  /** Every so many requests it answers with another status. */
  now?: { readonly every: number; readonly status: number };
  /** Says its address in `X-Served-By`, for balancers that cannot. */
  saysAddress?: boolean;
  /** What `/_health` answers; by default 200 whatever `status` is. */
  health?: number;
  /** Asked for each request; it is answered when the promise is kept. */
  hold?: () => Promise<void> | undefined;
  /** Closes the connection of every request that is no health check. */
  drops?: boolean;
  /** Does not say its name. */
  nameless?: boolean;
}

/** A web server in this process that says its name in `X-Backend` and counts what it is asked. */
export class Backend {
  readonly name: string;
  readonly port: number;
  readonly behaviour: Behaviour;
  /** Requests received, health checks not counted. */
  requests = 0;
  #server: Server | undefined;

  constructor(name: string, port: number, behaviour: Behaviour) {
    this.name = name;
    this.port = port;
    this.behaviour = behaviour;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const { delayMs = 0, health = 200 } = this.behaviour;
      request.resume();
      if (request.url === '/_health') {
        response.writeHead(health).end();
        return;
      }
      this.requests++;
      if (this.behaviour.drops === true) {
        request.socket.destroy();
        return;
      }
      const answer = (): void => {
        response.writeHead(this.#status(), this.#headers()).end('ok\n');
      };
      const held = this.behaviour.hold?.();
      if (held !== undefined) void held.then(answer);
      else if (delayMs > 0) setTimeout(answer, delayMs);
      else answer();
    });
    // A balancer that keeps connections must never meet one that closes under its request.
    server.keepAliveTimeout = 600_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', 1024, resolve);
    });
    this.#server = server;
  }

  #status(): number {
    const { status = 200, now } = this.behaviour;
    return now !== undefined && this.requests % now.every === 0 ? now.status : status;
  }

  #headers(): Record<string, string> {
    const { nameless = false, saysAddress = false } = this.behaviour;
    if (saysAddress) return { 'X-Served-By': `127.0.0.1:${this.port}` };
    return nameless ? {} : { 'X-Backend': this.name };
  }

  /** Refuses connections from now on. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Starts one backend per name, all with the same behaviour. */
export async function listenAll(names: readonly string[], behaviour: Behaviour): Promise<Backend[]> {
  const backends: Backend[] = [];
  for (const name of names) {
    const backend = new Backend(name, await freePort(), { ...behaviour });
    backends.push(backend);
    await backend.listen();
  }
  return backends;
}
