import type { Dialect } from './dialect.ts';
import type { RelatedPlace, Severity } from './finding.ts';
import type { Pool, Unknown } from './pool.ts';
import type { Entry, Listener, Reference, Route } from './route.ts';
import type { Setting, Source, Span } from './span.ts';
import type { Statement } from './statement.ts';
import type { Text } from './text.ts';

/** A fault of the file itself, found while reading. Becomes a finding of the rule it names. */
export interface Problem {
  readonly rule:
    'config-unparsable' | 'schema-invalid' | 'malformed-number' | 'invalid-weight' | 'unresolved-template-or-include';
  readonly at: Span;
  /** Overrides the severity of the rule. */
  readonly severity?: Severity;
  readonly pool?: string;
  readonly server?: string;
  readonly what: Text;
  readonly why: Text;
  readonly fix: Text;
  readonly related?: readonly RelatedPlace[];
}

/** `# evenkeel-ignore RULE[, RULE] until 2027-01-31 -- reason`, on the line it stands on or the next one with content. */
export interface IgnoreComment {
  readonly at: Span;
  /** The span of the line(s) that it covers. */
  readonly covers: Span;
  readonly rules: readonly string[];
  /** What stands after `until`; undefined = no expiry. What is no ISO date makes the comment refused. */
  readonly until: string | undefined;
  /** Empty when none was given: the comment is then refused. */
  readonly reason: string;
}

/** What was read from one root file and the files that it includes. */
export interface Config {
  readonly dialect: Dialect;
  /** The root file's path in its tree. */
  readonly path: string;
  readonly source: Source;
  /** `partial`: something was left out, see `problems` and `unknowns`. `refused`: nothing could be read. */
  readonly status: 'read' | 'partial' | 'refused';
  /** Every file that was read for it, root first. */
  readonly files: readonly string[];
  readonly pools: readonly Pool[];
  readonly routes: readonly Route[];
  /** Where requests come in and what becomes of them, in the order of the file. */
  readonly entries: readonly Entry[];
  readonly references: readonly Reference[];
  readonly listeners: readonly Listener[];
  /** File-wide facts by the product's name (`worker_processes`, `real_ip_header`), for rules that need evidence. */
  readonly facts: ReadonlyMap<string, Setting<string>>;
  /** Every statement of the files as they are loaded; absent where the reader does not account for them one by one. */
  readonly statements?: readonly Statement[];
  readonly problems: readonly Problem[];
  readonly unknowns: readonly Unknown[];
  readonly ignores: readonly IgnoreComment[];
}
