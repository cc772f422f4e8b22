/** What a condition asks of a request, as a formula: for a request that is given it can be worked out. */
export type Asks =
  | { readonly all: readonly Asks[] }
  | { readonly any: readonly Asks[] }
  | { readonly not: Asks }
  | { readonly test: RequestTest }
  /** Something that no request shows, as the product writes it: a table, a variable, a file that exists. */
  | { readonly open: string };

/** One question about a request. */
export interface RequestTest {
  /** `host` is without its port; `address` is that of the client; `url` is the path with the query. */
  readonly subject:
    'host' | 'path' | 'url' | 'query' | 'method' | 'scheme' | 'port' | 'address' | 'header' | 'argument' | 'cookie';
  /** Of a header, an argument of the query or a cookie. */
  readonly name?: string;
  /** `within`: an address in a network; `exists`: whatever the value is. */
  readonly how: 'is' | 'begins' | 'ends' | 'contains' | 'matches' | 'exists' | 'within';
  /** Any of them is enough. */
  readonly values: readonly string[];
  readonly ignoresCase?: true;
  /** Of all prefixes of an entry that hold the longest one decides, wherever it is written. */
  readonly longest?: true;
  /** A prefix that ends with a slash: a request for it without the slash is redirected to it. */
  readonly redirectsToSlash?: true;
}

/** What of a request a product may change on its way: a subject of tests, or `header NAME`. */
export type Changed = ReadonlySet<string>;

/** A formula for requests of which some parts are not those that came in any more. */
export function afterChanges(asks: Asks, changed: Changed): Asks {
  if (changed.size === 0 || 'open' in asks) return asks;
  if ('not' in asks) return { not: afterChanges(asks.not, changed) };
  if ('all' in asks) return { all: asks.all.map((one) => afterChanges(one, changed)) };
  if ('any' in asks) return { any: asks.any.map((one) => afterChanges(one, changed)) };
  const { subject, name } = asks.test;
  const what = subject === 'header' ? `header ${(name ?? '').toLowerCase()}` : subject;
  return changed.has(what) ? { open: `${what}, which is rewritten before` } : asks;
}
