import type { Pool } from '../../model/pool.ts';
import type { Condition, Entry, Listen, Match, Reference, Target } from '../../model/route.ts';
import { poolKey } from '../../model/keys.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { balancerName, type Balancers } from './balancers.ts';
import { dialect } from './dialect.ts';
import type { Directive, Word } from './lines.ts';
import { readParameters } from './parameters.ts';
import { directPool, type Common } from './pool.ts';
import { rewritesOf } from './rewrites.ts';
import type { Found } from './values.ts';

/** What is known before the places that take requests are read. */
export interface Known {
  readonly balancers: Balancers;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly common: Common;
  readonly found: Found;
}

/** Where requests come in, and everything that they are passed to. */
export class Entries {
  readonly entries: Entry[] = [];
  readonly references: Reference[] = [];
  /** Addresses that are passed to without a balancer, by their name. */
  readonly direct = new Map<string, Pool>();
  readonly #known: Known;
  readonly #main: readonly Directive[];
  readonly #times = new Map<string, number>();

  constructor(main: readonly Directive[], known: Known) {
    this.#main = main;
    this.#known = known;
  }

  /** The main server and each virtual one. */
  read(): void {
    const hosts = this.#main.filter((one) => isNamed(one, 'virtualhost') && one.block !== undefined);
    const own = this.#matches(this.#main, '', []);
    // Virtual servers take over the passes of the main one, and its files.
    const inherited = this.#main.filter(({ name }) => /^(?:proxypass(?:match)?|documentroot)$/i.test(name));
    const [first] = own;
    if (first !== undefined) {
      const listens = this.#main
        .filter((one) => isNamed(one, 'listen'))
        .flatMap(({ args, at }) => listenOf(args[0], at, this.#main));
      this.#add('main server', first.at, listens, this.#main, own);
    }
    for (const host of hosts) {
      const block = host.block ?? [];
      const label = hostLabel(host);
      const listens = host.args.flatMap((word) => listenOf(word, host.at, block));
      this.#add(`VirtualHost ${label}`, host.at, listens, block, this.#matches(block, label, inherited));
    }
  }

  #add(
    name: string,
    at: Span,
    listens: readonly Listen[],
    block: readonly Directive[],
    matches: readonly Match[],
  ): void {
    const names = block.flatMap((one) =>
      isNamed(one, 'servername') || isNamed(one, 'serveralias') ? one.args.map(({ text }) => bareHost(text)) : [],
    );
    const times = this.#times.get(name) ?? 0;
    this.#times.set(name, times + 1);
    this.entries.push({
      key: `${name}\0${times}`,
      name,
      at,
      listens,
      hosts: [...new Set(names)],
      matches,
      settings: settingsOf(block),
    });
    for (const { at: place, when, to } of matches)
      if (to.kind === 'pool') this.references.push(this.#reference(place, to.name, name, when));
  }

  /** What a generic rule asks of a pass. */
  #reference(at: Span, pool: string, from: string, when: Condition | undefined): Reference {
    return {
      kind: 'ProxyPass',
      at,
      pool,
      from,
      ...(when === undefined ? {} : { when: when.text }),
      protocol: 'http',
      timeouts: {},
      options: new Map(),
    };
  }

  /** What decides, in Apache's order: denials, rewrites, sections from the last to the first, passes as written, redirects, files. */
  #matches(block: readonly Directive[], host: string, main: readonly Directive[]): Match[] {
    const target = (word: Word): Target => this.#target(word, host);
    const rewrites = rewritesOf(block, target);
    const sections = sectionsOf(block);
    const changes = rewrites.changes.size === 0 ? {} : { changes: rewrites.changes };
    const passes = [...main, ...block].flatMap((one) => this.#pass(one, host));
    const inSections = sections
      .toReversed()
      .flatMap(({ when, block: inner }) =>
        inner
          .filter((one) => isNamed(one, 'proxypass'))
          .flatMap(({ args: [url], at }): Match[] => (url === undefined ? [] : [matchOf(at, when, target(url))])),
      );
    const root = [...block, ...main].find((one) => isNamed(one, 'documentroot'));
    const proxied = [...inSections, ...passes];
    if (proxied.length === 0 && rewrites.matches.length === 0 && root === undefined) return [];
    return [
      ...sections
        .filter(({ block: inner }) => isDenied(inner))
        .map(({ when, at }) => matchOf(at, when, { kind: 'answer', status: 403 })),
      ...rewrites.matches,
      ...proxied.map((match) => ({
        ...match,
        ...(match.changes === undefined ? changes : { changes: new Map([...rewrites.changes, ...match.changes]) }),
      })),
      ...block.flatMap(redirect),
      ...(root === undefined ? [] : [matchOf(root.at, undefined, { kind: 'answer', status: 'file' })]),
    ];
  }

  #pass({ name, args, at }: Directive, host: string): Match[] {
    const word = name.toLowerCase();
    if (word !== 'proxypass' && word !== 'proxypassmatch') return [];
    const [path, url, ...rest] = args;
    if (path === undefined || url === undefined) return [];
    const when = word === 'proxypass' ? pathCondition(path) : { text: `ProxyPassMatch ${path.text}`, at: path.at };
    if (url.text === '!') return [matchOf(at, when, { kind: 'answer', status: 'file' })];
    const sent = /^[a-z][a-z0-9+.-]*:\/\/[^/]*(\/.*)?$/i.exec(url.text)?.[1] ?? '';
    const isSame = sent === path.text || (sent === '' && path.text === '/');
    const match = matchOf(at, when, this.#target(url, host, rest));
    return [isSame ? match : { ...match, changes: new Map([['path sent on', written(sent, url.at)]]) }];
  }

  #target(url: Word, host: string, rest: readonly Word[] = []): Target {
    const { common, found, balancers, pools } = this.#known;
    const given = withoutReferences(url);
    if (given === undefined) return { kind: 'unknown', why: say`${url.text} is known only at run time` };
    const name = balancerName(given.text);
    if (name !== undefined) {
      const balancer = balancers.find(name, host);
      const pool = balancer && pools.get(`${balancer.host}\0${name}`);
      return { kind: 'pool', name, pool: pool?.key ?? poolKey(dialect.format, common.path, name) };
    }
    const parameters = readParameters(rest, 'both', found);
    const pool = directPool(given, parameters, common);
    const known = this.direct.get(pool.name) ?? pool;
    this.direct.set(pool.name, known);
    return { kind: 'pool', name: known.name, pool: known.key };
  }
}

