/**
 * The checklist on large configs: CPU after parsing for 1,000 pools of 10 servers in base and head with all rules, and growth
 * over 1k, 10k and 100k servers, in many pools and in one. Exits with 1 when a bound is broken.
 */
import { compare } from '../../src/compare/compare.ts';
import { haproxy } from '../../src/formats/haproxy/reader.ts';
import { nginx } from '../../src/formats/nginx/reader.ts';
import { runRules } from '../../src/rules/engine.ts';
import { RULES } from '../../src/rules/list.ts';
import { defaultOptions } from '../../src/rules/rule.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';

/** Bounds: CPU seconds and resident megabytes of the base case; times the cost of a server may grow over a tenfold size. */
const BOUNDS = { cpu: 1, rss: 300, growth: 2 };

const SHAPES = {
  'haproxy, pools of 10': { reader: haproxy, text: haproxyText, size: 10 },
  'nginx, pools of 10': { reader: nginx, text: nginxText, size: 10 },
  'haproxy, one pool': { reader: haproxy, text: haproxyText, size: Infinity },
  'nginx, one pool': { reader: nginx, text: nginxText, size: Infinity },
};

const base = measure(SHAPES['haproxy, pools of 10'], 10_000);
console.log(`1,000 pools x 10 servers, base and head, ${RULES.length} rules, ${base.findings} findings`);
const broken = [];
bound('CPU after parsing', base.cpu, BOUNDS.cpu, 's');
bound('memory, parsing included', base.rss, BOUNDS.rss, 'MB');

console.log('\nshape                 servers   parse s   rules s   us/server   findings');
for (const [name, shape] of Object.entries(SHAPES)) {
  let before;
  for (const servers of [1000, 10_000, 100_000]) {
    // Small sizes are over in a blink: the best of some runs is what they cost.
    const runs = Array.from({ length: servers < 100_000 ? 3 : 1 }, () => measure(shape, servers));
    const best = runs.toSorted((a, b) => a.cpu - b.cpu)[0];
    const each = (best.cpu / servers) * 1e6;
    const cells = [
      name.padEnd(20),
      servers,
      best.parse.toFixed(2),
      best.cpu.toFixed(2),
      each.toFixed(1),
      best.findings,
    ];
    console.log(cells.map((cell) => String(cell).padStart(9)).join(' '));
    if (before !== undefined && each > before * BOUNDS.growth) {
      broken.push(`${name}: ${(each / before).toFixed(1)} times the cost of a server at ${servers}`);
    }
    before = each;
  }
}
for (const line of broken) console.error(`too much: ${line}`);
process.exitCode = broken.length > 0 ? 1 : 0;

function bound(what, value, limit, unit) {
  console.log(`  ${what}: ${value.toFixed(2)} ${unit} (bound ${limit} ${unit})`);
  if (value > limit) broken.push(`${what} ${value.toFixed(2)} ${unit}`);
}

function measure({ reader, text, size }, servers) {
  const path = 'lb.conf';
  const read = (head) => reader.read(path, new MemoryTree({ [path]: text(servers, size, head) }), { rootMap: {} });
  const start = process.cpuUsage();
  const [before, after] = [read(false), read(true)];
  const parse = seconds(process.cpuUsage(start));
  const ruled = process.cpuUsage();
  const findings = runRules(RULES, compare([before], [after]), {
    severityOf: () => undefined,
    optionsOf: defaultOptions,
    measuring: true,
    facts: new Map(),
  });
  return {
    parse,
    cpu: seconds(process.cpuUsage(ruled)),
    rss: process.memoryUsage.rss() / 1e6,
    findings: findings.length,
  };
}

function seconds({ user, system }) {
  return (user + system) / 1e6;
}

/** Every hundredth server changes its weight in head, and every thousandth goes. */
function* serversOf(servers, size, head) {
  for (let i = 0; i < servers; i++) {
    const pool = Math.floor(i / Math.min(size, servers));
    if (head && i % 1000 === 17) continue;
    yield { pool, server: i, first: i % Math.min(size, servers) === 0, weight: head && i % 100 === 3 ? 60 : 10 };
  }
}

function address(i) {
  return `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
}

/** Of ten pools six take turns, two look for the fewest connections, two hash, one of them on a ring, whose points are what costs. */
function methodOf(pool, turns, leastConnections, modulo, ring) {
  return [turns, leastConnections, turns, modulo, turns, leastConnections, turns, ring, turns, turns][pool % 10];
}

function haproxyText(servers, size, head) {
  const lines = ['defaults', ' mode http', ' timeout connect 5s', ' timeout client 30s', ' timeout server 30s'];
  lines.push('frontend web', ' bind :80');
  for (const { pool, first } of serversOf(servers, size, false))
    if (first) lines.push(` use_backend p${pool} if { path /${pool} }`);
  for (const { pool, server, first, weight } of serversOf(servers, size, head)) {
    if (first) {
      const method = methodOf(pool, 'roundrobin', 'leastconn', 'source', 'uri\n hash-type consistent');
      lines.push(`backend p${pool}`, ` balance ${method}`, ' option httpchk');
    }
    lines.push(` server s${server} ${address(server)}:8080 weight ${weight} check`);
  }
  return `${lines.join('\n')}\n`;
}

function nginxText(servers, size, head) {
  const lines = ['events {}', 'http {'];
  let pools = 0;
  for (const { pool, server, first, weight } of serversOf(servers, size, head)) {
    if (first) {
      const method = methodOf(pool, '', 'least_conn;', 'ip_hash;', 'hash $request_uri consistent;');
      lines.push(`${pool > 0 ? '}\n' : ''}upstream p${pool} { zone z${pool} 64k; ${method}`);
    }
    lines.push(`server ${address(server)}:8080 weight=${weight};`);
    pools = pool + 1;
  }
  lines.push('}', 'server { listen 80;');
  for (let i = 0; i < pools; i++) lines.push(`location /${i} { proxy_pass http://p${i}; }`);
  return `${lines.join('\n')}\n}\n}\n`;
}
