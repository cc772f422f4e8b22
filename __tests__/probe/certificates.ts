import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { listen, type Listening } from './servers.ts';

const WHOLE = 'HTTP/1.1 200 OK\r\nX-Served-By: r\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

export interface Certificates {
  readonly ca: string;
  readonly key: string;
  readonly valid: string;
  readonly expired: string;
  readonly otherHost: string;
}

/** A CA and certificates of 127.0.0.1 and localhost, made afresh by openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const sign = (out: string, names: string, ...validity: readonly string[]): void => {
    writeFileSync(join(folder, 'names'), `subjectAltName=${names}`);
    const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl('x509', '-req', '-in', 's.csr', ...by, '-extfile', 'names', '-out', out, ...validity);
  };
  try {
    openssl(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=test authority',
      '-days',
      '2',
    );
    openssl('req', ...curve, '-keyout', 's.key', '-out', 's.csr', '-subj', '/CN=localhost');
    sign('valid.pem', 'DNS:localhost,IP:127.0.0.1', '-days', '2');
    sign('other.pem', 'DNS:elsewhere.test', '-days', '2');
    try {
      sign('expired.pem', 'DNS:localhost,IP:127.0.0.1', '-days', '-1');
    } catch {
      // OpenSSL 3.4 and later want the dates spelled out.
      const dates = ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z'];
      sign('expired.pem', 'DNS:localhost,IP:127.0.0.1', ...dates);
    }
    return {
      ca: read('ca.pem'),
      key: read('s.key'),
      valid: read('valid.pem'),
      expired: read('expired.pem'),
      otherHost: read('other.pem'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A TLS server that answers every request as r; the server names that clients asked for, and resumed sessions. */
export async function secure(
  options: tls.TlsOptions,
  answer = WHOLE,
): Promise<Listening & { readonly names: readonly (string | false | null)[]; resumed(): number }> {
  const names: (string | false | null)[] = [];
  let n = 0;
  let resumed = 0;
  const server = tls.createServer(options, (socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      names.push(socket.servername);
      if (socket.isSessionReused()) resumed++;
      n++;
      socket.end(answer);
    });
  });
  server.on('tlsClientError', () => {});
  return Object.assign(await listen(server, '127.0.0.1', () => n), { names, resumed: () => resumed });
}
