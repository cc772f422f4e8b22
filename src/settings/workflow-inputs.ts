import type { Finding } from '../model/finding.ts';
import type { FileTree } from '../model/tree.ts';
import { child, headOf, itemsOf, type PNode } from '../text/positioned.ts';
import { say } from '../text/say.ts';
import { SourceFile } from '../text/source.ts';
import { readYaml } from '../text/yaml-tree.ts';
import { DEFAULT_CHECKLIST, readTolerance, splitLines } from './inputs.ts';
import { readDuration, readShare } from './units.ts';

/** Where a workflow uses the Action. */
export interface WorkflowUse {
  /** The workflow file in the repository. */
  readonly path: string;
  readonly job: string;
  /** `owner/name` of the Action; undefined when it is a path of the repository itself. */
  readonly action: string | undefined;
}

type Draft = Omit<Finding, 'severity'>;

/** Inputs that decide what is judged and how strictly, with what they are when they are not written. */
const JUDGING: Readonly<Record<string, string>> = {
  config: '',
  base: '',
  checklist: DEFAULT_CHECKLIST,
  schema: '',
  target: '',
  pool: '',
  observe: '',
  expect: '',
  'identify-by': 'auto',
  version: '',
  for: '',
  tolerance: 'auto',
  'max-errors': '1%',
  'fail-on': 'error',
  'on-inconclusive': 'fail',
};
/** Choices from strict to mild. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'fail-on': ['warning', 'error', 'never'],
  'on-inconclusive': ['fail', 'warn'],
};
/** Settings of a step or job by which a failed check does not fail the run, or is not run. */
const AROUND = ['continue-on-error', 'if'] as const;

/**
 * Inputs of the Action that a change makes milder for itself: a pull request runs the workflow file that it brings. A workflow that
 * cannot be read, or does not use the Action in that job, gives nothing.
 */
export function milderInputs(use: WorkflowUse, base: FileTree, head: FileTree): readonly Draft[] {
  const before = jobOf(use, base);
  const after = jobOf(use, head);
  if (before === undefined || after === undefined) return [];
  const steps = stepsOf(use, after);
  const found = around(before, after);
  for (const [index, step] of stepsOf(use, before).entries()) {
    const now = steps[index];
    if (now === undefined) found.push(drafted(after, 'uses', textOf(child(step, 'uses')), ''));
    else found.push(...around(step, now), ...inputsOf(step, now));
  }
  return found;
}

function jobOf({ path, job }: WorkflowUse, tree: FileTree): PNode | undefined {
  const text = tree.read(path);
  const root = text === undefined ? undefined : readYaml(new SourceFile(path, text)).documents[0];
  return child(child(root, 'jobs'), job);
}

function stepsOf({ action }: WorkflowUse, job: PNode): readonly PNode[] {
  return itemsOf(child(job, 'steps')).filter((step) => {
    const uses = textOf(child(step, 'uses')).toLowerCase();
    const name = uses.split('@')[0] ?? '';
    return action === undefined ? uses.startsWith('./') : name === action.toLowerCase();
  });
}

function around(before: PNode, after: PNode): Draft[] {
  return AROUND.flatMap((key) => {
    const [was, is] = [textOf(child(before, key)), textOf(child(after, key))];
    return was === is || is === '' || is === 'false' ? [] : [drafted(child(after, key) ?? after, key, was, is)];
  });
}

function inputsOf(before: PNode, after: PNode): Draft[] {
  const [old, now] = [child(before, 'with'), child(after, 'with')];
  return Object.entries(JUDGING).flatMap(([name, otherwise]) => {
    const was = textOf(child(old, name)) || otherwise;
    const node = child(now, name);
    const is = textOf(node) || otherwise;
    return was === is || !isMilder(name, was, is)
      ? []
      : [drafted(node ?? child(after, 'uses') ?? after, name, was, is)];
  });
}

/** False only where the new value is surely as strict as the old one. */
function isMilder(name: string, was: string, is: string): boolean {
  const order = CHOICES[name];
  if (order !== undefined) return order.indexOf(is) > order.indexOf(was) || !order.includes(is);
  if (name === 'schema' || name === 'config') return !addsOnly(splitLines(was), splitLines(is));
  const amount = AMOUNTS[name];
  if (amount === undefined) return true;
  const [a, b] = [amount(was), amount(is)];
  return a === undefined || b === undefined || b > a;
}

/** Amounts of which more is milder; undefined for what cannot be compared. */
const AMOUNTS: Readonly<Record<string, (text: string) => number | undefined>> = {
  'max-errors': readShare,
  // Shorter is milder.
  for: (text) => (text === '' ? 0 : negative(readDuration(text, 1000, 86_400_000))),
  tolerance: (text) => {
    const tolerance = readTolerance(text);
    return tolerance?.kind === 'relative' ? tolerance.share : undefined;
  },
};

function negative(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : -ms;
}

function addsOnly(was: readonly string[], is: readonly string[]): boolean {
  return was.every((line) => is.includes(line)) && is.every((line) => was.includes(line) || !line.startsWith('!'));
}

function textOf(node: PNode | undefined): string {
  return node?.kind === 'scalar' ? String(node.value).trim() : '';
}

function drafted(place: PNode, name: string, was: string, is: string): Draft {
  const shown = (value: string): string => (value === '' ? 'nothing' : value.slice(0, 100));
  return {
    rule: 'checklist-changed',
    at: headOf(place),
    what: say`This change sets ${name} of its own check to ${shown(is)}; it was ${shown(was)}.`,
    why: say`A pull request runs its own version of the workflow, so it can weaken its own check.`,
    fix: say`Move this to a pull request of its own, and ask the owners of the workflow for a review.`,
    introduced: true,
    related: [],
  };
}
