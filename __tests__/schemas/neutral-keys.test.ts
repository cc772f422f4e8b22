import { readFileSync } from 'node:fs';
import { diffDocument, flowDocument } from '../../src/compare/diff-document.ts';
import { routeParts } from '../../src/compare/flow.ts';
import { predict } from '../../src/compare/predict.ts';
import { RULES } from '../../src/rules/list.ts';
import { poolDocument } from '../../src/settings/pool-document.ts';
import { changeOf, findings, shown } from '../support/run-rules.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly { readonly then?: Schema }[];
  readonly then?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(readFileSync('schemas/neutral.schema.json', 'utf8')) as Schema;

/** Every key that the schema accepts, as `definition.key`; inside `lookup` and `algorithmMap` also those of one kind. */
function keysOf(name: string, part: Schema): string[] {
  const own = Object.entries(part.properties ?? {}).flatMap(([key, inner]) => [
    `${name}.${key}`,
    ...keysOf(`${name}.${key}`, inner),
  ]);
  const inner = [part.then, ...(part.allOf ?? []).map(({ then }) => then)].flatMap((then) =>
    then === undefined ? [] : keysOf(name, then),
  );
  return [...new Set([...own, ...inner])];
}

/** What says which schema is meant, or is for people who read the file. */
const LABELS = ['file.$schema', 'file.version', 'file.name'];

const doc = (pool: string, server: string, root: string): string => `version: 1
${root === '' ? '# nothing' : root}
pools:
  - name: app
    ${pool === '' ? '# nothing' : pool}
    servers:
      - { name: s1, address: web1.example, port: 80${server === '' ? '' : `, ${server}`} }
      - { name: s2, address: 10.0.0.2, port: 80 }
  - name: other
    servers: [{ address: 10.0.0.3 }]
`;

/** Everything that a run prints of a change, apart from texts that only lay it out. */
function output(before: string, after: string): string {
  const change = changeOf('neutral', before, after);
  expect(change.head.flatMap(({ problems }) => problems.map(({ what }) => JSON.stringify(what.parts)))).toEqual([]);
  const [config] = change.head;
  return JSON.stringify({
    diff: diffDocument(change),
    pools: config?.pools.map((pool) => poolDocument(pool, predict(pool))),
    routes: config?.routes.map((route) => [routeParts(route, change.head), route.to.map(({ part }) => part)]),
    entries: change.entries.map(({ head }) => head && flowDocument(head.total)),
    findings: findings(RULES, change).map(shown),
  });
}

type Where = 'pool' | 'server' | 'root';
type Pair = readonly [where: Where, before: string, after: string];

const cookie = (more: string): string => `stickiness: { type: cookie, name: a${more} }`;
const check = (inside: string): Pair => ['pool', 'healthCheck: {}', `healthCheck: { ${inside} }`];
const passive = (inside: string): Pair => ['pool', 'passiveHealth: {}', `passiveHealth: { ${inside} }`];
const inPool = (after: string, before = ''): Pair => ['pool', before, after];
const inServer = (after: string, before = ''): Pair => ['server', before, after];
const inRoot = (after: string, before = ''): Pair => ['root', before, after];
const algorithm = (after: string, before: string): Pair =>
  inPool(`algorithm: { ${after} }`, `algorithm: { ${before} }`);
const lookup = (after: string, before: string): Pair =>
  algorithm(
    `kind: hash, key: { of: uri }, lookup: { ${after} }`,
    `kind: hash, key: { of: uri }, lookup: { ${before} }`,
  );
const RING = 'table: ring, points: { perWeight: 40 }';
const drawn = (after: string, before = RING): Pair =>
  algorithm(`kind: random, draw: { ${after} }`, `kind: random, draw: { ${before} }`);
const way = (inside: string): string => `routes: [{ name: way, ${inside} }]`;
const route = (after: string, before = 'to: [{ pool: app }]'): Pair => inRoot(way(after), way(before));
const branch = (after: string, before = 'pool: other'): Pair =>
  route(`to: [{ pool: app }, { ${after} }]`, `to: [{ pool: app }, { ${before} }]`);
