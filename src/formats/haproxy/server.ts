import { isHostName } from '../../text/hosts.ts';
import type { Problem } from '../../model/config.ts';
import { NO_OPTIONS, type Caveat, type HealthCheck, type Server, type Unknown } from '../../model/pool.ts';
import { implied, written, type Setting, type Span } from '../../model/span.ts';
import { LIMITS } from '../../text/limits.ts';
import { say, words } from '../../text/say.ts';
import { compareVersions } from '../../text/versions.ts';
import { isLiteral, readAddress } from './address.ts';
import { addressFault, fullAddress, shortAddress } from './address-faults.ts';
import { nameFault } from './arguments.ts';
import { unparsable, type Statement } from './sections.ts';
import { BLURRED, readOptions, type ServerOptions } from './server-options.ts';
import { isListed } from './table.ts';
import { durationSetting, numberSetting } from './values.ts';

/** What a server needs to know of its proxy. */
export interface Owner {
  readonly pool: string;
  readonly http: boolean;
  readonly version: string | undefined;
  /** Whether the certificates of servers are verified where a line does not say. */
  readonly tlsVerified: boolean;
  /** The kind of check that the proxy's options choose. */
  readonly check: Omit<HealthCheck, 'at'>;
}

/** Options that have a place of their own in the model. */
const MODELLED = new Set(
  'weight check disabled backup cookie maxconn slowstart id inter rise fall agent-check check-ssl'.split(' '),
);

/** Part of the check where there is one; without it they are written for nothing and stay visible. */
const CHECK_WORDS = new Set('inter rise fall check-ssl'.split(' '));

/** One `server` or `server-template` line. Undefined when it has no address. */
export function readServer(
  statement: Statement,
  defaults: ServerOptions,
  owner: Owner,
  found: { readonly problems: Problem[]; readonly unknowns: Unknown[]; readonly caveats: Caveat[] },
): { readonly server: Server; readonly dynamic: boolean } | undefined {
  const [keyword, nameWord, ...rest] = statement.all ?? statement.words;
  const template = keyword?.text === 'server-template';
  const range = template ? rest.shift() : undefined;
  const addressWord = rest.shift();
  if (nameWord === undefined || addressWord === undefined || nameWord.text === '' || addressWord.text === '') {
    found.problems.push({
      ...unparsable(statement.at, say`The line needs a name and an address.`, say`Set ${'server NAME ADDRESS:PORT'}.`),
      pool: owner.pool,
    });
    return undefined;
  }
  const at = statement.at;
  // `server-template web 3` makes web1, web2 and web3.
  const slots = range && slotsOf(range.text);
  const numbers = slots?.[0] === slots?.[1] ? slots?.[0] : slots?.join('-');
  const name = `${nameWord.text ?? nameWord.raw}${numbers ?? range?.raw ?? ''}`;
  const who = { pool: owner.pool, server: name };
  const options = readOptions(rest, defaults, found.problems, {
    ...who,
    version: owner.version,
    blurred: nameWord.text === undefined || addressWord.text === undefined,
  });
  const number = (option: string): Setting<number> | undefined => {
    const value = options.get(option)?.value;
    return value && numberSetting(option, value, found.problems, who);
  };
  const duration = (option: string): Setting<number> | undefined => {
    const value = options.get(option)?.value;
    return value && durationSetting(value);
  };
  const wrong =
    (slots !== undefined && slots[1] < slots[0] ? badRange(statement) : undefined) ??
    nameFault(nameWord, 'a server') ??
    addressFault(addressWord, { offset: true }) ??
    unverified(options, statement, owner);
  if (wrong !== undefined) found.problems.push({ ...wrong, ...who });
  const address = readAddress(addressWord);
  if (address.untold !== undefined) {
    const what = words(`the ${address.untold}`);
    found.unknowns.push({ at: addressWord.at, reason: say`${what} of ${name} comes from the environment` });
  }
  const shortened = address.host === undefined ? undefined : fullAddress(address.host);
  if (shortened !== undefined && shortened !== address.host)
    found.problems.push({ ...shortAddress(addressWord, address.host ?? '', shortened), ...who });
  if (template && !isLiteral(address.host) && address.host !== undefined && !options.has('resolvers'))
    found.caveats.push({
      at,
      bends: 'some',
      reason: say`${name} has no ${'resolvers'}, so all its slots get the address that the name has when HAProxy starts`,
    });
  if (/^(?:0\.0\.0\.0|\*|::)$/.test(address.host ?? ''))
    found.caveats.push({
      at,
      bends: 'some',
      reason: say`${name} has no address of its own: each request goes to the address that its client connected to`,
    });
  const agent = options.get('agent-check');
  if (agent !== undefined)
    found.caveats.push({
      at: agent.at,
      bends: 'some',
      reason: say`an agent on the servers sets their weights and states`,
    });
  const blurred = options.get(BLURRED)?.at;
  if (blurred !== undefined)
    found.unknowns.push({
      at: blurred,
      reason: say`an option of ${name} is filled in from outside the file`,
      anything: true,
    });
  const read = readWeight(number('weight'), at, who, found.problems);
  const weight = blurred === undefined ? read : written<number>(undefined, blurred);
  if (blurred === undefined && options.get('weight')?.value?.text === undefined && weight.written)
    found.unknowns.push({ at: weight.at, reason: say`the weight of ${name} comes from the environment` });
  const disabled = options.get('disabled');
  const activeCheck = readCheck(options, owner, duration, number);
  const backup = options.get('backup');
  const cookie = options.get('cookie')?.value;
  const limit = number('maxconn');
  // 0 is no limit.
  const optional = {
    maxConnections: limit?.value === 0 ? undefined : limit,
    slowStartMs: duration('slowstart'),
    id: number('id'),
  };
  return {
    dynamic: template && !isLiteral(address.host),
    server: {
      name,
      address: shortened ?? address.host,
      port: address.port === undefined && address.untold !== 'port' ? undefined : written(address.port, addressWord.at),
      at,
      weight,
      priority: blurred ? written<number>(undefined, blurred) : backup ? written(1, backup.at) : implied(0, at),
      state: blurred ? written<'up'>(undefined, blurred) : disabled ? written('down', disabled.at) : implied('up', at),
      instances:
        range === undefined
          ? { count: implied(1, at), named: 'listed' }
          : { count: written(countOf(slots), range.at), named: 'numbered' },
      ...resolution(address.host, options),
      ...proxyHeaderOf(options),
      ...tlsOf(options, at),
      ...observation(options),
      ...(activeCheck ? { activeCheck } : {}),
      ...(optional.maxConnections ? { maxConnections: optional.maxConnections } : {}),
      ...(optional.slowStartMs ? { slowStartMs: optional.slowStartMs } : {}),
      ...(optional.id ? { id: optional.id } : {}),
      ...(cookie ? { stickyValue: written(cookie.text, cookie.at) } : {}),
      options: otherOptions(options, activeCheck !== undefined),
    },
  };
}

