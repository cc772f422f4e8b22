import type { Inputs } from '../settings/inputs.ts';

/** What is to be measured and how: the inputs that say it, and what only the command line has. */
export interface MeasureRequest extends Pick<
  Inputs,
  | 'target'
  | 'observe'
  | 'pool'
  | 'identifyBy'
  | 'expect'
  | 'tolerance'
  | 'maxErrors'
  | 'maxRequests'
  | 'rate'
  | 'timeoutMs'
  | 'settleMs'
  | 'version'
  | 'headers'
> {
  /** An admin interface, as `haproxy:/run/haproxy.sock`. */
  readonly admin?: string | undefined;
  readonly vary?: Inputs['vary'];
  /** Keep watching so long, ms. */
  readonly watchMs?: number | undefined;
  /** Beats the checklist file. */
  readonly tls?: { readonly ca?: string; readonly insecure?: boolean };
  readonly expectStatus?: readonly string[];
  readonly allowLinkLocal?: boolean;
}