const web = (inside: string): string => `entries: [{ name: web, ${inside} }]`;
const entry = (after: string, before: string): Pair => inRoot(web(after), web(before));
const match = (after: string, before = 'to: { pool: app }'): Pair =>
  entry(`matches: [{ ${after} }]`, `matches: [{ ${before} }]`);
const listen = (more: string): Pair => entry(`listens: [{ address: ':80'${more} }]`, "listens: [{ address: ':80' }]");
const defaults = (inside: string): Pair => inRoot(`defaults: { ${inside} }`);
const NESTED = ', { name: sub, to: [{ pool: other }] }]';
const nested = (inside: string): string => `routes: [{ name: way, to: [{ ${inside} }] }${NESTED}`;

/** Two values of every key, or the key and its absence. */
const PAIRS: Readonly<Record<string, Pair>> = {
  'stickiness.type': inPool('stickiness: { type: table }'),
  'stickiness.name': inPool('stickiness: { type: cookie, name: b }', cookie('')),
  'stickiness.ttl': inPool(cookie(', ttl: 5m'), cookie('')),
  'stickiness.values': inPool(cookie(', values: made'), cookie('')),
  'healthCheck.enabled': inPool('healthCheck: { enabled: false }'),
  'healthCheck.type': check('type: tcp'),
  'healthCheck.path': check('path: /up'),
  'healthCheck.port': check('port: 81'),
  'healthCheck.host': check('host: a.example'),
  'healthCheck.method': check('method: HEAD'),
  'healthCheck.expectStatus': check('expectStatus: [204]'),
  'healthCheck.interval': check('interval: 9s'),
  'healthCheck.timeout': check('timeout: 1s'),
  'healthCheck.healthyAfter': check('healthyAfter: 4'),
  'healthCheck.unhealthyAfter': check('unhealthyAfter: 4'),
  'healthCheck.retryInterval': check('retryInterval: 1s'),
  'healthCheck.version': check('version: HTTP/1.1'),
  'healthCheck.follows': check('follows: other/s1'),
  'passiveHealth.maxFails': passive('maxFails: 4'),
  'passiveHealth.window': passive('window: 9s'),
  'passiveHealth.ejectFor': passive('ejectFor: 9s'),
  'passiveHealth.maxEjected': passive('maxEjected: 0.3'),
  'passiveHealth.sees': passive('sees: answers'),
  'timeouts.connect': inPool('timeouts: { connect: 1s }'),
  'timeouts.request': inPool('timeouts: { request: 1s }'),
  'timeouts.idle': inPool('timeouts: { idle: 1s }'),
  'timeouts.queue': inPool('timeouts: { queue: 1s }'),
  'timeouts.drain': inPool('timeouts: { drain: 1s }'),
  'timeouts.client': inPool('timeouts: { client: 1s }'),
  'retry.attempts': inPool('retry: { attempts: 2 }'),
  'retry.perTryTimeout': inPool('retry: { perTryTimeout: 1s }'),
  'retry.budget': inPool('retry: { budget: 0.1 }'),
  'retry.nonIdempotent': inPool('retry: { nonIdempotent: true }'),
  'retry.answers': inPool('retry: { answers: false }'),
  'capacity.rps': inServer('capacity: { rps: 5 }'),
  'capacity.connections': inServer('capacity: { connections: 5 }'),
  'capacity.cpu': inServer('capacity: { cpu: 5 }'),
  'capacity.units': inServer('capacity: { units: 5 }'),
  'serverDefaults.weight': defaults('server: { weight: 0 }'),
  'serverDefaults.port': ['root', '', 'defaults: { server: { port: 81 } }'],
  'serverDefaults.maxConnections': defaults('server: { maxConnections: 7 }'),
  'serverDefaults.capacity': defaults('server: { capacity: { rps: 5 } }'),
  'server.weight': inServer('weight: 3'),
  'server.tier': inServer('tier: backup'),
  'server.priority': inServer('priority: 2', 'priority: 1'),
  'server.state': inServer('state: unknown'),
  'server.zone': inServer('zone: a'),
  'server.locality': inServer('locality: here'),
  'server.count': inServer('count: 3'),
  'server.named': inServer('count: 3, named: prefix', 'count: 3'),
  'server.maxConnections': inServer('maxConnections: 7'),
  'server.slowStart': inServer('slowStart: 7s'),
  'server.stickyValue': inServer('stickyValue: a'),
  'server.id': inServer('id: 7'),
  'server.hashedAs': inServer('hashedAs: a'),
  'server.tls': inServer('tls: true'),
  'server.resolves': inServer('resolves: all'),
  'server.healthCheck': inServer('healthCheck: { type: tcp }'),
  'server.proxyHeader': inServer('proxyHeader: true'),
  'server.capacity': inServer('capacity: { rps: 5 }'),
  'server.identify': inServer('identify: [a]'),
  'server.source': inServer('source: { file: a.conf }'),
  'source.file': inServer('source: { file: b.conf }', 'source: { file: a.conf }'),
  'source.line': inServer('source: { file: a.conf, line: 2 }', 'source: { file: a.conf }'),
  'source.column': inServer('source: { file: a.conf, column: 2 }', 'source: { file: a.conf }'),
  'expect.split': inPool('expect: { split: weights }'),
  'expect.tolerance': inPool('expect: { tolerance: 0.2 }'),
  'expect.maxShareRatio': inPool('expect: { maxShareRatio: 2 }'),
  'expect.minServers': inPool('expect: { minServers: 2 }'),
  'expect.maxErrorRate': inPool('expect: { maxErrorRate: 0.2 }'),
  'expect.maxLatencyRatio': inPool('expect: { maxLatencyRatio: 2 }'),
  'expect.surviveLoss': inPool('expect: { surviveLoss: 2 }'),
  'expect.peakRps': inPool('expect: { peakRps: 20 }'),
  'pool.protocol': inPool('protocol: tcp'),
  'pool.algorithm': inPool('algorithm: random'),
  'pool.hashOn': inPool('algorithm: header-hash\n    hashOn: x-user', 'algorithm: header-hash\n    hashOn: x-team'),
  'pool.stickiness': inPool('stickiness: { type: table }'),
  'pool.healthCheck': inPool('healthCheck: { type: tcp }'),
  'pool.passiveHealth': inPool('passiveHealth: { maxFails: 4 }'),
  'pool.timeouts': inPool('timeouts: { connect: 1s }'),
  'pool.retry': inPool('retry: { attempts: 2 }'),
  'pool.slowStart': inPool('slowStart: 9s'),
  'pool.panicThreshold': inPool('panicThreshold: 0.4'),
  'pool.panicThreshold.servers': inPool('panicThreshold: { servers: 2 }'),
  'pool.spare': inPool('spare: 1.4'),
  'pool.standby': inPool('standby: first'),
  'pool.standbyBy': inPool('standbyBy: round-robin'),
  'pool.zones': inPool('zones: separate'),
  'pool.dynamic': inPool('dynamic: true'),
  'pool.caveats': inPool('caveats: [{ reason: a table }]'),
  'caveat.reason': inPool('caveats: [{ reason: a table }]', 'caveats: [{ reason: a file }]'),
  'caveat.bends': inPool('caveats: [{ reason: a table, bends: all }]', 'caveats: [{ reason: a table }]'),
  'pool.answers': inPool('answers: [{ to: { answer: 403 } }]'),
  'pool.expect': inPool('expect: { surviveLoss: 2 }'),
  'pool.source': inPool('source: { file: a.conf }'),
  'algorithmMap.kind': algorithm('kind: random', 'kind: round-robin'),
  'algorithmMap.native': algorithm('kind: random, native: rnd', 'kind: random'),
  'algorithmMap.fixed': algorithm('kind: random, fixed: true', 'kind: random'),
  'algorithmMap.serves': algorithm('kind: round-robin, serves: in-blocks', 'kind: round-robin'),
  'algorithmMap.weights': algorithm('kind: round-robin, weights: ignored', 'kind: round-robin'),
  'algorithmMap.idle': algorithm('kind: least-connections, idle: equal', 'kind: least-connections'),
  'algorithmMap.loaded': algorithm('kind: least-connections, loaded: equal', 'kind: least-connections'),
  'algorithmMap.choices': algorithm('kind: random, choices: 2', 'kind: random'),
  'algorithmMap.draw': algorithm('kind: random, draw: equal', 'kind: random'),
  'algorithmMap.key': algorithm('kind: hash, key: { of: uri }', 'kind: hash, key: { of: source }'),
  'algorithmMap.lookup': algorithm(
    'kind: hash, key: { of: uri }, lookup: { table: maglev }',
    'kind: hash, key: { of: uri }',
  ),
  'algorithmMap.without': algorithm('kind: hash, key: { of: uri }, without: random', 'kind: hash, key: { of: uri }'),
  'algorithmMap.order': algorithm('kind: fill, order: id', 'kind: fill'),
  'hashKey.of': algorithm('kind: hash, key: { of: uri, name: k }', 'kind: hash, key: { of: query, name: k }'),
  'hashKey.name': algorithm('kind: hash, key: { of: uri, name: k }', 'kind: hash, key: { of: uri }'),
  'ring.table': algorithm(`kind: random, draw: { ${RING} }`, 'kind: random, draw: equal'),
  'ring.points': drawn('table: ring, points: { perWeight: 9 }'),
  'ring.points.perWeight': drawn('table: ring, points: { perWeight: 9 }'),
  'ring.points.min': drawn('table: ring, points: { min: 2, max: 9 }', 'table: ring, points: { min: 1, max: 9 }'),
  'ring.points.max': drawn('table: ring, points: { min: 1, max: 8 }', 'table: ring, points: { min: 1, max: 9 }'),
  'ring.place': drawn(`${RING}, place: id`),
  'ring.hash': drawn(`${RING}, hash: xxhash64`),
  'ring.owner': drawn(`${RING}, owner: nearest`),
  'lookup.table': lookup('table: maglev', 'table: slots'),
  'lookup.points': lookup('table: ring, points: { perWeight: 9 }', RING),
  'lookup.points.perWeight': lookup('table: ring, points: { perWeight: 9 }', RING),
  'lookup.points.min': lookup('table: ring, points: { min: 2, max: 9 }', 'table: ring, points: { min: 1, max: 9 }'),
  'lookup.points.max': lookup('table: ring, points: { min: 1, max: 8 }', 'table: ring, points: { min: 1, max: 9 }'),
  'lookup.place': lookup(`${RING}, place: id`, RING),
  'lookup.hash': lookup('table: rendezvous, hash: even', 'table: rendezvous'),
  'lookup.owner': lookup(`${RING}, owner: nearest`, RING),
  'lookup.order': lookup('table: slots, order: interleaved', 'table: slots'),
  'lookup.down': lookup('table: slots, down: retry', 'table: slots'),
  'lookup.size': lookup('table: maglev, size: 251', 'table: maglev'),
  'target.pool': match('to: { pool: other }'),
  'target.route': [
    'root',
    `entries: [{ name: web, matches: [] }]\n${nested('pool: app')}`,
    `entries: [{ name: web, matches: [{ to: { route: sub } }] }]\n${nested('pool: app')}`,
  ],
  'target.answer': match('to: { answer: 503 }'),
  'target.redirect': match('to: { redirect: /a }'),
  'target.decidedBy': match('to: { decidedBy: a map }'),
  'target.among': match('to: { decidedBy: a map, among: [app] }', 'to: { decidedBy: a map }'),
  'match.when': match('when: path /a, to: { pool: app }'),
  'match.chance': match('chance: 0.5, to: { pool: app }'),
  'match.drawnBy': entry(
    'matches: [{ chance: 0.5, drawnBy: k, to: { pool: app } }, { chance: 0.5, drawnBy: k, to: { pool: other } }]',
    'matches: [{ chance: 0.5, to: { pool: app } }, { chance: 0.5, to: { pool: other } }]',
  ),
  'match.to': match('to: { pool: other }'),
  'match.changes': match('to: { pool: app }, changes: { path: /a }'),
  'branch.pool': branch('pool: app'),
  'branch.route': inRoot(nested('route: sub'), nested('pool: app')),
  'branch.answer': branch('answer: 503'),
  'branch.redirect': branch('redirect: /a'),
  'branch.decidedBy': branch('decidedBy: a map'),
  'branch.among': inRoot(
    `${way('to: [{ decidedBy: a map, among: [app] }]')}\n${web('matches: [{ to: { route: way } }]')}`,
    `${way('to: [{ decidedBy: a map }]')}\n${web('matches: [{ to: { route: way } }]')}`,
  ),
  'branch.weight': branch('pool: other, weight: 3'),
  'branch.role': branch('pool: other, role: fallback'),
  'branch.part': branch('pool: other, role: copy, part: 0.5', 'pool: other, role: copy'),
  'branch.when': route(
    'kind: first-match, to: [{ pool: app, when: path /a }, { pool: other }]',
    'kind: first-match, to: [{ pool: app }, { pool: other }]',
  ),
  'branch.chance': route(
    'kind: first-match, to: [{ pool: app, chance: 0.1 }, { pool: other }]',
    'kind: first-match, to: [{ pool: app, chance: 0.2 }, { pool: other }]',
  ),
  'route.match': route('match: host a, to: [{ pool: app }, { pool: other }]', 'to: [{ pool: app }, { pool: other }]'),
  'route.kind': route('kind: failover, to: [{ pool: app }, { pool: other }]', 'to: [{ pool: app }, { pool: other }]'),
  'route.drawnBy': inRoot(
    'routes: [{ name: way, drawnBy: k, to: [{ route: sub }, { pool: app }] }, { name: sub, drawnBy: k, to: [{ pool: app }, { pool: other }] }]\nentries: [{ name: web, matches: [{ to: { route: way } }] }]',
    'routes: [{ name: way, to: [{ route: sub }, { pool: app }] }, { name: sub, drawnBy: k, to: [{ pool: app }, { pool: other }] }]\nentries: [{ name: web, matches: [{ to: { route: way } }] }]',
  ),
  'route.to': route('to: [{ pool: other }]'),
  'entry.listens': entry("listens: [{ address: ':81' }]", "listens: [{ address: ':80' }]"),
  'entry.hosts': entry('hosts: [a.example]', 'hosts: [b.example]'),
  'entry.matches': entry('matches: [{ to: { pool: app } }]', 'matches: []'),
  'entry.settings': entry('settings: { limit: 1m }', 'settings: { limit: 2m }'),
  'listen.address': entry("listens: [{ address: ':81' }]", "listens: [{ address: ':80' }]"),
  'listen.tls': listen(', tls: true'),
  'listen.proxyProtocol': listen(', proxyProtocol: true'),
  'listen.default': listen(', default: true'),
  'listen.options': listen(', options: http2'),
  'file.defaults': defaults('algorithm: random'),
  'file.defaults.algorithm': defaults('algorithm: random'),
  'file.defaults.stickiness': defaults('stickiness: { type: table }'),
  'file.defaults.healthCheck': defaults('healthCheck: { type: tcp }'),
  'file.defaults.passiveHealth': defaults('passiveHealth: { maxFails: 4 }'),
  'file.defaults.timeouts': defaults('timeouts: { connect: 1s }'),
  'file.defaults.retry': defaults('retry: { attempts: 2 }'),
  'file.defaults.slowStart': defaults('slowStart: 9s'),
  'file.defaults.server': defaults('server: { maxConnections: 7 }'),
  'file.defaults.expect': defaults('expect: { surviveLoss: 2 }'),
  'file.routes': inRoot(way('to: [{ pool: app }]')),
  'file.entries': inRoot(web('matches: [{ to: { pool: app } }]')),
};

