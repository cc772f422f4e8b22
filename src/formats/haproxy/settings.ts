import type { Timeouts } from '../../model/traffic.ts';
import { written, type Setting } from '../../model/span.ts';
import { Acls } from './acl.ts';
import type { Statement } from './sections.ts';
import { durationSetting } from './values.ts';
import type { Word } from './words.ts';

/** The statements in force: those of `defaults`, then the section's own. */
export class Settings {
  readonly inherited: readonly Statement[];
  /** Those of the section itself. */
  readonly own: readonly Statement[];
  /** The inherited ones first. */
  readonly statements: readonly Statement[];
  #acls: Acls | undefined;

  constructor(inherited: readonly Statement[], own: readonly Statement[]) {
    this.inherited = inherited;
    this.own = own;
    this.statements = [...inherited, ...own];
  }

  /** The named conditions, each read once for all lines that use it. */
  get acls(): Acls {
    return (this.#acls ??= new Acls(this.statements));
  }

  last(keyword: string): Statement | undefined {
    return this.statements.findLast((statement) => statement.words[0]?.text === keyword);
  }

  all(keyword: string): readonly Statement[] {
    return this.statements.filter((statement) => statement.words[0]?.text === keyword);
  }

  /** The line that switches the proxy off, unless a later one switches it on again. */
  isDisabled(): Statement | undefined {
    const line = this.statements.findLast(({ words }) => /^(?:disabled|enabled)$/.test(words[0]?.text ?? ''));
    return line?.words[0]?.text === 'disabled' ? line : undefined;
  }

  /** The first rule by which a table keeps clients on their servers. */
  stick(): Statement | undefined {
    return this.all('stick').find(({ words }) => ['on', 'match'].includes(words[1]?.text ?? ''));
  }

  /** `option NAME ...` as a setting with its arguments; undefined when it is off. */
  option(name: string): Setting<string> | undefined {
    const line = this.statements.findLast(({ words }) => {
      const [first, second] = words[0]?.text === 'no' ? words.slice(1) : words;
      return first?.text === 'option' && second?.text === name;
    });
    if (line === undefined || line.words[0]?.text === 'no') return undefined;
    return written(textOf(line.words.slice(2)), line.at);
  }

  timeouts(): Timeouts {
    const found = new Map<string, Setting<number>>();
    for (const { words } of this.all('timeout')) {
      if (words[1]?.text !== undefined && words[2] !== undefined) found.set(words[1].text, durationSetting(words[2]));
    }
    for (const [old, now] of [
      ['contimeout', 'connect'],
      ['srvtimeout', 'server'],
      ['clitimeout', 'client'],
    ] as const) {
      const word = this.last(old)?.words[1];
      if (word !== undefined && !found.has(now)) found.set(now, durationSetting(word));
    }
    const pick = (name: string, key: keyof Timeouts): Timeouts => {
      const setting = found.get(name);
      return setting ? { [key]: setting } : {};
    };
    return {
      ...pick('connect', 'connectMs'),
      ...pick('server', 'serverMs'),
      ...pick('client', 'clientMs'),
      ...pick('queue', 'queueMs'),
    };
  }

  /** Everything that has no place of its own in the model, by keyword and first argument. */
  others(): Map<string, Setting<string>> {
    const found = new Map<string, Setting<string>>();
    for (const { words, at } of this.statements) {
      const [first, second, ...rest] = words;
      const keyword = first?.text;
      if (keyword === undefined || MODELLED.has(keyword)) continue;
      if (keyword === 'timeout' && MODELLED_TIMEOUTS.has(second?.text ?? '')) continue;
      if (keyword === 'no') {
        const key = `${second?.text ?? ''} ${rest[0]?.text ?? ''}`;
        found.delete(key);
        continue;
      }
      const named = TWO_WORDS.has(keyword) && second !== undefined;
      const header = named && /header/.test(second.text ?? '') && rest[0] !== undefined;
      const key = [
        keyword,
        ...(named ? [second.text ?? second.raw] : []),
        ...(header ? [rest[0]?.text ?? rest[0]?.raw ?? ''] : []),
      ].join(' ');
      const value = textOf(words.slice(header ? 3 : named ? 2 : 1));
      const before = REPEATED.has(keyword) ? found.get(key) : undefined;
      const known = value !== undefined && (before === undefined || before.value !== undefined);
      const all = before?.value === undefined ? value : `${before.value}; ${value ?? ''}`;
      found.set(key, written(known ? all : undefined, at));
    }
    return found;
  }
}

/** Read into fields of the model, or of no weight for balancing. */
const MODELLED = new Set(
  (
    'server server-template default-server balance cookie mode bind use_backend default_backend acl log description retries ' +
    'contimeout clitimeout srvtimeout capture log-format log-tag disabled enabled'
  ).split(' '),
);
const MODELLED_TIMEOUTS = new Set(['connect', 'server', 'client', 'queue']);
const TWO_WORDS = new Set(
  (
    'option timeout http-request http-response http-after-response http-check tcp-check tcp-request tcp-response stick stats ' +
    'email-alert'
  ).split(' '),
);
const REPEATED = new Set(
  (
    'http-request http-response http-after-response http-check tcp-check tcp-request tcp-response stick stats use-server ' +
    'force-persist ignore-persist'
  ).split(' '),
);

export function textOf(words: readonly Word[]): string | undefined {
  return words.some((word) => word.text === undefined) ? undefined : words.map((word) => word.text).join(' ');
}
