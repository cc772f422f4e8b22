import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reader as haproxy } from '../../src/formats/haproxy/reader.ts';
import type { Config } from '../../src/model/config.ts';
import { isBackup, type Server } from '../../src/model/pool.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { plain } from '../../src/text/say.ts';

/** One line of a section, changed at random. */
export interface Mutant {
  readonly kind: string;
  readonly section: 'backend' | 'frontend' | 'listen';
  readonly line: string;
}

/** Lines that every listed version accepts, by the sections that they are tried in. */
const LINES: readonly (readonly [Mutant['section'], readonly string[]])[] = [
  [
    'backend',
    [
      'server a 127.0.0.1:8001 weight 10 check',
      'server b 127.0.0.2:8002 check inter 2s fall 3 rise 2 weight 200',
      'server c 127.0.0.3:8003 backup weight 7',
      'server d 127.0.0.4:8004 disabled weight 20 maxconn 100',
      'server e 127.0.0.5:8005 cookie e weight 30 slowstart 10s',
      'server f [::1]:8006 weight 1 send-proxy-v2 check port 9000',
      'server g 127.0.0.7:8007 check observe layer4 error-limit 5 on-error mark-down weight 256',
      'server h 127.0.0.8:8008 ssl verify none weight 3 on-marked-down shutdown-sessions',
      'server i 127.0.0.9:+1000 weight 4 minconn 1 maxconn 30 maxqueue 10',
      'server j 127.0.0.1:8010 track main/s check-ssl verify none init-addr last,none',
      'server k unix@/run/k.sock weight 12 id 77',
      'server l 127.0.0.1:8011 agent-check agent-port 9001 agent-inter 5s weight 44',
      'server-template t 1-3 127.0.0.1:8012 weight 6 check',
      'server-template u 4 127.0.0.1:8013 backup',
      'default-server weight 9 check inter 3s',
      'balance roundrobin',
      'balance leastconn',
      'balance source',
      'balance uri depth 3',
      'balance hdr(host)',
      'hash-type consistent sdbm avalanche',
      'mode http',
      'retries 3',
      'timeout server 30s',
      'timeout connect 5s',
      'timeout queue 10s',
      'timeout tunnel 1h',
      'timeout check 2500ms',
      'option redispatch',
      'option httpchk GET /health',
      'option tcp-check',
      'option log-health-checks',
      'option forwardfor except 127.0.0.0/8',
      'no option splice-auto',
      'http-check expect status 200',
      'http-check send meth GET uri /health',
      'tcp-check connect',
      'tcp-check send PING',
      'cookie SRV insert indirect nocache',
      'stick-table type ip size 100k expire 30m',
      'acl api path_beg -i /api',
      'http-request deny if { path_beg /admin }',
      'http-request set-header X-Proto https if { ssl_fc }',
      'http-request set-path /new if { path /old }',
      'http-request return status 200 if { path /ok }',
      'http-response set-header X-Served-By me',
      'http-response del-header Server',
      'use-server s if { src 10.0.0.0/8 }',
      'errorfile 503 /dev/null',
      'fullconn 1000',
      'http-reuse safe',
      'log global',
      'log 127.0.0.1:514 local0 notice',
      'stats enable',
      'stats refresh 10s',
      'source 127.0.0.1',
      'email-alert level err',
      'disabled',
      'id 4321',
      'description some text',
    ],
  ],
  [
    'frontend',
    [
      'bind 127.0.0.1:8080',
      'bind :8081-8083 accept-proxy',
      'bind *:8084 name web maxconn 100',
      'maxconn 2000',
      'mode http',
      'timeout client 30s',
      'timeout http-request 10s',
      'option httplog',
      'option dontlognull',
      'acl host hdr(host) -i example.com',
      'acl local src 127.0.0.0/8 10.0.0.0/8',
      'use_backend main if { hdr(host) -i example.com }',
      'use_backend main unless { path_beg /api } || { method POST }',
      'default_backend main',
      'http-request redirect scheme https unless { ssl_fc }',
      'redirect scheme https code 301 if { dst_port 80 }',
      'http-request add-header X-A b',
      'http-request set-var(txn.a) src',
      'tcp-request inspect-delay 5s',
      'tcp-request connection reject if { src 192.0.2.0/24 }',
      'tcp-request content accept if { req.len gt 0 }',
      'capture request header Host len 64',
      'monitor-uri /alive',
      'rate-limit sessions 100',
      'unique-id-header X-Id',
      'compression algo gzip',
      'log-format %ci',
    ],
  ],
  ['listen', ['bind 127.0.0.1:8090', 'server a 127.0.0.1:8001 weight 10 check', 'balance first', 'option tcplog']],
];

