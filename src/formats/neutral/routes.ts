import { routeKey } from '../../model/keys.ts';
import type { Pool } from '../../model/pool.ts';
import {
  nameOfTarget,
  type Branch,
  type Entry,
  type Listen,
  type Listener,
  type Reference,
  type Route,
} from '../../model/route.ts';
import { child, headOf, itemsOf, type PNode } from '../../text/positioned.ts';
import { readStickiness } from './checks.ts';
import { dialect } from './dialect.ts';
import { readCondition, readMatch, readSettings, readTarget, targetPlace, type Scope } from './targets.ts';
import { orElse } from './values.ts';

/** A route with the text that says for people which requests it is for. */
export interface ReadRoute {
  readonly route: Route;
  readonly match: string | undefined;
}

/** One choice between targets. */
export function readRoute(node: PNode, index: number, scope: Scope): ReadRoute {
  const { values } = scope;
  const name = child(node, 'name');
  const at = headOf(name ?? node);
  const called = values.text(name)?.value ?? `routes[${index}]`;
  const drawnBy = values.text(child(node, 'drawnBy'))?.value;
  const stickiness = readStickiness(child(node, 'stickiness'), values);
  const watchesHealth = values.boolean(child(node, 'watchesHealth'));
  const spare = values.number(child(node, 'spare'));
  return {
    match: values.text(child(node, 'match'))?.value,
    route: {
      key: routeKey(dialect.format, scope.scope, called),
      name: called,
      at,
      kind: values.oneOf(child(node, 'kind'), ['weighted', 'failover', 'hash', 'first-match'])?.value ?? 'weighted',
      ...(drawnBy === undefined ? {} : { drawnBy }),
      ...(stickiness === undefined ? {} : { stickiness }),
      ...(watchesHealth === undefined ? {} : { watchesHealth }),
      ...(spare === undefined ? {} : { spill: { spare, standby: 'all', standbyBy: 'algorithm' } }),
      to: itemsOf(child(node, 'to')).flatMap((target) => readBranch(target, scope) ?? []),
    },
  };
}

function readBranch(node: PNode, scope: Scope): Branch | undefined {
  const { values } = scope;
  const to = readTarget(node, scope);
  if (to === undefined) return undefined;
  const at = targetPlace(node);
  const when = readCondition(node, scope);
  const part = values.number(child(node, 'part'))?.value;
  return {
    ...(when === undefined ? {} : { when }),
    to,
    weight: orElse(values.number(child(node, 'weight')), 1, at),
    ...(part === undefined ? {} : { part }),
    role: values.oneOf(child(node, 'role'), ['serves', 'fallback', 'copy'])?.value ?? 'serves',
    at,
  };
}

/** A listener with its hosts and the matches that decide, in order. */
export function readEntry(node: PNode, index: number, scope: Scope): Entry {
  const { values } = scope;
  const name = child(node, 'name');
  const called = values.text(name)?.value ?? `entries[${index}]`;
  return {
    key: `${dialect.format}\0${scope.scope}\0${called}`,
    name: called,
    at: headOf(name ?? node),
    listens: itemsOf(child(node, 'listens')).flatMap((item) => readListen(item, scope) ?? []),
    hosts: itemsOf(child(node, 'hosts')).flatMap((host) => values.text(host)?.value ?? []),
    matches: itemsOf(child(node, 'matches')).flatMap((match) => readMatch(match, scope) ?? []),
    settings: readSettings(child(node, 'settings'), scope),
  };
}

function readListen(node: PNode, { values }: Scope): Listen | undefined {
  const address = child(node, 'address');
  const text = values.text(address)?.value;
  if (address === undefined || text === undefined) return undefined;
  const flag = (key: string): boolean | undefined => values.boolean(child(node, key))?.value;
  const [tls, proxyProtocol, isDefault] = [flag('tls'), flag('proxyProtocol'), flag('default')];
  const options = values.text(child(node, 'options'))?.value;
  return {
    at: headOf(address),
    address: text,
    ...(tls === undefined ? {} : { tls }),
    ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
    ...(isDefault === undefined ? {} : { isDefault }),
    ...(options === undefined ? {} : { options }),
  };
}

/** The addresses with a port that entries listen on, and the pools that their requests can reach. */
export function listenersOf(entries: readonly Entry[]): readonly Listener[] {
  return entries.flatMap(({ name, listens, matches }) => {
    const pools = matches.map(({ to }) => (to.kind === 'pool' ? to.name : undefined)).filter((to) => to !== undefined);
    const leadsTo = pools.length === matches.length ? { leadsTo: pools } : {};
    return listens.flatMap(({ at, address, proxyProtocol }): Listener[] => {
      const [, host = '', port] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
      if (port === undefined) return [];
      const bare = host.replace(/^\[(.*)\]$/, '$1');
      return [
        {
          at,
          host: bare === '' ? '*' : bare,
          port: Number(port),
          acceptsProxyProtocol: proxyProtocol === true,
          from: name,
          ...leadsTo,
        },
      ];
    });
  });
}

/** The places of this format that send traffic to a pool: targets of routes, and matches of entries. */
export function referencesOf(
  routes: readonly ReadRoute[],
  entries: readonly Entry[],
  protocols: ReadonlyMap<string, Pool['protocol']>,
): readonly Reference[] {
  const to = (name: string): Pick<Reference, 'pool' | 'protocol' | 'timeouts' | 'options'> => ({
    pool: name,
    protocol: protocols.get(name) ?? 'unknown',
    timeouts: {},
    options: new Map(),
  });
  return [
    ...routes.flatMap(({ route, match }) => {
      const total = route.to.reduce((sum, { weight }) => sum + (weight.value ?? Number.NaN), 0);
      return route.to.flatMap(({ to: target, weight, at }): Reference[] => {
        if (target.kind !== 'pool') return [];
        const share =
          route.kind === 'weighted' && total > 0 && weight.value !== total
            ? { share: (weight.value ?? 0) / total }
            : {};
        const when = match === undefined ? {} : { when: match };
        return [
          { kind: 'routes.to', isPart: true, from: `route ${route.name}`, ...when, ...share, at, ...to(target.name) },
        ];
      });
    }),
    ...entries.flatMap((entry) =>
      entry.matches.flatMap(({ when, to: target, at }): Reference[] =>
        target.kind === 'pool'
          ? [
              {
                kind: 'entries.matches',
                from: entry.name,
                ...(when === undefined || when.text === '' ? {} : { when: when.text }),
                ...(when?.chance === undefined ? {} : { share: when.chance }),
                at,
                ...to(nameOfTarget(target)),
              },
            ]
          : [],
      ),
    ),
  ];
}
