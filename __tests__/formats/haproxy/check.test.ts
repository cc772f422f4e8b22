import { reader as haproxy } from '../../../src/formats/haproxy/reader.ts';
import { MemoryTree } from '../../../src/text/memory-tree.ts';

/** The check of a server, as HAProxy 2.6 was seen to make it. */
function checkOf(defaults: readonly string[], backend: readonly string[]): string {
  const lines = (options: readonly string[]): string => options.map((option) => `  ${option}\n`).join('');
  const text = `defaults\n  mode http\n${lines(defaults)}backend app\n${lines(backend)}  server a 10.0.0.1:80 check\n`;
  const config = haproxy.read('haproxy.cfg', new MemoryTree({ 'haproxy.cfg': text }), { rootMap: {} });
  const check = config.pools[0]?.servers[0]?.activeCheck;
  return [check?.type, check?.path?.value].filter((part) => part !== undefined).join(' ');
}

const send = 'tcp-check send PING';

test.each([
  [['option httpchk'], ['option tcp-check'], 'tcp'],
  [['option tcp-check'], ['option httpchk'], 'http /'],
  [[], ['option httpchk', 'option redis-check'], 'other'],
  [[], ['option redis-check', 'option httpchk'], 'http /'],
  [[], ['option external-check', 'option httpchk'], 'http /'],
  [['option httpchk'], ['option external-check'], 'exec'],
])('the last option that chooses a check counts: %j, then %j', (defaults, backend, check) => {
  expect(checkOf(defaults, backend)).toBe(check);
});

test.each([
  [[], [send], 'tcp'],
  [[], ['option tcp-check', 'tcp-check connect'], 'tcp'],
  [[], [send, 'option tcp-check'], 'other'],
  [['option tcp-check', send], ['option tcp-check'], 'other'],
  [['option tcp-check', send], ['tcp-check connect'], 'tcp'],
  [[send], ['option tcp-check'], 'tcp'],
])('rules of a tcp-check look at the answer when they count: %j, then %j', (defaults, backend, check) => {
  expect(checkOf(defaults, backend)).toBe(check);
});

test.each([
  [[], ['option httpchk /x'], 'http /x'],
  [[], ['option httpchk GET /x HTTP/1.1'], 'http /x'],
  [['option httpchk GET /x'], ['option httpchk'], 'http /'],
  [['option httpchk GET /x'], ['http-check send meth GET uri /y'], 'http /y'],
  [['http-check send meth GET uri /y'], ['option httpchk GET /x'], 'http /x'],
  [[], ['http-check send meth GET uri /y', 'option httpchk'], 'http /y'],
])('the request of an httpchk: %j, then %j', (defaults, backend, check) => {
  expect(checkOf(defaults, backend)).toBe(check);
});
