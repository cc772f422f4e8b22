import type { Report } from '../../src/model/report.ts';
import { nodePorts } from '../../src/probe/ports.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import type { Revisioned } from '../../src/verify/check.ts';
import type { MeasureRequest } from '../../src/measure/measure-request.ts';
import type { MeasurePorts } from '../../src/measure/measure.ts';
import { verify, type Job, type Verified } from '../../src/verify/verify.ts';

/** One config of a revision in memory, with other files beside it. */
export function revisionOf(path: string, text: string, beside: Readonly<Record<string, string>> = {}): Revisioned {
  return { tree: new MemoryTree({ [path]: text, ...beside }), files: [path], revision: null };
}

/** A measurement of the pool `app` by the defaults of the action, at a rate of tests; `more` is what a test is about. */
export function measureRequest(more: Partial<MeasureRequest>): MeasureRequest {
  return {
    target: undefined,
    observe: [],
    pool: 'app',
    identifyBy: { by: 'auto' },
    expect: undefined,
    tolerance: { kind: 'auto' },
    maxErrors: 0.01,
    maxRequests: 6000,
    rate: 800,
    timeoutMs: 30_000,
    settleMs: 0,
    version: undefined,
    headers: [],
    ...more,
  };
}

/** The report of `verifiedOf`. */
export async function reportOf(...run: Parameters<typeof verifiedOf>): Promise<Report> {
  return (await verifiedOf(...run)).report;
}

/** A run over `head` alone, without a checklist file; `more` is what a test is about. */
export async function verifiedOf(
  head: Revisioned,
  more: Partial<Job> = {},
  ports: Partial<MeasurePorts> = {},
): Promise<Verified> {
  const job: Job = {
    tool: { name: 'evenkeel', version: '0' },
    head,
    base: undefined,
    trusted: undefined,
    proposed: false,
    older: [],
    checklist: 'evenkeel.yml',
    checklistNamed: false,
    schemas: [],
    all: false,
    failOn: undefined,
    onInconclusive: 'fail',
    measure: undefined,
    ticks: undefined,
    today: '2026-11-25',
    ...more,
  };
  return verify(job, { probe: nodePorts(), countsFiles: () => [], ...ports });
}
