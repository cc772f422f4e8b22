import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GitHubDescription, type Json } from './openapi.ts';

export interface Call {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One for all: what it compiles of the description is dear and stays the same. */
const DESCRIPTION = new GitHubDescription();

export type Handler = (call: Call) => Answer;

/**
 * A GitHub on the loopback interface that answers from handlers and holds both sides to GitHub's own OpenAPI description:
 * what a client may not send and what GitHub would not answer both end up in `violations`.
 */
export class FakeGitHub {
  readonly calls: Call[] = [];
  readonly violations: string[] = [];
  /** The login that tokens act as. */
  login = 'github-actions[bot]';
  readonly #handlers = new Map<string, Handler>();
  readonly #faults: { matches: (name: string) => boolean; answer: Answer; times: number }[] = [];
  readonly #prefix: string;
  readonly #server: Server;

  /** `prefix`: where the API lives, `/api/v3` on an Enterprise server. */
  constructor(prefix = '') {
    this.#prefix = prefix;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://fake');
        const text = Buffer.concat(chunks).toString('utf8');
        const body = text === '' ? undefined : (JSON.parse(text) as Json);
        const answer = this.#answer(request.method ?? 'GET', url, body, request.headers);
        response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
        response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
      });
    });
  }

  /** Answers an operation, named as in the description: `POST /repos/{owner}/{repo}/issues`. */
  on(name: string, handler: Handler): this {
    this.#handlers.set(name, handler);
    return this;
  }

  /** Lets the next requests whose name matches fail. */
  fail(names: RegExp, answer: Answer, times = Infinity): this {
    this.#faults.push({ matches: (name) => names.test(name), answer, times });
    return this;
  }

  /** Refuses everything that writes, as GitHub does for a pull request from a fork. */
  readOnly(): this {
    return this.fail(/^(POST|PATCH|PUT|DELETE) \/repos/, {
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
  }

  /** The smallest answer that GitHub's description allows. */
  sample(route: string, method = 'get', status = 200): Json {
    return DESCRIPTION.sample(route, method, status);
  }

  /** Calls of one operation. */
  named(name: string): readonly Call[] {
    return this.calls.filter((call) => call.name === name);
  }

  /** Starts and gives the URL of the API. */
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${this.#prefix}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  #answer(method: string, url: URL, body: Json | undefined, headers: IncomingHttpHeaders): Answer {
    const graphql = this.#prefix === '' ? '/graphql' : this.#prefix.replace(/\/v3$/, '/graphql');
    if (url.pathname === graphql) return this.#graphql(body);
    if (!url.pathname.startsWith(`${this.#prefix}/`)) return this.#reject(`outside the API: ${url.pathname}`, 404);
    const match = DESCRIPTION.match(method, url.pathname.slice(this.#prefix.length));
    if (match === undefined) return this.#reject(`no such operation: ${method} ${url.pathname}`, 404);
    const { name, params } = match;
    const problem = DESCRIPTION.checkRequest(match, url.searchParams, body);
    if (problem !== undefined) return this.#reject(`${name}: ${problem}`, 422);
    // Not in the description, but enforced by GitHub.
    const text = body?.['body'];
    if (typeof text === 'string' && text.length > 65_536)
      return this.#reject(`${name}: body is too long (maximum is 65536 characters)`, 422);
    const call: Call = { name, params, query: url.searchParams, body, headers };
    this.calls.push(call);
    const fault = this.#faults.find((one) => one.times > 0 && one.matches(name));
    if (fault !== undefined) {
      fault.times--;
      return fault.answer;
    }
    const handler = this.#handlers.get(name);
    if (handler === undefined) return this.#reject(`no handler for ${name}`, 501);
    const answer = handler(call);
    const wrong = DESCRIPTION.checkAnswer(match, answer.status, answer.body);
    if (wrong !== undefined) this.violations.push(`the fake's own answer, ${name} ${answer.status}: ${wrong}`);
    return answer;
  }

  /** The description has no GraphQL; the one question that is allowed is who the token is. */
  #graphql(body: Json | undefined): Answer {
    if (body?.['query'] !== '{viewer{login}}') return this.#reject(`unexpected GraphQL: ${JSON.stringify(body)}`, 400);
    return { status: 200, body: { data: { viewer: { login: this.login } } } };
  }

  #reject(message: string, status: number): Answer {
    this.violations.push(message);
    return { status, body: { message } };
  }
}