/** Texts for keys that the frame of `doc` has already, or that take more than one place. */
const WHOLE: Readonly<Record<string, readonly [before: string, after: string]>> = Object.fromEntries(
  (
    [
      ['server.name', 'name: s1', 'name: s9'],
      ['server.address', '10.0.0.2', '10.0.0.9'],
      ['server.port', 'port: 80 }', 'port: 81 }'],
      ['pool.name', 'name: other', 'name: another'],
      ['pool.servers', '[{ address: 10.0.0.3 }]', '[{ address: 10.0.0.4 }]'],
      ['file.pools', '  - name: other\n    servers: [{ address: 10.0.0.3 }]\n', ''],
      [
        'pool.localities',
        '# nothing\n    servers',
        'localities: [{ name: here, weight: 2 }]\n    zones: weighted\n    servers',
      ],
      ['locality.name', '# nothing\n    servers', 'localities: [{ name: here }]\n    zones: weighted\n    servers'],
      [
        'locality.weight',
        '# nothing\n    servers',
        'localities: [{ name: here, weight: 3 }]\n    zones: weighted\n    servers',
      ],
      ['route.name', '# nothing\npools', 'routes: [{ name: way, to: [{ pool: app }] }]\npools'],
      [
        'route.stickiness',
        '# nothing\npools',
        'routes: [{ name: way, stickiness: { type: table }, to: [{ pool: app }] }]\npools',
      ],
      ['entry.name', '# nothing\npools', 'entries: [{ name: web }]\npools'],
    ] as const
  ).map(([key, from, to]) => {
    const base = doc('', 'locality: here', '');
    return [key, [base, base.replace(from, to)]];
  }),
);