/** `observe`: live traffic counts as checks; `error-limit` errors in a row do what `on-error` says. */
function observation(options: ServerOptions): Pick<Server, 'passiveCheck'> {
  const observe = options.get('observe');
  if (observe === undefined) return {};
  const limit = options.get('error-limit')?.value;
  const at = observe.at;
  const sees = observe.value?.text === 'layer7' ? 'answers' : 'connections';
  const fails = limit === undefined ? implied(10, at) : written(Number(limit.text) || undefined, limit.at);
  return { passiveCheck: { at, maxFails: fails, sees } };
}

/** A name is resolved at the start, or by a resolvers section, which gives each line an address of its own. */
function resolution(host: string | undefined, options: ServerOptions): Pick<Server, 'resolves'> {
  return isHostName(host) ? { resolves: options.has('resolvers') ? 'one' : 'once' } : {};
}

/** Any version of the PROXY header. */
function proxyHeaderOf(options: ServerOptions): Pick<Server, 'proxyHeader'> {
  const [, sent] = [...options].find(([option]) => option.startsWith('send-proxy')) ?? [];
  return sent === undefined ? {} : { proxyHeader: written(true, sent.at) };
}

function tlsOf(options: ServerOptions, at: Span): Pick<Server, 'tls'> {
  const ssl = options.get('ssl');
  return { tls: ssl === undefined ? implied(false, at) : written(true, ssl.at) };
}

