import type { ChecklistItem, Report } from '../../model/report.ts';
import { count, say, words } from '../../text/say.ts';
import { paragraph, type Block, type Line, type Mark, type Section } from '../blocks.ts';
import type { Size } from '../size.ts';
import { openItems, tickLines } from '../ticks.ts';
import { checklistCounts, headline } from '../words.ts';

const MARKS: Readonly<Record<ChecklistItem['state'], Mark>> = {
  pass: 'pass',
  fail: 'fail',
  notice: 'notice',
  open: 'open',
  'not-applicable': 'skipped',
};
const STATES: readonly ChecklistItem['state'][] = ['fail', 'open', 'notice', 'pass', 'not-applicable'];

/** What waits for a person. Once it is deployed, it is the measurement that answers. */
export function askedSections(report: Report, size: Size): Section[] {
  const open = openItems(report.checklist);
  const late = headline(report).about === 'measurement' && !size.paste;
  return open.length === 0 || late ? [] : [{ name: 'asked', worth: 70, blocks: asked(open, size) }];
}

/** The whole checklist with what failed first. */
export function checklistSections(report: Report, size: Size): Section[] {
  const items = report.checklist;
  if (items.every((item) => item.state === 'not-applicable')) return [];
  const title = `Checklist: ${checklistCounts(items)}`;
  if (size.brief) return [{ name: 'checklist', worth: 30, blocks: [paragraph(words(`${title}.`))] }];
  const ordered = items.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  // What passes and what does not apply is a number unless there is room for all of it.
  const shown =
    ordered.length <= size.items && !size.changedOnly
      ? ordered
      : ordered
          .filter(
            ({ state, by }) =>
              state === 'fail' || state === 'notice' || state === 'open' || (by === 'person' && state === 'pass'),
          )
          .slice(0, size.items);
  const rows = [...shown.map(itemRow), ...restRows(ordered.filter((item) => !shown.includes(item)))];
  const columns = ['Result', 'Item', 'Checked by'].map((title) => ({ title, align: 'left' }) as const);
  const table: Block = { kind: 'table', caption: words('Checklist'), columns, rows };
  const details: Block = { kind: 'details', title, open: false, blocks: [table] };
  return [{ name: 'checklist', worth: 30, blocks: [details] }];
}

function asked(open: readonly ChecklistItem[], size: Size): Block[] {
  const shown = open.slice(0, size.items);
  const how = size.paste
    ? words('Answer in the description of the pull request: a tick, or n/a: and the reason.')
    : words('A program cannot know this.');
  const blocks: Block[] = [
    paragraph({ kind: 'bold', text: say`${count(open.length, 'question')} for a person.` }, words(' '), how),
    {
      kind: 'list',
      items: shown.map((item): Line => [{ kind: 'mark', mark: 'open' }, words(' '), { kind: 'ask', text: item.ask }]),
    },
  ];
  if (!size.paste) return blocks;
  const fence: Block = { kind: 'fence', language: 'markdown', text: tickLines(open) };
  return [...blocks, { kind: 'details', title: 'Lines for the description', open: true, blocks: [fence] }];
}

function itemRow(item: ChecklistItem): Line[] {
  const by: Line =
    item.by === 'person'
      ? [words('a person')]
      : item.by === 'rule'
        ? [{ kind: 'rule', rule: item.id }]
        : [words('a policy')];
  return [[{ kind: 'mark', mark: MARKS[item.state], word: wordOf(item) }], [{ kind: 'ask', text: item.ask }], by];
}

function wordOf({ state, by }: ChecklistItem): string {
  if (state === 'not-applicable') return 'n/a';
  return by === 'person' && state === 'pass' ? 'ticked' : state;
}

/** One row for each state of the items that have none of their own. */
function restRows(rest: readonly ChecklistItem[]): Line[][] {
  return STATES.flatMap((state) => {
    const n = rest.filter((item) => item.state === state).length;
    if (n === 0) return [];
    const mark = { kind: 'mark', mark: MARKS[state], word: state === 'not-applicable' ? 'n/a' : state } as const;
    return [[[mark], [say`${n} more`], [{ kind: 'link', to: 'run', words: 'full report' }]] satisfies Line[]];
  });
}
