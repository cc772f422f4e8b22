import type { Span } from '../../model/span.ts';
import { say } from '../../text/say.ts';
import type { Directive, Word } from './lines.ts';
import { isOfBalancer, readParameters, type Parameters } from './parameters.ts';
import { refused, type Found } from './values.ts';

/** A server of a balancer, from all of its lines. */
export interface Member {
  readonly url: string;
  readonly word: Word;
  readonly at: Span;
  parameters: Parameters;
  /** Further lines of the same URL. */
  readonly again: Span[];
}

/** A balancer, from all of its blocks and lines in one virtual server. */
export interface Balancer {
  readonly name: string;
  /** The virtual server that it is in; '' = the main one. */
  readonly host: string;
  readonly at: Span;
  readonly members: Member[];
  readonly byUrl: Map<string, Member>;
  parameters: Parameters;
}

/** Balancers by host and name, which have no case. */
export class Balancers {
  readonly all = new Map<string, Balancer>();
  readonly templates = new Map<string, Parameters>();
  readonly #found: Found;

  constructor(found: Found) {
    this.#found = found;
  }

  /** The balancer that a virtual server means by a name: that of the main server, which comes first, else its own. */
  find(name: string, host: string): Balancer | undefined {
    return this.all.get(keyOf(name, '')) ?? this.all.get(keyOf(name, host));
  }

  /** Reads what directives of one server say of balancers, sections inside it included. */
  read(directives: readonly Directive[], host: string): void {
    for (const directive of directives) {
      const { args, block } = directive;
      switch (directive.name.toLowerCase()) {
        case 'proxy':
          this.#section(directive, host);
          break;
        case 'balancermember':
          this.#memberOutside(directive, host);
          break;
        case 'proxyset':
          this.#setOutside(directive, host);
          break;
        case 'proxyhctemplate': {
          const [name, ...rest] = args;
          if (name !== undefined) this.templates.set(name.text, readParameters(rest, 'workers', this.#found));
          break;
        }
        case 'proxypass':
        case 'proxypassmatch':
          this.#pass(directive, host);
          break;
        case 'virtualhost':
          break;
        default:
          if (block !== undefined) this.read(block, host);
      }
    }
  }

  #section({ args, block = [], at }: Directive, host: string): void {
    const name = balancerName(args[0]?.text);
    if (name === undefined) return;
    const balancer = this.#balancer(name, host, at);
    for (const inner of block) {
      const word = inner.name.toLowerCase();
      if (word === 'balancermember') {
        const [url, ...rest] = inner.args;
        if (url !== undefined && balancerName(url.text) !== undefined && rest[0] !== undefined)
          this.#memberOutside(inner, host);
        else this.#member(balancer, url, rest, inner.at);
      } else if (word === 'proxyset') this.#set(balancer, inner.args);
    }
  }

  #memberOutside({ args, at }: Directive, host: string): void {
    const [target, url, ...rest] = args;
    const name = balancerName(target?.text);
    if (name === undefined) {
      const fix = say`Set ${'BalancerMember balancer://NAME URL'}, or move the line into ${'<Proxy balancer://NAME>'}.`;
      this.#found.problems.push(refused(at, say`${'BalancerMember'} names no balancer.`, fix));
      return;
    }
    this.#member(this.#balancer(name, host, at), url, rest, at);
  }

  #setOutside({ args }: Directive, host: string): void {
    const [target, ...rest] = args;
    const name = balancerName(target?.text);
    if (name !== undefined && target !== undefined) this.#set(this.#balancer(name, host, target.at), rest);
  }

  /** What stands behind the address of a pass is of the balancer. */
  #pass({ args }: Directive, host: string): void {
    const target = args.find(({ text }) => /^balancer:\/\//i.test(text));
    const name = balancerName(target?.text);
    if (name === undefined || target === undefined) return;
    const rest = args.slice(args.indexOf(target) + 1);
    const parameters = readParameters(rest, 'both', this.#found);
    const balancer = this.find(name, host);
    if (balancer !== undefined) balancer.parameters = merged(balancer.parameters, parameters);
    else if (parameters.size > 0) this.#pending.set(keyOf(name, host), parameters);
  }

  /** Settings of passes that are before their balancer. */
  readonly #pending = new Map<string, Parameters>();

  #balancer(name: string, host: string, at: Span): Balancer {
    const key = keyOf(name, host);
    let balancer = this.all.get(key);
    if (balancer === undefined) {
      balancer = { name, host, at, members: [], byUrl: new Map(), parameters: this.#pending.get(key) ?? new Map() };
      this.all.set(key, balancer);
    }
    return balancer;
  }

  #member(balancer: Balancer, url: Word | undefined, rest: readonly Word[], at: Span): void {
    if (url === undefined || (!/^[a-z][a-z0-9+.-]*:/i.test(url.text) && !url.isOpen)) {
      const what = url === undefined ? say`${'BalancerMember'} has no URL.` : say`${url.text} has no scheme.`;
      this.#found.problems.push(refused(url?.at ?? at, what, say`Set a URL such as ${'http://192.0.2.1:8080'}.`));
      return;
    }
    const parameters = readParameters(rest, 'workers', this.#found);
    const same = url.text.toLowerCase().replace(/\/+$/, '');
    const known = balancer.byUrl.get(same);
    if (known === undefined) {
      const member: Member = { url: url.text, word: url, at, parameters, again: [] };
      balancer.members.push(member);
      balancer.byUrl.set(same, member);
    } else {
      known.again.push(at);
      known.parameters = merged(known.parameters, parameters);
    }
  }

  #set(balancer: Balancer, words: readonly Word[]): void {
    const parameters = readParameters(words, 'balancers', this.#found);
    balancer.parameters = merged(balancer.parameters, new Map([...parameters].filter(([key]) => isOfBalancer(key))));
  }
}

function keyOf(name: string, host: string): string {
  return `${host}\0${name}`;
}

/** Later settings hold. */
function merged(before: Parameters, after: Parameters): Parameters {
  return new Map([...before, ...after]);
}

/** The name in `balancer://NAME/path`, in lower case as Apache compares it. */
export function balancerName(text: string | undefined): string | undefined {
  const match = /^balancer:\/\/([^/?]*)/i.exec(text ?? '');
  return match === null ? undefined : (match[1] ?? '').toLowerCase();
}
