import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from '../model/counts.ts';
import { InputError } from '../model/tree.ts';
import { nodePorts } from '../probe/ports.ts';
import { tryTarget } from '../probe/try.ts';
import { toDocument } from '../report/document.ts';
import { terminalText } from '../report/escape.ts';
import { renderHtml } from '../report/html.ts';
import { NO_LINKS } from '../report/links.ts';
import { renderProgress } from '../report/progress.ts';
import { renderInspection, renderTerminal } from '../report/terminal.ts';
import { sentence } from '../text/say.ts';
import type { MeasureRequest } from '../measure/measure-request.ts';
import type { MeasurePorts } from '../measure/measure.ts';
import { tryRequest } from '../verify/try-request.ts';
import { verify, type Job, type Verified } from '../verify/verify.ts';
import { adminPorts } from '../workspace/admin.ts';
import { findFiles } from '../workspace/find-files.ts';
import { inputsOf } from './flags.ts';
import type { Flags, Io } from './io.ts';
import { openJob } from './job.ts';

/** check, probe and observe: the whole story, shown. Resolves with the exit code. */
export async function runJob(flags: Flags, io: Io): Promise<number> {
  const { verified, json, interrupted } = await run(flags, io);
  const { report, exitCode, counts } = verified;
  const path = textFlag(flags, 'counts');
  if (path !== undefined) writeCounts(path, counts);
  const page = textFlag(flags, 'html');
  if (page !== undefined) write(page, renderHtml(report, NO_LINKS));
  io.out(json ? JSON.stringify(toDocument(report), null, 2) : renderTerminal(report, io.mode));
  return interrupted ? INTERRUPTED : exitCode;
}

/** inspect: pools and predicted shares. Only files that cannot be read at all make it fail. */
export async function runInspect(flags: Flags, io: Io): Promise<number> {
  const { verified, json } = await run({ ...flags, failOn: 'never' }, io);
  const { report, exitCode } = verified;
  io.out(json ? JSON.stringify(toDocument(report), null, 2) : renderInspection(report, io.mode));
  return exitCode === 1 ? 0 : exitCode;
}

/** probe --try: what identifies the servers, and the line that would. Exit code 3 when nothing does. */
export async function runTry(flags: Flags, io: Io): Promise<number> {
  const job = openRun(flags);
  if (job.measure?.target === undefined) throw new InputError('No URL to try; add it after evenkeel probe.');
  const results = await tryTarget(tryRequest(job, job.measure, job.measure.target), nodePorts());
  for (const { lines, snippets } of results) {
    for (const line of lines) io.out(terminalText(line, io.mode.color));
    // On lines of their own, so that they can be copied.
    for (const { product, where, line } of snippets) io.out(`\n${product}, ${where}:\n  ${line}`);
  }
  return results.some((result) => result.identity === undefined) ? 3 : 0;
}

async function run(flags: Flags, io: Io): Promise<{ verified: Verified; json: boolean; interrupted: boolean }> {
  const job = openRun(flags);
  const json = flags['json'] === true;
  if (job.measure?.target === undefined)
    return { verified: await verify(job, ports(io, json)), json, interrupted: false };
  const interrupt = listen(() => io.err('Interrupted: judging the counts so far. Interrupt again to end at once.'));
  try {
    const verified = await verify(job, ports(io, json, interrupt.signal));
    return { verified, json, interrupted: interrupt.signal.aborted };
  } finally {
    interrupt.end();
  }
}

/** Exit code of a process that was told to stop (128 + SIGINT). */
const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Takes the first SIGINT or SIGTERM; a second one ends the process as it always does. */
function listen(told: () => void): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const end = (): void => SIGNALS.forEach((signal) => process.off(signal, stop));
  const stop = (): void => {
    end();
    told();
    controller.abort();
  };
  SIGNALS.forEach((signal) => process.on(signal, stop));
  return { signal: controller.signal, end };
}

/** Inputs that a command takes without a flag. */
const ARGUMENTS: Readonly<Record<string, string>> = { target: 'The URL', observe: 'The source' };

function openRun(flags: Flags): Job {
  return openJob({
    inputs: inputsOf(flags, ARGUMENTS),
    all: flags['all'] === true,
    measure: onlyHere(flags),
    cwd: process.cwd(),
    today: new Date().toISOString().slice(0, 10),
  });
}

/** Flags that only the command line has. */
function onlyHere(flags: Flags): Partial<MeasureRequest> {
  const ca = textFlag(flags, 'ca');
  const expectStatus = [flags['expectStatus'] ?? []].flat().map(String);
  const odd = expectStatus.find((status) => !/^[34](?:xx|\d\d)$/.test(status));
  if (odd !== undefined) {
    throw new InputError(`--expect-status is ${JSON.stringify(odd)}; set a status from 300 to 499, 3xx or 4xx.`);
  }
  return {
    tls: {
      ...(ca === undefined ? {} : { ca: readPem(ca) }),
      ...(flags['insecure'] === true ? { insecure: true } : {}),
    },
    ...(expectStatus.length === 0 ? {} : { expectStatus }),
    ...(flags['allowLinkLocal'] === true ? { allowLinkLocal: true } : {}),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new InputError(`--ca is ${JSON.stringify(path)}, which cannot be read; set it to a PEM file.`);
  }
}

function ports(io: Io, json: boolean, stop?: AbortSignal): MeasurePorts {
  return {
    probe: nodePorts(stop),
    countsFiles: (glob) => findFiles(glob, process.cwd()),
    admin: adminPorts,
    ...(json
      ? {}
      : {
          onPlan: (plan) => io.err(terminalText(sentence(plan), io.mode.color)),
          onAlarm: (alarm) => io.err(terminalText(alarm, io.mode.color)),
          onProgress: (counts, expectation) =>
            io.progress((seconds, mode) => renderProgress(counts, expectation.servers, seconds, mode)),
        }),
  };
}

function writeCounts(path: string, all: readonly Counts[]): void {
  all.forEach((counts, i) => {
    const own = all.length === 1 ? path : path.replace(/(\.json)?$/, `-${i + 1}.json`);
    write(own, `${JSON.stringify(counts, null, 2)}\n`);
  });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'no reason given';
    throw new InputError(`${path} cannot be written (${reason}); set a path in an existing folder.`);
  }
}

function textFlag(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}
