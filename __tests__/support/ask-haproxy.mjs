// Starts HAProxy with a file, asks its socket for the state of all servers and stops it: ask-haproxy.mjs PROGRAM FILE SOCKET.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';

const [, , program, file, socket] = process.argv;
const child = spawn(program, ['-db', '-f', file], { stdio: 'ignore' });

const ask = (command) =>
  new Promise((resolve, reject) => {
    let answer = '';
    const client = connect(socket, () => client.write(`${command}\n`));
    client.setEncoding('latin1');
    client.on('data', (data) => (answer += data));
    client.on('end', () => resolve(answer));
    client.on('error', reject);
  });

let answers;
for (let i = 0; i < 400 && child.exitCode === null && answers === undefined; i++) {
  if (existsSync(socket)) answers = await ask('show servers state').catch(() => undefined);
  if (answers === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
}
if (answers !== undefined) process.stdout.write(`${answers}\0${await ask('show stat -1 4 -1')}`);
child.kill('SIGKILL');
process.exitCode = answers === undefined ? 1 : 0;
