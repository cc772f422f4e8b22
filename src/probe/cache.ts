import type { Answer } from './exchange.ts';

/** What a response shows of machines that stand before the balancer. */
export interface Marks {
  /** A cache gave the response instead of a server of the pool. */
  readonly cached: boolean;
  /** The CDN that it came through. */
  readonly cdn: string | undefined;
}

const CDNS: ReadonlyMap<string, string> = new Map([
  ['cf-ray', 'Cloudflare'],
  ['x-amz-cf-id', 'CloudFront'],
  ['x-fastly-request-id', 'Fastly'],
  ['x-akamai-request-id', 'Akamai'],
]);

/** Read in one pass, because every answer is asked. */
export function marksOf(answer: Pick<Answer, 'rawHeaders'>): Marks {
  let cached = false;
  let cdn: string | undefined;
  for (let i = 0; i + 1 < answer.rawHeaders.length; i += 2) {
    const field = (answer.rawHeaders[i] ?? '').toLowerCase();
    cdn = CDNS.get(field) ?? cdn;
    cached ||= tellsOfCache(field, answer.rawHeaders[i + 1] ?? '');
  }
  return { cached, cdn };
}

function tellsOfCache(field: string, value: string): boolean {
  switch (field) {
    case 'age':
      return Number(value) > 0;
    case 'cf-cache-status':
      return /^\s*(?:hit|stale|updating|revalidated)\b/i.test(value);
    case 'x-cache':
    case 'x-cache-status':
    case 'x-proxy-cache':
      // Caches in a row each add a word: a hit in any of them kept the request from the pool.
      return /(?:^|[^a-z])hit\b/i.test(value);
    default:
      return false;
  }
}
