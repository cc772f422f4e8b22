import type { Pool } from '../../model/pool.ts';
import type { Condition, Entry, Listen, Reference } from '../../model/route.ts';
import { written, type Setting } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { siteAddress, type SiteAddress } from './addresses.ts';
import { Handlers, type Surroundings } from './handlers.ts';
import { conditionOf } from './matchers.ts';
import type { Directive } from './directive.ts';
import type { Block } from './parse.ts';
import { poolOf } from './pool.ts';
import type { Proxy } from './proxy.ts';
import { Flattened, type Step } from './steps.ts';
import { refused } from './values.ts';

/** What is read of the places that take requests. */
export interface Places {
  readonly path: string;
  readonly version: string | undefined;
  readonly pools: Pool[];
  readonly entries: Entry[];
  readonly references: Reference[];
  readonly names: Map<string, number>;
}

/** What the global options say of listeners. */
export interface Defaults {
  readonly httpPort: string;
  readonly httpsPort: string;
  readonly bind: readonly string[];
  readonly isPlain: boolean;
}

export function defaultsOf(options: readonly Directive[]): Defaults {
  const args = (name: string): readonly string[] =>
    options.find((one) => one.name.text === name)?.args.map(({ text }) => text) ?? [];
  return {
    httpPort: args('http_port')[0] ?? '80',
    httpsPort: args('https_port')[0] ?? '443',
    bind: args('default_bind'),
    isPlain: args('auto_https').includes('off'),
  };
}

/** One site with its handlers. */
export function readSite(
  { keys, directives, at }: Block,
  defaults: Defaults,
  around: Surroundings,
  places: Places,
): void {
  const addresses: { readonly text: string; readonly address: SiteAddress; readonly at: Listen['at'] }[] = [];
  for (const key of keys) {
    const address = siteAddress(key.text);
    if ('host' in address) addresses.push({ text: key.text, address, at: key.at });
    else around.found.problems.push(refused(key.at, address, say`Set an address such as ${'shop.example:8080'}.`));
  }
  const [first] = addresses;
  const hasTls = directives.some(({ name }) => name.text === 'tls');
  const bind = directives.flatMap(({ name, args }) => (name.text === 'bind' ? args.map(({ text }) => text) : []));
  const listens = addresses.flatMap(({ address, at: place }) =>
    (bind.length > 0 ? bind : defaults.bind.length > 0 ? defaults.bind : ['']).map((host) =>
      listenOf(host, address, place, hasTls, defaults),
    ),
  );
  const hosts = addresses.some(({ address }) => address.host === '')
    ? []
    : [...new Set(addresses.map(({ address }) => address.host))];
  const name = first?.text ?? 'site';
  const steps = new Handlers(around).steps(directives, true);
  const paths = [...new Set(addresses.map(({ address }) => address.path).filter((path) => path !== ''))];
  const when = paths.length === 0 ? undefined : conditionOf([{ name: 'path', values: paths }], at);
  const inner: readonly Step[] = when === undefined ? steps : [{ at, when, action: { kind: 'steps', steps } }];
  readEntry(
    { key: `site ${addresses.map(({ text }) => text).join(' ') || name}`, name, at, listens, hosts },
    inner,
    around,
    places,
    settingsOf(directives),
  );
}

