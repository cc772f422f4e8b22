import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { AdminPorts } from '../sources/admin/admin.ts';

/** For one question and its answer, ms. */
const ANSWER_MS = 1500;
const MOST_BYTES = 16_000_000;

/** Real sockets and HTTP, without redirects. */
export const adminPorts: AdminPorts = {
  socket: (place, command) =>
    new Promise((resolve, reject) => {
      const socket = connect(place, () => socket.write(`${command}\n`));
      const text = new Collected((why) => socket.destroy(new Error(why)));
      socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(SILENT)));
      socket.on('data', (chunk: Buffer) => text.add(chunk));
      socket.once('error', reject);
      socket.once('end', () => resolve(text.text));
    }),
  get: (url, headers) =>
    new Promise((resolve, reject) => {
      const { get } = url.protocol === 'https:' ? https : http;
      const sent = get(
        url,
        { headers: Object.fromEntries(headers), signal: AbortSignal.timeout(ANSWER_MS) },
        (response) => {
          const text = new Collected((why) => sent.destroy(new Error(why)));
          response.on('data', (chunk: Buffer) => text.add(chunk));
          response.once('error', reject);
          response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text.text }));
        },
      );
      sent.once('error', (error) => reject(error.name === 'TimeoutError' ? new Error(SILENT) : error));
    }),
};

const SILENT = `no answer within ${ANSWER_MS / 1000} s`;

/** What came so far, up to a limit. */
class Collected {
  readonly #chunks: Buffer[] = [];
  readonly #refuse: (why: string) => void;
  #size = 0;

  constructor(refuse: (why: string) => void) {
    this.#refuse = refuse;
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MOST_BYTES) this.#refuse(`the answer is larger than ${MOST_BYTES / 1e6} MB`);
    else this.#chunks.push(chunk);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
