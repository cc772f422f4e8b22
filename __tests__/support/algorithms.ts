import type { Algorithm } from '../../src/model/algorithm.ts';
import { read } from './run-rules.ts';

const TEXTS: Readonly<Record<string, (line: string) => string>> = {
  haproxy: (line) => `backend app\n mode http\n balance ${line}\n server a 10.0.0.1:80\n`,
  nginx: (line) => `events {}\nhttp { upstream app { ${line}; server 10.0.0.1; } }\n`,
  neutral: (line) => `version: 1\npools: [{ name: app, algorithm: ${line}, servers: [{ address: 10.0.0.1 }] }]\n`,
};

/** What a product means by a line that picks servers: `uri\n hash-type consistent` of HAProxy, `random two` of nginx. */
export function algorithm(format: 'haproxy' | 'nginx' | 'neutral', line: string): Algorithm {
  const found = read(format, TEXTS[format]?.(line) ?? '').pools[0]?.algorithm.value;
  if (found === undefined) throw new Error(`${format} does not read ${line}`);
  return found;
}
