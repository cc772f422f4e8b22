import type { Span } from '../../model/span.ts';
import { FREE_BLOCKS } from './contexts.ts';
import { matchOrder, locationOf, type LocationMatch } from './locations.ts';
import type { Directive } from './parse.ts';
import { Scope } from './scope.ts';
import { joined } from './values.ts';

/** One address that a server listens on. */
export interface ListenLine {
  readonly at: Span;
  /** As written: `80`, `[::]:443`, `unix:/run/a.sock`; `*:80` where the server has no `listen` at all. */
  readonly address: string;
  readonly words: readonly string[];
  readonly isDefault: boolean;
}

/** What the rewrite module does with a request, in the order of the file. */
export type RewriteStep =
  | { readonly kind: 'set'; readonly at: Span; readonly variable: string; readonly value: string }
  | {
      readonly kind: 'rewrite';
      readonly at: Span;
      readonly pattern: string;
      readonly to: string;
      readonly flag: string;
    }
  | { readonly kind: 'break'; readonly at: Span }
  | Return
  | { readonly kind: 'if'; readonly at: Span; readonly condition: string; readonly block: AnswerBlock };

/** `return`: an answer of nginx's own. `status` is undefined where only an address is written (302). */
export interface Return {
  readonly kind: 'return';
  readonly at: Span;
  readonly status: number | undefined;
  readonly text: string;
}

/** Where requests are sent on to, as it is written: with scheme, URI part and variables. */
export interface PassLine {
  readonly at: Span;
  readonly directive: string;
  readonly target: string;
  /** The place of the target alone. */
  readonly targetAt: Span;
}

/** Requests that are answered from files. */
export interface FilesLine {
  readonly at: Span;
  readonly directive: 'root' | 'alias' | 'try_files';
  readonly words: readonly string[];
}

export interface AccessLine {
  readonly at: Span;
  readonly allow: boolean;
  readonly who: string;
}

export interface HeaderLine {
  readonly at: Span;
  readonly name: string;
  readonly value: string;
}

export interface LimitLine {
  readonly at: Span;
  readonly directive: 'limit_req' | 'limit_conn';
  readonly zone: string;
  readonly words: readonly string[];
}

/** What a `server`, `location` or `if` makes of the requests that come to it; inherited lines are included where nginx inherits them. */
export interface AnswerBlock {
  readonly at: Span;
  readonly source: Directive;
  readonly steps: readonly RewriteStep[];
  /** Written in this block: a pass is not inherited. */
  readonly pass: PassLine | undefined;
  /** A handler other than a pass or files: `stub_status`, `empty_gif`, `content_by_lua_block`. */
  readonly handler: { readonly at: Span; readonly name: string } | undefined;
  readonly files: readonly FilesLine[];
  readonly access: readonly AccessLine[];
  readonly limits: readonly LimitLine[];
  /** `proxy_set_header` lines in force. */
  readonly headers: readonly HeaderLine[];
  /** Only internal redirects come here. */
  readonly internal: Span | undefined;
  /** In the order in which nginx lets them decide: exact, `^~`, regular expressions as written, other prefixes from the longest. */
  readonly locations: readonly LocationBlock[];
}

export interface LocationBlock extends AnswerBlock {
  readonly match: LocationMatch;
}

export interface ServerBlock extends AnswerBlock {
  readonly context: 'http' | 'stream';
  readonly listens: readonly ListenLine[];
  readonly names: readonly { readonly at: Span; readonly text: string }[];
}

/** The servers of one `http` or `stream` block, in the order of the file. Pure; what nginx would refuse is left out. */
export function serverBlocks(directives: readonly Directive[], context: 'http' | 'stream'): readonly ServerBlock[] {
  const around = new Scope(directives, undefined);
  return around.own('server').flatMap((server) => {
    if (server.block === undefined) return [];
    const scope = new Scope(server.block, around);
    const names = scope.own('server_name').flatMap(({ args }) => args.map(({ at, text }) => ({ at, text })));
    return [{ ...answerBlock(server, scope), context, listens: listensOf(server, scope, context), names }];
  });
}

function listensOf({ at }: Directive, scope: Scope, context: 'http' | 'stream'): readonly ListenLine[] {
  const lines = scope.own('listen').flatMap((line): ListenLine[] => {
    const [address, ...rest] = line.args.map(({ text }) => text);
    if (address === undefined) return [];
    const isDefault = rest.some((word) => /^default(?:_server)?$/.test(word));
    return [{ at: line.at, address, words: rest, isDefault }];
  });
  return lines.length > 0 || context === 'stream' ? lines : [{ at, address: '*:80', words: [], isDefault: false }];
}

