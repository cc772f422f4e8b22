import type { Config, Problem } from '../model/config.ts';
import type { Unknown } from '../model/pool.ts';
import { placeKey } from '../model/span.ts';
import { plain, say } from '../text/say.ts';
import type { Draft } from './rule.ts';

/** What a reader found wrong with a file or could not read, each once, as drafts of the external rules that they belong to. */
export function* readerDrafts(config: Config): Generator<{ readonly id: Problem['rule']; readonly draft: Draft }> {
  const told = new Set<string>();
  for (const problem of config.problems) {
    told.add(placeKey(problem.at));
    yield { id: problem.rule, draft: problemDraft(problem) };
  }
  const unknowns = [
    ...config.unknowns.map((unknown) => ({ unknown, pool: undefined })),
    ...config.pools.flatMap((pool) => pool.unknowns.map((unknown) => ({ unknown, pool: pool.name }))),
  ];
  for (const { unknown, pool } of unknowns) {
    if (told.has(placeKey(unknown.at))) continue;
    told.add(placeKey(unknown.at));
    yield { id: 'unresolved-template-or-include', draft: unknownDraft(unknown, pool) };
  }
}

function problemDraft({ at, severity, what, why, fix, pool, server, related }: Problem): Draft {
  return {
    at,
    what,
    why,
    fix,
    ...(severity === undefined ? {} : { severity }),
    ...(pool === undefined ? {} : { pool }),
    ...(server === undefined ? {} : { server }),
    ...(related === undefined ? {} : { related }),
    // A problem that names a line is the same one when lines are added above it.
    key: plain(what).replaceAll(/\bline \d+/g, 'line'),
  };
}

function unknownDraft({ at, reason }: Unknown, pool: string | undefined): Draft {
  return {
    at,
    ...(pool === undefined ? {} : { pool }),
    what: say`This part of the file cannot be read completely: ${reason}.`,
    why: say`Rules that depend on it are not checked, and shares that need it are unknown.`,
    fix: say`Set the value directly, or render the file first and check the rendered one.`,
    key: plain(reason),
  };
}
