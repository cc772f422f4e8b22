import type { Text } from '../model/text.ts';
import { InputError } from '../model/tree.ts';
import { secretsOf } from '../probe/secrets.ts';
import { errorDocument } from '../report/document.ts';
import { logSafe, markdown } from '../report/escape.ts';
import { say } from '../text/say.ts';
import { readInputs, type Inputs } from '../settings/inputs.ts';
import { verify } from '../verify/verify.ts';
import { TOOL } from '../version.ts';
import { connect } from './api.ts';
import { readContext, type RunContext } from './context.ts';
import { readEvent } from './event.ts';
import { actionPorts, openActionJob } from './job.ts';
import { publish } from './results.ts';
import { writeFile } from './files.ts';
import { OutputError, setOutputs, writeSummary, NO_OUTPUTS, type Core } from './publish.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A reason is shown whole, in characters. */
const MESSAGE_LIMIT = 2000;

const USAGE = 2;
const OURS = 4;

/** One run of the Action: inputs, the two revisions, the verdict, and showing it. Resolves with the exit code. */
export async function runAction(core: Core, env: Env): Promise<number> {
  const context = readContext(env);
  try {
    const inputs = readInputs((name) => core.getInput(name));
    const sent = inputs.headers.map(([, value]) => value);
    for (const secret of [inputs.token, ...sent, ...secretsOf(inputs.headers)]) {
      if (secret !== undefined && secret !== '') core.setSecret(secret);
    }
    return await runWith(core, context, inputs);
  } catch (error) {
    try {
      return await failed(core, context, error);
    } catch (again) {
      if (!(again instanceof OutputError)) throw again;
      core.error(logSafe(again.message), { title: 'evenkeel' });
      return OURS;
    }
  }
}

async function runWith(core: Core, context: RunContext, inputs: Inputs): Promise<number> {
  const event = readEvent(context);
  if (event.ownEcho) {
    core.info('This event was caused by the status that evenkeel wrote itself, so there is nothing to do.');
    setOutputs(core, { ...NO_OUTPUTS, outcome: 'pass' });
    return 0;
  }
  const warnings: Text[] = [];
  const api = inputs.token === undefined ? undefined : await connect(inputs.token);
  const opened = await openActionJob({ inputs, context, event, api, warn: (warning) => warnings.push(warning) });
  const verified = await verify(opened.job, actionPorts(core, context));
  const report = { ...verified.report, notes: [...opened.notes, ...verified.report.notes] };
  await publish({ core, context, event, api, inputs, opened, verified: { ...verified, report }, warnings });
  return verified.exitCode;
}

/** The run ends badly and says why in one sentence; outputs and the report document are there all the same. */
async function failed(core: Core, context: RunContext, error: unknown): Promise<number> {
  if (error instanceof OutputError) throw error;
  const theirs = error instanceof InputError;
  const reason = error instanceof Error ? error.message : 'no reason given';
  const message = theirs ? reason : `evenkeel failed, which is its own fault: ${reason}. Please report it.`;
  if (!theirs && error instanceof Error && error.stack !== undefined) core.debug(logSafe(error.stack));
  core.error(logSafe(message), { title: 'evenkeel' });
  const report = writeFile(context, 'report.json', errorDocument(TOOL, message));
  setOutputs(core, { ...NO_OUTPUTS, outcome: 'error', report });
  await writeSummary(core, [
    `### ❌ Load balancers: not checked\n\n${markdown(say`${message}`, { limit: MESSAGE_LIMIT })}\n`,
  ]);
  return theirs ? USAGE : OURS;
}
