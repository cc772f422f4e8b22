import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ActionRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly annotations: readonly RunAnnotation[];
  /** Texts of the files that outputs name: report, html, sarif, counts. */
  readonly files: Readonly<Record<string, string>>;
}

export interface RunAnnotation {
  readonly level: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface ActionRequest {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event: string;
  readonly payload?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** The bundle. */
  readonly main?: string;
}

/** Runs the bundled action as the runner does: inputs and files by environment, nothing inherited but PATH. */
export async function runAction(request: ActionRequest): Promise<ActionRun> {
  const dir = mkdtempSync(join(tmpdir(), 'evenkeel-run-'));
  try {
    const file = (name: string, text = ''): string => {
      const path = join(dir, name);
      writeFileSync(path, text);
      return path;
    };
    mkdirSync(join(dir, 'home'));
    const output = file('output');
    const summary = file('summary');
    const env: Record<string, string> = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(dir, 'home'),
      GITHUB_ACTIONS: 'true',
      CI: 'true',
      RUNNER_TEMP: dir,
      GITHUB_WORKSPACE: request.workspace,
      GITHUB_REPOSITORY: 'octo/edge',
      GITHUB_RUN_ID: '7',
      GITHUB_WORKFLOW: 'lb',
      GITHUB_JOB: 'check',
      GITHUB_EVENT_NAME: request.event,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(request.payload ?? {})),
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_STATE: file('state'),
      GITHUB_ENV: file('env'),
      // Never the real one: a test that forgets to name its own must not reach out.
      GITHUB_API_URL: 'http://127.0.0.1:9',
      ...request.env,
    };
    for (const [name, value] of Object.entries({ ...defaults(), ...request.inputs })) {
      env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
    }
    const child = spawn(process.execPath, [resolve(request.main ?? 'dist/index.js')], { cwd: request.workspace, env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.on('close', done));
    const outputs = parseOutputs(readFileSync(output, 'utf8'));
    return {
      code,
      stdout,
      stderr,
      outputs,
      files: Object.fromEntries(
        ['report', 'html', 'sarif', 'counts'].flatMap((name) => {
          const path = outputs[name];
          return path === undefined || path === '' || path.includes('*') ? [] : [[name, readFileSync(path, 'utf8')]];
        }),
      ),
      summary: readFileSync(summary, 'utf8'),
      annotations: parseAnnotations(stdout),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Inputs with a default in action.yml always reach the action; expressions stand for nothing here. */
function defaults(): Record<string, string> {
  const found: Record<string, string> = {};
  let input = '';
  let inInputs = false;
  for (const line of readFileSync('action.yml', 'utf8').split('\n')) {
    if (/^\S/.test(line)) inInputs = line.startsWith('inputs:');
    if (!inInputs) continue;
    input = /^ {2}([\w-]+):$/.exec(line)?.[1] ?? input;
    const value = /^ {4}default: (.*)$/.exec(line)?.[1];
    if (value !== undefined && !value.includes('${{')) found[input] = value.replaceAll(/^['"]|['"]$/g, '');
  }
  return found;
}

function parseOutputs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const m of text.matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm)) found[m[1] ?? ''] = m[3] ?? '';
  return found;
}

/** Reads workflow commands as the runner does (`::error file=a,line=1::message`). */
function parseAnnotations(stdout: string): RunAnnotation[] {
  return stdout.split(/\r\n|[\r\n]/).flatMap((line) => {
    const [, level, list, message] = /^\s*::(error|warning|notice)(?: ([^:]*(?:%3A[^:]*)*))?::(.*)$/.exec(line) ?? [];
    if (level === undefined) return [];
    const pairs = (list ?? '').split(',').filter((pair) => pair.includes('='));
    const properties = Object.fromEntries(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1))]),
    );
    return [{ level, properties, message: unescape(message ?? '') }];
  });
}

function unescape(text: string): string {
  const plain: Record<string, string> = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };
  return text.replaceAll(/%(0D|0A|3A|2C|25)/g, (code) => plain[code] ?? code);
}