/** An entry with the pools that its steps lead to. */
export function readEntry(
  entry: Omit<Entry, 'matches' | 'settings'>,
  steps: readonly Step[],
  around: Pick<Surroundings, 'aside' | 'found'>,
  places: Places,
  settings: Entry['settings'],
): void {
  const known = new Map<Proxy, Pool>();
  const use = (proxy: Proxy, when: Condition | undefined): Pool => {
    const before = known.get(proxy);
    if (before !== undefined) return before;
    const pool = poolOf(proxy, places.path, poolName(entry.name, when, places.names), places.version);
    known.set(proxy, pool);
    places.pools.push(pool);
    return pool;
  };
  // Pools are named by what leads to them, so that they are made before the matches.
  walkProxies(steps, [], (proxy, conditions) => use(proxy, conditions.at(-1)));
  const flat = new Flattened(steps, (proxy) => {
    const pool = use(proxy, undefined);
    return { kind: 'pool', pool: pool.key, name: pool.name };
  });
  if (flat.tooLong)
    around.found.unknowns.push({ at: entry.at, reason: say`the routes of ${entry.name} are too many to follow` });
  places.entries.push({ ...entry, matches: flat.matches, settings });
  const referenced = new Set<Proxy>();
  for (const { proxy, when } of flat.reached) {
    if (referenced.has(proxy)) continue;
    referenced.add(proxy);
    places.references.push(referenceOf(proxy, use(proxy, undefined), entry.name, when?.text));
  }
  for (const { proxy, why } of around.aside.splice(0)) {
    const pool = use(proxy, { text: why, at: proxy.at });
    places.references.push(referenceOf(proxy, pool, entry.name, why));
    referenced.add(proxy);
  }
  // A handler before these takes every request; they are in the file all the same.
  for (const [proxy, pool] of known)
    if (!referenced.has(proxy))
      places.references.push({ ...referenceOf(proxy, pool, entry.name, undefined), unreached: true });
}

function walkProxies(
  steps: readonly Step[],
  conditions: readonly Condition[],
  use: (proxy: Proxy, conditions: readonly Condition[]) => void,
): void {
  for (const { when, action } of steps) {
    const all = when === undefined ? conditions : [...conditions, when];
    if (action.kind === 'proxy') use(action.proxy, all);
    if (action.kind === 'steps') walkProxies(action.steps, all, use);
  }
}

function referenceOf(proxy: Proxy, pool: Pool, from: string, when: string | undefined): Reference {
  return {
    kind: proxy.directive,
    at: proxy.at,
    pool: pool.name,
    from,
    ...(when === undefined ? {} : { when }),
    protocol: 'http',
    upgrades: true,
    timeouts: {},
    options: new Map(),
  };
}

/** The site, and the condition nearest to the pool: `shop.example /api/*`. */
function poolName(site: string, when: Condition | undefined, names: Map<string, number>): string {
  const name = when === undefined ? site : `${site} ${when.text.replace(/^path /, '')}`;
  const times = (names.get(name) ?? 0) + 1;
  names.set(name, times);
  return times === 1 ? name : `${name}#${times}`;
}

/** A host without a scheme is served with a certificate of its own, unless that is switched off. */
function listenOf(host: string, address: SiteAddress, at: Listen['at'], hasTls: boolean, defaults: Defaults): Listen {
  const { scheme } = address;
  const port = address.port !== '' ? address.port : scheme === 'http' ? defaults.httpPort : defaults.httpsPort;
  const isSecure =
    hasTls ||
    scheme === 'https' ||
    (scheme === '' &&
      port !== defaults.httpPort &&
      (address.host !== '' || port === defaults.httpsPort) &&
      !defaults.isPlain);
  const name = host.includes(':') && !host.startsWith('[') && !host.includes('/') ? `[${host}]` : host;
  return { at, address: `${name === '' ? '*' : name}:${port}`, ...(isSecure ? { tls: true } : {}) };
}

/** What holds for every request of a site. */
function settingsOf(directives: readonly Directive[]): Entry['settings'] {
  const found = new Map<string, Setting<string>>();
  for (const { name, block = [] } of directives) {
    if (name.text !== 'tls') continue;
    const clients = block.find((one) => one.name.text === 'client_auth');
    if (clients === undefined) continue;
    const inside = (clients.block ?? []).map((one) => [one.name, ...one.args].map(({ text }) => text).join(' '));
    found.set('tls client_auth', written(inside.join('; '), clients.at));
  }
  return found;
}
