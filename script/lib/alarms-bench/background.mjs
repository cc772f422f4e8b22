// background.mjs PORT CONNECTIONS: asks 127.0.0.1:PORT over kept connections, each again as soon as it is answered, until
// its standard input ends. Prints a line when the first answer is there.
import net from 'node:net';

const [port, connections] = process.argv.slice(2).map(Number);
const REQUEST = 'GET /background HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
let answers = 0;

process.stdin.resume().on('end', () => process.exit());
for (let i = 0; i < connections; i++) open();

function open() {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(REQUEST));
  let text = '';
  socket.setNoDelay(true).on('data', (chunk) => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1]);
    if (end < 0 || text.length < end + 4 + length) return;
    text = '';
    if (answers++ === 0) console.log('answered');
    socket.write(REQUEST);
  });
  // Balancers end a kept connection after some number of requests.
  socket.on('error', () => undefined).on('close', () => setTimeout(open, 1));
}
