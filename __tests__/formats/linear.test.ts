import { FORMATS } from '../../src/formats/list.ts';
import type { FormatName } from '../../src/model/config.ts';
import { MemoryTree } from '../../src/text/memory-tree.ts';

/**
 * A file eight times as long may take about eight times the work, not sixty-four times. Work is CPU time, the least of three
 * runs; the bound lies far from both, and inputs are so long that what is quadratic takes seconds.
 */
const LENGTH = 20_000;
const TIMES = 8;
const BOUND = 24;
const NOISE_MS = 100;

/** Texts of about `length` characters. */
type Make = (length: number) => string;

const repeated =
  (part: string, before = '', after = ''): Make =>
  (length) =>
    before + part.repeat(Math.ceil(length / part.length)) + after;
const inHttp = (part: string, before: string, after: string): Make =>
  repeated(part, `events {}\nhttp {\n${before}`, `${after}\n}\n`);

function work(run: () => void): number {
  const runs = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

function expectLinear(run: (text: string) => void, make: Make): void {
  const [short, long] = [make(LENGTH), make(LENGTH * TIMES)];
  run(short);
  const once = work(() => run(short));
  expect(work(() => run(long))).toBeLessThan(BOUND * once + NOISE_MS);
}

test.each<[string, Make]>([
  ['spaces after location', repeated(' ', 'location ')],
  ['spaces after listen', repeated(' ', 'listen ')],
  ['spaces after backend', repeated(' ', 'backend ', '=')],
  ['empty lines', repeated('\n', '', 'x')],
  ['lines of one word', repeated('word\n')],
  ['one word', repeated('w')],
  ['the name of a section', repeated('a', 'backend ', '=')],
  ['braces', repeated('{')],
])('every reader decides in linear time that a file is not its own: %s', (_, make) => {
  expectLinear((text) => {
    for (const reader of FORMATS) reader.recognise('nginx/app.conf', text);
  }, make);
});

test.each<[FormatName, string, Make]>([
  ['nginx', 'empty lines', repeated('\n', '', 'x')],
  ['nginx', 'tags that never close, in quotes', inHttp('{{', 'upstream a { server "', '"; }')],
  ['nginx', 'tags that never close', repeated('<%', 'events ')],
  ['nginx', 'variables that never close', inHttp('${', 'upstream a { server ', '; }')],
  ['nginx', 'digits of a port', inHttp('1', 'server { listen ', 'x; }')],
  ['nginx', 'slashes', inHttp('/', 'map $a $b { default "', '\n"; x y; }')],
  ['haproxy', 'variables that never close', repeated('${', 'backend a\n server a ')],
  ['haproxy', 'defaults of variables that never close', repeated('${A-', 'backend a\n server a "', '"\n')],
  ['haproxy', 'brackets that never close', repeated('(', 'backend a\n server a 10.0.0.1:80 ')],
])('%s reads in linear time: %s', (format, _, make) => {
  const reader = FORMATS.find((one) => one.format === format);
  expectLinear((text) => reader?.read('app.conf', new MemoryTree({ 'app.conf': text }), { rootMap: {} }), make);
});
