#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { type Flags, stdio, type Io } from './cli/io.ts';
import { runInspect, runJob, runTry } from './cli/run.ts';
import { runDemo } from './demo/demo.ts';
import { InputError } from './model/tree.ts';
import { errorDocument, toDocument } from './report/document.ts';
import { visibleLine } from './report/escape.ts';
import { renderWhy } from './report/why.ts';
import { RULES } from './rules/list.ts';
import { RULE_PAGES } from './rules/pages.ts';
import { TOOL } from './version.ts';

const USAGE = 2;
const OURS = 4;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function program(io: Io, finish: (code: number) => void): Command {
  const root = new Command('evenkeel')
    .description('Proof that a load balancer change is safe, before and after it ships.')
    .version(TOOL.version, '-V, --version')
    // After `probe` the same option names where an answer shows its version.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: () => undefined });

  const judged = (command: Command): Command =>
    command
      .option('--base <ref|dir|file>', 'what to compare with')
      .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
      .option('--schema <file>', 'one more JSON Schema for the diff; may be repeated', collect)
      .option('--fail-on <severity>', 'error, warning or never')
      .option('--json', 'print one valid report document')
      .option('--html <file>', 'write the report as one HTML page');
  const measured = (command: Command): Command =>
    judged(command)
      .option('--config <file>', 'the config that is deployed; may be repeated', collect)
      .option('--pool <name>', 'the pool or route that the target serves')
      .option('--expect <split>', 'even, config, capacity, or web1=60,web2=40')
      .option('--tolerance <t>', '25% of each share, 5pp, or auto')
      .option('--expect-status <status>', 'a 3xx or 4xx that is right, as 401; may be repeated', collect)
      .option('--max-errors <share>', 'failed requests that are accepted (1%)')
      .option('--max-requests <n>', 'at most so many requests (6000)')
      .option('--on-inconclusive <what>', 'fail or warn')
      .option('--counts <file>', 'write what was counted to this file');

  judged(root.command('check').argument('<file...>', 'load balancer configs'))
    .description('check configs against the checklist, and what a change does to every server')
    .option('--all', 'look at the whole of every file, not only at what changed')
    .action(async (files: string[], flags: Flags) => finish(await runJob({ ...flags, config: files }, io)));
  root
    .command('inspect')
    .argument('<file...>', 'load balancer configs')
    .description('print pools and predicted shares; nothing is judged')
    .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
    .option('--json', 'print one valid report document')
    .action(async (files: string[], flags: Flags) => finish(await runInspect({ ...flags, config: files }, io)));
  measured(root.command('probe').argument('<url>', 'what to ask'))
    .description('measure how a live balancer spreads its traffic')
    .option('--identify-by <how>', 'header:NAME, cookie:NAME, json:FIELD or auto')
    .option('--rate <r>', 'requests per second (50/s)')
    .option('--timeout <t>', 'at most so long (120s)')
    .option('--settle <t>', 'wait before the first request (2s)')
    .option('--version <field>', 'header:NAME=VALUE or json:FIELD=VALUE: wait until it is seen')
    .option('--headers <line>', '"Name: value" to send; may be repeated', collect)
    .option('--vary <what>', 'header:NAME, query:NAME, cookie:NAME or path: a new key in every request')
    .option('--for <t>', 'keep watching so long (10m); a fault ends it at once')
    .option('--ca <file>', 'PEM file of certificate authorities')
    .option('--insecure', 'accept any certificate')
    .option('--allow-link-local', 'allow link-local targets')
    .option('--try', 'ten requests: what identifies the servers, and the line that would')
    .action(async (target: string, flags: Flags) =>
      finish(await (flags['try'] === true ? runTry : runJob)({ ...flags, target }, io)),
    );
  measured(root.command('observe').argument('<source...>', 'counts:GLOB'))
    .description('judge counts that others measured')
    .action(async (observe: string[], flags: Flags) => finish(await runJob({ ...flags, observe }, io)));
  root
    .command('why')
    .argument('<rule>', 'the id of a rule')
    .description('what a rule means, with examples and the fix')
    .action((rule: string) => {
      io.out(renderWhy(rule, RULES, RULE_PAGES, io.mode));
      finish(0);
    });
  root
    .command('demo')
    .description('replay the outage in seconds: the check, the probe, the line')
    .option('--json', 'print one valid report document')
    .action(async (flags: Flags) => {
      const json = flags['json'] === true;
      const report = await runDemo((text) => (json ? undefined : io.out(text)), io.mode);
      if (json) io.out(JSON.stringify(toDocument(report), null, 2));
      finish(0);
    });
  return root;
}

/** Runs one command line. Resolves with the exit code: 4 our error > 2 usage or input > 1 fail > 3 inconclusive > 0 pass. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const json = args.includes('--json');
  const failed = (message: string, kind: 'usage' | 'internal'): number => {
    if (json) io.out(JSON.stringify(errorDocument(TOOL, message), null, 2));
    else io.err(visibleLine(message));
    return kind === 'usage' ? USAGE : OURS;
  };
  try {
    await program(io, (given) => (code = given)).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof InputError) return failed(error.message, 'usage');
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const [first = ''] = error.message.split('\n');
      const said = first.replace(/^error: /, '');
      return failed(
        `${said.startsWith('(') ? 'Give a command' : said}; evenkeel --help lists what can be given.`,
        'usage',
      );
    }
    const reason = error instanceof Error ? error.message : 'no reason given';
    return failed(
      `evenkeel failed, which is its own fault: ${reason}. Please report it with what you ran.`,
      'internal',
    );
  }
}

process.exitCode = await main(process.argv.slice(2), stdio());
