import { sampler, seededRandom } from '../../../src/evidence/random.ts';
import type { Measurement } from '../../../src/model/measurement.ts';
import { nodePorts } from '../../../src/probe/ports.ts';
import { plain } from '../../../src/text/say.ts';
import type { Counts } from '../../../src/model/counts.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';
import { measureRequest, reportOf, revisionOf, verifiedOf } from '../jobs.ts';
import { freePort, startBackends, startServer, type RealServer } from '../real-servers.ts';
import type { Balancer, Kind, Scene, Situation, Truth } from './trial.ts';
import { fileName } from './trial-scene.ts';

export interface Trial {
  readonly kind: string;
  readonly product: string;
  readonly seed: number;
  /** `faulty`: the truth is a fail; `unknowable`: no verdict is right. */
  readonly truth: Pick<Truth, 'outcome' | 'causes'> & { readonly hasLine: boolean };
  readonly seen: { readonly outcome: string; readonly cause: string; readonly line: string; readonly reason: string };
  /** What the same answers come to without the config. */
  readonly alone: string;
  /**
   * `cause` and `line` are null where the failure needs none. `monotone`: the config does not make a pass of what fails without it,
   * unless the first sentence says what it accepts.
   */
  readonly right: {
    readonly verdict: boolean;
    readonly cause: boolean | null;
    readonly line: boolean | null;
    readonly monotone: boolean;
  };
}

const RATE = 400;
/** Causes that look the same as the one that is named are right too, up to so many. */
const MOST_ALIKE = 3;
/** How a first sentence says that it accepts a skew. */
const ACCEPTS = /^(?:as declared|uneven)|apart from what the config sends/;
const WORST = ['fail', 'inconclusive', 'pass'];

/** Draws a situation of the kind, sets it up on the balancer and asks the probe. */
export async function runTrial(kind: Kind, balancer: Balancer, seed: number): Promise<Trial> {
  const random = seededRandom(seed);
  const draw = (from: number, to: number): number =>
    from +
    sampler(
      Array.from({ length: to - from + 1 }, () => 1 / (to - from + 1)),
      random,
    )();
  const names = Array.from({ length: draw(...kind.servers) }, (_, i) => `web${i + 1}`);
  const backends = await startBackends(names, { saysAddress: balancer.product === 'traefik' });
  const scene: Scene = { balancer, backends, port: await freePort(), draw };
  const situation = kind.set(scene);
  const servers: RealServer[] = [];
  try {
    const loaded = situation.loaded === undefined ? [] : [situation.loaded];
    for (const text of [...loaded, ...(situation.beside ?? []).map((one) => one.loaded)]) {
      servers.push(await startServer(balancer.product, text, scene.port, balancer.program));
    }
    const end = await situation.after?.(servers[0]);
    const { report, counts } = await asked(scene, situation);
    end?.();
    const alone = await Promise.all(counts.map(withoutConfig));
    return told(kind, scene, seed, situation.truth, report.measurements, worst(alone));
  } finally {
    await Promise.all([...servers, ...backends].map((one) => one.stop()));
  }
}

async function asked(scene: Scene, { head, base, older, inputs, beside = [] }: Situation) {
  const revision = (text: string, ref: string) => ({
    ...revisionOf(fileName(scene), text),
    revision: { ref, sha: null },
  });
  const addresses = [...new Set(['127.0.0.1', ...beside.map(({ address }) => address)])];
  const host = addresses.length === 1 ? '127.0.0.1' : 'lb.test';
  return verifiedOf(
    revision(head, 'new'),
    {
      ...(base === undefined ? {} : { base: revision(base, 'old') }),
      ...(older === undefined ? {} : { older: [revision(older, 'older')] }),
      measure: measureRequest({
        target: new URL(`http://${host}:${scene.port}/`),
        pool: inputs?.pool,
        expect: inputs?.expect,
        rate: RATE,
        timeoutMs: 60_000,
      }),
    },
    { probe: { ...nodePorts(), lookup: () => Promise.resolve(addresses) } },
  );
}

/** The same answers, judged by somebody who does not know the config. */
async function withoutConfig({ pool: _pool, ...counts }: Counts): Promise<Measurement> {
  const files = [{ path: 'counts.json', text: JSON.stringify(counts) }];
  const measure = measureRequest({ pool: undefined, observe: ['*.json'] });
  const nothing = { tree: new MemoryTree({}), files: [], revision: null };
  const { measurements } = await reportOf(nothing, { measure }, { countsFiles: () => files });
  return worst(measurements);
}

function worst(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements.toSorted((a, b) => WORST.indexOf(a.outcome) - WORST.indexOf(b.outcome));
  if (first === undefined) throw new Error('nothing was measured');
  return first;
}

function told(
  kind: Kind,
  { balancer }: Scene,
  seed: number,
  truth: Truth,
  measurements: readonly Measurement[],
  alone: Measurement,
): Trial {
  const measurement = worst(measurements);
  const { outcome, explanations, indistinguishable } = measurement;
  const [first] = explanations;
  const reason = plain(measurement.reason);
  const all = [reason, ...measurement.notes.map(plain)].join('\n');
  const line = first?.at === undefined ? '' : textOf(first.at);
  const cause = first?.cause ?? '';
  const alike = indistinguishable.length <= MOST_ALIKE ? indistinguishable : [];
  const blames = outcome === 'fail' && truth.outcome === 'fail' && truth.causes.length > 0;
  return {
    kind: kind.name,
    product: balancer.name,
    seed,
    truth: { outcome: truth.outcome, causes: truth.causes, hasLine: truth.line !== undefined },
    seen: { outcome, cause, line, reason },
    alone: alone.outcome,
    right: {
      verdict: [truth.outcome, ...(truth.or ?? [])].includes(outcome) && (truth.says?.test(all) ?? true),
      cause: blames ? [cause, ...alike].some((name) => truth.causes.includes(name)) : null,
      line: blames && truth.line !== undefined ? truth.line.test(line) : null,
      monotone: outcome !== 'pass' || alone.outcome !== 'fail' || ACCEPTS.test(reason),
    },
  };
}

function textOf({ source, start }: NonNullable<Measurement['explanations'][number]['at']>): string {
  const end = source.text.indexOf('\n', start);
  return source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, end < 0 ? undefined : end).trim();
}