/** A URL up to what a pattern or variable fills in behind its host: `balancer://shop$1`; undefined where that is the host itself. */
function withoutReferences(url: Word): Word | undefined {
  if (url.isOpen) return undefined;
  const [host = ''] = /^[a-z][a-z0-9+.-]*:(?:\/\/)?[^/$%?]*/i.exec(url.text) ?? [];
  const rest = url.text.slice(host.length);
  if (/^[$%]/.test(rest) && !/^(?:\$\d|%\{REQUEST_URI\})/.test(rest)) return undefined;
  if (host.endsWith('://')) return undefined;
  return /[$%]/.test(rest) ? { ...url, text: host } : url;
}

export function isNamed({ name }: Directive, word: string): boolean {
  return name.toLowerCase() === word;
}

/** A virtual server by its addresses and name. */
export function hostLabel({ args, block = [] }: Directive): string {
  const name = block.find((one) => isNamed(one, 'servername'))?.args[0]?.text;
  return [...args.map(({ text }) => text), ...(name === undefined ? [] : [bareHost(name)])].join(' ');
}

function bareHost(text: string): string {
  return text
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .toLowerCase();
}

function listenOf(word: Word | undefined, at: Span, block: readonly Directive[]): Listen[] {
  if (word === undefined) return [];
  const address = /^\d+$/.test(word.text) ? `*:${word.text}` : word.text;
  const tls = block.some((one) => isNamed(one, 'sslengine') && one.args[0]?.text.toLowerCase() === 'on');
  return [{ at, address, ...(tls ? { tls: true } : {}) }];
}

function matchOf(at: Span, when: Condition | undefined, to: Target): Match {
  return { at, to, ...(when === undefined ? {} : { when }) };
}

/** `/app` is that path and everything below it. */
function pathCondition({ text, at }: Word): Condition | undefined {
  if (text === '/') return undefined;
  const prefix = text.endsWith('/') ? text : `${text}/`;
  return { text: `path ${text}`, at, all: [{ subject: 'path', how: 'begins', values: [prefix] }] };
}

interface Section {
  readonly at: Span;
  readonly when: Condition | undefined;
  readonly block: readonly Directive[];
}

/** `<Location>` and its relatives, and `<If>`, in the order of the file. */
function sectionsOf(block: readonly Directive[]): Section[] {
  return block.flatMap(({ name, args, at, block: inner }): Section[] => {
    const [first, second] = args;
    const word = name.toLowerCase();
    if (inner === undefined || first === undefined || !/^(?:location|locationmatch|if)$/.test(word)) return [];
    const isPath = word === 'location' && first.text !== '~' && !/[*?[]/.test(first.text);
    const text = `${name} ${[first, ...(second === undefined ? [] : [second])].map((one) => one.text).join(' ')}`;
    return [{ at, when: isPath ? pathCondition(first) : { text, at: first.at }, block: inner }];
  });
}

function isDenied(block: readonly Directive[]): boolean {
  const says = block.map(({ name, args }) => [name, ...args.map(({ text }) => text)].join(' ').toLowerCase());
  return (
    says.includes('require all denied') ||
    (says.includes('deny from all') && !says.some((one) => one.startsWith('allow from')))
  );
}

function redirect({ name, args, at }: Directive): Match[] {
  const word = name.toLowerCase();
  if (!/^redirect(?:match|permanent|temp)?$/.test(word)) return [];
  const rest = /^(?:\d{3}|permanent|temp|seeother|gone)$/.test(args[0]?.text ?? '') ? args.slice(1) : args;
  const [path, location] = rest;
  if (path === undefined) return [];
  const when = word === 'redirectmatch' ? { text: `RedirectMatch ${path.text}`, at: path.at } : pathCondition(path);
  const to: Target =
    location === undefined ? { kind: 'answer', status: 410 } : { kind: 'redirect', location: location.text };
  return [matchOf(at, when, to)];
}

const SETTINGS = new Set([
  'proxypreservehost',
  'proxyrequests',
  'sslproxyengine',
  'sslverifyclient',
  'limitrequestbody',
  'proxytimeout',
  'timeout',
]);

function settingsOf(block: readonly Directive[]): ReadonlyMap<string, Setting<string>> {
  return new Map(
    block.flatMap(({ name, args, at }) =>
      SETTINGS.has(name.toLowerCase()) ? [[name, written(args.map(({ text }) => text).join(' '), at)] as const] : [],
    ),
  );
}
