import { poolKey, routeKey } from '../../model/keys.ts';
import type { Entry, Listen, Match, Reference, Route, Target, Test } from '../../model/route.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { appendTo } from '../../text/append.ts';
import { say } from '../../text/say.ts';
import { choiceAsks, Formulas, ifAsks, pathMatches, regexesInside, staysAsks } from './asks.ts';
import { alwaysHolds, matchesEveryPath } from './conditions.ts';
import { dialect } from './dialect.ts';
import { locationText, serverText } from './entry.ts';
import { accessMatches, limitMatches, match, returned } from './guards.ts';
import { findLocation, takesAll } from './locations.ts';
import type { AnswerBlock, LocationBlock, PassLine, RewriteStep, ServerBlock } from './server-blocks.ts';
import { joined } from './values.ts';

/** What a config says of the places that requests are passed on to. */
export interface Passes {
  /** The root file, in which names are unique. */
  readonly path: string;
  readonly references: readonly Reference[];
  readonly routes: readonly Route[];
}

/** Every server of a config as an entry: what is answered before a location is looked for, then its locations as they decide. */
export function entriesOf(servers: readonly ServerBlock[], passes: Passes): Entry[] {
  const byPlace = new Map<string, Reference[]>();
  for (const reference of passes.references) appendTo(byPlace, placeOf(reference.at), reference);
  const defaults = new Map<string, ServerBlock>();
  for (const server of servers) {
    for (const { address, isDefault } of server.listens) {
      if (isDefault || !defaults.has(address)) defaults.set(address, server);
    }
  }
  return servers.map((server) => new EntryReader(server, passes, byPlace).entry(defaults));
}

function placeOf({ source, start }: Span): string {
  return `${source.path}\0${start}`;
}

class EntryReader {
  readonly #server: ServerBlock;
  readonly #passes: Passes;
  readonly #byPlace: ReadonlyMap<string, readonly Reference[]>;
  readonly #named: ReadonlyMap<string, LocationBlock>;
  /** Paths that `try_files` ends in, each looked for once. */
  readonly #found = new Map<string, LocationBlock | undefined>();
  #stepsLeft = MAX_STEPS;
  readonly #formulas = new Formulas();

  constructor(server: ServerBlock, passes: Passes, byPlace: ReadonlyMap<string, readonly Reference[]>) {
    this.#server = server;
    this.#passes = passes;
    this.#byPlace = byPlace;
    const named = server.locations.filter(({ match: own }) => own.kind === 'named');
    this.#named = new Map(named.map((location) => [location.match.path, location]));
  }

  entry(defaults: ReadonlyMap<string, ServerBlock>): Entry {
    const server = this.#server;
    const { at, source, context, names } = server;
    const name = serverText(source.block ?? []);
    const steps = this.#steps(server, undefined);
    const answered = steps.some(({ when }) => when === undefined);
    const own = context === 'stream' || server.locations.length === 0 ? this.#answer(server, undefined) : [];
    const stays = staysAsks(server.steps);
    const located = [...this.#locations(server, undefined), ...own].map((one) =>
      stays === undefined ? one : { ...one, stays: one.stays === undefined ? stays : { all: [stays, one.stays] } },
    );
    const matches = [...steps, ...(answered ? [] : located)].map((one) => this.#withFormula(one));
    const open = matches.every(({ when }) => when !== undefined);
    return {
      key: `${this.#passes.path}\0${name}`,
      name,
      at,
      listens: server.listens.map((line): Listen =>
        listenOf(line, defaults.get(line.address) === server, names.length > 0),
      ),
      hosts: names.map(({ text }) => text).toSorted(),
      matches: open && context === 'http' ? [...matches, { at, to: { kind: 'answer', status: 'file' } }] : matches,
      settings: new Map([...settingsOf(source.block === undefined ? [] : server.steps), ...limitsIn(server)]),
    };
  }

  #withFormula(one: Match): Match {
    const asks = one.when && this.#formulas.of(one.when.text);
    return one.when === undefined || asks === undefined ? one : { ...one, when: { ...one.when, asks } };
  }

