import type { HealthCheck, PassiveCheck, Pool, Stickiness } from '../model/config.ts';
import type { Setting } from '../model/span.ts';

/** An active check in one line: what it asks and how fast it decides. */
export function checkText(check: HealthCheck | undefined): string | null {
  if (check === undefined) return null;
  const told = (label: string, setting: Setting<string | number> | undefined, unit = ''): string =>
    setting?.value === undefined ? '' : ` ${label}${setting.value}${unit}`;
  return (
    check.type +
    told('', check.path) +
    told('every ', check.intervalMs, ' ms') +
    told('timeout ', check.timeoutMs, ' ms') +
    told('rise ', check.rise) +
    told('fall ', check.fall)
  );
}

/** What takes a server out by its failures, in one line. */
export function passiveText(check: PassiveCheck | undefined): string | null {
  if (check === undefined) return null;
  return `${check.maxFails.value ?? '?'} fails in ${check.windowMs?.value ?? '?'} ms, out for ${check.ejectMs?.value ?? '?'} ms`;
}

/** Stickiness in one line, for documents and for comparing. */
export function stickinessText(stickiness: Stickiness | undefined): string | null {
  if (stickiness === undefined) return null;
  const name = stickiness.name?.value;
  const ttl = stickiness.ttlMs?.value;
  return [stickiness.type, ...(name === undefined ? [] : [name]), ...(ttl === undefined ? [] : [`for ${ttl} ms`])].join(
    ' ',
  );
}

/** An algorithm in one line; spellings that mean the same give the same text. */
export function algorithmText(pool: Pool): string {
  const algorithm = pool.algorithm.value;
  if (algorithm === undefined) return 'unknown';
  if (algorithm.kind === 'unknown' || algorithm.kind === 'least-time') return algorithm.native;
  return [
    algorithm.kind,
    ...(algorithm.key === undefined ? [] : [algorithm.key]),
    ...(algorithm.mapping === undefined ? [] : [`(${algorithm.mapping})`]),
  ].join(' ');
}
