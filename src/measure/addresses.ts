import { differs } from '../evidence/differs.ts';
import { entry } from '../evidence/tally.ts';
import type { Counts } from '../model/counts.ts';
import type { Explanation, Measurement } from '../model/measurement.ts';
import { list, say } from '../text/say.ts';

/**
 * Names an address whose split differs from the others' as the cause: with several instances behind one name, one of them
 * with another config is seen only when each is measured on its own. `counts` belong to `measurements`, in order.
 */
export function explainAddresses(
  measurements: readonly Measurement[],
  counts: readonly Counts[],
): readonly Measurement[] {
  const sound = measurements.flatMap((measurement, i) => (measurement.outcome === 'pass' ? [i] : []));
  return measurements.map((measurement, i) => {
    const own = counts[i];
    if (measurement.outcome !== 'fail' || own === undefined) return measurement;
    const others = sound.filter((j) => differ(own, counts[j] ?? own));
    if (others.length === 0) return measurement;
    return {
      ...measurement,
      explanations: [explanation(measurement, measurements, others), ...measurement.explanations],
    };
  });
}

function explanation(odd: Measurement, all: readonly Measurement[], others: readonly number[]): Explanation {
  const addresses = others.map((j) => all[j]?.address ?? '?');
  const blamed = odd.explanations[0];
  return {
    cause: 'address-differs',
    ...(blamed?.at === undefined ? {} : { at: blamed.at }),
    ...(blamed?.revision === undefined ? {} : { revision: blamed.revision }),
    predicts: Object.fromEntries(odd.servers.map((server) => [server.name, server.share])),
    fits: true,
    what: say`${odd.address ?? '?'} splits traffic differently from ${list(addresses)}, which are as expected: this instance runs with another config.`,
    next: say`Compare the file that is loaded at ${odd.address ?? '?'} with the others, and reload that instance. Do not roll back the application.`,
  };
}

function differ(a: Counts, b: Counts): boolean {
  const names = [...new Set([...Object.keys(a.servers), ...Object.keys(b.servers)])];
  return differs(
    names.map((name) => entry(a.servers, name)),
    names.map((name) => entry(b.servers, name)),
  );
}
