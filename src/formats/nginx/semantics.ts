import type { Problem } from '../../model/config.ts';
import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { FREE_BLOCKS } from './contexts.ts';
import { locationOf, type LocationMatch } from './locations.ts';
import { entryFaults } from './map-entries.ts';
import { ListenFaults } from './listen-faults.ts';
import type { Directive } from './parse.ts';
import { VariableNames } from './variable-names.ts';
import { isPlaceholder, refused } from './values.ts';

/** What one `http` block, or a part of one, defines by name. */
interface Names {
  readonly zones: ReadonlySet<string>;
  readonly caches: ReadonlySet<string>;
  readonly formats: ReadonlySet<string>;
}

/** Where a directive is, as far as other directives decide about it. */
interface Place {
  /** The innermost location around it. */
  readonly location: LocationMatch | undefined;
  readonly conditional: boolean;
}

/**
 * Faults that only several directives together show: a location or address twice, a name that nothing defines, a URI where
 * nginx takes none. Names are checked when the file is `whole`, for what is not read may define them.
 */
export function semanticFaults(
  directives: readonly Directive[],
  whole: boolean,
  isTemplate: (path: string) => boolean,
): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (directive: Directive, what: Text, fix?: Text): void => {
    if (!isTemplate(directive.at.source.path)) problems.push(refused(directive.at, what, fix));
  };
  const httpBlocks = directives.filter(({ name, block }) => name === 'http' && block !== undefined);
  const roots = httpBlocks.length > 0 ? httpBlocks.map(({ block }) => block ?? []) : [directives];
  for (const block of roots) {
    new HttpChecker(whole ? namesIn(block) : undefined, report).http(block);
  }
  for (const { name, block } of directives) {
    if (name !== 'stream' || block === undefined) continue;
    new ListenFaults(report).stream(block);
    reportTwice(block, report);
  }
  if (whole)
    for (const upstream of unsizedZones(directives))
      report(upstream, say`The zone of this upstream has no size.`, say`Add one: ${'64k'}.`);
  const variables = whole ? new VariableNames(directives) : undefined;
  eachDirective(directives, (directive) => {
    for (const { entry, what } of entryFaults(directive)) report(entry, what);
    const fault = directive.args.some(isPlaceholder) ? undefined : variables?.fault(directive);
    if (fault !== undefined) report(directive, say`${directive.name}: ${fault}`);
  });
  return problems;
}

/** `zone` lines of upstreams whose size no other line of the name says. */
function unsizedZones(directives: readonly Directive[]): readonly Directive[] {
  const zones = directives
    .flatMap(({ name, block }) => (/^(?:http|stream)$/.test(name) ? (block ?? []) : []))
    .flatMap(({ name, block }) => (name === 'upstream' ? (block ?? []) : []))
    .filter(({ name }) => name === 'zone');
  const sized = new Set(zones.flatMap(({ args }) => (args[1] === undefined ? [] : [args[0]?.text])));
  return zones.filter(({ args }) => args.length === 1 && !sized.has(args[0]?.text));
}

function eachDirective(directives: readonly Directive[], visit: (directive: Directive) => void): void {
  for (const directive of directives) {
    visit(directive);
    if (directive.block !== undefined && !FREE_BLOCKS.has(directive.name)) eachDirective(directive.block, visit);
  }
}

type Report = (directive: Directive, what: Text, fix?: Text) => void;

class HttpChecker {
  readonly #names: Names | undefined;
  readonly #report: Report;
  readonly #listens: ListenFaults;

  constructor(names: Names | undefined, report: Report) {
    this.#names = names;
    this.#report = report;
    this.#listens = new ListenFaults(report);
  }

  http(block: readonly Directive[]): void {
    if (this.#names !== undefined) this.#references(block, this.#names);
    for (const { name, block: inner } of block) {
      if (name !== 'server' || inner === undefined) continue;
      this.#listens.server(inner);
      this.#block(inner, { location: undefined, conditional: false });
    }
    // A part may hold locations alone.
    this.#locations(block, { location: undefined, conditional: false });
    if (this.#names !== undefined) this.#listens.certificates(block);
    reportTwice(block, this.#report);
  }

  #block(block: readonly Directive[], place: Place): void {
    reportTwice(block, this.#report);
    if (this.#names !== undefined) this.#references(block, this.#names);
    const alias = place.location?.kind === 'named' ? block.find(({ name }) => name === 'alias') : undefined;
    if (alias !== undefined) this.#report(alias, say`alias cannot be used in a named location.`);
    this.#locations(block, place);
    this.#paths(block);
    for (const directive of block) {
      if (directive.name === 'proxy_pass') this.#passUri(directive, place);
      if (/^(?:if|limit_except)$/.test(directive.name) && directive.block !== undefined)
        this.#block(directive.block, { ...place, conditional: true });
    }
  }

  #locations(block: readonly Directive[], around: Place): void {
    const seen = new Set<string>();
    for (const directive of block) {
      if (directive.name !== 'location' || directive.block === undefined || directive.args.some(isPlaceholder))
        continue;
      const match = locationOf(directive.args.map(({ text }) => text));
      if (match !== undefined) {
        const fault = around.location && nestingFault(match, around.location);
        if (fault !== undefined) this.#report(directive, fault);
        const key = `${match.kind === 'exact' ? '=' : ''}${match.path}`;
        const comparable = match.kind !== 'regex' && match.kind !== 'named';
        if (comparable && seen.has(key))
          this.#report(directive, say`Duplicate location ${match.path}.`, say`Remove one of the two.`);
        if (comparable) seen.add(key);
      }
      this.#block(directive.block, { location: match ?? around.location, conditional: false });
    }
  }

  /** `root` and `alias` fill one setting. */
  #paths(block: readonly Directive[]): void {
    const [first, second] = block.filter(({ name }) => name === 'root' || name === 'alias');
    if (first === undefined || second === undefined || first.name === second.name) return;
    const what = say`Directive ${second.name} follows ${first.name} in one block; nginx takes one of them.`;
    this.#report(second, what, say`Remove one of the two.`);
  }

  #passUri(directive: Directive, { location, conditional }: Place): void {
    const [url] = directive.args;
    if (url === undefined || url.text.includes('$') || isPlaceholder(url)) return;
    const uri = /^\w+:\/\/(?:unix:[^:]*:|(?!unix:)[^/?]+)([/?].*)/.exec(url.text)?.[1];
    if (uri === undefined) return;
    const where = conditional
      ? say`inside ${'if'} or ${'limit_except'}`
      : location?.kind === 'regex'
        ? say`in a location with a regular expression`
        : location?.kind === 'named'
          ? say`in a named location`
          : undefined;
    if (where === undefined) return;
    this.#report(directive, say`proxy_pass cannot have a URI ${where}.`, say`Remove ${uri} from the address.`);
  }

  #references(block: readonly Directive[], names: Names): void {
    for (const directive of block) {
      const missing = missingName(directive, names);
      if (missing === undefined) continue;
      const what = say`${directive.name} names ${missing.name}, and nothing defines it.`;
      this.#report(directive, what, say`Add ${missing.how}, or name one that exists.`);
    }
  }
}