function answerBlock(source: Directive, scope: Scope): AnswerBlock {
  const pass = scope.directives.findLast(({ name }) => PASS.test(name));
  const handler = scope.directives.findLast(({ name }) => HANDLER.test(name));
  const target = pass?.args[0];
  return {
    at: source.at,
    source,
    steps: scope.directives.flatMap((directive) => stepOf(directive, scope)),
    pass: pass && target && { at: pass.at, directive: pass.name, target: target.text, targetAt: target.at },
    handler: handler && { at: handler.at, name: handler.name },
    files: filesOf(scope),
    access: accessOf(scope),
    limits: (['limit_req', 'limit_conn'] as const).flatMap((name) => limitsOf(name, scope)),
    headers: scope.inForce('proxy_set_header').map(({ at, args }) => ({
      at,
      name: args[0]?.text ?? '',
      value: args[1]?.text ?? '',
    })),
    internal: scope.own('internal')[0]?.at,
    locations: scope
      .own('location')
      .flatMap((directive) => locationBlock(directive, scope))
      .toSorted((a, b) => matchOrder(a.match, b.match)),
  };
}

const PASS = /^(?:proxy|grpc|fastcgi|uwsgi|scgi|memcached|tunnel)_pass$/;
const HANDLER =
  /^(?:stub_status|empty_gif|flv|mp4|random_index|content_by_lua.*|js_content|echo|perl|return_by_lua.*)$/;

function locationBlock(directive: Directive, around: Scope): readonly LocationBlock[] {
  const match = locationOf(directive.args.map(({ text }) => text));
  if (match === undefined || directive.block === undefined) return [];
  return [{ ...answerBlock(directive, new Scope(directive.block, around)), match }];
}

function stepOf(directive: Directive, scope: Scope): RewriteStep[] {
  const { name, at, args, block } = directive;
  const [first = '', second = '', third = ''] = args.map(({ text }) => text);
  switch (name) {
    case 'set':
      return [{ kind: 'set', at, variable: first, value: second }];
    case 'rewrite':
      return [{ kind: 'rewrite', at, pattern: first, to: second, flag: third }];
    case 'break':
      return [{ kind: 'break', at }];
    case 'return':
      return [returnOf(directive)];
    case 'if':
      return block === undefined || FREE_BLOCKS.has(name)
        ? []
        : [{ kind: 'if', at, condition: joined(args), block: answerBlock(directive, new Scope(block, scope)) }];
    default:
      return [];
  }
}

function returnOf({ at, args }: Directive): Return {
  const [first = '', second = ''] = args.map(({ text }) => text);
  const isStatus = /^\d{1,3}$/.test(first);
  return { kind: 'return', at, status: isStatus ? Number(first) : undefined, text: isStatus ? second : first };
}

/** `root` and `alias` are inherited as one setting, `try_files` is not inherited. */
function filesOf(scope: Scope): readonly FilesLine[] {
  const line = ({ name, at, args }: Directive): FilesLine => ({
    at,
    directive: name === 'alias' ? 'alias' : name === 'root' ? 'root' : 'try_files',
    words: args.map(({ text }) => text),
  });
  const innermost = scope
    .chain()
    .toReversed()
    .flatMap((one) => [...one.own('alias'), ...one.own('root')])
    .slice(0, 1);
  return [...innermost, ...scope.own('try_files')].map(line);
}

/** Rules of the innermost block that has any, `allow` and `deny` together in their order. */
function accessOf(scope: Scope): readonly AccessLine[] {
  for (const one of scope.chain().toReversed()) {
    const lines = [...one.own('allow'), ...one.own('deny')];
    if (lines.length > 0)
      return lines
        .toSorted((a, b) => a.at.start - b.at.start)
        .map(({ name, at, args }) => ({ at, allow: name === 'allow', who: args[0]?.text ?? '' }));
  }
  return [];
}

function limitsOf(directive: LimitLine['directive'], scope: Scope): readonly LimitLine[] {
  return scope.inForce(directive).map(({ at, args }) => {
    const words = args.map(({ text }) => text);
    const named = words.find((word) => word.startsWith('zone='))?.slice(5);
    return { at, directive, zone: directive === 'limit_req' ? (named ?? '') : (words[0] ?? ''), words };
  });
}
