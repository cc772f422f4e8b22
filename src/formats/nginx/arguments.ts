import type { Text } from '../../model/text.ts';
import { say } from '../../text/say.ts';
import { conditionFault } from './conditions.ts';
import { listenFault } from './listen-words.ts';
import { networkFault } from './networks.ts';
import { since, type VersionMask } from './tables.ts';
import { sizeBytes, timeMs, wholeNumber } from './values.ts';

/** Where a directive is, for what differs between contexts and versions. */
export interface Where {
  readonly contexts: string;
  /** One bit of `tables.ts`. */
  readonly version: VersionMask;
}

type Check = (args: readonly string[], where: Where) => Text | undefined;

/** What is wrong with the arguments of a directive that has rules of its own; undefined when nothing is or none are known. */
export function argumentFault(name: string, args: readonly string[], where: Where): Text | undefined {
  return CHECKS.get(name)?.(args, where);
}

const invalid = (text: string): Text => say`invalid parameter ${text}.`;

/** The first word that none of the patterns matches, from `from` on. */
const words =
  (from: number, ...allowed: readonly RegExp[]): Check =>
  (args) => {
    const wrong = args.slice(from).find((arg) => !allowed.some((pattern) => pattern.test(arg)));
    return wrong === undefined ? undefined : invalid(wrong);
  };

/** The allowed words of each argument from `from` on. */
const inOrder =
  (from: number, ...allowed: readonly RegExp[]): Check =>
  (args) => {
    const wrong = args.slice(from).find((arg, i) => allowed[i]?.test(arg) !== true);
    return wrong === undefined ? undefined : invalid(wrong);
  };