  /** Locations as they decide, those inside before the one around them. */
  #locations({ locations }: AnswerBlock, around: string | undefined): Match[] {
    const inside = regexesInside(locations);
    return locations.flatMap((location): Match[] => {
      if (location.match.kind === 'named') return [];
      const when = takesAll(location.match) ? around : locationText(joined(location.source.args), around);
      const tests = testsOf(location.match);
      if (when !== around) this.#formulas.note(when, this.#formulas.located(location, around, inside));
      const own = this.#location(location, when).map((one) =>
        one.when === undefined || one.when.text !== when || around !== undefined || tests === undefined
          ? one
          : { ...one, when: { ...one.when, all: [tests] } },
      );
      return [...this.#locations(location, when), ...own];
    });
  }

  #location(location: LocationBlock, when: string | undefined): Match[] {
    if (location.internal !== undefined) return [match(location.internal, when, { kind: 'answer', status: 404 })];
    const steps = this.#steps(location, when);
    if (steps.some((step) => step.when?.text === when)) return steps;
    const stays = staysAsks(location.steps);
    const answers = this.#answer(location, when);
    return [...steps, ...(stays === undefined ? answers : answers.map((one) => ({ ...one, stays })))];
  }

  /** What the rewrite module answers, up to what ends it for every request. */
  #steps(block: AnswerBlock, when: string | undefined): Match[] {
    const found: Match[] = [];
    for (const step of block.steps) {
      if (step.kind === 'return') {
        found.push(match(step.at, when, returned(step)));
        return found;
      }
      if (step.kind === 'if') {
        found.push(...this.#condition(step, when));
        if (found.some((one) => one.when?.text === when)) return found;
      }
      if (step.kind === 'rewrite' && /^(?:redirect|permanent)$/.test(step.flag)) {
        const which = matchesEveryPath(step.pattern)
          ? when
          : this.#formulas.both(when, `rewrite ${step.pattern}`, pathMatches(step.pattern));
        found.push(match(step.at, which, { kind: 'redirect', location: step.to }));
        if (which === when) return found;
      }
      if (step.kind === 'break' || (step.kind === 'rewrite' && step.flag !== '')) return found;
    }
    return found;
  }

  #condition(step: Extract<RewriteStep, { kind: 'if' }>, around: string | undefined): Match[] {
    const when = alwaysHolds(step.condition)
      ? around
      : this.#formulas.both(around, `if ${step.condition}`, ifAsks(step.condition));
    const steps = this.#steps(step.block, when);
    const ended = steps.some((one) => one.when?.text === when);
    return ended || step.block.pass === undefined
      ? steps
      : [...steps, ...this.#pass(step.block.pass, step.block, when)];
  }

  /** Who is refused, then what answers the rest. */
  #answer(block: AnswerBlock, when: string | undefined): Match[] {
    const guards = [...accessMatches(block, when, this.#formulas), ...limitMatches(block, when, this.#formulas)];
    if (guards.some((guard) => guard.when?.text === when)) return guards;
    return [...guards, ...this.#content(block, when)];
  }

  #content(block: AnswerBlock, when: string | undefined): Match[] {
    const tried = block.files.find(({ directive }) => directive === 'try_files');
    if (tried !== undefined) return this.#tried(tried.words.at(-1) ?? '', block, tried.at, when);
    if (block.pass !== undefined) return this.#pass(block.pass, block, when);
    const place = block.handler?.at ?? block.files.at(-1)?.at ?? block.at;
    return [match(place, when, { kind: 'answer', status: 'file' })];
  }

  /** Files that are there, else where the last word of `try_files` leads. */
  #tried(last: string, block: AnswerBlock, at: Span, when: string | undefined): Match[] {
    const exists = 'for a file that exists';
    const file = match(at, this.#formulas.both(when, exists, { open: exists }), { kind: 'answer', status: 'file' });
    if (block.pass !== undefined) return [file, ...this.#pass(block.pass, block, when)];
    if (last.startsWith('=')) return [match(at, when, { kind: 'answer', status: 'file' })];
    const path = last.replace(/[?$].*$/s, '');
    const found = this.#named.get(last) ?? this.#located(path);
    if (this.#stepsLeft < 0)
      return [file, match(at, when, { kind: 'unknown', why: say`where ${last} leads is not followed` })];
    if (found === undefined || found === block) return [match(at, when, { kind: 'answer', status: 'file' })];
    const steps = this.#steps(found, when);
    const inner =
      found.pass === undefined
        ? [match(found.at, when, { kind: 'answer', status: 'file' } as const)]
        : this.#pass(found.pass, found, when);
    return [file, ...(steps.some((step) => step.when?.text === when) ? steps : [...steps, ...inner])];
  }

  #located(path: string): LocationBlock | undefined {
    if (!path.startsWith('/')) return undefined;
    if (!this.#found.has(path)) {
      this.#stepsLeft -= this.#server.locations.length;
      const found: ReturnType<typeof findLocation<LocationBlock>> =
        this.#stepsLeft < 0 ? { found: 'none' } : findLocation(this.#server.locations, path);
      this.#found.set(path, found.found === 'location' ? found.location : undefined);
    }
    return this.#found.get(path);
  }

  /** Where a pass leads: one match for each value that a variable may have. */
  #pass(pass: PassLine, block: AnswerBlock, when: string | undefined): Match[] {
    const changes = changesOf(pass, block);
    const add = (to: Target, condition: string | undefined): Match => ({
      ...match(pass.targetAt, condition, to),
      changes,
    });
    const references = this.#byPlace.get(placeOf(pass.targetAt)) ?? [];
    const route = this.#routeOf(pass);
    if (route !== undefined) return [add(route, when)];
    if (references.length === 0) return [add(unknownTarget(pass), when)];
    return references
      .map(({ pool, chosenBy }) => {
        const key = pool === undefined ? undefined : poolKey(dialect.format, this.#passes.path, pool);
        const to: Target =
          key === undefined || pool === undefined ? unknownTarget(pass) : { kind: 'pool', pool: key, name: pool };
        const chosen =
          chosenBy?.every((text) => !text.endsWith('= default')) === true ? chosenBy.join(' or ') : undefined;
        if (references.length === 1 || chosen === undefined) return add(to, when);
        return add(to, this.#formulas.both(when, `where ${chosen}`, { any: (chosenBy ?? []).map(choiceAsks) }));
      })
      .toSorted((a, b) => Number(a.when?.text === when) - Number(b.when?.text === when));
  }

  /** The route that a variable alone names: `proxy_pass http://$pool`. */
  #routeOf({ target }: PassLine): Target | undefined {
    const [, variable] = /^(?:\w+:\/\/)?\$\{?(\w+)\}?(?:\/.*)?$/s.exec(target) ?? [];
    const name = `$${variable ?? ''}`.toLowerCase();
    const route = this.#passes.routes.find((one) => one.name === name && one.kind === 'weighted' && hasParts(one));
    return route && { kind: 'route', route: routeKey(dialect.format, this.#passes.path, route.name), name: route.name };
  }
}

/** A host that begins with what the client writes: a query argument, a header or a cookie. `$http_host` is the client's too. */
const NAMED_BY_CLIENTS = /^(?:\w+:\/\/)?\$\{?(?:arg_|cookie_|http_)\w+/;

/** Locations of one server that are looked at for what `try_files` ends in, all together. */
const MAX_STEPS = 1_000_000;

/** Whether the file says how often each branch is taken. */
function hasParts({ to }: Route): boolean {
  return to.every(({ weight }) => weight.value !== undefined);
}

function testsOf({ kind, path, ignoresCase }: LocationBlock['match']): Test | undefined {
  const about = { subject: 'path' as const, values: [path] };
  if (kind === 'exact') return { ...about, how: 'is' };
  if (kind === 'prefix') return { ...about, how: 'begins', longest: true };
  return kind === 'regex' ? { ...about, how: 'matches', ...(ignoresCase === true ? { ignoresCase } : {}) } : undefined;
}

function unknownTarget({ directive, target }: PassLine): Target {
  const why = say`${directive} ${target} is decided for each request`;
  return NAMED_BY_CLIENTS.test(target) ? { kind: 'unknown', why, openTo: 'clients' } : { kind: 'unknown', why };
}

/** How a request is changed on its way: the path that is sent on, and the headers that servers route by. */
function changesOf({ target, targetAt }: PassLine, block: AnswerBlock): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  const uri = /^\w+:\/\/(?:unix:[^:]*:|(?!unix:)[^/?$]+)([/?].*)$/s.exec(target)?.[1];
  // A prefix location that sends its own path on changes nothing.
  if (uri !== undefined && uri !== locationPath(block)) found.set('path', written(uri, targetAt));
  for (const step of block.steps) {
    if (step.kind === 'rewrite')
      found.set(`rewrite ${step.pattern}`, written(`${step.to} ${step.flag}`.trim(), step.at));
    if (step.kind === 'set') found.set(`set ${step.variable}`, written(step.value, step.at));
  }
  if (block.source.name !== 'server') for (const [name, limit] of limitsIn(block)) found.set(name, limit);
  for (const { name, value, at } of block.headers) {
    if (/^(?:host|upgrade)$/i.test(name)) found.set(`header ${name}`, written(value, at));
  }
  return found;
}

/** Which requests are too large, and what is spoken. */
function limitsIn({ source }: AnswerBlock): [string, Setting<string>][] {
  return (source.block ?? [])
    .filter(({ name, block }) => block === undefined && /^(?:client_max_body_size|http2|http3)$/.test(name))
    .map(({ name, args, at }) => [name, written(joined(args), at)]);
}

function locationPath(block: AnswerBlock): string | undefined {
  const [path, more] = block.source.name === 'location' ? block.source.args.map(({ text }) => text) : [];
  return more === undefined || path === '^~' ? (more ?? path) : undefined;
}

function settingsOf(steps: readonly RewriteStep[]): ReadonlyMap<string, Setting<string>> {
  const found = new Map<string, Setting<string>>();
  for (const step of steps) {
    if (step.kind === 'rewrite' && !/^(?:redirect|permanent)$/.test(step.flag))
      found.set(`rewrite ${step.pattern}`, written(`${step.to} ${step.flag}`.trim(), step.at));
    if (step.kind === 'set') found.set(`set ${step.variable}`, written(step.value, step.at));
    if (step.kind === 'if')
      for (const inner of step.block.steps)
        if (inner.kind === 'set')
          found.set(`set ${inner.variable} if ${step.condition}`, written(inner.value, inner.at));
  }
  return found;
}

/** Words of `listen` that change neither which requests come in nor who answers them. */
const HARMLESS =
  /^(?:bind|deferred|reuseport|multipath|(?:backlog|rcvbuf|sndbuf|fastopen|setfib|so_keepalive|accept_filter|ipv6only)=.*)$/;

function listenOf({ at, address, words }: ServerBlock['listens'][number], isDefault: boolean, named: boolean): Listen {
  const options = words.filter(
    (word) => !HARMLESS.test(word) && !/^(?:ssl|proxy_protocol|default(?:_server)?)$/.test(word),
  );
  return {
    at,
    address: /^\d/.test(address) && !address.includes('.') && !address.includes(':') ? `*:${address}` : address,
    ...(words.includes('ssl') || words.includes('quic') ? { tls: true } : {}),
    ...(words.includes('proxy_protocol') ? { proxyProtocol: true } : {}),
    ...(isDefault && named ? { isDefault: true } : {}),
    ...(options.length === 0 ? {} : { options: options.toSorted().join(' ') }),
  };
}
