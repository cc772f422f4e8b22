#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { runDrift } from './cli/drift.ts';
import { type Flags, stdio, type Io } from './cli/io.ts';
import { runRoute } from './cli/route.ts';
import { runInspect, runJob, runTry } from './cli/run.ts';
import { runDemo } from './demo/demo.ts';
import { InputError } from './model/tree.ts';
import { errorDocument, toDocument } from './report/document.ts';
import { visibleLine } from './report/escape.ts';
import { renderWhy } from './report/why.ts';
import { RULES } from './rules/list.ts';
import { RULE_PAGES } from './rules/pages.ts';
import { ADMIN_FORMS, ADMIN_USAGE } from './sources/admin/admin.ts';
import { TOOL } from './version.ts';

const USAGE = 2;
const OURS = 4;

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function program(io: Io, finish: (code: number) => void): Command {
  const root = new Command('evenkeel')
    .description('Proves that a load balancer change is safe, before and after it ships.')
    .version(TOOL.version, '-V, --version')
    // After `probe` the same option names where an answer shows its version.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: () => undefined });

  const judged = (command: Command): Command =>
    command
      .option('--base <ref|dir|file>', 'base of the comparison')
      .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
      .option('--schema <file>', 'additional JSON Schema for the diff; repeatable', collect)
      .option('--fail-on <severity>', 'findings that fail the run: error, warning or never')
      .option('--json', 'print one valid report document')
      .option('--html <file>', 'write the report as one HTML page');
  const measured = (command: Command): Command =>
    judged(command)
      .option('--config <file>', 'the deployed config; repeatable', collect)
      .option('--pool <name>', 'the pool or route behind the target')
      .option('--expect <split>', 'expected split: even, config, capacity, or web1=60,web2=40')
      .option('--tolerance <t>', 'maximum deviation: 25% of each share, 5pp, or auto')
      .option('--expect-status <status>', 'an expected 3xx or 4xx status, such as 401; repeatable', collect)
      .option('--max-errors <share>', 'maximum share of failed requests (1%)')
      .option('--max-requests <n>', 'maximum number of requests (6000)')
      .option('--on-inconclusive <what>', 'effect on the exit code: fail or warn')
      .option('--counts <file>', 'write the counts to this file');

  judged(root.command('check').argument('<file...>', 'load balancer configs'))
    .description('check configs against the checklist, and show the effect of a change on every server')
    .option('--all', 'check every file completely, not only the changes')
    .action(async (files: string[], flags: Flags) => finish(await runJob({ ...flags, config: files }, io)));
  root
    .command('inspect')
    .argument('<file...>', 'load balancer configs')
    .description('print pools and predicted shares, without a verdict')
    .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
    .option('--json', 'print one valid report document')
    .action(async (files: string[], flags: Flags) => finish(await runInspect({ ...flags, config: files }, io)));
  root
    .command('route')
    .argument('<url>', 'the URL of a request')
    .argument('<file...>', 'load balancer configs')
    .description('show which entry, match, pool and servers a request reaches, and the lines that decide')
    .option('--base <ref|dir|file>', 'also show where it went before')
    .option('--method <method>', 'the method of the request (GET)')
    .option('--header <line>', 'header of the request, "Name: value"; "Name:" = it has none; repeatable', collect)
    .option('--ip <address>', 'the IP address of the client')
    .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
    .option('--json', 'print one JSON document')
    .action((url: string, files: string[], flags: Flags) => finish(runRoute(url, files, flags, io)));
  measured(root.command('probe').argument('<url>', 'the URL to probe'))
    .description('measure the traffic split of a live load balancer')
    .option('--identify-by <how>', 'how to identify the server: header:NAME, cookie:NAME, json:FIELD or auto')
    .option('--rate <r>', 'maximum request rate (50/s)')
    .option('--timeout <t>', 'maximum duration (120s)')
    .option('--settle <t>', 'delay before the first request (2s)')
    .option('--version <field>', 'wait for this version: header:NAME=VALUE or json:FIELD=VALUE')
    .option('--headers <line>', 'header to send, "Name: value"; repeatable', collect)
    .option('--vary <what>', 'send a new key in every request: header:NAME, query:NAME, cookie:NAME or path')
    .option('--for <t>', 'keep probing for this long (10m); stops at the first proven failure')
    .option('--ca <file>', 'PEM file of certificate authorities')
    .option('--insecure', 'accept any certificate')
    .option('--allow-link-local', 'allow link-local targets')
    .option('--observe <source>', `${ADMIN_USAGE} of the balancer: what it has loaded`)
    .option('--try', 'send ten requests and show how to identify the servers')
    .action(async (target: string, flags: Flags) =>
      finish(await (flags['try'] === true ? runTry : runJob)({ ...flags, target }, io)),
    );
  measured(root.command('observe').argument('<source...>', `counts:GLOB, or ${ADMIN_USAGE}`))
    .description("judge counts from several runners, or the balancer's own")
    .option('--for <t>', 'read a balancer twice, so long apart (10s)')
    .option('--headers <line>', '"Name: value" to send to a URL; may be repeated', collect)
    .action(async (observe: string[], flags: Flags) => finish(await runJob({ ...flags, observe }, io)));
  root
    .command('drift')
    .argument('<file...>', 'load balancer configs')
    .description('compare what a running balancer has loaded with its file and earlier revisions')
    .requiredOption('--from <source>', `the admin interface: ${ADMIN_FORMS}`)
    .option('--base <ref|dir|file>', 'what was loaded before')
    .option('--checklist <file>', 'the checklist file (.github/evenkeel.yml)')
    .option('--headers <line>', '"Name: value" to send to a URL; may be repeated', collect)
    .option('--json', 'print one JSON document')
    .action(async (files: string[], flags: Flags) => finish(await runDrift(files, flags, io)));
  root
    .command('why')
    .argument('<rule>', 'a rule id')
    .description('explain a rule, with examples and the fix')
    .action((rule: string) => {
      io.out(renderWhy(rule, RULES, RULE_PAGES, io.mode));
      finish(0);
    });
  root
    .command('demo')
    .description('replay an outage in seconds: check, probe, cause')
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
      return failed(`${said.startsWith('(') ? 'No command given' : said}; see evenkeel --help.`, 'usage');
    }
    const reason = error instanceof Error ? error.message : 'no reason given';
    return failed(`Internal error: ${reason}. Please report it with the command that you ran.`, 'internal');
  }
}

process.exitCode = await main(process.argv.slice(2), stdio());
