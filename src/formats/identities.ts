// Made by script/generate from the folders beside it.
import type { Identity } from './identity.ts';
import { identity as apache } from './apache/identity.ts';
import { identity as caddy } from './caddy/identity.ts';
import { identity as envoy } from './envoy/identity.ts';
import { identity as haproxy } from './haproxy/identity.ts';
import { identity as nginx } from './nginx/identity.ts';

/** What is known of each product by its folder, which is its format where configs are read. */
export const IDENTITIES: readonly { readonly format: string; readonly identity: Identity }[] = [
  { format: 'apache', identity: apache },
  { format: 'caddy', identity: caddy },
  { format: 'envoy', identity: envoy },
  { format: 'haproxy', identity: haproxy },
  { format: 'nginx', identity: nginx },
];