/** TLS to a server needs a certificate authority, unless the line says that none is asked. */
function unverified(options: ServerOptions, { at }: Statement, owner: Owner): Problem | undefined {
  if (!owner.tlsVerified || !isListed(owner.version) || options.has(BLURRED)) return undefined;
  if (owner.version !== undefined && compareVersions(owner.version, '3.3') >= 0) return undefined;
  const uses = options.has('ssl') || options.has('check-ssl');
  const verify = options.get('verify')?.value;
  if (!uses || options.has('ca-file') || (verify !== undefined && verify.text !== 'required')) return undefined;
  return unparsable(
    at,
    say`${'ssl'} verifies the server, and the line names no certificate authority.`,
    say`Add ${'ca-file FILE'}, or ${'verify none'} where nobody else can answer.`,
  );
}

/** What has no place of its own in the model. */
function otherOptions(options: ServerOptions, checked: boolean): Server['options'] {
  const others = new Map<string, Setting<string>>();
  for (const [option, { at, value }] of options) {
    if (option === BLURRED || (MODELLED.has(option) && (checked || !CHECK_WORDS.has(option)))) continue;
    others.set(option, written(value === undefined ? '' : value.text, value?.at ?? at));
  }
  return others.size === 0 ? NO_OPTIONS : others;
}

function readWeight(
  setting: Setting<number> | undefined,
  at: Span,
  who: { pool: string; server: string },
  problems: Problem[],
): Setting<number> {
  if (setting === undefined) return implied(1, at);
  if (setting.value !== undefined && (setting.value < 0 || setting.value > 256)) {
    problems.push({
      rule: 'invalid-weight',
      at: setting.at,
      ...who,
      what: say`${'weight'} ${setting.value} is outside 0 to 256.`,
      why: say`HAProxy refuses the whole file, so the next reload or restart fails.`,
      fix: say`Set the weights of the pool in proportion, the largest at most 256.`,
    });
    return { ...setting, value: undefined };
  }
  return setting;
}

function readCheck(
  options: ServerOptions,
  owner: Owner,
  duration: (option: string) => Setting<number> | undefined,
  number: (option: string) => Setting<number> | undefined,
): HealthCheck | undefined {
  const check = options.get('check');
  const track = options.get('track');
  const agent = options.get('agent-check');
  const own = check ?? track ?? agent;
  if (own === undefined) return undefined;
  const tls = options.has('check-ssl') || (options.has('ssl') && !options.has('no-check-ssl'));
  // What a section of its own asks is not read.
  if (options.has('healthcheck'))
    return { ...owner.check, ...speed(own.at, duration, number), type: 'other', at: own.at };
  const type =
    check === undefined ? (track ? 'other' : 'agent') : owner.check.type === 'http' && tls ? 'https' : owner.check.type;
  const followed =
    check === undefined && track?.value !== undefined ? { follows: written(track.value.text, track.at) } : {};
  return { ...owner.check, ...speed(own.at, duration, number), ...followed, type, at: own.at };
}

/** How fast a check decides. */
function speed(
  at: Span,
  duration: (option: string) => Setting<number> | undefined,
  number: (option: string) => Setting<number> | undefined,
): Pick<HealthCheck, 'intervalMs' | 'retryIntervalMs' | 'port' | 'rise' | 'fall'> {
  const [fast, port] = [duration('fastinter'), number('port')];
  return {
    intervalMs: duration('inter') ?? implied(2000, at),
    ...(fast === undefined ? {} : { retryIntervalMs: fast }),
    ...(port === undefined ? {} : { port }),
    rise: number('rise') ?? implied(2, at),
    fall: number('fall') ?? implied(3, at),
  };
}

function badRange({ at }: Statement): Problem {
  return unparsable(at, say`The template makes no server.`, say`Set a number of servers, or a range such as ${'1-3'}.`);
}

/** First and last number of `1-3`, or of `5`, which is 1 to 5. HAProxy reads digits and leaves out what follows them. */
function slotsOf(text: string | undefined): readonly [number, number] | undefined {
  const [, first, dash, last] = /^(\d*)(?:(-)(\d*))?/.exec(text ?? '') ?? [];
  if (text === undefined || first === undefined || (first === '' && text.includes('-'))) return undefined;
  return dash === undefined ? [1, Number(first)] : [Number(first), Number(last ?? 0)];
}

/** How many servers a template makes; undefined when the file does not tell, or tells more than are counted. */
function countOf(slots: readonly [number, number] | undefined): number | undefined {
  if (slots === undefined) return undefined;
  const count = slots[1] - slots[0] + 1;
  return count >= 1 && count <= LIMITS.serversPerTemplate ? count : undefined;
}
