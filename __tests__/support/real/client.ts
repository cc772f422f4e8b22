import { Agent, request } from 'node:http';

/** What varies from request to request; `i` counts from 0. */
export interface Sending {
  readonly concurrency?: number;
  readonly path?: (i: number) => string;
  readonly headers?: (i: number) => Readonly<Record<string, string>>;
  /** A loopback address (127.0.x.y) to come from; each such request has a connection of its own. */
  readonly from?: (i: number) => string;
  /** False = a connection per request. */
  readonly keepAlive?: boolean;
}

export interface Sent {
  /** Answers by `X-Backend`; those without one under `status N`, failed requests under their error code. */
  readonly counts: Readonly<Record<string, number>>;
  /** Who answered request i. */
  readonly order: readonly string[];
}

/** Sends `n` requests to a port of 127.0.0.1 and tells who answered. */
export async function send(port: number, n: number, sending: Sending = {}): Promise<Sent> {
  const { concurrency = 1, path = () => '/', headers = () => ({}), from } = sending;
  const keepAlive = sending.keepAlive ?? from === undefined;
  const agent = new Agent({ keepAlive, maxSockets: concurrency });
  const order: string[] = [];
  let next = 0;
  const ask = (i: number): Promise<string> =>
    new Promise((resolve) => {
      const localAddress = from?.(i);
      const options = { port, host: '127.0.0.1', agent, path: path(i), headers: headers(i) };
      const sent = request(localAddress === undefined ? options : { ...options, localAddress }, (response) => {
        response.resume();
        const backend = response.headers['x-backend'];
        const name = typeof backend === 'string' ? backend : `status ${response.statusCode}`;
        response.once('end', () => resolve(name));
        response.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
      sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      sent.end();
    });
  const worker = async (): Promise<void> => {
    while (next < n) {
      const i = next++;
      order[i] = await ask(i);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  const counts: Record<string, number> = {};
  for (const name of order) counts[name] = (counts[name] ?? 0) + 1;
  return { counts, order };
}
