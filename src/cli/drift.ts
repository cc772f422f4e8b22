import { driftOf } from '../measure/drift/drift.ts';
import { InputError } from '../model/tree.ts';
import { driftDocument, driftSummary, renderDrift, unreachableDrift, type DriftReport } from '../report/drift.ts';
import { RULES } from '../rules/list.ts';
import { loadSettings } from '../settings/load.ts';
import { ADMIN_FORMS, readAdminPlace, readLoaded } from '../sources/admin/admin.ts';
import { plain } from '../text/say.ts';
import type { Job } from '../verify/verify.ts';
import { readEarlier } from '../verify/earlier.ts';
import { readEstate } from '../verify/read.ts';
import { adminPorts } from '../workspace/admin.ts';
import { inputsOf } from './flags.ts';
import type { Flags, Io } from './io.ts';
import { openJob } from './job.ts';

const EXIT = { pass: 0, fail: 1, inconclusive: 3 } as const;

/**
 * drift: what a running balancer has loaded, compared with its file and earlier revisions. Resolves with the exit code:
 * 1 = something differs, 3 = the interface cannot be read. Throws InputError.
 */
export async function runDrift(files: readonly string[], flags: Flags, io: Io): Promise<number> {
  const source = typeof flags['from'] === 'string' ? flags['from'] : '';
  const inputs = inputsOf({ ...flags, config: files }, { config: 'The file' });
  const place = readAdminPlace(source);
  if (place === undefined) {
    throw new InputError(`--from is ${JSON.stringify(source)}; set ${ADMIN_FORMS}.`);
  }
  const today = new Date().toISOString().slice(0, 10);
  const job = openJob({ inputs, all: false, measure: {}, cwd: process.cwd(), today, revisions: true });
  const loaded = await readLoaded(place, adminPorts, inputs.headers);
  const report = 'unreachable' in loaded ? unreachableDrift(source, loaded.unreachable) : compared(job, loaded.state);
  io.out(flags['json'] === true ? JSON.stringify(driftDocument(report), null, 2) : renderDrift(report, io.mode));
  return EXIT[report.outcome];
}

function compared(job: Job, loaded: Parameters<typeof driftOf>[0]): DriftReport {
  const { head, base, older } = job;
  const { settings } = loadSettings({ ...job, trusted: undefined }, RULES);
  const { configs, inputs, unusable } = readEstate(head, settings);
  const refused = inputs.find(({ status }) => status === 'refused');
  if (unusable || refused !== undefined) {
    throw new InputError(refused?.reason ? `${plain(refused.reason)}.` : 'A file cannot be read.');
  }
  const revisions = [...(base === undefined ? [] : [base]), ...older];
  const earlier = revisions.map((revision) => readEarlier(revision, settings));
  const { drifts, notes, servers } = driftOf(loaded, configs, earlier);
  return {
    outcome: drifts.length > 0 ? 'fail' : servers === 0 ? 'inconclusive' : 'pass',
    source: loaded.source,
    product: loaded.product ?? null,
    summary: driftSummary(loaded.source, drifts, servers),
    drifts,
    notes,
  };
}