const DEAD = (more: string): string =>
  doc('', 'state: down', `routes: [{ name: way, ${more}to: [{ pool: gone }, { pool: other }] }]`).replace(
    '  - name: other',
    '  - name: gone\n    servers: [{ address: g, state: down }, { address: h }]\n  - name: other',
  );
const SPILLED: Readonly<Record<string, readonly [string, string]>> = {
  'route.watchesHealth': [
    DEAD('').replace(', { address: h }', ''),
    DEAD('watchesHealth: true, ').replace(', { address: h }', ''),
  ],
  'route.spare': [DEAD('kind: failover, '), DEAD('kind: failover, spare: 1.4, ')],
};

const TEXTS: Readonly<Record<string, readonly [string, string]>> = {
  ...WHOLE,
  ...SPILLED,
  ...Object.fromEntries(
    Object.entries(PAIRS).map(([key, [where, before, after]]) => {
      const text = (value: string): string =>
        doc(where === 'pool' ? value : '', where === 'server' ? value : '', where === 'root' ? value : '');
      return [key, [text(before), text(after)]];
    }),
  ),
};

describe('every key of the neutral schema', () => {
  const keys = [
    ...Object.entries(schema.$defs ?? {}).flatMap(([name, part]) => keysOf(name, part)),
    ...keysOf('file', { properties: schema.properties ?? {} }),
  ].filter((key) => !LABELS.includes(key));

  test('is tried here', () => {
    expect(Object.keys(TEXTS).toSorted()).toEqual(keys.toSorted());
  });

  test.each(Object.entries(TEXTS))('%s changes what a run prints', (_key, [before, after]) => {
    expect(after).not.toBe(before);
    expect(output(before, after)).not.toBe(output(before, before));
  });

  test('is accounted for: explained, harmless, or not judged where no change shows it', () => {
    const others = Object.entries(TEXTS).flatMap(([key, [before, after]]) => {
      const { explained, harmless, idle, unjudged } = changeOf('neutral', before, after).statements;
      const parts = { harmless, idle, unjudged };
      const left = Object.entries(parts).flatMap(([kind, list]) => (list.length > 0 ? [kind] : []));
      return explained > 0 && left.length === 0 ? [] : [`${key} ${left.join(' ')}`.trim()];
    });
    expect(others.toSorted()).toEqual([
      // The algorithm by another name.
      'algorithmMap.native idle',
      'branch.among unjudged',
      'caveat.bends unjudged',
      'caveat.reason unjudged',
      'pool.caveats unjudged',
      // A pool by another name is the same pool, with all its statements.
      'pool.name',
      'pool.source harmless',
      'server.resolves unjudged',
      'server.source harmless',
      'source.column harmless',
      'source.file harmless',
      'source.line harmless',
    ]);
  });
});
