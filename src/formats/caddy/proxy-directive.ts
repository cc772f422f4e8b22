import type { Unknown } from '../../model/pool.ts';
import { written, type Setting, type Span } from '../../model/span.ts';
import { list, say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import { dialsOf, writtenOut } from './addresses.ts';
import type { Token } from './lexer.ts';
import type { Directive } from './directive.ts';
import type { Discovery, Policy, Proxy, Settings, Transport, Upstream } from './proxy.ts';
import { FASTCGI, FORWARD_AUTH, POLICIES, PROXY, SOURCES, TRANSPORTS, type Spec } from './subdirectives.ts';
import { atoi, goDuration, refused, type Found } from './values.ts';

/** Reads `reverse_proxy`, or one of its two relatives, without its matcher. */
export function readProxy({ name, at, block = [] }: Directive, args: readonly Token[], found: Found): Proxy {
  const reader = new ProxyReader(name.text, found);
  reader.upstreams(args);
  for (const one of block) reader.line(one);
  return reader.proxy(at);
}

/** The value of a word; undefined where the environment says it. */
export function settingOf({ text, env, at }: Token): Setting<string> {
  return written(env === 'open' || /\{env\.[^}]*\}/.test(text) ? undefined : text, at);
}

const MORE: ReadonlyMap<string, ReadonlyMap<string, Spec>> = new Map([
  ['php_fastcgi', FASTCGI],
  ['forward_auth', FORWARD_AUTH],
]);

class ProxyReader {
  readonly #directive: string;
  readonly #found: Found;
  readonly #upstreams: Upstream[] = [];
  readonly #settings = new Map<string, Setting<string>>();
  readonly #unknowns: Unknown[] = [];
  readonly #defaults: Span[] = [];
  #discovery: Discovery | undefined;
  #policy: Policy | undefined;
  #transport: Transport | undefined;

  constructor(directive: string, found: Found) {
    this.#directive = directive;
    this.#found = found;
  }

