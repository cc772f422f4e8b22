import type { HashKey } from '../../model/algorithm.ts';
import type { Entry, Listen, Match, Reference, Target } from '../../model/route.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import type { Stickiness } from '../../model/traffic.ts';
import { headOf, type PNode } from '../../text/positioned.ts';
import { say } from '../../text/say.ts';
import { readAction, type Sent } from './actions.ts';
import { conditionOf } from './conditions.ts';
import { domainFaults } from './cross-faults.ts';
import { dialect } from './dialect.ts';
import { use, type Retry, type World } from './found.ts';
import { at, durationAt, listOf, numberAt, rawAt, textAt } from './nodes.ts';
import { readHash } from './policy.ts';
import { settingsOf } from './settings.ts';

/** What requests meet before the routes. */
export interface Front {
  readonly label: string;
  readonly listens: readonly Listen[];
  readonly settings: ReadonlyMap<string, Setting<string>>;
  /** Answers of filters. */
  readonly before: readonly Match[];
  readonly stickiness?: Stickiness;
  /** The retry policy of a wider place, which a narrower one replaces. */
  readonly retries: PNode | undefined;
}

const CONFIG_FIELDS = ['@type', 'name', 'virtual_hosts', 'validate_clusters'];
const HOST_FIELDS = ['name', 'domains', 'routes', 'retry_policy'];
const ROUTE_FIELDS = ['match', 'route', 'redirect', 'direct_response', 'name'];
const ACTION_FIELDS = [
  'cluster',
  'weighted_clusters',
  'metadata_match',
  'hash_policy',
  'retry_policy',
  'timeout',
  'request_mirror_policies',
];

/** The virtual hosts of a route configuration, each an entry; its routes are asked in their order. */
export function readVirtualHosts(config: PNode, front: Front, world: World): void {
  const shared = new Map([...front.settings, ...settingsOf(config, '', CONFIG_FIELDS)]);
  const names = named(config);
  world.found.problems.push(...domainFaults(config));
  for (const host of listOf(at(config, 'virtual_hosts'))) {
    const name = rawAt(at(host, 'name')) ?? '';
    const label = `${front.label}, virtual host ${name}`;
    const retries = at(host, 'retry_policy') ?? front.retries;
    const routes = listOf(at(host, 'routes')).map((route) =>
      readRoute(route, { ...front, label, retries, settings: new Map() }, [...names, ...named(host)], world),
    );
    const others = at(host, 'matcher') === undefined ? [] : [byMatcher(host)];
    world.found.entries.push({
      key: `${dialect.format} ${label}`,
      name: label,
      at: headOf(at(host, 'name') ?? host),
      listens: front.listens,
      hosts: hostsOf(host),
      matches: [...front.before, ...routes, ...others],
      settings: new Map([...shared, ...settingsOf(host, 'virtual_host.', HOST_FIELDS)]),
    });
  }
}

/** Headers that a place adds to answers, which may name the server. */
function named(node: PNode): readonly PNode[] {
  return listOf(at(node, 'response_headers_to_add'));
}

function hostsOf(host: PNode): Entry['hosts'] {
  const domains = listOf(at(host, 'domains')).flatMap((domain) => rawAt(domain) ?? []);
  return domains.includes('*') ? [] : domains;
}

function byMatcher(host: PNode): Match {
  const to: Target = { kind: 'unknown', why: say`a tree of matchers decides where the requests go` };
  return { at: headOf(at(host, 'matcher') ?? host), to };
}

function readRoute(route: PNode, front: Front, headers: readonly PNode[], world: World): Match {
  const match = at(route, 'match');
  const action = at(route, 'route');
  const place = headOf(match ?? route);
  const when = conditionOf(match, place);
  const own = rawAt(at(route, 'name'));
  const { to, sent } = readAction(route, `${own ?? when?.text ?? 'every request'} of ${front.label}`, world);
  const retries = at(action, 'retry_policy') ?? front.retries;
  const hash = readHash(listOf(at(action, 'hash_policy')));
  const shown = [...headers, ...named(route)];
  for (const one of sent) addReference(one, when?.text, { action, front, hash, retries, shown }, world);
  const changes = new Map([
    ...settingsOf(route, '', ROUTE_FIELDS),
    ...settingsOf(action, '', ACTION_FIELDS),
    ...settingsOf(at(route, 'redirect'), 'redirect.'),
    ...settingsOf(at(route, 'direct_response'), 'direct_response.', ['status']),
  ]);
  return {
    at: place,
    to,
    ...(when === undefined ? {} : { when }),
    ...(changes.size === 0 ? {} : { changes }),
  };
}

interface Where {
  readonly action: PNode | undefined;
  readonly front: Front;
  readonly hash: HashKey | 'none';
  readonly retries: PNode | undefined;
  readonly shown: readonly PNode[];
}

function addReference(
  { target, cluster, at: place, share, isPart }: Sent,
  when: string | undefined,
  where: Where,
  world: World,
): void {
  const { action, front, hash, retries, shown } = where;
  const timeout = durationAt(at(action, 'timeout'));
  const retry = retries === undefined ? undefined : readRetry(retries);
  if (target.kind === 'pool')
    use(world, target.name, {
      at: place,
      protocol: 'http',
      hash,
      ...(front.stickiness === undefined ? {} : { stickiness: front.stickiness }),
      ...(retry === undefined ? {} : { retry }),
    });
  world.found.references.push({
    kind: 'route',
    at: place,
    from: front.label,
    pool: target.kind === 'pool' ? target.name : target.kind === 'route' ? cluster : undefined,
    protocol: 'http',
    timeouts: timeout === undefined ? {} : { serverMs: timeout },
    options: headerOptions(shown),
    ...(when === undefined ? { takesAll: true as const } : { when }),
    ...(share === undefined ? {} : { share }),
    ...(isPart === undefined ? {} : { isPart }),
  });
}

/** The values of headers that answers get, by the headers' names. */
function headerOptions(headers: readonly PNode[]): Reference['options'] {
  return new Map(
    headers.flatMap((header) => {
      const value = textAt(at(header, 'header', 'value'));
      const name = rawAt(at(header, 'header', 'key')) ?? '';
      return value === undefined ? [] : [[`response_headers_to_add.${name}`, value] as const];
    }),
  );
}

/** Conditions under which no server has taken the request yet. */
const BEFORE_ANY: ReadonlySet<string> = new Set(['connect-failure', 'refused-stream', 'reset-before-request']);

/** One more try unless a number is written. */
function readRetry(node: PNode): Retry | undefined {
  const on = textAt(at(node, 'retry_on'));
  if (on?.value === undefined || on.value === '') return undefined;
  const place: Span = headOf(node);
  const words = on.value.split(',').map((word) => word.trim());
  const predicates = listOf(at(node, 'retry_host_predicate'));
  const elsewhere = predicates.find((one) => /previous_hosts/.test(rawAt(at(one, 'name')) ?? ''));
  return {
    times: numberAt(at(node, 'num_retries')) ?? implied(1, place),
    ...(words.every((word) => BEFORE_ANY.has(word)) ? {} : { answers: written(true, on.at) }),
    ...(elsewhere === undefined ? {} : { elsewhere: written(true, headOf(elsewhere)) }),
  };
}
