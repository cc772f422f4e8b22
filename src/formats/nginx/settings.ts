import type { Timeouts } from '../../model/traffic.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { compareVersions } from '../../text/versions.ts';
import type { Scope } from './scope.ts';
import { joined, timeMs, timeText, wholeNumber } from './values.ts';

/** How a value is brought into one spelling, so that equal settings compare equal. */
type Form = 'text' | 'time' | 'set';

interface Known {
  readonly form: Form;
  /** Undefined: not listed unless it is written. */
  readonly otherwise: string | undefined;
}

const known = (otherwise?: string, form: Form = 'text'): Known => ({ form, otherwise });

const FAILOVER: readonly (readonly [suffix: string, setting: Known])[] = [
  ['next_upstream', known('error timeout', 'set')],
  ['next_upstream_tries', known('0')],
  ['next_upstream_timeout', known('0s', 'time')],
];

const TLS: readonly (readonly [suffix: string, setting: Known])[] = [
  ['ssl_verify', known('off')],
  ['ssl_verify_depth', known('1')],
  ['ssl_server_name', known('off')],
  ['ssl_session_reuse', known('on')],
  ['ssl_name', known()],
  ['ssl_protocols', known(undefined, 'set')],
  ['ssl_ciphers', known()],
  ['ssl_certificate', known()],
  ['ssl_trusted_certificate', known()],
];

/** Settings of the modules that pass requests on, beside timeouts. What nginx 1.29.7 changed is in `settingsOf`. */
const MODULES: ReadonlyMap<string, readonly (readonly [suffix: string, setting: Known])[]> = new Map([
  ['proxy', [...FAILOVER, ...TLS, ['http_version', known('1.0')], ['bind', known()], ['cache', known('off')]]],
  ['grpc', [...FAILOVER, ...TLS, ['bind', known()]]],
  ['fastcgi', [...FAILOVER, ['keep_conn', known('off')], ['bind', known()], ['cache', known('off')]]],
  ['uwsgi', [...FAILOVER, ...TLS, ['bind', known()], ['cache', known('off')]]],
  ['scgi', [...FAILOVER, ['bind', known()], ['cache', known('off')]]],
  ['memcached', [...FAILOVER, ['bind', known()]]],
]);

const STREAM: readonly (readonly [suffix: string, setting: Known])[] = [
  ['next_upstream', known('on')],
  ['next_upstream_tries', known('0')],
  ['next_upstream_timeout', known('0s', 'time')],
  ...TLS,
  ['ssl', known('off')],
  ['protocol', known('off')],
  ['bind', known()],
  ['requests', known('0')],
  ['responses', known()],
];

export interface Effective {
  readonly timeouts: Timeouts;
  readonly options: Map<string, Setting<string>>;
}

/** The settings in force where `module` (`proxy`, `grpc`, …) passes on what arrives in a block. */
export function settingsOf(
  module: string,
  context: 'http' | 'stream',
  scope: Scope,
  at: Span,
  version: string | undefined,
): Effective {
  const options = new Map<string, Setting<string>>();
  for (const [suffix, setting] of context === 'stream' ? STREAM : (MODULES.get(module) ?? [])) {
    const name = `${module}_${suffix}`;
    const value = textSetting(name, setting, scope, at);
    if (value !== undefined) options.set(name, value);
  }
  if (context === 'http' && module === 'proxy') {
    const keepsAlive = version !== undefined && compareVersions(version, '1.29.7') >= 0;
    if (keepsAlive && options.get('proxy_http_version')?.written === false)
      options.set('proxy_http_version', implied('1.1', at));
    options.set('proxy_set_header Connection', connectionHeader(scope, at, keepsAlive ? '' : 'close'));
  }
  for (const name of ['real_ip_header', 'set_real_ip_from', 'real_ip_recursive']) {
    const value = trusted(name, scope);
    if (value !== undefined) options.set(name, value);
  }
  const time = (suffix: string, otherwise: number): Setting<number> => {
    const line = scope.inForce(`${module}_${suffix}`)[0];
    return line === undefined ? implied(otherwise, at) : written(timeMs(joined(line.args)), line.at);
  };
  if (context === 'stream')
    return { timeouts: { connectMs: time('connect_timeout', 60_000), serverMs: time('timeout', 600_000) }, options };
  const send = time('send_timeout', 60_000);
  options.set(`${module}_send_timeout`, { ...send, value: send.value === undefined ? undefined : `${send.value}ms` });
  return { timeouts: { connectMs: time('connect_timeout', 60_000), serverMs: time('read_timeout', 60_000) }, options };
}

function textSetting(name: string, { form, otherwise }: Known, scope: Scope, at: Span): Setting<string> | undefined {
  const lines = scope.inForce(name);
  const [line] = lines;
  if (line === undefined) return otherwise === undefined ? undefined : implied(otherwise, at);
  const args = form === 'set' ? lines.flatMap((one) => one.args) : line.args;
  if (args.some((word) => word.template)) return written<string>(undefined, line.at);
  const words = args.map((word) => word.text);
  if (form === 'set') return written([...new Set(words)].toSorted().join(' '), line.at);
  return written(form === 'time' ? timeText(words.join(' ')) : numberText(words.join(' ')), line.at);
}

/** `007` and `7` are the same number. */
function numberText(text: string): string {
  const number = wholeNumber(text);
  return number === undefined ? text : String(number);
}

/** Headers are inherited only by blocks that set none themselves; without one nginx sends its own Connection header. */
function connectionHeader(scope: Scope, at: Span, otherwise: string): Setting<string> {
  const line = scope.inForce('proxy_set_header').findLast(({ args }) => args[0]?.text.toLowerCase() === 'connection');
  return line === undefined ? implied(otherwise, at) : written(line.args[1]?.text ?? '', line.at);
}

/** Whose word nginx takes for a client's address. */
function trusted(name: string, scope: Scope): Setting<string> | undefined {
  const lines = scope.inForce(name);
  const [first] = lines;
  if (first === undefined) return undefined;
  return written(
    lines
      .map(({ args }) => joined(args))
      .toSorted()
      .join(' '),
    first.at,
  );
}
