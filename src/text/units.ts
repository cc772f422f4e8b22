const DURATION_MS: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** `250ms`, `1.5s`, `2m`, `1h`, `7d`, `100us` in ms; undefined when it is no duration. The unit is required. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(us|ms|s|m|h|d)$/.exec(text);
  const factor = DURATION_MS.get(match?.[2] ?? '');
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}

/** `60%` or `2.5%` as a share (0.6, 0.025); undefined when it is no percentage. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,6})?)\s?%$/.exec(text);
  // Dividing, because 0.01 has no exact binary form: 7 * 0.01 is not 0.07.
  return match === null ? undefined : Number(match[1]) / 100;
}
