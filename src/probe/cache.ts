import { headerValues, type Answer } from './client.ts';

/** Whether the response came from a cache instead of a server of the pool. */
export function fromCache(answer: Answer): boolean {
  if (Number(headerValues(answer, 'age')[0] ?? 0) > 0) return true;
  if (headerValues(answer, 'cf-cache-status').some((v) => /^(?:hit|stale|updating|revalidated)$/i.test(v.trim()))) {
    return true;
  }
  return ['x-cache', 'x-cache-status', 'x-proxy-cache'].some((name) =>
    // Caches in a row list theirs: the last one is the nearest to us.
    headerValues(answer, name).some((value) => /\bhit\b/i.test(value.split(',').at(-1) ?? '')),
  );
}

/** A CDN that stands before the balancer, by the marks that it leaves. */
export function cdnOf(answer: Answer): string | undefined {
  if (headerValues(answer, 'cf-ray').length > 0) return 'Cloudflare';
  if (headerValues(answer, 'x-amz-cf-id').length > 0) return 'CloudFront';
  if (headerValues(answer, 'x-fastly-request-id').length > 0) return 'Fastly';
  if (headerValues(answer, 'x-akamai-request-id').length > 0) return 'Akamai';
  return undefined;
}
