import { connect, createServer } from 'node:net';

/**
 * Ports below the range that the kernel gives to outgoing connections: a port from that range may be taken by a client
 * between choosing it and listening on it. Each process starts at a place of its own. The factor is SIZE over the golden
 * ratio, so that processes with near numbers start a thousand ports apart or more: one file of tests takes hundreds.
 */
const FIRST = 12_000;
const SIZE = 20_000;
let next = (process.pid * 12_361) % SIZE;

/** A TCP port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < SIZE; tries++) {
    const port = FIRST + (next++ % SIZE);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port on 127.0.0.1');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts connections there. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
