import { sampler, seededRandom } from '../../../src/evidence/random.ts';
import type { Measurement } from '../../../src/model/measurement.ts';
import { nodePorts } from '../../../src/probe/ports.ts';
import { plain } from '../../../src/text/say.ts';
import { measureRequest, reportOf, revisionOf } from '../jobs.ts';
import { freePort, startBackends, startServer } from '../real-servers.ts';
import type { Balancer, Kind, Scene, Situation, Truth } from './trial.ts';

export interface Trial {
  readonly kind: string;
  readonly product: string;
  readonly seed: number;
  readonly truth: Truth;
  readonly seen: { readonly outcome: string; readonly cause: string; readonly line: string; readonly reason: string };
  readonly right: { readonly verdict: boolean; readonly cause: boolean; readonly line: boolean };
}

const RATE = 400;

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
  const backends = await startBackends(names);
  const scene: Scene = { balancer, backends, port: await freePort(), draw };
  const situation = kind.set(scene);
  const server = await startServer(balancer.product, situation.loaded, scene.port, balancer.program);
  try {
    await situation.after?.(server);
    const [measurement] = await asked(scene, situation);
    if (measurement === undefined) throw new Error('nothing was measured');
    return told(kind, scene, seed, situation.truth, measurement);
  } finally {
    await Promise.all([server, ...backends].map((one) => one.stop()));
  }
}

async function asked({ balancer, port }: Scene, { head, base, inputs }: Situation): Promise<readonly Measurement[]> {
  const file = { nginx: 'nginx.conf', haproxy: 'haproxy.cfg' }[balancer.product as string] ?? 'pools.yml';
  const revision = (text: string, ref: string) => ({ ...revisionOf(file, text), revision: { ref, sha: null } });
  const report = await reportOf(
    revision(head, 'new'),
    {
      ...(base === undefined ? {} : { base: revision(base, 'old') }),
      measure: measureRequest({
        target: new URL(`http://127.0.0.1:${port}/`),
        pool: inputs?.pool,
        expect: inputs?.expect,
        rate: RATE,
        timeoutMs: 60_000,
      }),
    },
    { probe: nodePorts() },
  );
  return report.measurements;
}

function told(kind: Kind, { balancer }: Scene, seed: number, truth: Truth, measurement: Measurement): Trial {
  const [first] = measurement.explanations;
  const reason = plain(measurement.reason);
  const all = [reason, ...measurement.notes.map(plain)].join('\n');
  const line = first?.at === undefined ? '' : textOf(first.at);
  const cause = first?.cause ?? '';
  const verdict = measurement.outcome === truth.outcome && (truth.says?.test(all) ?? true);
  const named = truth.causes.length === 0 || truth.causes.includes(cause);
  return {
    kind: kind.name,
    product: balancer.name,
    seed,
    truth,
    seen: { outcome: measurement.outcome, cause, line, reason },
    right: { verdict, cause: named, line: truth.line?.test(line) ?? true },
  };
}

function textOf({ source, start }: NonNullable<Measurement['explanations'][number]['at']>): string {
  const end = source.text.indexOf('\n', start);
  return source.text.slice(source.text.lastIndexOf('\n', start - 1) + 1, end < 0 ? undefined : end).trim();
}
