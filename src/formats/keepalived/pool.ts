import { poolKey } from '../../model/keys.ts';
import type { Caveat, Pool, Server } from '../../model/pool.ts';
import { implied, written, type Setting } from '../../model/span.ts';
import type { Stickiness } from '../../model/traffic.ts';
import { say } from '../../text/say.ts';
import { readAlgorithm } from './algorithm.ts';
import { DESCRIBED_OF_CHECKS, readCheck } from './check.ts';
import { dialect } from './dialect.ts';
import { byKeyword, type Statement, type Word } from './statements.ts';
import { faulty, isSubstituted, noteUnknowns, numberOf, optionsOf, secondsOf, type Found } from './values.ts';

const DESCRIBED = new Set(
  'lb_algo lvs_sched protocol persistence_timeout sorry_server delay_loop retry delay_before_retry connect_timeout real_server'.split(
    ' ',
  ),
);
const DESCRIBED_OF_SERVER = new Set([
  'weight',
  'uthreshold',
  'delay_loop',
  'retry',
  'delay_before_retry',
  'connect_timeout',
  ...DESCRIBED_OF_CHECKS,
]);

/** A `virtual_server`: its real servers, and the sorry server when the live ones weigh less than the quorum. */
export function readPool(path: string, statement: Statement, found: Found): Pool {
  const { at, block = [] } = statement;
  const name = nameOf(statement);
  const own = byKeyword(block);
  noteUnknowns(statement, found);
  const stickiness = readStickiness(own.get('persistence_timeout'));
  const sorry = own.get('sorry_server');
  const servers = [...readServers(block, own, found), ...(sorry === undefined ? [] : [readSorryServer(sorry)])];
  const activeCheck = servers.find((server) => server.activeCheck !== undefined)?.activeCheck;
  const protocol = protocolOf(statement);
  return {
    key: poolKey(dialect.format, path, name),
    name,
    dialect,
    at,
    protocol: protocol === 'tcp' || protocol === 'udp' ? protocol : 'unknown',
    algorithm: readAlgorithm(own.get('lb_algo') ?? own.get('lvs_sched'), at, found),
    servers,
    ...(stickiness === undefined ? {} : { stickiness }),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    timeouts: {},
    spill: { spare: implied(Infinity, at), standby: 'first', standbyBy: 'algorithm' },
    zones: implied('pooled', at),
    dynamic: false,
    unknowns: [],
    caveats: sorry === undefined ? [] : quorumOf(own),
    answers: [],
    options: optionsOf(
      block.filter(({ words: [{ text }] }) => text !== 'real_server'),
      DESCRIBED,
    ),
  };
}

/** `192.0.2.1:80`, with `/udp` where that is written; `fwmark 3`; `group web`. */
export function nameOf(statement: Statement): string {
  const [, ...rest] = statement.words;
  const [first, second] = rest.map(({ text }) => text);
  const base = first === 'fwmark' || first === 'group' ? `${first} ${second ?? ''}` : addressText(first, second);
  const protocol = protocolOf(statement);
  return protocol === undefined || protocol === 'tcp' ? base : `${base}/${protocol}`;
}

function protocolOf({ block = [] }: Statement): string | undefined {
  return byKeyword(block).get('protocol')?.words[1]?.text.toLowerCase();
}

function addressText(address = '', port: string | undefined): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

/** keepalived removes the second of two equal servers. */
function readServers(block: readonly Statement[], own: ReadonlyMap<string, Statement>, found: Found): Server[] {
  const servers = new Map<string, Server>();
  for (const statement of block) {
    const [keyword, address, port] = statement.words;
    if (keyword.text !== 'real_server' || address === undefined) continue;
    const name = addressText(address.text, port?.text);
    if (servers.has(name)) {
      const why = say`keepalived removes the second of two equal servers.`;
      found.problems.push(faulty(statement.at, say`${name} is listed twice.`, why, say`Remove this one.`));
    } else servers.set(name, readServer(name, statement, [address, port], own, found));
  }
  return [...servers.values()];
}

function readServer(
  name: string,
  { at, block = [] }: Statement,
  [address, port]: readonly [Word, Word | undefined],
  virtualServer: ReadonlyMap<string, Statement>,
  found: Found,
): Server {
  const activeCheck = readCheck(block, virtualServer);
  const own = byKeyword(block);
  const maxConnections = numberOf(own.get('uthreshold'));
  return {
    ...serverAt(name, at, [address, port]),
    weight: readWeight(own.get('weight'), at, found),
    priority: implied(0, at),
    ...(activeCheck === undefined ? {} : { activeCheck }),
    ...(maxConnections === undefined ? {} : { maxConnections }),
    options: optionsOf(block, DESCRIBED_OF_SERVER),
  };
}

/** It is not checked, and takes every connection when the quorum is lost. */
function readSorryServer({ words: [keyword, address, port], at }: Statement): Server {
  const name = address === undefined ? 'sorry_server' : addressText(address.text, port?.text);
  return {
    ...serverAt(name, at, [address ?? keyword, port]),
    weight: implied(1, at),
    priority: written(1, keyword.at),
    options: new Map(),
  };
}

function serverAt(
  name: string,
  at: Statement['at'],
  [address, port]: readonly [Word, Word | undefined],
): Pick<Server, 'name' | 'address' | 'port' | 'at' | 'state' | 'instances'> {
  const number = port !== undefined && /^\d{1,5}$/.test(port.text) ? Number(port.text) : undefined;
  return {
    name,
    address: isSubstituted(address) ? undefined : address.text,
    port: port === undefined ? undefined : written(number, port.at),
    at,
    state: implied('up', at),
    instances: { count: implied(1, at), named: 'listed' },
  };
}

/** 0 to 2147483647, else keepalived ignores the line and the weight is 1; 0 = no new connections. */
function readWeight(statement: Statement | undefined, at: Statement['at'], found: Found): Setting<number> {
  const weight = numberOf(statement);
  const word = statement?.words[1];
  if (weight === undefined || word === undefined) return implied(1, at);
  const { min, max } = dialect.weights;
  if (isSubstituted(word) || (weight.value !== undefined && weight.value <= max)) return weight;
  const fix = say`Set a whole number from ${String(min)} to ${String(max)}.`;
  const why = say`keepalived ignores it, and the weight is 1.`;
  found.problems.push(faulty(word.at, say`Invalid weight ${word.text}.`, why, fix, 'invalid-weight'));
  return written(1, word.at);
}

/** Connections of one address go to the same server; 6 minutes where no time is written. */
function readStickiness(statement: Statement | undefined): Stickiness | undefined {
  if (statement === undefined) return undefined;
  return { type: 'source-ip', at: statement.at, ttlMs: secondsOf(statement) ?? implied(360_000, statement.at) };
}

/** A quorum counts weights, so the sorry server may take over while servers are up. */
function quorumOf(own: ReadonlyMap<string, Statement>): Caveat[] {
  const quorum = own.get('quorum');
  const value = numberOf(quorum);
  if (quorum === undefined || value?.value === 1) return [];
  const text = quorum.words[1]?.text ?? '';
  const reason = say`the sorry server takes every connection when the live servers weigh less than ${text}`;
  return [{ at: quorum.at, reason, bends: 'some' }];
}
