import type { Drift, DriftKind } from '../measure/drift/kinds.ts';
import { lineOf } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { count, plain, say, words } from '../text/say.ts';
import { clean, styled, terminalText } from './escape.ts';
import type { TerminalMode } from './terminal.ts';
import { wrap } from './width.ts';

/** What a comparison of a file with what is loaded came to. */
export interface DriftReport {
  /** pass: nothing differs. inconclusive: the interface could not be read. */
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  /** As it was given: `haproxy:/run/haproxy.sock`. */
  readonly source: string;
  /** Product and version, where the interface gives them. */
  readonly product: string | null;
  /** One sentence. */
  readonly summary: Text;
  readonly drifts: readonly Drift[];
  readonly notes: readonly Text[];
}

/** The sentence over the comparison of `servers` servers. */
export function driftSummary(source: string, drifts: readonly Drift[], servers: number): Text {
  const compared = count(servers, 'server');
  if (drifts.length === 0) return say`The loaded config matches the file: ${compared} compared with ${source}.`;
  return say`${count(drifts.length, 'difference')} between the file and the loaded config: ${compared} compared with ${source}.`;
}

/** For a terminal, without a line end at its end. */
export function renderDrift({ outcome, summary, drifts, notes, source }: DriftReport, mode: TerminalMode): string {
  const line = (text: string): string => wrap(text, mode.width, '  ');
  const below = (text: string): string => `  ${wrap(text, mode.width - 2, '  ')}`;
  const [sign, style] = ({ pass: ['✓', 'green'], fail: ['✗', 'red'], inconclusive: ['?', 'yellow'] } as const)[outcome];
  const parts = [line(`${styled(sign, style, mode.color)} ${terminalText(summary, mode.color)}`)];
  for (const drift of drifts) {
    parts.push(
      [
        line(`${styled('✗', 'red', mode.color)} ${terminalText(drift.what, mode.color)} (${drift.kind})`),
        below(`file: ${styled(placeText(drift), 'cyan', mode.color)}; loaded: ${clean(drift.row)} of ${clean(source)}`),
        below(terminalText(drift.fix, mode.color)),
      ].join('\n'),
    );
  }
  for (const note of notes) parts.push(line(`- ${terminalText(note, mode.color)}`));
  return parts.join('\n\n');
}

function placeText({ at }: Drift): string {
  return `${clean(at.source.path)}:${lineOf(at)}`;
}

interface DriftDocument {
  readonly version: 1;
  readonly outcome: DriftReport['outcome'];
  readonly source: string;
  readonly product: string | null;
  readonly summary: string;
  readonly drifts: readonly {
    readonly kind: DriftKind;
    readonly pool: string;
    readonly server: string | null;
    readonly file: string;
    readonly line: number;
    readonly revision: string | null;
    readonly loaded: string;
    readonly what: string;
    readonly fix: string;
  }[];
  readonly notes: readonly string[];
}

/** For `--json`. */
export function driftDocument({ outcome, source, product, summary, drifts, notes }: DriftReport): DriftDocument {
  return {
    version: 1,
    outcome,
    source,
    product,
    summary: plain(summary),
    drifts: drifts.map(({ kind, pool, server, at, revision, row, what, fix }) => ({
      kind,
      pool,
      server: server ?? null,
      file: at.source.path,
      line: lineOf(at),
      revision: revision ?? null,
      loaded: row,
      what: plain(what),
      fix: plain(fix),
    })),
    notes: notes.map(plain),
  };
}

/** The report where the interface could not be read. */
export function unreachableDrift(source: string, why: Text): DriftReport {
  return {
    outcome: 'inconclusive',
    source,
    product: null,
    summary: why,
    drifts: [],
    notes: [words('Nothing was compared.')],
  };
}
