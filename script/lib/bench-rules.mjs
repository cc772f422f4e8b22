/**
 * The whole check on large configs, from texts to summary: CPU after parsing and resident memory for 1,000 pools of 10 servers
 * in base and head with all rules and policies, and growth over 1k, 10k and 100k servers, in many pools and in one.
 * Every measurement runs in a process of its own. Exits with 1 when a bound is broken.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RULES } from '../../src/rules/list.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';
import { judge } from '../../src/verify/check.ts';
import { checklistItems } from '../../src/verify/checklist-items.ts';
import { readEstate } from '../../src/verify/read.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { summaryOf } from '../../src/verify/summary.ts';

/** Bounds: CPU seconds and resident megabytes of the base case; times the cost of a server may grow over a tenfold size. */
const BOUNDS = { cpu: 1, rss: 300, growth: 2 };

const SHAPES = {
  'haproxy, pools of 10': { file: 'haproxy.cfg', text: haproxyText, size: 10 },
  'nginx, pools of 10': { file: 'nginx.conf', text: nginxText, size: 10 },
  'haproxy, one pool': { file: 'haproxy.cfg', text: haproxyText, size: Infinity },
  'nginx, one pool': { file: 'nginx.conf', text: nginxText, size: Infinity },
};

const SELF = fileURLToPath(import.meta.url);

const [shape, servers] = process.argv.slice(2);
if (shape in SHAPES) console.log(JSON.stringify(measure(SHAPES[shape], Number(servers))));
else process.exitCode = bench();

function bench() {
  const broken = [];
  const bound = (what, value, limit, unit) => {
    console.log(`  ${what}: ${value} ${unit} (bound ${limit} ${unit})`);
    if (value > limit) broken.push(`${what}: ${value} ${unit}`);
  };
  for (const name of ['haproxy, pools of 10', 'nginx, pools of 10']) {
    const { cpu, rss, findings } = best(name, 10_000);
    console.log(`${name}: 1,000 pools, base and head, ${RULES.length} rules, ${findings} findings`);
    bound('CPU after parsing', Number(cpu.toFixed(2)), BOUNDS.cpu, 's');
    bound('memory, parsing included', Math.round(rss), BOUNDS.rss, 'MB');
  }
  console.log('\nshape                  servers   parse s   check s   us/server   growth    rss MB   findings');
  for (const name of Object.keys(SHAPES)) {
    let before;
    for (const servers of [1000, 4000, 16_000]) {
      const { parse, cpu, rss, findings } = best(name, servers);
      const each = (cpu / servers) * 1e6;
      const growth = before === undefined ? 1 : each / before;
      const cells = [servers, parse.toFixed(2), cpu.toFixed(2), each.toFixed(1), growth.toFixed(2), Math.round(rss)];
      console.log([name.padEnd(20), ...[...cells, findings].map((cell) => String(cell).padStart(9))].join(' '));
      if (growth > BOUNDS.growth) broken.push(`${name}: ${growth.toFixed(1)} times the cost of a server at ${servers}`);
      before = each;
    }
  }
  for (const line of broken) console.error(`too much: ${line}`);
  return broken.length > 0 ? 1 : 0;
}

/** Of some runs the one that the machine disturbed least. */
function best(name, servers) {
  const runs = Array.from({ length: servers < 16_000 ? 3 : 1 }, () =>
    JSON.parse(
      execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', SELF, name, String(servers)], {
        encoding: 'utf8',
      }),
    ),
  );
  return { ...runs.toSorted((a, b) => a.cpu - b.cpu)[0], rss: Math.max(...runs.map((run) => run.rss)) };
}

function measure({ file, text, size }, servers) {
  const { settings } = readSettings({ path: undefined, tree: new MemoryTree({}), rules: RULES, schemas: [] });
  const side = (head) => ({
    tree: new MemoryTree({ [file]: text(servers, size, head) }),
    files: [file],
    revision: null,
  });
  const request = {
    head: side(true),
    base: side(false),
    trusted: undefined,
    settings,
    checklist: '.github/evenkeel.yml',
    measuring: true,
    today: '2026-01-01',
  };
  const start = process.cpuUsage();
  const [head, base] = [readEstate(request.head, settings), readEstate(request.base, settings)];
  const parse = seconds(process.cpuUsage(start));
  const read = process.cpuUsage();
  const checked = judge(request, head, base);
  checklistItems(RULES, settings, checked, undefined);
  summaryOf('fail', checked.change, checked.findings, [], checked.inputs, false);
  const cpu = seconds(process.cpuUsage(read));
  return { parse, cpu, rss: process.resourceUsage().maxRSS / 1024, findings: checked.findings.length };
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
