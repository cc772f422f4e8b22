import http from 'node:http';
import net from 'node:net';
import type { AddressInfo } from 'node:net';

export interface Listening {
  readonly port: number;
  /** Requests or connections so far. */
  count(): number;
  close(): Promise<void>;
}

/** A server of our own that speaks byte by byte; `talk` runs once a request head is in (or at once for `eager`). */
export function raw(
  talk: (socket: net.Socket, head: string, n: number) => void,
  host = '127.0.0.1',
): Promise<Listening> {
  let n = 0;
  const server = net.createServer((socket) => {
    let head = '';
    let talking = false;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      head += data.toString('latin1');
      if (talking || !head.includes('\r\n\r\n')) return;
      talking = true;
      talk(socket, head, n++);
    });
  });
  return listen(server, host, () => n);
}

/** A connection-level server: `talk` runs when a connection opens. */
export function rawConnection(talk: (socket: net.Socket) => void): Promise<Listening> {
  let n = 0;
  const server = net.createServer((socket) => {
    n++;
    socket.on('error', () => {});
    talk(socket);
  });
  return listen(server, '127.0.0.1', () => n);
}

/** An HTTP server; `n` counts its requests from 0. */
export function web(
  handle: (request: http.IncomingMessage, response: http.ServerResponse, n: number) => void,
  host = '127.0.0.1',
  port = 0,
): Promise<Listening> {
  let n = 0;
  const server = http.createServer((request, response) => handle(request, response, n++));
  return listen(server, host, () => n, port);
}

/** Answers as `name[n % names.length]`, like a round robin. */
export function roundRobin(names: readonly string[]): Promise<Listening> {
  return web((_, response, n) => {
    response.setHeader('X-Served-By', names[n % names.length] ?? '');
    response.end('ok');
  });
}

/** A port where nothing listens. */
export async function closedPort(host = '127.0.0.1'): Promise<number> {
  const server = await listen(net.createServer(), host, () => 0);
  await server.close();
  return server.port;
}

export function listen(server: net.Server, host: string, count: () => number, port = 0): Promise<Listening> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        count,
        close: () => {
          for (const socket of sockets) socket.destroy();
          return new Promise((done) => server.close(() => done()));
        },
      });
    });
  });
}