const all =
  (...checks: readonly Check[]): Check =>
  (args, where) => {
    for (const check of checks) {
      const fault = check(args, where);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

const isVariable = (text: string | undefined): boolean => text?.startsWith('$') === true && text.length > 1;

const variable =
  (place: (args: readonly string[]) => string | undefined): Check =>
  (args) => {
    const text = place(args);
    return isVariable(text) ? undefined : say`invalid variable name ${text ?? ''}.`;
  };

/** nginx needs eight memory pages for a zone. */
const LEAST_ZONE = 32_768;

function zoneSizeFault(size: string): Text | undefined {
  const bytes = sizeBytes(size);
  if (bytes === undefined) return say`invalid size ${size}; use a value such as ${'64k'}.`;
  return bytes < LEAST_ZONE ? say`a zone of ${size} is too small; nginx needs ${'32k'}.` : undefined;
}

/** A parameter `NAME=ZONE:SIZE` that has to be there. */
const sizedZone =
  (parameter: string): Check =>
  (args) => {
    const given = args.find((arg) => arg.startsWith(`${parameter}=`));
    if (given === undefined) return say`parameter ${`${parameter}=NAME:SIZE`} is missing.`;
    const [, zone = '', size] = /=([^:]*):(.*)$/s.exec(given) ?? [];
    return zone === '' || size === undefined ? say`invalid zone ${given}.` : zoneSizeFault(size);
  };

const TIME = (text: string): boolean => timeMs(text) !== undefined;

const returnFault: Check = (args, { contexts }) => {
  const [code = '', text] = args;
  if (!/[SLIJ]/.test(contexts)) return undefined;
  if (/^\d+$/.test(code)) return Number(code) > 999 ? say`invalid return code ${code}.` : undefined;
  if (text === undefined && /^(?:https?:\/\/|\$scheme)/.test(code)) return undefined;
  return say`invalid return code ${code}.`;
};

const expiresFault: Check = ([first = '', second]) => {
  if (second !== undefined && first !== 'modified') return say`invalid value ${first}.`;
  const time = second ?? first;
  if (time.startsWith('$') || (second === undefined && /^(?:epoch|max|off)$/.test(time))) return undefined;
  const plain = time.replace(/^[@+-]/, '');
  return timeMs(plain, 's') === undefined || (second !== undefined && time.startsWith('@'))
    ? say`invalid value ${time}.`
    : undefined;
};

const errorPageFault: Check = (args) => {
  const codes = args.slice(0, -1);
  const change = codes.at(-1);
  if (change?.startsWith('=') === true) {
    if (codes.length === 1 || !/^=\d*$/.test(change)) return say`invalid value ${change}.`;
    codes.pop();
  }
  const wrong = codes.find(
    (code) => !/^\d{3}$/.test(code) || Number(code) < 300 || Number(code) > 599 || code === '499',
  );
  return wrong === undefined ? undefined : say`invalid status ${wrong}; use 300 to 599.`;
};

const cacheValidFault: Check = (args) => {
  const time = args.at(-1) ?? '';
  if (timeMs(time, 's') === undefined) return say`invalid duration ${time}.`;
  const wrong = args
    .slice(0, -1)
    .find((code) => code !== 'any' && !(/^\d{3}$/.test(code) && Number(code) >= 100 && Number(code) <= 599));
  return wrong === undefined ? undefined : say`invalid status ${wrong}.`;
};

const limitConnFault: Check = ([, limit = '']) => {
  const number = wholeNumber(limit);
  return number === undefined || number < 1 || number > 65_535
    ? say`invalid number of connections ${limit}; use 1 to 65535.`
    : undefined;
};

const keepaliveFault: Check = ([connections = '', more], { version }) => {
  if (more !== undefined && (more !== 'local' || (version & since('1.30')) === 0)) return invalid(more);
  return (wholeNumber(connections) ?? 0) < 1
    ? say`${connections} is not a number of connections from 1 up.`
    : undefined;
};

const zoneFault: Check = ([, size]) => (size === undefined ? undefined : zoneSizeFault(size));

const locationFault: Check = (args) => {
  const [modifier = '', path] = args;
  if (path === undefined) return undefined;
  return /^(?:=|~|~\*|\^~)$/.test(modifier) ? undefined : say`invalid location modifier ${modifier}.`;
};

const tryFilesFault: Check = (args) => {
  const last = args.at(-1) ?? '';
  if (!last.startsWith('=')) return undefined;
  return /^=\d+$/.test(last) && Number(last.slice(1)) <= 999 ? undefined : say`invalid code ${last}.`;
};

const rewriteFault: Check = ([, , flag]) =>
  flag === undefined || /^(?:last|break|redirect|permanent)$/.test(flag) ? undefined : invalid(flag);

const keepaliveTimeout: Check = (args) =>
  args.every((arg, i) => timeMs(arg, i === 0 ? 'ms' : 's') !== undefined)
    ? undefined
    : say`invalid duration ${args.find((arg) => !TIME(arg)) ?? ''}.`;

const resolverFault: Check = (args) => {
  const names = args.filter((arg) => !/^(?:valid|ipv[46]|status_zone)=/.test(arg));
  if (names.length === 0) return say`no name servers defined.`;
  const valid = args.find((arg) => arg.startsWith('valid='));
  if (valid !== undefined && timeMs(valid.slice(6), 's') === undefined) return invalid(valid);
  const family = args.find((arg) => /^ipv[46]=/.test(arg) && !/=(?:on|off)$/.test(arg));
  if (family !== undefined) return invalid(family);
  const port = names.find((arg) => /^[^[:]*:/.test(arg) && !isPort(arg.slice(arg.indexOf(':') + 1)));
  return port === undefined ? undefined : say`invalid port in resolver ${port}.`;
};

const isPort = (text: string): boolean => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;

const limitRate: Check = ([text = '']) =>
  text.includes('$') || sizeBytes(text) !== undefined ? undefined : say`invalid size ${text}.`;

const LEVEL = /^(?:emerg|alert|crit|error|warn|notice|info|debug|debug_\w+)$/;
const FLAGS = /^(?:last_byte|header|connect|first_byte)$/;
const redirectFault: Check = ([first = '', second]) =>
  second !== undefined || /^(?:off|default|false)$/.test(first) ? undefined : invalid(first);
const countFault =
  (least: number): Check =>
  ([text = '']) =>
    (wholeNumber(text) ?? -1) < least ? say`${text} is not a whole number from ${least} up.` : undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['worker_processes', (args, where) => (args[0] === 'auto' ? undefined : countFault(1)(args, where))],
  ['worker_connections', countFault(0)],
  ['worker_priority', words(0, /^[+-]?\d+$/)],
  ['worker_cpu_affinity', words(0, /^auto$/, /^[01 ]+$/)],
  ['use', words(0, /^(?:epoll|poll|select|kqueue|eventport|\/dev\/poll)$/)],
  ['error_log', words(1, LEVEL)],
  ['listen', listenFault],
  ['location', locationFault],
  ['return', returnFault],
  ['rewrite', rewriteFault],
  ['set', variable(([first]) => first)],
  ['if', conditionFault],
  ['map', variable(([, second]) => second)],
  ['split_clients', variable(([, second]) => second)],
  ['geo', variable((args) => args.at(-1))],
  ['auth_request_set', variable(([first]) => first)],
  ['try_files', tryFilesFault],
  ['error_page', errorPageFault],
  ['expires', expiresFault],
  ['add_header', inOrder(2, /^always$/)],
  ['add_trailer', inOrder(2, /^always$/)],
  ['allow', ([text = '']) => (text === 'all' || text === 'unix:' ? undefined : networkFault(text))],
  ['deny', ([text = '']) => (text === 'all' || text === 'unix:' ? undefined : networkFault(text))],
  ['set_real_ip_from', ([text = '']) => (/^[\d.]+\/|[$,=]/.test(text) ? networkFault(text) : undefined)],
  ['keepalive_timeout', keepaliveTimeout],
  ['limit_rate', limitRate],
  ['limit_rate_after', limitRate],
  [
    'limit_req',
    (args, where) =>
      words(0, /^zone=/, /^burst=0*[1-9]\d*$/, /^delay=0*[1-9]\d*$/, /^nodelay$/)(args, where) ??
      (args.some((arg) => arg.startsWith('zone=')) ? undefined : say`parameter ${'zone=NAME'} is missing.`),
  ],
  ['limit_req_zone', all(words(1, /^zone=/, /^rate=0*[1-9]\d*(?:r\/[sm])?$/), sizedZone('zone'))],
  ['limit_conn_zone', all(words(1, /^zone=/), sizedZone('zone'))],
  ['limit_conn', limitConnFault],
  ['resolver', resolverFault],
  ['proxy_redirect', redirectFault],
  [
    'access_log',
    (args, where) =>
      args[0] === 'off' ? words(1)(args, where) : words(2, /^(?:buffer|flush|gzip|if)=/, /^gzip$/)(args, where),
  ],
  ...['proxy', 'fastcgi', 'uwsgi', 'scgi'].flatMap((module): [string, Check][] => [
    [`${module}_cache_valid`, cacheValidFault],
    [`${module}_param`, inOrder(2, /^if_not_empty$/)],
    [`${module}_limit_rate`, limitRate],
    [
      `${module}_cache_path`,
      all(
        words(
          1,
          /^levels=[12](?::[12]){0,2}$/,
          /^(?:keys_zone|max_size|min_free)=/,
          /^(?:use_temp_path|purger)=(?:on|off)$/,
          /^(?:inactive|(?:manager|loader|purger)_(?:files|sleep|threshold))=/,
        ),
        sizedZone('keys_zone'),
      ),
    ],
  ]),
  ['zone', zoneFault],
  ['hash', inOrder(1, /^consistent$/)],
  ['random', inOrder(0, /^two$/, /^least_(?:conn|time=(?:header|last_byte|connect|first_byte))(?:;inflight)?$/)],
  ['least_time', inOrder(0, FLAGS, /^inflight$/)],
  ['keepalive', keepaliveFault],
]);
