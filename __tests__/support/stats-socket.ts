import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Backend } from './real-servers.ts';

/** So often a socket is looked for, 20 ms apart: HAProxy moves it into place after it has opened its ports. */
const LOOKS = 250;

/** Says one line to HAProxy's stats socket and waits until it is done. */
export async function say(path: string, line: string): Promise<void> {
  for (let look = 0; look < LOOKS && !existsSync(path); look++) await setTimeout(20);
  await new Promise<void>((resolve, reject) => {
    const socket = connect(path, () => socket.end(`${line}\n`));
    socket
      .resume()
      .once('error', reject)
      .once('close', () => resolve());
  });
}

/** A HAProxy whose weights can be changed over its stats socket and whose answers name their server. */
export function withSocket(port: number, backends: readonly Backend[], balance: string, socket: string): string {
  return `global
  stats socket ${socket} mode 600 level admin
defaults
  mode http
  timeout connect 1s
  timeout client 10s
  timeout server 10s
frontend in
  bind 127.0.0.1:${port}
  http-response set-header X-Served-By %s
  default_backend app
backend app
  balance ${balance}
${backends.map((backend) => `  server ${backend.name} 127.0.0.1:${backend.port} weight 100`).join('\n')}
`;
}
