import type { Condition, Target } from '../../model/route.ts';
import { written, type Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import { didYouMean } from '../../text/suggest.ts';
import type { Token } from './lexer.ts';
import { conditionOf, namedCondition } from './matchers.ts';
import { DIRECTIVES, isDirective, NO_HANDLERS, sorted, type Ordered } from './order.ts';
import type { Directive } from './directive.ts';
import { readProxy } from './proxy-directive.ts';
import type { Proxy } from './proxy.ts';
import type { Action, Step } from './steps.ts';
import { atoi, refused, type Found } from './values.ts';

/** What the directives of a site share. */
export interface Surroundings {
  readonly found: Found;
  readonly order: readonly string[];
  /** Routes that `invoke` names. */
  readonly routes: ReadonlyMap<string, readonly Directive[]>;
  /** Places that pass requests on when something else failed or answered: in `handle_errors` and `handle_response`. */
  readonly aside: { readonly proxy: Proxy; readonly why: string }[];
  /** Names the groups of steps. */
  groups: number;
}

type Matchers = ReadonlyMap<string, Directive>;

interface Handler extends Ordered {
  readonly steps: readonly Step[];
}

/** Handlers that change a request, or may refuse it; what they write is told with the requests that they meet. */
const CHANGES: ReadonlySet<string> = new Set([
  'rewrite',
  'uri',
  'method',
  'try_files',
  'basicauth',
  'basic_auth',
  'forward_auth',
  'request_header',
  'request_body',
  'map',
  'vars',
  'intercept',
]);
const REWRITES: ReadonlySet<string> = new Set(['rewrite', 'uri', 'try_files']);
/** Between two of these with the same matcher only the first is taken. */
const EXCLUSIVE: ReadonlySet<string> = new Set(['handle', 'rewrite', 'root']);

/** The steps of a block: in Caddy's order, or as written in `route`. */
export class Handlers {
  readonly #around: Surroundings;
  readonly #invoked: string[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  steps(directives: readonly Directive[], isSorted: boolean, outer: Matchers = new Map()): Step[] {
    const own = new Map(outer);
    for (const one of directives) if (one.name.text.startsWith('@')) this.#define(one, own, outer);
    const handlers = directives.flatMap((one) => this.#handler(one, own));
    const groups = new Map<string, number>();
    return (isSorted ? sorted(handlers, this.#around.order) : handlers).flatMap(({ name, steps }) => {
      if (!EXCLUSIVE.has(name)) return steps;
      const number = groups.get(name) ?? ++this.#around.groups;
      groups.set(name, number);
      return steps.map((step) => ({ ...step, group: `${name} ${number}` }));
    });
  }

  #define(directive: Directive, own: Map<string, Directive>, outer: Matchers): void {
    const { name, at, args, block } = directive;
    if (own.has(name.text) && own.get(name.text) !== outer.get(name.text))
      this.#refuse(at, say`The matcher ${name.text} is defined twice.`, say`Rename one of the two.`);
    else if (args.length === 0 && block === undefined)
      this.#refuse(at, say`The matcher ${name.text} is empty.`, say`Add what it matches.`);
    own.set(name.text, directive);
  }

  #handler(directive: Directive, matchers: Matchers): Handler[] {
    const { name, at } = directive;
    const { text } = name;
    if (text.startsWith('@') || NO_HANDLERS.has(text)) {
      if (text === 'handle_errors') this.#errors(directive, matchers);
      return [];
    }
    if (!isDirective(text)) {
      this.#unknown(name);
      return [];
    }
    const { when, args, path, hasMatcher } = this.#matcher(directive, matchers);
    const actions = this.#actions(directive, args, matchers);
    const steps = actions.flatMap((action): Step[] => {
      const step: Step = { at, action, ...(when === undefined ? {} : { when }) };
      if (text !== 'php_fastcgi' || action.kind !== 'proxy') return [step];
      const php = conditionOf([{ name: 'path', values: ['*.php'] }], at);
      const inner: Step = { at, action, ...(php === undefined ? {} : { when: php }) };
      return [when === undefined ? inner : { at, when, action: { kind: 'steps', steps: [inner] } }];
    });
    return steps.length === 0 ? [] : [{ name: text === 'handle_path' ? 'handle' : text, hasMatcher, path, steps }];
  }

  /** The matcher before the other arguments: `*`, a path, or a named one. */
  #matcher(
    { name, args }: Directive,
    matchers: Matchers,
  ): {
    readonly when: Condition | undefined;
    readonly args: readonly Token[];
    readonly path: string | undefined;
    readonly hasMatcher: boolean;
  } {
    const [first, ...rest] = args;
    const none = { when: undefined, args, path: undefined, hasMatcher: false };
    if (first === undefined || name.text === 'try_files') return none;
    // The only argument of these is what they do.
    if (/^(?:rewrite|root|uri|method|fs)$/.test(name.text) && rest.length === 0) return none;
    if (first.text === '*') return { ...none, args: rest };
    if (first.text.startsWith('/') && !first.quoted) {
      const when = conditionOf([{ name: 'path', values: [first.text] }], first.at);
      return { when, args: rest, path: first.text, hasMatcher: true };
    }
    if (!first.text.startsWith('@') || first.quoted) return none;
    const named = matchers.get(first.text);
    if (named === undefined) {
      this.#refuse(first.at, say`The matcher ${first.text} is not defined.`, say`Add it to the site.`);
      return { when: { text: first.text, at: first.at }, args: rest, path: undefined, hasMatcher: true };
    }
    const when = namedCondition(named);
    const path = when?.all?.length === 1 && when.text.startsWith('path ') ? when.text.slice(5) : undefined;
    return { when, args: rest, path: path?.includes(' ') === true ? undefined : path, hasMatcher: true };
  }

  #actions(directive: Directive, args: readonly Token[], matchers: Matchers): readonly Action[] {
    const { name, at, block = [] } = directive;
    const [first, second] = args.map(({ text }) => text);
    const answer = (to: Target): Action[] => [{ kind: 'answer', to }];
    switch (name.text) {
      case 'reverse_proxy':
      case 'php_fastcgi':
        return [{ kind: 'proxy', proxy: this.#proxy(directive, args, matchers) }];
      case 'forward_auth':
        this.#around.aside.push({
          proxy: this.#proxy(directive, args, matchers),
          why: 'each request, before it goes on',
        });
        if (!block.some((one) => one.name.text === 'uri'))
          this.#refuse(at, say`${'forward_auth'} has no ${'uri'}.`, say`Add ${'uri'} with a path.`);
        return [this.#change(directive, args)];
      case 'handle':
      case 'route':
        return [{ kind: 'steps', steps: this.steps(block, name.text === 'handle', matchers) }];
      case 'handle_path':
        return this.#handlePath(directive, matchers);
      case 'invoke':
        return this.#invoke(args[0], at);
      case 'redir':
        return answer({ kind: 'redirect', location: first ?? '' });
      case 'abort':
        return answer({ kind: 'answer', status: 'refused' });
      case 'error':
        return answer({ kind: 'answer', status: statusOf([second, first]) ?? 500 });
      case 'respond':
        return answer({ kind: 'answer', status: statusOf([second, first]) ?? 200 });
      case 'metrics':
        return answer({ kind: 'answer', status: 200 });
      case 'file_server':
        return block.some((one) => one.name.text === 'pass_thru') ? [] : answer({ kind: 'answer', status: 'file' });
      default:
        return CHANGES.has(name.text) ? [this.#change(directive, args)] : [];
    }
  }

  #proxy(directive: Directive, args: readonly Token[], matchers: Matchers): Proxy {
    for (const { name, block } of directive.block ?? [])
      if (name.text === 'handle_response' && block !== undefined) this.#aside(block, 'some responses', matchers);
    return readProxy(directive, args, this.#around.found);
  }

  #change({ name, at, block = [] }: Directive, args: readonly Token[]): Action {
    const isPart = name.text === 'uri' || name.text === 'request_header' || name.text === 'vars';
    const [first, ...rest] = args;
    const inside = block.map((one) => [one.name, ...one.args].map(({ text }) => text).join(' '));
    return {
      kind: 'change',
      name: isPart && first !== undefined ? `${name.text} ${first.text}` : name.text,
      value: written([...(isPart ? rest : args).map(({ text }) => text), ...inside].join('; '), at),
      rewrites: REWRITES.has(name.text),
    };
  }

  /** Takes the path off before the handlers inside see it. */
  #handlePath({ args, at, block = [] }: Directive, matchers: Matchers): Action[] {
    const [path] = args;
    if (path === undefined || !path.text.startsWith('/')) {
      this.#refuse(
        path?.at ?? at,
        say`${'handle_path'} needs a path that begins with ${'/'}.`,
        say`Set ${'handle_path /path/*'}.`,
      );
      return [];
    }
    const strip: Step = {
      at,
      action: {
        kind: 'change',
        name: 'handle_path',
        value: written(path.text.replace(/\/?\*$/, ''), path.at),
        rewrites: true,
      },
    };
    return [{ kind: 'steps', steps: [strip, ...this.steps(block, true, matchers)] }];
  }

  #invoke(name: Token | undefined, at: Span): Action[] {
    const route = this.#around.routes.get(name?.text ?? '');
    if (route === undefined) {
      this.#refuse(
        name?.at ?? at,
        say`The named route ${name?.text ?? ''} is not defined.`,
        say`Add ${`&(${name?.text ?? 'name'})`} before the sites.`,
      );
      return [];
    }
    if (this.#invoked.includes(name?.text ?? '') || this.#invoked.length > 32) return [];
    this.#invoked.push(name?.text ?? '');
    const steps = this.steps(route, false);
    this.#invoked.pop();
    return [{ kind: 'steps', steps }];
  }

  #errors({ block = [] }: Directive, matchers: Matchers): void {
    this.#aside(block, 'requests that failed', matchers);
  }

  /** Pools that get requests in other than the usual way. */
  #aside(block: readonly Directive[], why: string, matchers: Matchers): void {
    const walk = (steps: readonly Step[]): void => {
      for (const { action } of steps) {
        if (action.kind === 'proxy') this.#around.aside.push({ proxy: action.proxy, why });
        if (action.kind === 'steps') walk(action.steps);
      }
    };
    walk(this.steps(block, true, matchers));
  }

  #unknown({ text, at }: Token): void {
    const meant = text.length > 3 ? didYouMean(text, DIRECTIVES) : undefined;
    const isOrdered = this.#around.order.includes(text);
    if (meant !== undefined && !isOrdered) this.#refuse(at, say`Unknown directive ${text}.`, say`Set ${meant}.`);
    else this.#around.found.unknowns.push({ at, reason: say`${text} is not part of Caddy itself` });
  }

  #refuse(at: Span, what: ReturnType<typeof say>, fix: ReturnType<typeof say>): void {
    this.#around.found.problems.push(refused(at, what, fix));
  }
}

function statusOf(words: readonly (string | undefined)[]): number | undefined {
  return words
    .map((word) => (/^\d{3}$/.test(word ?? '') ? atoi(word ?? '') : undefined))
    .find((status) => status !== undefined);
}
