import type { DiffChange } from '../../model/diff.ts';
import type { Report } from '../../model/report.ts';
import { clean } from '../escape.ts';
import { paragraph, type Section } from '../blocks.ts';
import { more, type Size } from '../size.ts';

/** What changes by value, whatever the files' spelling: one block per pool, in the form of a diff. */
export function settingsSections(report: Report, size: Size): Section[] {
  const total = report.diff.pools.reduce((sum, pool) => sum + pool.changes.length, 0);
  if (total === 0) return [];
  const lines: string[] = [];
  let shown = 0;
  for (const pool of report.diff.pools) {
    const changes = pool.changes.slice(0, size.changes - shown);
    if (changes.length === 0) continue;
    lines.push(`# ${clean(pool.name)}, ${clean(pool.file)}:${pool.line}`);
    for (const change of changes) lines.push(...changeLines(change));
    shown += changes.length;
  }
  const left = more(total - shown, 'changed setting').map((line) => paragraph(...line));
  return [
    {
      name: 'settings',
      worth: 40,
      blocks: [
        {
          kind: 'details',
          title:
            report.review === true
              ? `Settings that changed since the last review (${total})`
              : `Settings that change (${total})`,
          open: true,
          blocks: [{ kind: 'fence', language: 'diff', text: lines.join('\n') }, ...left],
        },
      ],
    },
  ];
}

function changeLines({ server, setting, before, after }: DiffChange): string[] {
  const what = server === null || setting === 'server' ? clean(setting) : `${clean(server)} ${clean(setting)}`;
  const who = setting === 'server' && server !== null ? ` ${clean(server)}` : '';
  const line = (sign: string, value: DiffChange['before']): string[] =>
    value === null ? [] : [`${sign} ${what}${who} ${clean(String(value))}`];
  return [...line('-', before), ...line('+', after)];
}
