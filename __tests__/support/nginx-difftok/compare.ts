import { reader } from '../../../src/formats/nginx/reader.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { plain } from '../../../src/text/say.ts';
import type { NginxChecker } from './checker.ts';
import type { Mutant } from './mutate.ts';

/** How evenkeel and all the programs judged one file. */
export interface Comparison {
  readonly kind: string;
  readonly text: string;
  /** `false refusal`: every program takes what we refuse. `missed`: all refuse for a reason in the file, and we do not. */
  readonly result: 'agree' | 'false refusal' | 'missed' | 'aside' | 'versions differ';
  /** Whether all the programs refuse it for a reason in the file. */
  readonly refused: boolean;
  readonly ours: string;
  readonly theirs: string;
}

interface OurView {
  /** Why evenkeel says that nginx refuses the file; undefined when it does not. */
  readonly refusal: string | undefined;
  /** What it says that it cannot read. */
  readonly unread: readonly string[];
}

export function ourView(text: string): OurView {
  const config = reader.read('nginx.conf', new MemoryTree({ 'nginx.conf': text }), { rootMap: {} });
  const fault = config.problems.find(({ rule }) => rule === 'config-unparsable' || rule === 'invalid-weight');
  return { refusal: fault && plain(fault.what), unread: config.unknowns.map(({ reason }) => plain(reason)) };
}

/** A directive that nginx does not know may be that of a module: enough when evenkeel says that it cannot read it. */
function isUnreadModule(theirs: string, { unread }: OurView): boolean {
  const name = /^unknown directive "(.*)" in /s.exec(theirs)?.[1];
  return name !== undefined && unread.some((reason) => reason.startsWith(`${name} `));
}

export async function compare({ kind, text }: Mutant, checkers: readonly NginxChecker[]): Promise<Comparison> {
  const verdicts = await Promise.all(checkers.map((checker) => checker.check(text)));
  const view = ourView(text);
  const ours = view.refusal;
  const base = {
    kind,
    text,
    refused: false,
    ours: ours ?? '',
    theirs: verdicts.map(({ refusal }) => refusal).join(' | '),
  };
  if (verdicts.some(({ aside, refusal }) => aside || (ours === undefined && isUnreadModule(refusal, view))))
    return { ...base, result: 'aside' };
  if (verdicts.every(({ accepted }) => accepted))
    return { ...base, result: ours === undefined ? 'agree' : 'false refusal' };
  if (verdicts.some(({ accepted }) => accepted))
    return { ...base, result: ours === undefined ? 'versions differ' : 'false refusal' };
  return { ...base, refused: true, result: ours === undefined ? 'missed' : 'agree' };
}
