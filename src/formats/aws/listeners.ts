import type { Entry, Listen, Match, Reference, Route } from '../../model/route.ts';
import { implied, type Setting, type Span } from '../../model/span.ts';
import { appendTo } from '../../text/append.ts';
import { say } from '../../text/say.ts';
import { readActions, type Led } from './actions.ts';
import { isHttpProtocol } from './balancers.ts';
import { conditionOf } from './conditions.ts';
import { checkPriorities } from './faults.ts';
import type { Found } from './found.ts';
import { NAMING, plainText, settingsOf } from './settings.ts';
import { argument, numberOf, textOfValue, type Resource } from './values.ts';

/** What the listeners of a config give. */
export interface Front {
  readonly entries: readonly Entry[];
  readonly routes: readonly Route[];
  readonly references: readonly Reference[];
  /** The load balancers that lead to each target group. */
  readonly balancers: ReadonlyMap<Resource, readonly Resource[]>;
}

/** A rule of a listener, or its default action. */
interface Asked {
  readonly match: Match;
  readonly led: Led;
  readonly priority: number;
}

/**
 * Listeners as entries: rules from the lowest priority up, then the default action. Rules of a listener that is in none of the
 * files are an entry of their own, with rules that nobody knows behind them.
 */
export function readListeners(found: Found): Front {
  const rules = new Map<Resource | string, Resource[]>();
  for (const rule of found.of('aws_lb_listener_rule')) {
    const value = argument(rule.args, 'listener_arn');
    const listener = found.resource(value, 'aws_lb_listener');
    appendTo(rules, listener ?? (value === undefined ? '' : (plainText(value) ?? '')), rule);
  }
  const front = new Builder(found);
  for (const listener of found.of('aws_lb_listener')) front.listener(listener, rules.get(listener) ?? []);
  for (const [listener, own] of rules) if (typeof listener === 'string') front.elsewhere(listener, own);
  return front;
}

class Builder implements Front {
  readonly entries: Entry[] = [];
  readonly routes: Route[] = [];
  readonly references: Reference[] = [];
  readonly balancers = new Map<Resource, Resource[]>();
  readonly #found: Found;

  constructor(found: Found) {
    this.#found = found;
  }

  listener(listener: Resource, rules: readonly Resource[]): void {
    const { args, at, address } = listener;
    const name = `listener ${this.#found.nameOf(listener)}`;
    const balancer = this.#found.resource(argument(args, 'load_balancer_arn'), 'aws_lb');
    const fallback = readActions(listener, 'listener', 'default_action', this.#found);
    const asked = [...this.#rules(rules), { match: matchOf(fallback), led: fallback, priority: Infinity }];
    this.entries.push({
      key: `${this.#found.scope}\0${address}`,
      name,
      at,
      listens: [listenOf(listener, balancer, this.#found)],
      hosts: [],
      matches: asked.map(({ match }) => match),
      settings: new Map([...balancerSettings(balancer), ...settingsOf(args, MODELLED)]),
    });
    const protocol = protocolOf(textOfValue(argument(args, 'protocol'))?.value);
    this.#references(asked, name, protocol, balancer);
  }

  elsewhere(listener: string, rules: readonly Resource[]): void {
    const [first] = rules;
    if (first === undefined) return;
    const name = `listener ${listener}`;
    const asked = this.#rules(rules);
    const why = say`the other rules of the listener are in none of these files`;
    this.entries.push({
      key: `${this.#found.scope}\0${name}`,
      name,
      at: first.at,
      listens: [],
      hosts: [],
      matches: [...asked.map(({ match }) => match), { at: first.at, to: { kind: 'unknown', why } }],
      settings: new Map(),
    });
    this.#references(asked, name, 'http', undefined);
  }

  /** The lowest priority first; those without one come last, as Terraform numbers them after all others. */
  #rules(rules: readonly Resource[]): Asked[] {
    checkPriorities(rules, this.#found);
    return rules
      .map((rule): Asked => {
        const led = readActions(rule, 'rule', 'action', this.#found);
        const when = conditionOf(rule.args, rule.at);
        const match = matchOf(led);
        const priority = numberOf(argument(rule.args, 'priority'))?.value ?? Number.MAX_SAFE_INTEGER;
        return { led, priority, match: when === undefined ? match : { when, ...match } };
      })
      .toSorted((a, b) => a.priority - b.priority);
  }

  #references(
    asked: readonly Asked[],
    from: string,
    protocol: Reference['protocol'],
    balancer: Resource | undefined,
  ): void {
    for (const { match, led } of asked) {
      if (led.route !== undefined) this.routes.push(led.route);
      const base = {
        kind: 'forward',
        from,
        protocol,
        timeouts: {},
        options: new Map<string, never>(),
        ...(match.when === undefined ? {} : { when: match.when.text }),
        ...(led.route === undefined ? {} : { isPart: true as const }),
      } satisfies Omit<Reference, 'pool' | 'at'>;
      for (const { group, at } of led.groups) {
        this.references.push({ ...base, at, pool: this.#found.nameOf(group) });
        if (balancer !== undefined && this.balancers.get(group)?.includes(balancer) !== true)
          appendTo(this.balancers, group, balancer);
      }
      if (led.open !== undefined) this.references.push({ ...base, at: led.open, pool: undefined });
    }
  }
}

function matchOf({ to, at, changes }: Led): Match {
  return { at, to, ...(changes.size === 0 ? {} : { changes }) };
}

/** `app:443`: the name of the load balancer and the port. */
function listenOf({ args, at }: Resource, balancer: Resource | undefined, found: Found): Listen {
  const port = numberOf(argument(args, 'port'));
  const protocol = textOfValue(argument(args, 'protocol'));
  const place: Span = port?.at ?? at;
  const host = balancer === undefined ? '*' : found.nameOf(balancer);
  return {
    at: place,
    address: `${host}:${port?.value ?? 'unknown'}`,
    ...(protocol?.value === 'HTTPS' || protocol?.value === 'TLS' ? { tls: true } : {}),
    ...(protocol?.value === undefined || isHttpProtocol(protocol.value) ? {} : { options: protocol.value }),
  };
}

function protocolOf(protocol: string | undefined): Reference['protocol'] {
  if (protocol === undefined || protocol === 'HTTP' || protocol === 'HTTPS') return 'http';
  return protocol === 'UDP' || protocol === 'QUIC' ? 'udp' : 'tcp';
}

/** What the entry itself carries. */
const MODELLED: ReadonlySet<string> = new Set([
  ...NAMING,
  'load_balancer_arn',
  'port',
  'protocol',
  'default_action',
  'certificate_arn',
  'ssl_policy',
]);

/** Settings of the load balancer hold for all of its listeners. */
function balancerSettings(balancer: Resource | undefined): ReadonlyMap<string, Setting<string>> {
  if (balancer === undefined || balancer.external === true) return new Map();
  const kind = textOfValue(argument(balancer.args, 'load_balancer_type')) ?? implied('application', balancer.at);
  return new Map([['aws_lb.load_balancer_type', kind], ...settingsOf(balancer.args, BALANCER_MODELLED, 'aws_lb.')]);
}

const BALANCER_MODELLED: ReadonlySet<string> = new Set([
  ...NAMING,
  'access_logs',
  'connection_logs',
  'enable_deletion_protection',
  'load_balancer_type',
  'enable_cross_zone_load_balancing',
  'drop_invalid_header_fields',
]);
