import type http from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import {
  expired,
  nameFailure,
  onlyInterim,
  outOfTime,
  unasked,
  type Cut,
  type Failure,
  type Phase,
} from './failures.ts';

/** Bytes of a body that are read at most. */
const BODY_BYTES = 65_536;

/** One response, or what was there of it. Times in ms since the request began. */
export interface Answer {
  /** Undefined when no response head came. */
  readonly status: number | undefined;
  /** Name, value, name, value, … as sent. */
  readonly rawHeaders: readonly string[];
  /** At most 64 KiB; empty unless asked for. */
  readonly body: string;
  readonly failure: Failure | undefined;
  readonly connectMs: number;
  /** To the end of the head. */
  readonly headMs: number;
  readonly totalMs: number;
  /** True when an earlier request had used the connection. */
  readonly reused: boolean;
}

/** ms. Connecting and the TLS handshake have `connectMs` each, all together has `requestMs`. */
export interface Deadlines {
  readonly connectMs: number;
  readonly requestMs: number;
  /** What the probe itself has left; running out of it says nothing about the target. */
  readonly withinMs?: number;
}

/** How one request is followed. */
export interface Following extends Deadlines {
  readonly secure: boolean;
  readonly keepBody: boolean;
  /** The request has a validator, so that 304 is an answer to it. */
  readonly conditional: boolean;
}

/** One request under way. It ends exactly once: with its response, a failure, or its deadline. */
export class Exchange {
  readonly #sent: http.ClientRequest;
  readonly #how: Following;
  readonly #done: (answer: Answer) => void;
  readonly #began = performance.now();
  readonly #chunks: Buffer[] = [];
  /** When the phase began that has a deadline of its own. */
  #step: number;
  #phase: Phase = 'connect';
  #cut: Cut = 'before';
  #response: http.IncomingMessage | undefined;
  /** Status of the last interim response. */
  #interim: number | undefined;
  #over = false;
  #connected = 0;
  #head = 0;
  #size = 0;

  constructor(sent: http.ClientRequest, how: Following, done: (answer: Answer) => void) {
    this.#sent = sent;
    this.#how = how;
    this.#done = done;
    this.#step = this.#began;
    sent.on('error', (error) => this.#fail(error));
    sent.on('socket', (socket: Socket) => this.#follow(socket));
    sent.on('information', ({ statusCode }: http.InformationEvent) => {
      this.#interim = statusCode;
    });
    sent.on('upgrade', (incoming: http.IncomingMessage) => {
      this.#begin(incoming);
      this.#finish(unasked(incoming.statusCode ?? 101), false);
    });
    sent.on('response', (incoming: http.IncomingMessage) => this.#read(incoming));
    sent.end();
  }

  /** Ends the request when a deadline of it has passed. */
  expire(now: number): void {
    const { connectMs, requestMs, withinMs = Infinity } = this.#how;
    const late = now - this.#began >= withinMs;
    if (late && withinMs < requestMs) this.#finish(outOfTime(this.#phase), false);
    else if (now - this.#began >= requestMs) this.#finish(expired(this.#phase, requestMs), false);
    else if ((this.#phase === 'connect' || this.#phase === 'tls') && now - this.#step >= connectMs) {
      this.#finish(expired(this.#phase, connectMs), false);
    }
  }

  /** Ends the request at once; nobody should count its answer. */
  cancel(): void {
    this.#finish(expired(this.#phase, performance.now() - this.#began), false);
  }

  #follow(socket: Socket): void {
    if (!socket.connecting) {
      this.#phase = 'head';
      return;
    }
    // Before node:http's own listener, which ends the request.
    socket.prependOnceListener('error', () => {
      this.#cut = 'reset';
    });
    socket.once('connect', () => {
      this.#step = performance.now();
      this.#connected = this.#step - this.#began;
      this.#phase = this.#how.secure ? 'tls' : 'head';
    });
    if (this.#how.secure) {
      socket.once('secureConnect', () => {
        this.#phase = 'head';
      });
    }
  }

  #begin(incoming: http.IncomingMessage): void {
    this.#response = incoming;
    this.#phase = 'body';
    this.#head = performance.now() - this.#began;
  }

  #read(incoming: http.IncomingMessage): void {
    this.#begin(incoming);
    incoming.on('error', (error) => this.#fail(error));
    incoming.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      if (this.#how.keepBody) this.#chunks.push(chunk);
      if (this.#size >= BODY_BYTES) this.#finish(undefined, false);
    });
    const modified = incoming.statusCode !== 304 || this.#how.conditional;
    incoming.on('end', () => this.#finish(modified ? undefined : unasked(304), true));
  }

  #fail(error: Error): void {
    // Whatever follows a whole response is not part of it.
    if (this.#response?.complete === true) return this.#finish(undefined, false);
    if (this.#phase === 'head' && this.#interim !== undefined) return this.#finish(onlyInterim(this.#interim), false);
    // On TLS the handshake's own bytes would count.
    if (this.#cut !== 'reset' && !this.#how.secure && (this.#sent.socket?.bytesRead ?? 0) > 0) this.#cut = 'amid';
    this.#finish(nameFailure(error, this.#phase, this.#cut), false);
  }

  /** @param ended the response was read to its end, so that its connection may be kept */
  #finish(failure: Failure | undefined, ended: boolean): void {
    if (this.#over) return;
    this.#over = true;
    const totalMs = performance.now() - this.#began;
    if (!ended) this.#sent.destroy();
    this.#done({
      status: this.#response?.statusCode,
      rawHeaders: this.#response?.rawHeaders ?? [],
      body: this.#how.keepBody ? Buffer.concat(this.#chunks).toString('utf8', 0, BODY_BYTES) : '',
      failure,
      connectMs: this.#connected,
      headMs: this.#head === 0 ? totalMs : this.#head,
      totalMs,
      reused: this.#sent.reusedSocket,
    });
  }
}