function missingName(
  { name, args }: Directive,
  { zones, caches, formats }: Names,
): { readonly name: string; readonly how: string } | undefined {
  if (args.some(isPlaceholder)) return undefined;
  const [first, second] = args.map(({ text }) => text);
  const unknown = (
    text: string | undefined,
    known: ReadonlySet<string>,
    how: string,
  ): ReturnType<typeof missingName> =>
    text === undefined || text.includes('$') || known.has(text) ? undefined : { name: text, how };
  if (name === 'limit_req') {
    const zone = args.find(({ text }) => text.startsWith('zone='))?.text.slice(5);
    return unknown(zone, zones, `limit_req_zone $binary_remote_addr zone=${zone ?? ''}:1m rate=10r/s;`);
  }
  if (name === 'limit_conn')
    return unknown(first, zones, `limit_conn_zone $binary_remote_addr zone=${first ?? ''}:1m;`);
  if (/^(?:proxy|fastcgi|uwsgi|scgi)_cache$/.test(name) && first !== 'off')
    return unknown(first, caches, `${name}_path /var/cache/nginx keys_zone=${first ?? ''}:1m;`);
  if (name === 'access_log' && first !== 'off') return unknown(second, formats, `log_format ${second ?? ''} …;`);
  return undefined;
}

/** Reports names that one line only may define. */
function reportTwice(block: readonly Directive[], report: Report): void {
  const seen = new Set<string>();
  for (const directive of block) {
    const key = definedName(directive);
    if (key === undefined) continue;
    if (seen.has(key)) report(directive, say`${directive.name} repeats a name that is defined already.`);
    seen.add(key);
  }
}

/** The name that a line defines for all of `http`, with its kind; undefined where it may be defined again. */
function definedName({ name, args }: Directive): string | undefined {
  const zone = args.find(({ text }) => /^(?:zone|keys_zone)=/.test(text))?.text.replace(/^\w+=|:.*/g, '');
  if (name === 'log_format') return `${name} ${args[0]?.text ?? ''}`;
  if (name === 'limit_req_zone' || name === 'limit_conn_zone') return `zone ${zone ?? ''}`;
  if (name === 'limit_req') return `${name} ${zone ?? ''}`;
  if (name === 'proxy_redirect' && args[0]?.text === 'off') return name;
  if (name === 'limit_conn') return `${name} ${args[0]?.text ?? ''}`;
  return name.endsWith('_cache_path') ? `${name} ${args[0]?.text ?? ''}` : undefined;
}

function namesIn(block: readonly Directive[]): Names {
  const zones = new Set<string>();
  const caches = new Set<string>();
  const formats = new Set(['combined']);
  for (const { name, args } of block) {
    const zone = (parameter: string): string | undefined =>
      args
        .find(({ text }) => text.startsWith(`${parameter}=`))
        ?.text.slice(parameter.length + 1)
        .split(':')[0];
    if (name === 'limit_req_zone' || name === 'limit_conn_zone') zones.add(zone('zone') ?? '');
    else if (name.endsWith('_cache_path')) caches.add(zone('keys_zone') ?? '');
    else if (name === 'log_format') formats.add(args[0]?.text ?? '');
  }
  return { zones, caches, formats };
}

/** nginx holds nested locations to the one around them. */
function nestingFault(inner: LocationMatch, outer: LocationMatch): Text | undefined {
  if (outer.kind === 'exact') return say`A location cannot be inside the exact location ${outer.path}.`;
  if (outer.kind === 'named') return say`A location cannot be inside the named location ${outer.path}.`;
  if (inner.kind === 'named') return say`Named location ${inner.path} can be in ${'server'} only.`;
  if (inner.kind === 'regex' || inner.path.startsWith(outer.path)) return undefined;
  return say`Location ${inner.path} is outside of location ${outer.path}.`;
}
