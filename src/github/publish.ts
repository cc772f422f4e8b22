import { SEVERITIES, type Severity } from '../model/finding.ts';
import type { Text } from '../model/text.ts';
import type { Annotation } from '../report/annotations.ts';
import { logSafe } from '../report/escape.ts';
import { plain } from '../text/say.ts';

/** The part of @actions/core that is used. */
export interface Core {
  getInput(name: string): string;
  setSecret(secret: string): void;
  info(message: string): void;
  debug(message: string): void;
  error(message: string, properties?: AnnotationProperties): void;
  warning(message: string, properties?: AnnotationProperties): void;
  notice(message: string, properties?: AnnotationProperties): void;
  setOutput(name: string, value: string | number): void;
  readonly summary: { addRaw(text: string): { write(): Promise<unknown> } };
}

export interface AnnotationProperties {
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
  readonly endLine?: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
}

/** What the runner keeps of one step: this many of each severity, each this long in characters. */
const ANNOTATIONS_PER_SEVERITY = 10;
const MESSAGE_LIMIT = 4096;
/** Above this many bytes the runner drops the whole summary. */
const SUMMARY_LIMIT = 1_048_576;

/**
 * Writes annotations in the order given, worst severity first, within what the runner keeps of a step. The last place of
 * a severity is used to say how many more there are. `reserved` places are left free for warnings about the run itself.
 */
export function annotate(
  core: Core,
  annotations: readonly Annotation[],
  reserved: Partial<Record<Severity, number>> = {},
): void {
  for (const severity of SEVERITIES) {
    const all = annotations.filter((one) => one.severity === severity);
    const places = ANNOTATIONS_PER_SEVERITY - (reserved[severity] ?? 0);
    const shown = all.length <= places ? all : all.slice(0, Math.max(0, places - 1));
    for (const one of shown) core[severity](cut(one.message), propertiesOf(one));
    const left = all.length - shown.length;
    if (left > 0) {
      core[severity](`${left} more of this kind; the summary of this job lists all of them.`, { title: 'evenkeel' });
    }
  }
}

/** GitHub shows columns only for a place on one line, and takes an end before the start for an error. */
function propertiesOf(one: Annotation): AnnotationProperties {
  const title = one.title.slice(0, 255);
  if (one.file === undefined) return { title };
  const lines = {
    title,
    file: one.file,
    startLine: one.line,
    endLine: Math.max(one.line, one.endLine),
  };
  if (one.endLine !== one.line) return lines;
  return { ...lines, startColumn: one.column, endColumn: Math.max(one.column, one.endColumn) };
}

function cut(message: string): string {
  return message.length <= MESSAGE_LIMIT ? message : `${message.slice(0, MESSAGE_LIMIT - 1)}…`;
}

/** The outputs of the Action, all of them texts. Never put one into a shell script but through `env:`. */
export interface Outputs {
  readonly outcome: string;
  readonly findings: number;
  readonly cause: string;
  /** Largest difference of a measured share from the expected one, 0..1; empty when nothing was measured. */
  readonly 'max-deviation': string;
  /** JSON: server -> share 0..1. */
  readonly shares: string;
  /** Paths of written files; empty when there is none. */
  readonly report: string;
  readonly html: string;
  readonly sarif: string;
  readonly counts: string;
}

/** The outputs of a run that found nothing out. */
export const NO_OUTPUTS: Outputs = {
  outcome: 'error',
  findings: 0,
  cause: '',
  'max-deviation': '',
  shares: '{}',
  report: '',
  html: '',
  sarif: '',
  counts: '',
};

/** GitHub keeps 1 MB of outputs for a job; shares of thousands of servers would take the rest with them. */
const OUTPUT_LIMIT = 200_000;

/** Sets every output, so that none keeps what an earlier step said. Throws OutputError when they cannot be written. */
export function setOutputs(core: Core, outputs: Outputs): void {
  try {
    for (const [name, value] of Object.entries(outputs)) {
      const text = String(value);
      core.setOutput(name, text.length > OUTPUT_LIMIT ? '' : text);
    }
  } catch (error) {
    throw new OutputError(error);
  }
}

/** Later steps would go by outputs that are not there: that is told, and no verdict stands. */
export class OutputError extends Error {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : 'no reason given';
    super(`The outputs could not be written (${reason}); look for a full disk, or a missing GITHUB_OUTPUT file.`, {
      cause,
    });
  }
}

/**
 * Writes the job summary; `renderings` go from full to short and the first that fits is taken. False when there is no
 * place for a summary or nothing fits; the verdict does not depend on it.
 */
export async function writeSummary(core: Core, renderings: Iterable<string>): Promise<boolean> {
  for (const markdown of renderings) {
    if (Buffer.byteLength(markdown, 'utf8') >= SUMMARY_LIMIT) continue;
    try {
      await core.summary.addRaw(markdown).write();
      return true;
    } catch {
      return false;
    }
  }
  return false;
}

/** A text as a log line that no runner takes for a command. */
export function logged(text: Text): string {
  return logSafe(plain(text));
}
