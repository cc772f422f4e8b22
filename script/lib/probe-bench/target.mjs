// What all clients ask: nginx with one worker when it is here, else a plain Node server in a process of its own.
// / is always web1, /pool one of three servers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NODE_SERVER = `
let n = 0;
require('node:http').createServer((request, response) => {
  const server = request.url === '/pool' ? 'web' + (n++ % 3 + 1) : 'web1';
  response.writeHead(200, { 'X-Served-By': server, 'Content-Length': 3 });
  response.end('ok\\n');
}).listen(Number(process.argv[1]), '127.0.0.1');`;

/** Starts the target; returns its name, port and a way to stop it. */
export async function startTarget() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-probe-'));
  const port = await freePort();
  const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx'].find((path) => existsSync(path));
  const child = nginx === undefined ? startNode(port) : startNginx(nginx, folder, port);
  await accepting(port);
  return {
    name: nginx === undefined ? 'node:http' : 'nginx, 1 worker',
    port,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startNode(port) {
  return spawn(process.execPath, ['-e', NODE_SERVER, String(port)], { stdio: 'ignore' });
}

function startNginx(program, folder, port) {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${folder}/${n};`);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr crit; events { worker_connections 4096; }
http { access_log off; ${temp.join(' ')}
split_clients $request_id $one { 33.3% web1; 33.3% web2; * web3; }
server { listen 127.0.0.1:${port} backlog=4096;
location / { add_header X-Served-By web1 always; return 200 "ok\\n"; }
location /pool { add_header X-Served-By $one always; return 200 "ok\\n"; } } }`,
  );
  return spawn(program, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function accepting(port) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the target did not start within 10 s');
}
