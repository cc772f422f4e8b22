// client.mjs MODE BUILD PORT REQUESTS WARM: asks with 8 at a time, each on its own connection; prints its own figures.
// plain = node:http in a few lines, client = the probe's client, both back to back; paced = plain with the random gaps
// of a probe, probe = a whole probe with its rate lifted.
import http from 'node:http';
import { join } from 'node:path';

const CONCURRENCY = 8;
const GAP_MS = 8;
const [, , mode, build, ...numbers] = process.argv;
const [port, requests, warm] = numbers.map(Number);

const ASKED = {
  target: new URL(`http://127.0.0.1:${port}/`),
  identifyBy: { by: 'auto' },
  known: ['web1', 'web2', 'web3'].map((name) => ({ name, identities: [name], patterns: [] })),
  headers: [],
  rate: Infinity,
  timeoutMs: 60_000,
  settleMs: 0,
  version: undefined,
  concurrency: CONCURRENCY,
  connectMs: 1500,
  requestMs: 5000,
  tls: { insecure: false },
  allowLinkLocal: false,
};

/** What a script of a few lines would do: read the header, drain the body. */
function plain() {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
        const server = response.headers['x-served-by'];
        response.resume();
        response.on('end', () => resolve(server));
      })
      .on('error', reject);
  });
}

async function paced() {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * GAP_MS));
  return plain();
}

async function loop(ask, n) {
  let sent = 0;
  let answered = 0;
  const worker = async () => {
    while (sent < n) {
      sent++;
      if ((await ask()) === 'web1') answered++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return answered;
}

async function ownClient() {
  const { makeClient, headerValues } = await import(join(build, 'src/probe/client.js'));
  const client = makeClient(ASKED);
  return async () => headerValues(await client.ask('127.0.0.1'), 'x-served-by')[0];
}

async function loops() {
  const ask = { plain, paced, client: mode === 'client' ? await ownClient() : undefined }[mode];
  await loop(ask, warm);
  const before = process.cpuUsage();
  report(await loop(ask, requests), before);
}

async function wholeProbe() {
  const { probe } = await import(join(build, 'src/probe/probe.js'));
  const { nodePorts } = await import(join(build, 'src/probe/ports.js'));
  let before = process.cpuUsage();
  let start = 0;
  const more = (counts) => {
    const n = counts.servers.web1 ?? 0;
    if (start === 0 && warm > 0 && n >= warm) {
      start = n;
      before = process.cpuUsage();
    }
    return warm === 0 || n < start + requests;
  };
  const maxRequests = warm > 0 ? 2 * (warm + requests) : requests;
  const [result] = await probe({ ...ASKED, maxRequests, begin: () => more }, nodePorts());
  report(result.counts.servers.web1 - start, before);
}

function report(answers, before) {
  const { user, system } = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage();
  console.log(JSON.stringify({ answers, cpuMicros: (user + system) / answers, rssMb: maxRSS / 1024 }));
}

await (mode === 'probe' ? wholeProbe() : loops());