  proxy(at: Span): Proxy {
    const common = this.#upstreams.find(({ dial }) => dial.scheme !== '')?.dial.scheme;
    const transport = this.#transport ?? {
      protocol: this.#directive === 'php_fastcgi' ? 'fastcgi' : 'http',
      tls: false,
      settings: new Map(),
    };
    return {
      directive: this.#directive,
      at,
      upstreams: this.#upstreams,
      settings: this.#settings,
      transport: { ...transport, tls: transport.tls || common === 'https' },
      unknowns: this.#unknowns,
      defaults: this.#defaults,
      ...(this.#discovery === undefined ? {} : { discovery: this.#discovery }),
      ...(this.#policy === undefined ? {} : { policy: this.#policy }),
    };
  }

  upstreams(tokens: readonly Token[]): void {
    for (const token of tokens) {
      const { text, at, env } = token;
      this.#note(token);
      const dials =
        env === 'open' && /^\{\$[^}]*\}$/.test(text)
          ? [{ network: '', scheme: '', host: text, port: '', hasPort: false }]
          : dialsOf(writtenOut(text));
      if (!Array.isArray(dials)) {
        if (env !== 'open')
          this.#refuse(at, dials as ReturnType<typeof say>, say`Set an address such as ${'192.0.2.1:8080'}.`);
        continue;
      }
      const scheme = dials[0]?.scheme;
      const [first] = this.#upstreams;
      if (first !== undefined && first.dial.scheme !== scheme && env !== 'open' && !first.isOpen)
        this.#refuse(at, say`The upstreams have different schemes.`, say`Set the same scheme for each.`);
      const isOpen = env === 'open' && /\{\$/.test(text);
      if (isOpen) this.#unknowns.push({ at, reason: say`${text} is filled in from the environment` });
      for (const dial of dials) this.#upstreams.push({ dial, at, isOpen, options: new Map() });
    }
  }

  line(directive: Directive): void {
    const { name, args, at } = directive;
    const keyword = name.text;
    if (keyword.startsWith('@')) return;
    const spec = MORE.get(this.#directive)?.get(keyword) ?? PROXY.get(keyword);
    if (spec === undefined) {
      this.#unknown(name, [...PROXY.keys()]);
      return;
    }
    for (const token of args) this.#note(token);
    if (!this.#checked(directive, spec)) return;
    switch (keyword) {
      case 'to':
        this.upstreams(args);
        return;
      case 'dynamic':
        // Of several the last one holds, as for transports.
        this.#discovery = this.#readSource(directive);
        return;
      case 'lb_policy':
        if (this.#policy !== undefined) this.#refuse(at, say`${keyword} is set twice.`, say`Remove one of the two.`);
        else this.#policy = this.#readPolicy(directive, args);
        return;
      case 'transport':
        this.#transport = this.#readTransport(directive);
        return;
      case 'health_upstream':
        if (!/^.*:\d+$/.test(args[0]?.text ?? '') && args[0]?.env !== 'open')
          this.#refuse(at, say`${'health_upstream'} has no valid port.`, say`Set an address and a port.`);
        break;
      case 'health_port':
        if (this.#settings.has('health_upstream'))
          this.#refuse(at, say`${'health_port'} is ignored with ${'health_upstream'}.`, say`Remove one of them.`);
        break;
      default:
    }
    this.#keep(directive, spec, '', this.#settings);
  }

  /** Keeps the arguments under the keyword; those of a header under its name as well. */
  #keep({ name, args, at, block }: Directive, spec: Spec, prefix: string, into: Map<string, Setting<string>>): void {
    const [first, ...rest] = args;
    const key = `${prefix}${name.text}${spec.keyed === true && first !== undefined ? ` ${first.text}` : ''}`;
    const values = spec.keyed === true ? rest : args;
    const inside = (block ?? []).map((one) => [one.name, ...one.args].map(({ text }) => text).join(' '));
    const settings = values.map(settingOf);
    const isOpen = settings.some(({ value }) => value === undefined);
    const text = [...settings.map(({ value = '' }) => value), ...inside].join(spec.block === true ? '; ' : ' ');
    const place = values.length === 1 && values[0] !== undefined && inside.length === 0 ? values[0].at : at;
    // Several of one keyword add up.
    const before = name.text === 'lb_retry_match' || name.text === 'trusted_proxies' ? into.get(key)?.value : undefined;
    into.set(key, written(isOpen ? undefined : before === undefined ? text : `${before}; ${text}`, place));
  }

  #readSource(directive: Directive): Discovery {
    const [source, ...args] = directive.args;
    const settings = new Map<string, Setting<string>>();
    const specs = SOURCES.get(source?.text ?? '');
    if (specs === undefined && source?.text !== 'multi') this.#plugin(source, [...SOURCES.keys(), 'multi']);
    const names = source?.text === 'a' ? ['name', 'port'] : ['name'];
    if (specs !== undefined && args.length > names.length)
      this.#refuse(
        directive.at,
        say`${'dynamic'} has too many arguments.`,
        say`Set a name${source?.text === 'a' ? say` and a port` : say``}.`,
      );
    args.forEach((token, i) => settings.set(names[i] ?? `argument ${i + 1}`, settingOf(token)));
    this.#block(directive, specs, settings);
    return { source: source?.text ?? '', at: directive.at, settings };
  }

  #readTransport(directive: Directive): Transport {
    const [protocol, ...more] = directive.args;
    const settings = new Map<string, Setting<string>>();
    const specs = TRANSPORTS.get(protocol?.text ?? '');
    if (specs === undefined) this.#plugin(protocol, [...TRANSPORTS.keys()]);
    else if (more.length > 0)
      this.#refuse(directive.at, say`${'transport'} has too many arguments.`, say`Move them into its block.`);
    this.#block(directive, specs, settings);
    const versions = settings.get('versions')?.value ?? '';
    const tls = [...settings.keys()].some((key) => /^tls(?:_|$)/.test(key) && key !== 'tls_except_ports');
    return { protocol: protocol?.text ?? '', tls: tls && !versions.includes('h2c'), settings };
  }

  #block(
    { block = [] }: Directive,
    specs: ReadonlyMap<string, Spec> | undefined,
    into: Map<string, Setting<string>>,
  ): void {
    for (const one of block) {
      for (const token of one.args) this.#note(token);
      const spec = specs?.get(one.name.text);
      if (specs !== undefined && spec === undefined) this.#unknown(one.name, [...specs.keys()]);
      else if (spec === undefined || this.#checked(one, spec))
        this.#keep(one, spec ?? { min: 0, max: Infinity, block: true }, '', into);
    }
  }

  #readPolicy({ at, block = [] }: Directive, [name, ...args]: readonly Token[]): Policy {
    const word = name?.text ?? '';
    const spec = POLICIES.get(word);
    if (spec === undefined) this.#plugin(name, [...POLICIES.keys()]);
    else this.#checkPolicy(word, spec, args, at);
    const settings = new Map<string, Setting<string>>();
    // The block of a policy that takes none is skipped.
    const isSkipped = spec?.inside.length === 0;
    let fallback: Policy | undefined;
    for (const one of isSkipped ? [] : block) {
      const { text } = one.name;
      if (spec !== undefined && !spec.inside.includes(text)) this.#unknown(one.name, spec.inside);
      else if (text === 'fallback' && fallback === undefined && one.args.length > 0)
        fallback = this.#readPolicy(one, one.args);
      else if (text === 'max_age' && one.args.length === 1) this.#keep(one, { min: 1, max: 1 }, '', settings);
      else if (spec !== undefined)
        this.#refuse(one.at, say`${text} of ${word} is invalid.`, say`Set it once, with one value.`);
    }
    const place = [name, ...args].at(-1);
    const isOneText =
      name !== undefined && place !== undefined && place.at.source === name.at.source && place.at.end >= name.at.start;
    return {
      name: word,
      at:
        name === undefined ? at : isOneText && place.moved === name.moved ? { ...name.at, end: place.at.end } : name.at,
      args: args.map(settingOf),
      settings,
      ...(fallback === undefined ? {} : { fallback }),
    };
  }

