import type { Measurement } from '../model/measurement.ts';
import type { Report } from '../model/report.ts';
import type { Span } from '../model/span.ts';
import { formatNumber, formatPercent } from '../text/say.ts';
import { placeOf, type Bar, type Place } from './blocks.ts';
import { clean, htmlEscape, visibleLine } from './escape.ts';
import { likely, standing } from './words.ts';

/** Lines before and after the blamed one. */
const AROUND = 2;
const LINE_LIMIT = 200;

/** A share as a drawn bar: the marker is a line across it, the interval a thinner line with ends. The number stands beside it. */
export function barSvg({ share, marker, interval }: Bar): string {
  const at = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 10;
  const whole = `<rect class="t" width="100" height="8"/><rect class="f" width="${at(share)}" height="8"/>`;
  const between = interval === undefined ? '' : `<path class="i" d="M${at(interval.low)} 4H${at(interval.high)}"/>`;
  const line = marker === null ? '' : `<path class="m" d="M${at(marker)} 0v8"/>`;
  return `<svg class="b" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${whole}${between}${line}</svg>`;
}

/** The interval of a measured share in words, for who cannot see the bar. */
export function intervalText({ interval }: Bar): string {
  return interval === undefined ? '' : `(${formatPercent(interval.low)} to ${formatPercent(interval.high)})`;
}

/** How near the two proofs are, and how long each server takes to answer. */
export function measurementCharts(measurement: Measurement, rows: number): string {
  return evidenceChart(measurement) + latencyChart(measurement, rows);
}

function evidenceChart({ evidence }: Measurement): string {
  if (evidence === null) return '';
  const row = (title: string, nats: number): string => {
    const part = Math.min(1, Math.max(0, nats / evidence.threshold));
    const bar = barSvg({ share: part, marker: null, trend: 'same', strong: false });
    const word = nats >= evidence.threshold ? 'proved' : `${formatPercent(part)} of the way`;
    return `<tr><th scope="row">${title}</th><td>${bar} ${word}</td></tr>`;
  };
  const body = row('Traffic is off', evidence.uneven) + row('Traffic is as expected', evidence.even);
  return scroll(
    'Evidence',
    `<table><caption>Evidence, on a logarithmic scale up to proof</caption><tbody>${body}</tbody></table>`,
  );
}

function latencyChart({ servers }: Measurement, rows: number): string {
  const timed = servers.flatMap(({ name, latencyMs }) => (latencyMs === null ? [] : [{ name, ...latencyMs }]));
  if (timed.length === 0) return '';
  const shown = timed.length <= rows ? timed : timed.toSorted((a, b) => b.p95 - a.p95).slice(0, rows);
  const most = shown.reduce((max, one) => Math.max(max, one.p95), 1);
  const body = shown.map(({ name, p50, p95 }) => {
    const bar = barSvg({ share: p95 / most, marker: p50 / most, trend: 'same', strong: false });
    const cells = `<td class="n">${formatNumber(Math.round(p50))} ms</td><td class="n">${formatNumber(Math.round(p95))} ms</td>`;
    return `<tr><th scope="row"><code>${htmlEscape(clean(name))}</code></th>${cells}<td>${bar}</td></tr>`;
  });
  const left = timed.length - shown.length;
  const columns = ['Server', 'p50', 'p95', 'p95, │ = p50']
    .map((title, i) => `<th scope="col"${i === 1 || i === 2 ? ' class="n"' : ''}>${title}</th>`)
    .join('');
  const caption =
    left > 0 ? `Latency of the slowest ${shown.length} servers; ${formatNumber(left)} more are left out` : 'Latency';
  return scroll(
    'Latency',
    `<table><caption>${caption}</caption><thead><tr>${columns}</tr></thead><tbody>${body.join('')}</tbody></table>`,
  );
}

/** What may be wider than the page scrolls by itself, also by keyboard. */
export function scroll(label: string, content: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${htmlEscape(label)}">${content}</div>`;
}

/** The lines that a cause or a finding blames, with the lines around them; at most `limit` places, and how many are left out. */
export function excerpts(report: Report, limit: number): { readonly html: string; readonly left: number } {
  const blamed: { readonly at: Span; readonly revision: string | undefined }[] = [
    ...report.measurements.flatMap((measurement) => {
      const cause = measurement.outcome === 'pass' ? undefined : likely(measurement);
      return cause?.at === undefined ? [] : [{ at: cause.at, revision: cause.revision }];
    }),
    ...standing(report).map((finding) => ({ at: finding.at, revision: undefined })),
  ];
  const seen = new Set<string>();
  const places = blamed.filter(({ at, revision }) => {
    const place = placeOf(at);
    const key = JSON.stringify([place.file, place.line, revision]);
    return !seen.has(key) && seen.add(key);
  });
  const shown = places.slice(0, limit);
  const html = shown.map(({ at, revision }) => excerpt(at, placeOf(at, revision))).join('');
  return { html, left: places.length - shown.length };
}

function excerpt(at: Span, { file, line, revision }: Place): string {
  const lines = linesAround(at, line);
  const rows = lines.map(([number, text]) => {
    const mark = number === line ? ' class="hit"' : '';
    const sign = number === line ? '▶' : ' ';
    return `<span${mark}>${sign} ${String(number).padStart(5)}  ${htmlEscape(visibleLine(text.slice(0, LINE_LIMIT)))}</span>`;
  });
  const title = `${clean(file)}:${line}${revision === undefined ? '' : ` at ${clean(revision)}`}`;
  return `<h3><code>${htmlEscape(title)}</code></h3><pre role="region" tabindex="0" aria-label="Line ${line} of ${htmlEscape(clean(file))}">${rows.join('')}</pre>`;
}

/** The lines by number; found from the offset, so that a huge file is not split whole. */
function linesAround({ source, start }: Span, line: number): [number, string][] {
  const before = source.text.slice(Math.max(0, start - 10_000), start);
  const after = source.text.slice(start, start + 10_000);
  const upper = before.split(/\r\n?|\n/).slice(-(AROUND + 1));
  const lower = after.split(/\r\n?|\n/).slice(0, AROUND + 1);
  const own = `${upper.at(-1) ?? ''}${lower[0] ?? ''}`;
  // The file ends in a line end, not in an empty line.
  const below = lower.slice(1).filter((text, i, rest) => text !== '' || i < rest.length - 1);
  const all = [...upper.slice(0, -1), own, ...below];
  return all.map((text, i) => [line - upper.length + 1 + i, text]);
}
