import type { IgnoreComment } from '../model/config.ts';
import type { Finding } from '../model/finding.ts';
import type { FileTree } from '../model/tree.ts';
import { count, say, words } from '../text/say.ts';
import { SourceFile } from '../text/source.ts';

type Draft = Omit<Finding, 'severity'>;

/**
 * Says that a change touches what it will be judged by: the checklist file or a schema. The run itself uses those of the
 * base, so the change cannot pass by it; the next one could.
 */
export function changedSettings(paths: readonly string[], base: FileTree, head: FileTree): readonly Draft[] {
  return paths.flatMap((path): Draft[] => {
    const before = base.read(path);
    const after = head.read(path);
    if (before === after) return [];
    const source = new SourceFile(path, after ?? before ?? '');
    const offset = firstDifference(before ?? '', after ?? '');
    const did = before === undefined ? 'is added' : after === undefined ? 'is removed' : 'changes';
    return [
      {
        rule: 'checklist-changed',
        at: source.span(Math.min(offset, source.text.length), Math.min(offset + 1, source.text.length)),
        what: say`${path} ${words(did)} with this change.`,
        why:
          before === undefined
            ? say`Later changes are judged by it.`
            : say`Later changes are judged by the new file; this change is judged by the file at the base.`,
        fix: say`Move this to a pull request of its own, and ask the owners of the checklist for a review.`,
        introduced: true,
        related: [],
      },
    ];
  });
}

function firstDifference(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}

/** Ignore comments that the change adds; they silence warnings and notices, never errors. */
export function suppressions(added: ReadonlySet<IgnoreComment>): readonly Draft[] {
  return [...added].map((ignore) => ({
    rule: 'suppression-added',
    at: ignore.at,
    what: say`This change adds an ignore of ${ignore.rules.join(', ')}.`,
    why: say`Findings of ${count(ignore.rules.length, 'rule')} at this place no longer fail a run.`,
    fix:
      ignore.reason === ''
        ? say`Add a reason, or remove the ignore.`
        : say`Remove the ignore unless its reason holds: ${ignore.reason}.`,
    introduced: true,
    related: [],
  }));
}