  #checkPolicy(word: string, spec: Spec, args: readonly Token[], at: Span): void {
    const values = args.map(settingOf);
    if (values.some(({ value }) => value === undefined)) return;
    if (args.length < spec.min || args.length > spec.max) {
      this.#refuse(
        at,
        say`${word} has an invalid number of arguments.`,
        word === 'weighted_round_robin'
          ? say`Set one weight for each upstream.`
          : say`Set ${spec.min === 0 ? 'none' : String(spec.min)}.`,
      );
      return;
    }
    const numbers = values.map(({ value }) => atoi(value ?? ''));
    if (word === 'weighted_round_robin') {
      numbers.forEach((weight, i) => {
        if (weight === undefined || weight < 0) {
          const place = args[i]?.at ?? at;
          const what = say`Invalid weight ${args[i]?.text ?? ''}.`;
          this.#found.problems.push(refused(place, what, say`Set a whole number of 0 or more.`, 'invalid-weight'));
        }
      });
      if (numbers.every((weight) => weight === 0))
        this.#found.problems.push(
          refused(at, say`All weights are 0.`, say`Set at least one weight above 0.`, 'invalid-weight'),
        );
    }
    if (word === 'random_choose' && (numbers[0] === undefined || (numbers[0] < 2 && numbers[0] !== 0)))
      this.#refuse(
        args[0]?.at ?? at,
        say`${'random_choose'} needs a number of 2 or more.`,
        say`Set ${'random_choose 2'}.`,
      );
  }

  /** Whether a line has as many arguments as its keyword takes, of the right kind. */
  #checked({ name, args, at, block }: Directive, spec: Spec): boolean {
    if (args.some(({ env }) => env === 'open')) return true;
    if (args.length < spec.min || args.length > spec.max || (block !== undefined && spec.block !== true)) {
      this.#refuse(
        at,
        say`${name.text} has an invalid number of arguments.`,
        say`Set ${spec.min === 0 ? 'none' : spec.max === Infinity ? 'at least one' : String(spec.min)}.`,
      );
      return false;
    }
    const wrong = spec.is === undefined ? undefined : args.find(({ text }) => !isA(spec.is ?? 'size', text));
    if (wrong === undefined) return true;
    this.#refuse(wrong.at, say`Invalid value ${wrong.text} of ${name.text}.`, FIXES[spec.is ?? 'size']);
    return false;
  }

  /** What a name of no table is: a misspelling, or that of a plugin. */
  #plugin(token: Token | undefined, known: readonly string[]): void {
    if (token === undefined) return;
    const meant = didYouMean(token.text, known);
    if (meant !== undefined) this.#refuse(token.at, say`Unknown name ${token.text}.`, say`Set ${meant}.`);
    else this.#unknowns.push({ at: token.at, reason: say`${token.text} is not part of Caddy itself` });
  }

  #unknown({ text, at }: Token, known: readonly string[]): void {
    const meant = didYouMean(text, known);
    this.#refuse(
      at,
      say`Unknown subdirective ${text}.`,
      meant === undefined ? say`Remove it, or set one of ${list(known, 4)}.` : say`Set ${meant}.`,
    );
  }

  #refuse(at: Span, what: ReturnType<typeof say>, fix: ReturnType<typeof say>): void {
    this.#found.problems.push(refused(at, what, fix));
  }

  #note({ env, at }: Token): void {
    if (env === 'default') this.#defaults.push(at);
  }
}

const FIXES = {
  integer: say`Set a whole number.`,
  duration: say`Set a duration such as ${'10s'}.`,
  status: say`Set a status such as ${'200'} or ${'2xx'}.`,
  size: say`Set a size such as ${'4KB'}.`,
} as const;

function isA(kind: NonNullable<Spec['is']>, text: string): boolean {
  switch (kind) {
    case 'integer':
      return atoi(text) !== undefined;
    case 'duration':
      return goDuration(text) !== undefined;
    case 'status':
      return atoi(/^.xx$/s.test(text) ? text.slice(0, 1) : text) !== undefined;
    case 'size':
      return text === 'unlimited' || /^\d+(?:[.,]\d+)*\s*(?:[kmgtpe]?i?b?)$/i.test(text);
    default:
      return kind satisfies never;
  }
}

export type { Settings };
