import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listenAll, type Backend, type Behaviour } from './real/backends.ts';
import { answers, freePort } from './real/ports.ts';
import { findProgram, RECIPES, type Startable } from './real/products.ts';

/**
 * Real load balancers and their backends for tests: unprivileged, on loopback, in a temp folder each. Whatever is
 * started here is stopped after the test file, also when a test failed, and dies with this process in any case.
 */
export { freePort };
export type { Backend, Behaviour } from './real/backends.ts';
export type { Product } from './real/products.ts';

const PATIENCE_MS = 10_000;
/** Makes the kernel end a child when this process is gone, however it went. */
const LEASH = findProgram(['setpriv']);

const running = new Set<{ stop(): Promise<void> }>();
// Absent when a script uses this module outside of Jest; it calls stopAll itself.
if (typeof afterAll === 'function') afterAll(stopAll, 30_000);

/** Stops every server and backend started through this module. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

export function available(product: Startable): boolean {
  return findProgram(RECIPES[product].programs) !== undefined;
}

/** A `describe` that is skipped by name when a product is not on this machine (a skip fails under CI=true). */
export function describeReal(products: Startable | readonly Startable[], title: string, body: () => void): void {
  const missing = [products].flat().filter((product) => !available(product));
  if (missing.length === 0) describe(title, body);
  else describe.skip(`${title} (skipped: no ${missing.join(', ')} here, see script/setup)`, body);
}

/** Starts web servers of these names in this process. */
export async function startBackends(names: readonly string[], behaviour: Behaviour = {}): Promise<Backend[]> {
  const backends = await listenAll(names, behaviour);
  for (const backend of backends) running.add(backend);
  return backends;
}

/**
 * Starts a product with a config (what it must hold: `real/products.ts`) and waits until `port` accepts connections.
 * Throws with the product's own log when it does not. `program`: another version than the one that is found first.
 */
export async function startServer(
  product: Startable,
  config: string,
  port: number,
  program = findProgram(RECIPES[product].programs),
): Promise<RealServer> {
  const server = new RealServer(product, config, port, await freePort(), program);
  running.add(server);
  try {
    await server.ready();
    return server;
  } catch (error) {
    const advice = await server.explain();
    await server.stop();
    throw new Error(`${(error as Error).message}${advice}`, { cause: error });
  }
}

export class RealServer {
  readonly product: Startable;
  readonly port: number;
  readonly folder: string;
  readonly #child: ChildProcess;
  /** Where its admin interface listens, for a product that has one. */
  readonly adminPort: number;
  #log = '';
  #refusals = 0;

  constructor(product: Startable, config: string, port: number, adminPort: number, program: string | undefined) {
    if (program === undefined) throw new Error(`${product} is not on this machine; run script/setup`);
    this.product = product;
    this.port = port;
    this.adminPort = adminPort;
    this.folder = mkdtempSync(join(tmpdir(), `evenkeel-${product}-`));
    // Children that gave up root must get in.
    chmodSync(this.folder, 0o755);
    RECIPES[product].write(this.folder, config, this.adminPort);
    const command = [program, ...RECIPES[product].arguments(this.folder, this.adminPort, port)];
    const [file = '', ...rest] = LEASH === undefined ? command : [LEASH, '--pdeathsig', 'TERM', ...command];
    const log = openSync(this.#logPath, 'a');
    // A group of its own: its workers can be ended with it.
    this.#child = spawn(file, rest, { detached: true, stdio: ['ignore', log, log], env: this.#environment });
    closeSync(log);
    this.#child.once('error', () => undefined);
  }

  /** What the product wrote so far. */
  log(): string {
    try {
      this.#log = readFileSync(this.#logPath, 'utf8');
    } catch {
      // The folder is gone after stop(): the last state stays readable.
    }
    return this.#log;
  }

  async ready(): Promise<void> {
    const { loaded } = RECIPES[this.product];
    await this.#until('to answer', async () => (await answers(this.port)) && (!loaded || this.#lines(loaded) > 0));
  }

  /** What the product's own checker says of the config, for products that do not say it when they start. */
  async explain(): Promise<string> {
    const { check } = RECIPES[this.product];
    return check === undefined ? '' : this.#run(check(this.folder)).catch((error: Error) => error.message);
  }

  /** Gives it another config the way an operator would, and waits until only the new one is served. */
  async reload(config: string): Promise<void> {
    const recipe = RECIPES[this.product];
    const done = this.#lines(recipe.reloaded);
    recipe.write(this.folder, config, this.adminPort);
    if (typeof recipe.reload === 'function') {
      await this.#run(recipe.reload(this.folder, this.adminPort));
    }
    let signalled = Number.NEGATIVE_INFINITY;
    await this.#until('to reload', () => {
      if (this.#lines(recipe.reloaded) > done) return true;
      // A signal is lost while the program is still setting itself up, so it is given again.
      if (typeof recipe.reload === 'string' && recipe.reload !== 'file' && performance.now() - signalled > 2000) {
        this.#child.kill(recipe.reload);
        signalled = performance.now();
      }
      return false;
    });
  }

  /** Ends it by its pid and removes its folder. May be called again. */
  async stop(): Promise<void> {
    running.delete(this);
    await this.#end();
    this.log();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #logPath(): string {
    return join(this.folder, 'log');
  }

  get #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_CONFIG_HOME: this.folder };
  }

  get #gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  async #run(rest: readonly string[]): Promise<string> {
    const program = findProgram(RECIPES[this.product].programs) ?? '';
    const { stdout, stderr } = await promisify(execFile)(program, [...rest], { env: this.#environment });
    return stdout + stderr;
  }

  #lines(pattern: RegExp): number {
    return this.log().match(pattern)?.length ?? 0;
  }

  async #end(): Promise<void> {
    const pid = this.#child.pid;
    if (pid === undefined || this.#gone) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), 3000);
    await exited;
    clearTimeout(late);
  }

  async #until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
    const { refused } = RECIPES[this.product];
    const refusals = this.#refusals;
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
      if (this.#gone) throw new Error(`${this.product} ended instead of coming ${what}:\n${this.log()}`);
      this.#refusals = this.#lines(refused);
      if (this.#refusals > refusals) throw new Error(`${this.product} refused the config:\n${this.log()}`);
      if (await reached()) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${this.product} took longer than ${PATIENCE_MS / 1000} s ${what}:\n${this.log()}`);
  }
}
