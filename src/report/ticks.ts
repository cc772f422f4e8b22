import type { ChecklistItem } from '../model/report.ts';
import type { Tick } from '../verify/checklist-items.ts';
import { plainAsk } from './escape.ts';
import { visibleLines } from './tick-lines.ts';

/** Items whose answer only a person can give and that still wait for it. */
export function openItems(items: readonly ChecklistItem[]): readonly ChecklistItem[] {
  return items.filter((item) => item.by === 'person' && item.state === 'open');
}

/** The lines to paste into a pull request's description: a task for each item, found again by its hidden id. */
export function tickLines(items: readonly ChecklistItem[]): string {
  return items
    .map((item) => `- [ ] ${plainAsk(item.ask).replaceAll('<!--', '< !--')} <!-- evenkeel:${item.id} -->`)
    .join('\n');
}

/**
 * What a description answers: `- [x] … <!-- evenkeel:capacity -->`, or `n/a: reason` on the item's line. An item that is
 * there twice counts as its least sure answer, and one that readers are not shown as a task counts for nothing.
 */
export function readTicks(description: string): ReadonlyMap<string, Tick> {
  const ticks = new Map<string, Tick>();
  for (const line of visibleLines(description)) {
    const match = /^ {0,3}[-*+] \[([ xX])\] (.*)<!-- evenkeel:([a-z0-9][a-z0-9-]{0,63}) -->(.*)$/.exec(line);
    if (match === null) continue;
    const [, box, ask = '', id = '', rest = ''] = match;
    const reason = /(?:^|[\s(])n\/a:\s*(\S[^<>]*)/i.exec(rest)?.[1] ?? /\sn\/a:\s*(\S[^<>]*)/i.exec(ask)?.[1];
    const tick: Tick = reason !== undefined ? { notApplicable: reason.trim() } : box === ' ' ? 'open' : 'ticked';
    if (ticks.get(id) !== 'open') ticks.set(id, tick);
  }
  return ticks;
}