const FOREIGN =
  'weight check backup disabled enabled inter 5s 0 -1 257 99999 1x 1.5 if unless TRUE { } ! || or OR and roundrobin http tcp server no default "" \'\' "$X" "${X}" weight"$X" # ; \\ 127.0.0.1:1 main s from track'.split(
    ' ',
  );

type Change = (words: string[], pick: (n: number) => number) => string;

/** Changes one word, and gives the line. */
function onWord(change: (word: string, pick: (n: number) => number) => string): Change {
  return (words, pick) => {
    const i = pick(words.length);
    return words.map((word, j) => (j === i ? change(word, pick) : word)).join(' ');
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz-_.0123456789';

const CHANGES: Readonly<Record<string, Change>> = {
  'letter left out': onWord((word, pick) => {
    const i = pick(word.length);
    return word.slice(0, i) + word.slice(i + 1);
  }),
  'letter changed': onWord((word, pick) => {
    const i = pick(word.length);
    return word.slice(0, i) + (letters[pick(letters.length)] ?? '') + word.slice(i + 1);
  }),
  'letter added': onWord((word, pick) => {
    const i = pick(word.length + 1);
    return word.slice(0, i) + (letters[pick(letters.length)] ?? '') + word.slice(i);
  }),
  'word left out': (words, pick) => words.toSpliced(pick(words.length), 1).join(' '),
  'word doubled': (words, pick) => {
    const i = pick(words.length);
    return words.toSpliced(i, 0, words[i] ?? '').join(' ');
  },
  'words swapped': (words, pick) => {
    const i = pick(words.length);
    const j = pick(words.length);
    return words.map((word, k) => (k === i ? (words[j] ?? '') : k === j ? (words[i] ?? '') : word)).join(' ');
  },
  'foreign word': (words, pick) =>
    words.toSpliced(pick(words.length + 1), 0, FOREIGN[pick(FOREIGN.length)] ?? '').join(' '),
  'word replaced': onWord((_, pick) => FOREIGN[pick(FOREIGN.length)] ?? ''),
  'number changed': (words, pick) =>
    words
      .join(' ')
      .replace(/\d+/g, (digits) =>
        pick(2) === 0 ? digits : (['0', '-1', '257', '65536', '1x', 'x', '+5', '1.5', ''][pick(9)] ?? ''),
      ),
  quoted: onWord(
    (word, pick) => [`"${word}"`, `'${word}'`, `"${word}`, `${word}"`, `""${word}`, `"${word}"''`][pick(6)] ?? '',
  ),
  escaped: onWord((word, pick) => {
    const i = pick(word.length);
    const code = word.charCodeAt(i).toString(16).padStart(2, '0');
    return `${word.slice(0, i)}${[`\\x${code}`, `\\${word[i] ?? ''}`, '\\x4', '\\x00', '\\ ', '\\#'][pick(6)] ?? ''}${word.slice(i + 1)}`;
  }),
  'white space': (words, pick) => {
    const i = pick(words.length);
    const space = ['\v', '\f', '\r', '\t', ' \r ', '\u00a0', ' "" ', " '' "][pick(8)] ?? '';
    return `${words.slice(0, i).join(' ')}${space}${words.slice(i).join(' ')}`;
  },
  negated: (words, pick) => `${['no', 'default'][pick(2)] ?? ''} ${words.join(' ')}`,
  'cut off': (words, pick) => words.slice(0, 1 + pick(words.length)).join(' '),
  'as it is': (words) => words.join(' '),
};

/** Mutants in an order that only `next`, numbers in [0, 1), decides. */
export function* mutants(next: () => number): Generator<Mutant> {
  const pick = (n: number): number => Math.floor(next() * n);
  const kinds = Object.entries(CHANGES);
  const all = LINES.flatMap(([section, lines]) => lines.map((line) => ({ section, line })));
  for (;;) {
    const base = all[pick(all.length)];
    const [kind, change] = kinds[pick(kinds.length)] ?? [];
    if (base === undefined || kind === undefined || change === undefined) return;
    const other = all[pick(all.length)]?.section ?? base.section;
    const line = change(base.line.split(' '), pick);
    // HAProxy takes minutes over tens of thousands of servers.
    if (/server-template.*\d{4}/.test(line.replace(/:\d+/, ''))) continue;
    // Directives change what follows them, so they are tried elsewhere.
    if (/^\s*["'\\]*\.|\n/.test(line) || /^\s*(?:\[|\\x2e)/.test(line)) continue;
    yield { kind, section: pick(8) === 0 ? other : base.section, line };
  }
}

/** A file with a section for each mutant; `m7` is the one of the seventh. */
function fileOf(list: readonly (Mutant & { readonly id: number })[], socket: string | undefined): string {
  const timeouts = ' timeout connect 5s\n timeout server 5s\n timeout client 5s\n';
  const head = `global\n${socket === undefined ? '' : ` stats socket ${socket}\n`}backend main\n mode http\n${timeouts} server s 127.0.0.1:9 check\n`;
  return (
    head +
    list
      .map(({ id, section, line }) => {
        const bind = section === 'backend' ? '' : ' bind 127.0.0.1:7\n';
        const server = section === 'frontend' ? '' : ' server s 127.0.0.1:8 weight 2\n';
        return `${section} m${id}\n mode http\n${timeouts}${bind}${server} ${line}\n`;
      })
      .join('')
  );
}

/** Names that nobody knows are not asked for long. */
const QUICK_NAMES = { RES_OPTIONS: 'timeout:1 attempts:1' };

/** What one version of HAProxy says of a list of mutants: why it refuses each that it refuses. */
export function refusals(
  program: string,
  list: readonly (Mutant & { readonly id: number })[],
  folder: string,
): ReadonlyMap<number, string> {
  const refused = new Map<number, string>();
  const file = join(folder, 'mutants.cfg');
  let left = list;
  while (left.length > 0) {
    const text = fileOf(left, undefined);
    writeFileSync(file, text, 'latin1');
    const run = spawnSync(program, ['-c', '-f', file], { encoding: 'latin1', env: QUICK_NAMES, timeout: 20_000 });
    if (run.status !== 1) return refused;
    const ids = new Set(left.map(({ id }) => id));
    const found = new Map([...blamed(run.stderr, text)].filter(([id]) => ids.has(id)));
    const [only] = left;
    if (found.size === 0 && left.length === 1 && only !== undefined) found.set(only.id, run.stderr);
    if (found.size === 0) {
      for (const one of left) for (const [id, why] of refusals(program, [one], folder)) found.set(id, why);
      for (const [id, why] of found) refused.set(id, why);
      return refused;
    }
    for (const [id, why] of found) refused.set(id, why);
    left = left.filter(({ id }) => !refused.has(id));
  }
  return refused;
}

/** Which mutants the alerts are about, by their lines or by the names in them. */
function blamed(alerts: string, text: string): Map<number, string> {
  const lines = text.split('\n');
  const owner: number[] = [];
  let id = -1;
  for (const [i, line] of lines.entries()) {
    const header = /^(?:backend|frontend|listen) m(\d+)$/.exec(line)?.[1];
    if (header !== undefined) id = Number(header);
    owner[i + 1] = id;
  }
  const found = new Map<number, string>();
  for (const alert of alerts.split('\n')) {
    if (!alert.includes('[ALERT]')) continue;
    const line = /mutants\.cfg:(\d+)\]/.exec(alert)?.[1];
    const named = /\bm(\d+)\b/.exec(alert.replace(/mutants\.cfg/g, ''))?.[1];
    const at = line === undefined ? (named === undefined ? undefined : Number(named)) : owner[Number(line)];
    if (at !== undefined && at >= 0 && !found.has(at)) found.set(at, alert);
  }
  return found;
}

/** How the reader reads one mutant. */
export interface Reading {
  readonly refused: string | undefined;
  readonly config: Config;
}

export function readMutant(mutant: Mutant & { readonly id: number }): Reading {
  const text = fileOf([mutant], undefined);
  const config = haproxy.read('mutants.cfg', new MemoryTree({ 'mutants.cfg': text }), { rootMap: {} });
  const fatal = config.problems.find(({ rule }) => rule === 'config-unparsable' || rule === 'invalid-weight');
  // A rule of its own says that a backend is not there.
  const lost = config.references.find(
    ({ pool }) => pool !== undefined && !config.pools.some(({ name }) => name === pool),
  );
  return { refused: fatal ? plain(fatal.what) : lost && `no backend ${lost.pool ?? ''}`, config };
}

/** One server as a running HAProxy has it. */
export interface LoadedServer {
  readonly name: string;
  readonly weight: number;
  readonly down: boolean;
  readonly backup: boolean;
}

/** Starts HAProxy with accepted backends, and gives the servers of each; undefined when it does not start. */
export function loadMutants(
  program: string,
  list: readonly (Mutant & { readonly id: number })[],
  folder: string,
): ReadonlyMap<number, readonly LoadedServer[]> | undefined {
  const file = join(folder, 'mutants.cfg');
  const socket = join(folder, 'stats.sock');
  writeFileSync(file, fileOf(list, socket), 'latin1');
  const script = join(import.meta.dirname, 'ask-haproxy.mjs');
  const run = spawnSync(process.execPath, [script, program, file, socket], {
    encoding: 'utf8',
    env: QUICK_NAMES,
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) return undefined;
  const [states = '', stats = ''] = run.stdout.split('\u0000');
  const backups = new Set(
    stats.split('\n').flatMap((line) => {
      const [proxy, server, ...fields] = line.split(',');
      return fields[18] === '1' ? [`${proxy}/${server}`] : [];
    }),
  );
  const servers = new Map<number, LoadedServer[]>(list.map(({ id }) => [id, []]));
  for (const line of states.split('\n')) {
    const [, proxy = '', , name = '', , , admin = '', weight = ''] = line.split(' ');
    const id = /^m(\d+)$/.exec(proxy)?.[1];
    if (id === undefined) continue;
    servers.get(Number(id))?.push({
      name,
      weight: Number(weight),
      down: (Number(admin) & 0x05) !== 0,
      backup: backups.has(`${proxy}/${name}`),
    });
  }
  return servers;
}

/** Where a reading says something else than a running HAProxy; `unknown` counts what it does not say. */
export function compareServers(
  config: Config,
  id: number,
  loaded: readonly LoadedServer[],
): { wrong: string[]; unknown: number } {
  const pool = config.pools.find(({ name }) => name === `m${id}`);
  const wrong: string[] = [];
  let unknown = 0;
  const servers = (pool?.servers ?? []).flatMap(expanded);
  const blurred = (pool?.unknowns.length ?? 0) > 0;
  for (const real of loaded) {
    const ours = servers.find(({ name }) => name === real.name)?.server;
    if (ours === undefined) {
      if (blurred) unknown++;
      else wrong.push(`no server ${real.name}`);
      continue;
    }
    const pairs = [
      ['weight', ours.weight.value, real.weight],
      // Servers of a proxy that is off keep their own state.
      ['down', ours.state.value && isOwn(ours) ? ours.state.value === 'down' : undefined, real.down],
      ['backup', isBackup(ours), real.backup],
    ] as const;
    for (const [what, mine, theirs] of pairs) {
      if (mine === undefined) unknown++;
      else if (mine !== theirs) wrong.push(`${what} of ${real.name}: ${mine}, really ${theirs}`);
    }
  }
  for (const { name } of servers)
    if (!blurred && !loaded.some((real) => real.name === name)) wrong.push(`${name} is not there`);
  return { wrong, unknown };
}

function isOwn({ state, at }: Server): boolean {
  return !state.written || (state.at.start >= at.start && state.at.end <= at.end);
}

/** The servers that a template makes: `t1-3` is t1, t2 and t3. */
function expanded(server: Server): { name: string; server: Server }[] {
  const [, prefix, from, to] = /^(.*?)(\d+)-(\d+)$/.exec(server.name) ?? [];
  const count = server.instances.count.value ?? 1;
  if (count === 1 && prefix === undefined) return [{ name: server.name, server }];
  const first = Number(from ?? 1);
  const last = Number(to ?? count);
  return Array.from({ length: last - first + 1 }, (_, i) => ({ name: `${prefix ?? server.name}${first + i}`, server }));
}
