import type { Condition } from '../../model/route.ts';
import { written, type Span } from '../../model/span.ts';
import { child, entriesOf, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import type { Surroundings } from './handlers.ts';
import { flat, proxyOf, textOf } from './json-proxy.ts';
import { conditionOf, type Question } from './matchers.ts';
import { readEntry, type Places } from './sites.ts';
import type { Action, Step } from './steps.ts';
import type { Found } from './values.ts';

/** The servers of `apps.http` in Caddy's JSON. */
export function readServers(root: PNode, found: Found, places: Places): void {
  for (const { key, keyAt, value } of entriesOf(child(child(child(root, 'apps'), 'http'), 'servers'))) {
    const aside: Surroundings['aside'] = [];
    const routes = new Map(entriesOf(child(value, 'named_routes')).map((entry) => [entry.key, entry.value]));
    const reader = new Routes(found, routes, aside);
    const steps = reader.steps(child(value, 'routes'));
    reader.aside(child(child(value, 'errors'), 'routes'), 'requests that failed');
    const isPlain = textOf(child(child(value, 'automatic_https'), 'disable')) === 'true';
    const listens = itemsOf(child(value, 'listen')).flatMap((node) => {
      const text = textOf(node);
      if (text === undefined) return [];
      const hasTls = child(value, 'tls_connection_policies') !== undefined || (text.endsWith(':443') && !isPlain);
      return [
        { at: headOf(node), address: text.startsWith(':') ? `*${text}` : text, ...(hasTls ? { tls: true } : {}) },
      ];
    });
    readEntry(
      { key: `server ${key}`, name: key, at: keyAt, listens, hosts: [] },
      steps,
      { aside, found },
      places,
      new Map(),
    );
  }
}

const REWRITES: ReadonlySet<string> = new Set(['rewrite']);
const CHANGES: ReadonlySet<string> = new Set(['rewrite', 'authentication', 'map', 'vars', 'request_body', 'intercept']);

class Routes {
  readonly #found: Found;
  readonly #named: ReadonlyMap<string, PNode>;
  readonly #aside: Surroundings['aside'];
  readonly #open: string[] = [];

  constructor(found: Found, named: ReadonlyMap<string, PNode>, aside: Surroundings['aside']) {
    this.#found = found;
    this.#named = named;
    this.#aside = aside;
  }

  steps(routes: PNode | undefined): Step[] {
    return itemsOf(routes).flatMap((route) => this.#route(route));
  }

  aside(routes: PNode | undefined, why: string): void {
    const walk = (steps: readonly Step[]): void => {
      for (const { action } of steps) {
        if (action.kind === 'proxy') this.#aside.push({ proxy: action.proxy, why });
        if (action.kind === 'steps') walk(action.steps);
      }
    };
    walk(this.steps(routes));
  }

  #route(route: PNode): Step[] {
    const handlers = itemsOf(child(route, 'handle'));
    const inner = handlers.flatMap((handler) => this.#handler(handler));
    const when = conditionAt(child(route, 'match'));
    const group = textOf(child(route, 'group'));
    const isTerminal = textOf(child(route, 'terminal')) === 'true';
    const [first, ...others] = inner;
    const at = first?.at ?? headOf(route);
    // One handler is the route.
    const action: Action | undefined =
      others.length === 0 && first?.when === undefined ? first?.action : { kind: 'steps', steps: inner };
    if (action === undefined && !isTerminal && group === undefined) return [];
    return [
      {
        at,
        action: action ?? { kind: 'steps', steps: [] },
        ...(when === undefined ? {} : { when }),
        ...(group === undefined ? {} : { group }),
        ...(isTerminal ? { terminal: true as const } : {}),
      },
    ];
  }

  #handler(node: PNode): Step[] {
    const word = child(node, 'handler');
    const name = textOf(word) ?? '';
    const at = headOf(word ?? node);
    const answer = (to: (Action & { kind: 'answer' })['to']): Step[] => [{ at, action: { kind: 'answer', to } }];
    switch (name) {
      case 'reverse_proxy':
        return this.#proxy(node, at);
      case 'subroute':
        this.aside(child(child(node, 'errors'), 'routes'), 'requests that failed');
        return [{ at, action: { kind: 'steps', steps: this.steps(child(node, 'routes')) } }];
      case 'invoke':
        return this.#invoke(textOf(child(node, 'name')) ?? '', at);
      case 'static_response':
        return answer(staticAnswer(node));
      case 'error':
        return answer({ kind: 'answer', status: Number(textOf(child(node, 'status_code')) ?? 500) || 500 });
      case 'file_server':
        return textOf(child(node, 'pass_thru')) === 'true' ? [] : answer({ kind: 'answer', status: 'file' });
      case 'metrics':
        return answer({ kind: 'answer', status: 200 });
      default:
        return CHANGES.has(name) ? [changeOf(node, name, at)] : [];
    }
  }

  #proxy(node: PNode, at: Span): Step[] {
    const proxy = proxyOf(node, this.#found);
    for (const response of itemsOf(child(node, 'handle_response')))
      this.aside(child(response, 'routes'), 'some responses');
    const copies = itemsOf(child(node, 'handle_response')).some((one) => itemsOf(child(one, 'routes')).length > 0);
    // A request to a service that authenticates goes on when that answers with 2xx.
    const isAuth = copies && textOf(child(child(node, 'rewrite'), 'method')) === 'GET';
    if (!isAuth) return [{ at, action: { kind: 'proxy', proxy } }];
    this.#aside.push({ proxy, why: 'each request, before it goes on' });
    return [
      {
        at,
        action: {
          kind: 'change',
          name: 'forward_auth',
          value: written(flat(child(node, 'upstreams') ?? node), at),
          rewrites: false,
        },
      },
    ];
  }

  #invoke(name: string, at: Span): Step[] {
    const route = this.#named.get(name);
    if (route === undefined || this.#open.includes(name)) return [];
    this.#open.push(name);
    const steps = this.#route(route);
    this.#open.pop();
    return [{ at, action: { kind: 'steps', steps } }];
  }
}

function changeOf(node: PNode, name: string, at: Span): Step {
  return { at, action: { kind: 'change', name, value: written(flat(node), at), rewrites: REWRITES.has(name) } };
}

function staticAnswer(node: PNode): (Action & { kind: 'answer' })['to'] {
  if (textOf(child(node, 'abort')) === 'true') return { kind: 'answer', status: 'refused' };
  const location = itemsOf(child(child(node, 'headers'), 'Location'))[0];
  const status = Number(textOf(child(node, 'status_code')) ?? 200) || 200;
  if (location !== undefined && status >= 300 && status < 400)
    return { kind: 'redirect', location: textOf(location) ?? '' };
  return { kind: 'answer', status };
}

/** Sets of questions, any of which is enough. */
function conditionAt(match: PNode | undefined): Condition | undefined {
  const sets = itemsOf(match).flatMap((set) => {
    const condition = conditionOf(
      entriesOf(set).map(({ key, value }) => questionOf(key, value)),
      headOf(set),
    );
    return condition === undefined ? [] : [condition];
  });
  const [first, ...others] = sets;
  if (first === undefined || others.length === 0) return first;
  return { text: sets.map(({ text }) => text).join(' or '), at: first.at };
}

function questionOf(name: string, value: PNode): Question {
  const isList = value.kind === 'seq' && value.items.every(({ kind }) => kind === 'scalar');
  return { name, values: isList ? value.items.map(flat) : [flat(value)] };
}
