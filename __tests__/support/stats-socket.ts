import { connect } from 'node:net';

/** Says one line to HAProxy's stats socket and waits until it is done. */
export function say(path: string, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(`${line}\n`));
    socket
      .resume()
      .once('error', reject)
      .once('close', () => resolve());
  });
}
