import type { Config, IgnoreComment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import { fileAndLine, lineOf, type Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
import { appendTo } from '../text/append.ts';
import { isDay } from '../text/ignores.ts';
import { say } from '../text/say.ts';

/** An ignore of the checklist file. */
export interface SettingsIgnore {
  readonly rule: string;
  readonly pool?: string;
  readonly path?: string;
  readonly until?: string;
  readonly reason: string;
}

/**
 * Which findings an inline comment or the checklist file ignores. A comment needs a reason and must not have expired; one
 * that the change itself adds silences warnings and notices, never errors, so that no change can pass itself.
 */
export class Ignores {
  readonly #comments: readonly IgnoreComment[];
  readonly #added: ReadonlySet<IgnoreComment>;
  readonly #settings: readonly SettingsIgnore[];
  readonly #today: string;
  readonly #speaksOfChanges: (rule: string) => boolean;
  readonly #used = new Set<IgnoreComment | SettingsIgnore>();
  readonly #notes: Text[] = [];

  /**
   * `added`: comments of head that the change brings. `today` is an ISO date. `speaksOfChanges`: rules whose ignore can match in a later
   * change although it matches nothing now.
   */
  constructor(
    head: readonly Config[],
    added: ReadonlySet<IgnoreComment>,
    settings: readonly SettingsIgnore[],
    today: string,
    speaksOfChanges: (rule: string) => boolean = () => false,
  ) {
    this.#comments = head.flatMap((config) => config.ignores);
    this.#added = added;
    this.#settings = settings;
    this.#today = today;
    this.#speaksOfChanges = speaksOfChanges;
  }

  /** Why a finding is ignored; undefined when it counts. */
  of(finding: Finding): Finding['ignored'] {
    const comment = this.#comments.find((item) => covers(item, finding));
    if (comment !== undefined) {
      this.#used.add(comment);
      const refused = this.#refusal(comment, finding);
      if (refused === undefined) return { reason: comment.reason, until: comment.until };
      this.#notes.push(refused);
      return undefined;
    }
    const setting = this.#settings.find((item) => applies(item, finding));
    if (setting === undefined) return undefined;
    this.#used.add(setting);
    if (!this.#expired(setting.until)) return { reason: setting.reason, until: setting.until };
    this.#notes.push(
      say`The ignore of ${setting.rule} in the checklist file expired on ${setting.until ?? ''}: set a later date or fix the finding.`,
    );
    return undefined;
  }

  /** Ignores that were refused, expired, or matched nothing, each a sentence. To be asked for after the last finding. */
  notes(): readonly Text[] {
    return [
      ...this.#notes,
      ...this.#comments
        .filter((comment) => !this.#used.has(comment) && !comment.rules.some(this.#speaksOfChanges))
        .map(
          (comment) =>
            say`The ignore of ${comment.rules.join(', ')} at ${fileAndLine(comment.at)} matches nothing: remove it.`,
        ),
      ...this.#settings
        .filter((setting) => !this.#used.has(setting) && !this.#speaksOfChanges(setting.rule))
        .map((setting) => say`The ignore of ${setting.rule} in the checklist file matches nothing: remove it.`),
    ];
  }

  #refusal(comment: IgnoreComment, finding: Finding): Text | undefined {
    const place = fileAndLine(comment.at);
    if (comment.reason === '') return say`The ignore at ${place} has no reason and does not apply: add ${'-- why'}.`;
    if (comment.until !== undefined && !isDay(comment.until)) {
      return say`The ignore at ${place} has the invalid date ${comment.until} and does not apply: set ${'until 2027-01-31'}.`;
    }
    if (this.#expired(comment.until)) {
      return say`The ignore at ${place} expired on ${comment.until ?? ''}: set a later date or fix the finding.`;
    }
    if (this.#added.has(comment) && finding.severity === 'error') {
      return say`The ignore at ${place} is added by this change and cannot silence an error (${finding.rule}): merge it on its own first.`;
    }
    return undefined;
  }

  #expired(until: string | undefined): boolean {
    return until !== undefined && until < this.#today;
  }
}

/**
 * Comments of head that base does not have on the same subject as often: new ones, copies, and those moved elsewhere. None
 * without a base.
 */
export function addedIgnores(head: readonly Config[], base: readonly Config[] | undefined): ReadonlySet<IgnoreComment> {
  if (base === undefined) return new Set();
  const left = new Map<string, number>();
  for (const { key } of keyed(base)) left.set(key, (left.get(key) ?? 0) + 1);
  const added = new Set<IgnoreComment>();
  for (const { comment, key } of keyed(head)) {
    const n = left.get(key) ?? 0;
    if (n === 0) added.add(comment);
    else left.set(key, n - 1);
  }
  return added;
}

/** Each comment with what makes it the same one at base and head: its words and what it covers; its line may move. */
function keyed(configs: readonly Config[]): { readonly comment: IgnoreComment; readonly key: string }[] {
  return configs.flatMap((config) => {
    const subjects = subjectsOf(config);
    return config.ignores.map((comment) => {
      const { covers: span, rules, until, reason } = comment;
      const within: string[] = [];
      const { line: last } = span.source.position(span.end);
      for (let line = lineOf(span); line <= last; line++) {
        for (const name of subjects.get(`${span.source.path} ${line}`) ?? []) within.push(name);
      }
      const subject = within.length > 0 ? within : [span.source.text.slice(span.start, span.end).trim()];
      return { comment, key: JSON.stringify([span.source.path, rules, until ?? null, reason, subject]) };
    });
  });
}

/** Names of pools and servers by the file and line that they begin on; none for a config without ignores. */
function subjectsOf({ ignores, pools }: Config): ReadonlyMap<string, readonly string[]> {
  const subjects = new Map<string, string[]>();
  const add = (at: Span, name: string): void => appendTo(subjects, `${at.source.path} ${lineOf(at)}`, name);
  if (ignores.length === 0) return subjects;
  for (const pool of pools) {
    add(pool.at, pool.name);
    for (const server of pool.servers) add(server.at, `${pool.name} ${server.name}`);
  }
  return subjects;
}

function covers(comment: IgnoreComment, finding: Finding): boolean {
  return comment.rules.includes(finding.rule) && isWithin(finding.at, comment.covers);
}

function isWithin(at: Span, span: Span): boolean {
  return span.source.path === at.source.path && at.start >= span.start && at.start <= span.end;
}

function applies(setting: SettingsIgnore, finding: Finding): boolean {
  return (
    setting.rule === finding.rule &&
    (setting.pool === undefined || setting.pool === finding.pool) &&
    (setting.path === undefined || setting.path === finding.at.source.path)
  );
}
