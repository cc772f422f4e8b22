import type { Config, IgnoreComment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import type { Span } from '../model/span.ts';
import type { Text } from '../model/text.ts';
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
  readonly #used = new Set<IgnoreComment | SettingsIgnore>();
  readonly #notes: Text[] = [];

  /** `today` is an ISO date. */
  constructor(
    head: readonly Config[],
    base: readonly Config[] | undefined,
    settings: readonly SettingsIgnore[],
    today: string,
  ) {
    const known = base && new Set(base.flatMap((config) => config.ignores.map(ignoreKey)));
    this.#comments = head.flatMap((config) => config.ignores);
    this.#added = new Set(known && this.#comments.filter((comment) => !known.has(ignoreKey(comment))));
    this.#settings = settings;
    this.#today = today;
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
      say`The ignore of ${setting.rule} in the checklist file expired on ${setting.until ?? ''}: renew it or mend the finding.`,
    );
    return undefined;
  }

  /** Ignores that were refused, expired, or matched nothing, each a sentence. To be asked for after the last finding. */
  notes(): readonly Text[] {
    return [
      ...this.#notes,
      ...this.#comments
        .filter((comment) => !this.#used.has(comment))
        .map(
          (comment) =>
            say`The ignore of ${comment.rules.join(', ')} at ${where(comment.at)} matches nothing: remove it.`,
        ),
      ...this.#settings
        .filter((setting) => !this.#used.has(setting))
        .map((setting) => say`The ignore of ${setting.rule} in the checklist file matches nothing: remove it.`),
    ];
  }

  #refusal(comment: IgnoreComment, finding: Finding): Text | undefined {
    const place = where(comment.at);
    if (comment.reason === '') return say`The ignore at ${place} gives no reason and is not honoured: add ${'-- why'}.`;
    if (this.#expired(comment.until)) {
      return say`The ignore at ${place} expired on ${comment.until ?? ''}: renew it or mend the finding.`;
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

/** What makes a comment of base and head the same one; its place may move. */
export function ignoreKey(comment: IgnoreComment): string {
  return `${comment.at.source.path} ${comment.rules.join(',')} ${comment.until ?? ''} ${comment.reason}`;
}

function covers(comment: IgnoreComment, finding: Finding): boolean {
  const { covers: span } = comment;
  return (
    comment.rules.includes(finding.rule) &&
    span.source.path === finding.at.source.path &&
    finding.at.start >= span.start &&
    finding.at.start <= span.end
  );
}

function applies(setting: SettingsIgnore, finding: Finding): boolean {
  return (
    setting.rule === finding.rule &&
    (setting.pool === undefined || setting.pool === finding.pool) &&
    (setting.path === undefined || setting.path === finding.at.source.path)
  );
}

function where(at: Span): string {
  return `${at.source.path}:${at.source.position(at.start).line}`;
}
