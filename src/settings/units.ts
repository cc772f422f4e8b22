/** Reads a duration such as `500ms`, `2s`, `10m` or `1h` as ms, within bounds; undefined when it is none. `0` needs no unit. */
export function readDuration(text: string, least: number, most: number): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?$/.exec(text) ?? [];
  const factor = unit === 'ms' ? 1 : unit === 's' ? 1000 : unit === 'h' ? 3_600_000 : 60_000;
  const ms = Number(number) * factor;
  if (number === undefined || (unit === undefined && ms !== 0)) return undefined;
  return ms >= least && ms <= most ? ms : undefined;
}

/** Reads `50/s`, `600/m` or a bare number of requests per second; more than 0 and at most `most`. */
export function readRate(text: string, most: number): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(?:\/\s*(s|m|min))?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const rate = Number(number) / (unit === undefined || unit === 's' ? 1 : 60);
  return rate > 0 && rate <= most ? rate : undefined;
}

/** Reads a percentage from 0% to below 100% as 0..1. */
export function readShare(text: string): number | undefined {
  const [, number] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? [];
  const share = Number(number) / 100;
  return number !== undefined && share < 1 ? share : undefined;
}

/** Reads a whole number within bounds; `_` and `,` may separate thousands. */
export function readCount(text: string, least: number, most: number): number | undefined {
  if (!/^\d+([_,]\d{3})*$/.test(text)) return undefined;
  const n = Number(text.replaceAll(/[_,]/g, ''));
  return n >= least && n <= most ? n : undefined;
}
