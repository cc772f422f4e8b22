import type { Unknown } from '../../model/pool.ts';
import type { Setting, Span } from '../../model/span.ts';
import type { Dial } from './addresses.ts';

/** A place that passes requests on, with the words of the Caddyfile for its settings, wherever it was read from. */
export interface Proxy {
  /** `reverse_proxy`, `php_fastcgi` or `forward_auth`. */
  readonly directive: string;
  readonly at: Span;
  readonly upstreams: readonly Upstream[];
  readonly discovery?: Discovery;
  readonly policy?: Policy;
  /** `health_uri`, `lb_retries`, `header_up Host` … */
  readonly settings: Settings;
  readonly transport: Transport;
  readonly unknowns: readonly Unknown[];
  /** Where a default of the environment is used. */
  readonly defaults: readonly Span[];
}

export type Settings = ReadonlyMap<string, Setting<string>>;

export interface Upstream {
  readonly dial: Dial;
  readonly at: Span;
  /** The environment says it, so that it may be several or none. */
  readonly isOpen: boolean;
  readonly options: Settings;
}

/** Upstreams that are looked up while Caddy runs. */
export interface Discovery {
  /** `a`, `srv`, `multi`, or that of a plugin. */
  readonly source: string;
  readonly at: Span;
  readonly settings: Settings;
}

export interface Policy {
  readonly name: string;
  readonly at: Span;
  readonly args: readonly Setting<string>[];
  readonly settings: Settings;
  readonly fallback?: Policy;
}

export interface Transport {
  /** `http`, `fastcgi`, or that of a plugin. */
  readonly protocol: string;
  readonly tls: boolean;
  readonly settings: Settings;
}
