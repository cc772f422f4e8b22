// script/bench probe: the probe beside wrk, hey, autocannon and plain node:http, all against one target in one run.
// Every request has its own connection, 8 at a time. Bounds are on ratios, which a busy machine moves least.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { startTarget } from './probe-bench/target.mjs';

const CLIENT = join(import.meta.dirname, 'probe-bench/client.mjs');
const BUILD = resolve('.local/bench');
const ROUNDS = 5;
const REQUESTS = 3000;
const WARM = 1000;
const SHORT = 300;
const COMMAND = resolve('dist/cli/index.js');
const BOUNDS = { cpu: 1.25, wallSeconds: 0.8, rss: 1.2 };

const LABELS = {
  client: 'probe, its client',
  plain: 'plain node:http',
  probe: 'probe, whole, random gaps',
  paced: 'plain node:http, same gaps',
  wrk: 'wrk',
  hey: 'hey',
  autocannon: 'autocannon',
};
const SHORT_LABELS = { command: 'evenkeel probe, the command', probe: LABELS.probe, plain: LABELS.plain };

/** Only this bench needs it, so that it is none of the project's packages. */
const TOOLS = resolve('.local/tools');
const AUTOCANNON = 'autocannon@9.0.0';
const TOOLS_BIN = join(TOOLS, 'node_modules/.bin');
process.env.PATH += delimiter + TOOLS_BIN;
if (!existsSync(join(TOOLS_BIN, 'autocannon'))) {
  const install = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', TOOLS, AUTOCANNON];
  spawnSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
}
// As it is shipped: JavaScript.
spawnSync('tsc', ['-p', 'tsconfig.json', '--outDir', BUILD], { stdio: 'inherit' });
const target = await startTarget();
try {
  const cpu = Object.fromEntries(Object.keys(LABELS).map((name) => [name, []]));
  const short = { command: [], probe: [], plain: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const mode of ['client', 'plain', 'probe', 'paced']) cpu[mode].push(own(mode, REQUESTS, WARM).cpuMicros);
    for (const mode of ['probe', 'plain']) short[mode].push(own(mode, SHORT, 0));
    short.command.push(command());
    for (const tool of ['wrk', 'hey', 'autocannon']) cpu[tool].push(foreign(tool));
  }
  process.exitCode = print(cpu, short) ? 0 : 1;
} finally {
  await target.stop();
}

function own(mode, requests, warm) {
  const began = performance.now();
  const args = [CLIENT, mode, BUILD, target.port, requests, warm].map(String);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${mode} failed: ${stderr}`);
  return { ...JSON.parse(stdout), wallSeconds: (performance.now() - began) / 1000 };
}

/** The command as it is shipped, all of its 300 requests, its report and the phases after the verdict included. */
function command() {
  const began = performance.now();
  const asked = ['--max-requests', SHORT, '--rate', '10000/s', '--settle', '0s', '--tolerance', '5%'].map(String);
  const measure = `import { resourceUsage } from 'node:process';
process.on('exit', () => console.error('rss ' + resourceUsage().maxRSS));`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(measure)}`, COMMAND, 'probe', ...asked];
  const { stderr } = spawnSync(process.execPath, [...args, `http://127.0.0.1:${target.port}/pool`], {
    encoding: 'utf8',
  });
  return { wallSeconds: (performance.now() - began) / 1000, rssMb: Number(/rss (\d+)/.exec(stderr)?.[1]) / 1024 };
}

/** CPU per request of a command line tool in us, its start included; undefined when it is not here. */
function foreign(tool) {
  const url = `http://127.0.0.1:${target.port}/`;
  const command = {
    wrk: `wrk -t1 -c8 -d1 -H "Connection: close" ${url}`,
    hey: `hey -n ${REQUESTS} -c 8 -disable-keepalive ${url}`,
    autocannon: `autocannon -c 8 -a ${REQUESTS} -H Connection=close --json ${url}`,
  }[tool];
  const answered = { wrk: /(\d+) requests in/, hey: /\[200\]\s+(\d+) responses/, autocannon: /"2xx":(\d+)/ }[tool];
  if (spawnSync('bash', ['-c', `command -v ${tool}`]).status !== 0) return undefined;
  const timed = `TIMEFORMAT='cpu %U %S'; time ${command}`;
  const { stdout, stderr } = spawnSync('bash', ['-c', timed], { encoding: 'utf8' });
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? [];
  return ((Number(user) + Number(system)) * 1e6) / Number(answered.exec(stdout)?.[1]);
}

/** Prints all figures; true when every bound holds. */
function print(cpu, short) {
  console.log(`target: ${target.name}; Node ${process.version}; ${ROUNDS} rounds in turn, least of each\n`);
  console.log('CPU per request, a connection each, 8 at a time:');
  for (const [name, label] of Object.entries(LABELS)) {
    const figure = cpu[name].includes(undefined) ? 'not installed' : `${least(cpu[name]).toFixed(0).padStart(4)} us`;
    console.log(`  ${label.padEnd(28)} ${figure}`);
  }
  console.log(`\n${SHORT} requests, rate lifted, whole process with start:`);
  for (const [mode, runs] of Object.entries(short)) {
    const [wall, rss] = [least(runs.map((run) => run.wallSeconds)), least(runs.map((run) => run.rssMb))];
    console.log(`  ${SHORT_LABELS[mode].padEnd(28)} ${wall.toFixed(2)} s wall, ${rss.toFixed(0)} MB`);
  }
  console.log('');
  const rss = (mode) => least(short[mode].map((run) => run.rssMb));
  const checks = [
    ['client CPU / plain node:http', least(cpu.client) / least(cpu.plain), BOUNDS.cpu],
    ['whole probe CPU / plain node:http with the same gaps', least(cpu.probe) / least(cpu.paced), BOUNDS.cpu],
    [
      `wall of ${SHORT} requests by the command, s`,
      least(short.command.map((run) => run.wallSeconds)),
      BOUNDS.wallSeconds,
    ],
    ['RSS of the probe / plain node:http', rss('probe') / rss('plain'), BOUNDS.rss],
  ];
  for (const [what, value, bound] of checks) {
    console.log(`${value <= bound ? 'ok  ' : 'FAIL'} ${what}: ${value.toFixed(2)} (at most ${bound})`);
  }
  return checks.every(([, value, bound]) => value <= bound);
}

function least(values) {
  return Math.min(...values);
}
