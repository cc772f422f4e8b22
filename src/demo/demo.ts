import { reader as haproxy } from '../formats/haproxy/reader.ts';
import type { Report } from '../model/report.ts';
import type { Text } from '../model/text.ts';
import { nodePorts } from '../probe/ports.ts';
import { terminalText } from '../report/escape.ts';
import { renderTerminal, type TerminalMode } from '../report/terminal.ts';
import { MemoryTree } from '../text/memory-tree.ts';
import { formatDuration, say, strong } from '../text/say.ts';
import type { Revisioned } from '../verify/check.ts';
import type { MeasureRequest } from '../measure/measure-request.ts';
import { verify, type Job } from '../verify/verify.ts';
import { TOOL } from '../version.ts';
import { DemoBalancer } from './balancer.ts';
import { DEMO_CONFIGS } from './configs.ts';

const FILE = 'haproxy.cfg';
const LOST = say`In the outage two hours went by before anybody looked at the load balancer.`;

/**
 * Replays the outage on real HTTP servers on loopback: the check that would have stopped it, the probe that names the line
 * once it is merged, and the fix whose reload is forgotten. Gives one report of the three acts.
 */
export async function runDemo(print: (text: string) => void, mode: TerminalMode): Promise<Report> {
  const balancer = new DemoBalancer();
  const tell = (text: Text): void => print(terminalText(text, mode.color));
  const act = async (title: Text, job: Job): Promise<Report> => {
    print('');
    tell(title);
    print('');
    const started = performance.now();
    const { report } = await verify(job, { probe: nodePorts(), countsFiles: () => [] });
    print(renderTerminal(report, mode));
    print('');
    tell(say`${strong(`That took ${formatDuration(performance.now() - started)}.`)} ${LOST}`);
    return report;
  };
  try {
    const target = await balancer.start(pool('before').servers.map((server) => server.name));
    const measuring = (head: Revisioned, base: Revisioned): Job => ({
      ...jobOf(head, base),
      measure: measureOf(target),
    });

    const checked = await act(
      say`${strong('Act 1.')} A pull request changes three weights and loses a health check.`,
      jobOf(revision('after', 'this pull request'), revision('before', 'main')),
    );
    balancer.load(pool('after'));
    const merged = await act(
      say`${strong('Act 2.')} It was merged anyway. After the deploy the probe asks the live balancer.`,
      measuring(revision('after', 'this deploy'), revision('before', 'the deploy before')),
    );
    const forgotten = await act(
      say`${strong('Act 3.')} The fix is merged, but nobody reloads the balancer.`,
      measuring(revision('fixed', 'this deploy'), revision('after', 'the deploy before')),
    );
    balancer.load(pool('fixed'));
    const reloaded = await act(
      say`${strong('Act 3, again.')} The balancer is reloaded.`,
      measuring(revision('fixed', 'this deploy'), revision('after', 'the deploy before')),
    );
    const measurements = [merged, forgotten, reloaded].flatMap((report) => report.measurements);
    return { ...checked, measurements, outcome: reloaded.outcome, summary: reloaded.summary };
  } finally {
    await balancer.stop();
  }
}

type Version = keyof typeof DEMO_CONFIGS;

function tree(version: Version): MemoryTree {
  return new MemoryTree({ [FILE]: DEMO_CONFIGS[version] });
}

function revision(version: Version, name: string): Revisioned {
  return { tree: tree(version), files: [FILE], revision: { ref: name, sha: null } };
}

function pool(version: Version) {
  const [found] = haproxy.read(FILE, tree(version), { rootMap: {} }).pools;
  if (found === undefined) throw new Error('The demo config has no pool.');
  return found;
}

function jobOf(head: Revisioned, base: Revisioned): Job {
  return {
    tool: TOOL,
    head,
    base,
    trusted: undefined,
    proposed: false,
    older: [],
    checklist: '.github/evenkeel.yml',
    checklistNamed: false,
    schemas: [],
    all: false,
    failOn: undefined,
    onInconclusive: 'fail',
    measure: undefined,
    ticks: undefined,
    today: '2000-01-01',
  };
}

function measureOf(target: URL): MeasureRequest {
  return {
    target,
    observe: [],
    pool: undefined,
    identifyBy: { by: 'auto' },
    expect: undefined,
    tolerance: { kind: 'auto' },
    maxErrors: 0.01,
    maxRequests: 6000,
    rate: 500,
    timeoutMs: 30_000,
    settleMs: 0,
    version: undefined,
    headers: [],
  };
}
