import type { Directive } from './directive.ts';

/** The order of handlers where none is written (Caddy 2.11). */
const DEFAULT_ORDER: readonly string[] =
  'tracing map vars fs root log_append skip_log log_skip log_name header copy_response_headers request_body timeouts redir method rewrite uri try_files basicauth basic_auth forward_auth request_header encode push intercept templates invoke handle handle_path route abort error copy_response respond metrics reverse_proxy php_fastcgi file_server acme_server'.split(
    ' ',
  );

/** Directives of a site that are no handlers. */
export const NO_HANDLERS: ReadonlySet<string> = new Set(['bind', 'tls', 'log', 'handle_errors']);

/** Whether Caddy itself has a directive. */
export function isDirective(name: string): boolean {
  return DEFAULT_ORDER.includes(name) || NO_HANDLERS.has(name);
}

export const DIRECTIVES: readonly string[] = [...DEFAULT_ORDER, ...NO_HANDLERS];

/** The order with what `order NAME first|last|before NAME|after NAME` of the global options changes. */
export function orderOf(options: readonly Directive[]): readonly string[] {
  let order = [...DEFAULT_ORDER];
  for (const { name, args } of options) {
    const [moved, how, other] = args.map(({ text }) => text);
    if (name.text !== 'order' || moved === undefined) continue;
    order = order.filter((one) => one !== moved);
    const at = other === undefined ? -1 : order.indexOf(other);
    if (how === 'first') order.unshift(moved);
    else if (how === 'last') order.push(moved);
    else if (at >= 0) order.splice(how === 'before' ? at : at + 1, 0, moved);
  }
  return order;
}

/** A handler among those of its block. */
export interface Ordered {
  /** `handle_path` counts as `handle`. */
  readonly name: string;
  readonly hasMatcher: boolean;
  /** The path of its matcher where that is all it asks. */
  readonly path: string | undefined;
}

/** Handlers in the order in which Caddy asks them: by directive, then the most specific path first. */
export function sorted<T extends Ordered>(handlers: readonly T[], order: readonly string[]): T[] {
  const positions = new Map(order.map((name, i) => [name, i]));
  const position = ({ name }: T): number => positions.get(name) ?? order.length;
  return handlers.toSorted((a, b) => {
    if (a.name !== b.name) return position(a) - position(b);
    const sign = a.name === 'vars' ? -1 : 1;
    return sign * (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0);
  });
}

function isBefore(a: Ordered, b: Ordered): boolean {
  if (a.path === undefined || b.path === undefined) return a.hasMatcher && !b.hasMatcher;
  const [own, other] = [a.path.replace(/\*$/, ''), b.path.replace(/\*$/, '')];
  if (own === other) return a.path.length < b.path.length;
  return own.length === other.length ? own < other : own.length > other.length;
}
