import type { Config } from '../model/config.ts';
import type { Entry, Listen } from '../model/route.ts';
import type { Text } from '../model/text.ts';
import { appendTo } from '../text/append.ts';
import { isIpAddress } from '../text/networks.ts';
import { matchesPattern } from '../text/patterns.ts';
import { say } from '../text/say.ts';
import { hostOf, portOf, type Request } from './request.ts';

/** The entries that may take a request, one for each address that it may come to. */
export interface EntryChoice {
  readonly alternatives: readonly Entry[];
  readonly notes: readonly { readonly text: Text }[];
}

interface Candidate {
  readonly entry: Entry;
  readonly config: Config;
  readonly listen: Listen | undefined;
}

/**
 * Where a request comes in: the listeners of its port (of those that speak TLS or not, as it does, where there are any), and of
 * their entries the one that names its host best. A listener without a port (an entry point that another file defines) may be any.
 */
export function entriesOf(request: Request, configs: readonly Config[]): EntryChoice {
  const all = configs.flatMap((config) =>
    config.entries.flatMap((entry): Candidate[] =>
      entry.listens.length === 0
        ? [{ entry, config, listen: undefined }]
        : entry.listens.map((listen) => ({ entry, config, listen })),
    ),
  );
  const port = portOf(request.url);
  const there = byAddress(
    spoken(
      all.filter(({ listen }) => portIn(listen) === port),
      request,
    ),
    request,
  );
  // An entry point that is named only.
  const named = spoken(
    all.filter(({ listen }) => portIn(listen) === undefined),
    request,
    true,
  );
  const found = there.length > 0 ? there : named;
  const notes =
    found.length > 0
      ? []
      : [{ text: say`no entry of these files listens on port ${port}, so any of them may take it` }];
  const alternatives = perAddress(found.length > 0 ? found : all, request);
  if (alternatives.length > 0) return { alternatives, notes };
  return { alternatives, notes: [...notes, { text: say`no entry takes requests for ${hostOf(request)}` }] };
}

/** Listeners that speak TLS where the request does, and plain ones where it does not; all where none does (passed through). */
function spoken(candidates: readonly Candidate[], { url }: Request, strictly = false): readonly Candidate[] {
  const wanted = url.protocol === 'https:';
  const fitting = candidates.filter(({ listen }) => (listen?.tls === true) === wanted);
  return fitting.length > 0 || strictly ? fitting : candidates;
}

function portIn(listen: Listen | undefined): string | undefined {
  return listen && /(?:^|:)(\d+)$/.exec(listen.address)?.[1];
}

/** The address of a listener; undefined = every one. */
function addressIn({ address }: Listen): string | undefined {
  const host = address.replace(/:?\d+$/, '').replace(/^\w+@/, '');
  return /^(?:\*|0\.0\.0\.0|\[::\]|::|:*)$/.test(host) ? undefined : host;
}

const LOOPBACK = /^(?:127\.|\[?::1\]?$|localhost$)/;

/** A listener of exactly the address that is asked for comes before those of every address. */
function byAddress(candidates: readonly Candidate[], { url }: Request): readonly Candidate[] {
  const host = url.hostname;
  const own = (one: Candidate): string | undefined => one.listen && addressIn(one.listen);
  const isLocal = LOOPBACK.test(host);
  if (isIpAddress(host) || isLocal) {
    const exact = candidates.filter((one) => own(one) === host || (isLocal && LOOPBACK.test(own(one) ?? '')));
    return exact.length > 0 ? exact : candidates.filter((one) => own(one) === undefined);
  }
  // A name of the outside leads to no loopback address.
  const outside = candidates.filter((one) => !LOOPBACK.test(own(one) ?? ''));
  return outside.length > 0 ? outside : candidates;
}

/** Of the entries of each address the one that names the host best; of several the first of its file. */
function perAddress(candidates: readonly Candidate[], request: Request): readonly Entry[] {
  const host = hostOf(request);
  const groups = new Map<string, Candidate[]>();
  for (const one of candidates) {
    const { config, listen } = one;
    const address = listen === undefined ? one.entry.key : (addressIn(listen) ?? '*');
    const key = `${config.path} ${portIn(listen) === undefined ? one.entry.key : address} ${portIn(listen) ?? ''}`;
    appendTo(groups, key, one);
  }
  const chosen = [...groups.values()].flatMap((group) => {
    const ranked = group.map((one) => ({ one, rank: rank(one, host) })).toSorted((a, b) => b.rank - a.rank);
    const [best] = ranked;
    return best !== undefined && best.rank > 0 ? best.one.entry : [];
  });
  return [...new Set(chosen)];
}

/** How well an entry names a host: itself, a wildcard at either end (the longest first), a pattern, or any host. */
function rank({ entry: { hosts }, listen }: Candidate, host: string): number {
  const ranks = hosts.map((one) => {
    const name = one.toLowerCase();
    if (name === host || (name.startsWith('.') && name.slice(1) === host)) return 4000;
    if (/^\*?\./.test(name) && host.endsWith(name.replace('*', ''))) return 3000 + name.length;
    if (name.endsWith('.*') && host.startsWith(name.slice(0, -1))) return 2000 + name.length;
    return name.startsWith('~') && matchesPattern(one.slice(1), host, true) === true ? 1000 : 0;
  });
  const open = hosts.length === 0 || listen?.isDefault === true ? 1 : 0;
  return Math.max(open, ...ranks);
}
